extension String {
  /// The text with every character that readers overlook or take for another one written out.
  ///
  /// `25 ms` with a no-break space becomes `25<U+00A0 no-break space>ms`, and a minus sign that is no
  /// hyphen becomes `<U+2212 minus sign>`. A byte of ``init(escaping:)`` becomes `\xE9`. Tabs and
  /// line breaks stay.
  package var unmasked: String {
    guard unicodeScalars.contains(where: \.isMasked) else { return self }
    var text = ""
    for scalar in unicodeScalars {
      if let byte = scalar.escapedByte {
        text += "\\x" + Self.hexadecimal(UInt32(byte), digits: 2)
      } else if scalar.isMasked {
        let name = scalar.properties.name
        text += "<U+" + Self.hexadecimal(scalar.value, digits: 4)
        text += (name.map { " " + $0.lowercased() } ?? "") + ">"
      } else {
        text.unicodeScalars.append(scalar)
      }
    }
    return text
  }

  private static func hexadecimal(_ value: UInt32, digits: Int) -> String {
    let text = String(value, radix: 16, uppercase: true)
    return String(repeating: "0", count: Swift.max(0, digits - text.count)) + text
  }
}

extension StringProtocol {
  /// The first character that cannot be seen or looks like a blank, and its column from 1; nil for
  /// none.
  package var firstHidden: (character: String, column: Int)? {
    for (column, scalar) in unicodeScalars.enumerated()
    where scalar.isMasked && scalar.properties.generalCategory != .dashPunctuation
      && scalar != "\r"
    {
      return (String(scalar).unmasked, column + 1)
    }
    return nil
  }
}

extension Unicode.Scalar {
  /// Whether a reader overlooks the character, or takes it for a blank or a hyphen.
  package var isMasked: Bool {
    if value < 0x7F { return value < 0x20 && self != "\n" && self != "\t" }
    switch self {
    case "\u{2010}"..."\u{2015}", "\u{2212}", "\u{FE58}", "\u{FE63}", "\u{FF0D}": return true
    default: break
    }
    switch properties.generalCategory {
    case .control, .format, .spaceSeparator, .lineSeparator, .paragraphSeparator, .unassigned:
      return true
    default: return properties.isDefaultIgnorableCodePoint || escapedByte != nil
    }
  }
}
