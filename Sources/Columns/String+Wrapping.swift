extension String {
  /// The text in lines of at most `columns`, broken at blanks.
  ///
  /// - Parameters:
  ///   - columns: The width of a line.
  ///   - indent: The indentation of all lines after the first, in columns.
  /// - Returns: The lines.
  package func wrapped(to columns: Int, indent: Int = 0) -> [String] {
    guard self.columns > columns, columns > indent else { return [self] }
    let head = prefix(columns: columns + 1)
    let start = prefix(columns: columns / 2).prefix { $0 == " " }.endIndex
    let cut = head.lastIndex(of: " ").flatMap { $0 > start ? $0 : nil }
    // A wide character needs two columns even where there is one.
    let end = cut ?? max(prefix(columns: columns).endIndex, index(after: startIndex))
    let rest = self[end...].drop { $0 == " " }
    guard !rest.isEmpty else { return [String(self[..<end])] }
    return [String(self[..<end])]
      + (String(repeating: " ", count: indent) + rest).wrapped(to: columns, indent: indent)
  }

  /// The start of the second column of a table; longer text continues below it.
  package func tableIndent(in columns: Int) -> Int {
    let text = Array(self)
    let leading = text.prefix { $0 == " " }.count
    let gap = text.indices.dropFirst(leading).first { place in
      place + 2 < text.count && text[place] == " " && text[place + 1] == " "
    }
    guard let gap else { return leading < columns / 2 ? leading : 0 }
    let indent = String(text[..<gap]).columns + text[gap...].prefix { $0 == " " }.count
    return indent < columns / 2 ? indent : 0
  }
}
