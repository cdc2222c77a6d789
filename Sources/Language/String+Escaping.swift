/// File names are bytes, and not all of them are UTF-8. A byte that belongs to no character becomes
/// one of the last 128 characters of the last private-use plane, so that a name survives as text.
extension String {
  /// Reads bytes as UTF-8, and keeps each byte that is none as a private-use character.
  ///
  /// ``escapedBytes`` gives the same bytes back, whatever they are.
  package init(escaping bytes: some Sequence<UInt8>) {
    var text = UnicodeScalarView()
    var parser = Unicode.UTF8.ForwardParser()
    let all = Array(bytes)
    var rest = all.makeIterator()
    var position = 0
    reading: while true {
      let length: Int
      switch parser.parseScalar(from: &rest) {
      case .valid(let encoded):
        let scalar = Unicode.UTF8.decode(encoded)
        length = encoded.count
        if scalar.escapedByte == nil {
          text.append(scalar)
        } else {
          text += all[position..<position + length].map(Unicode.Scalar.init(escaping:))
        }
      case .error(let count):
        length = count
        text += all[position..<position + length].map(Unicode.Scalar.init(escaping:))
      case .emptyInput: break reading
      }
      position += length
    }
    self.init(text)
  }

  /// The bytes of a text that ``init(escaping:)`` has made; UTF-8 for any other text.
  package var escapedBytes: [UInt8] {
    unicodeScalars.flatMap { scalar in scalar.escapedByte.map { [$0] } ?? Array(scalar.utf8) }
  }
}

extension Unicode.Scalar {
  private static let firstEscape: UInt32 = 0x10FF00

  fileprivate init(escaping byte: UInt8) {
    self = Self(Self.firstEscape + UInt32(byte)) ?? "\u{FFFD}"
  }

  /// The byte that the character stands for, from 0x80 on; nil for an ordinary character.
  package var escapedByte: UInt8? {
    value >= Self.firstEscape + 0x80 ? UInt8(truncatingIfNeeded: value) : nil
  }

  fileprivate var utf8: Unicode.UTF8.EncodedScalar {
    Unicode.UTF8.encode(self) ?? Unicode.UTF8.encodedReplacementCharacter
  }
}
