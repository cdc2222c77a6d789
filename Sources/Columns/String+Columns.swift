extension StringProtocol {
  /// The columns that a terminal gives to the text in one line.
  package var columns: Int {
    if isPlainASCII { return utf8.count }
    return unicodeScalars.reduce(0) { $0 + ($1.columns ?? 1) }
  }

  /// The longest beginning that fits into `limit` columns, with the marks on its last character.
  package func prefix(columns limit: Int) -> SubSequence {
    var room = limit
    var end = startIndex
    for place in unicodeScalars.indices {
      let width = unicodeScalars[place].columns ?? 1
      guard width <= room else { break }
      room -= width
      end = unicodeScalars.index(after: place)
    }
    return self[..<end]
  }

  /// The text as a terminal may show it: U+FFFD for each scalar that must not reach it, and without
  /// the signs that join their neighbours.
  package var shown: String {
    if isPlainASCII { return String(self) }
    var result = String.UnicodeScalarView()
    for scalar in unicodeScalars where !scalar.isJoining {
      result.append(scalar.columns == nil ? "\u{FFFD}" : scalar)
    }
    return String(result)
  }

  /// The text if it fits into `columns` columns, else its beginning and `…`.
  package func abbreviated(to columns: Int) -> String {
    guard self.columns > columns else { return String(self) }
    guard columns > 0 else { return "" }
    return prefix(columns: columns - 1) + "…"
  }

  /// The text padded with blanks to at least `width` columns, for a column of a table.
  package func padded(to width: Int) -> String {
    self + String(repeating: " ", count: Swift.max(0, width - columns))
  }

  /// Whether every byte is a letter, a digit or a sign of ASCII, so that bytes are columns.
  private var isPlainASCII: Bool { utf8.allSatisfy { (0x20..<0x7F).contains($0) } }
}
