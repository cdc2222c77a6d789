extension SourceText {
  /// Complains about the first byte of a file that is no UTF-8; nil for a text.
  ///
  /// The place is right in `SourceText(String(decoding: bytes, as: UTF8.self), …)`.
  package static func complaint(about bytes: [UInt8]) -> Diagnostic? {
    if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
      return Diagnostic(
        at: SourceSpan(start: SourcePosition(line: 1, column: 1)), "the text is UTF-16",
        remedy: "save it as UTF-8")
    }
    guard let place = firstFault(in: bytes) else { return nil }
    let before = SourceText(String(decoding: bytes[..<place], as: UTF8.self), named: "")
    let line = before.scalars.count
    let code = String(bytes[place], radix: 16, uppercase: true)
    return Diagnostic(
      at: SourceSpan(
        start: SourcePosition(line: line, column: before.scalars(ofLine: line).count + 1)),
      "the byte 0x\(code) is no UTF-8", remedy: "save the text as UTF-8")
  }

  /// The position of the first byte that belongs to no character.
  private static func firstFault(in bytes: [UInt8]) -> Int? {
    guard String(validating: bytes, as: UTF8.self) == nil else { return nil }
    var parser = Unicode.UTF8.ForwardParser()
    var rest = bytes.makeIterator()
    var position = 0
    while true {
      switch parser.parseScalar(from: &rest) {
      case .valid(let encoded): position += encoded.count
      case .error: return position
      case .emptyInput: return nil
      }
    }
  }
}
