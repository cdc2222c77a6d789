/// A place in a text: line and column, both from 1; columns count Unicode scalars.
package struct SourcePosition: Hashable, Comparable, Sendable {
  /// The line, from 1.
  package var line: Int
  /// The column, from 1.
  package var column: Int

  /// Creates a position.
  package init(line: Int, column: Int) {
    self.line = line
    self.column = column
  }

  /// Whether a position comes before another in reading order.
  package static func < (lhs: Self, rhs: Self) -> Bool {
    (lhs.line, lhs.column) < (rhs.line, rhs.column)
  }
}

/// A stretch of one line.
package struct SourceSpan: Hashable, Sendable {
  /// Where it begins.
  package var start: SourcePosition
  /// The number of columns it covers, at least 1.
  package var length: Int

  /// Creates a span.
  package init(start: SourcePosition, length: Int = 1) {
    self.start = start
    self.length = max(1, length)
  }
}

/// A text with a name and numbered lines, into which complaints point.
package struct SourceText: Equatable, Sendable {
  /// The file name or path as written by the user.
  package let name: String
  /// The whole text.
  package let text: String
  /// The lines as scalars without line breaks, so that a column is an index; a byte-order mark at
  /// the start of the text does not count.
  package let scalars: [[Unicode.Scalar]]

  /// Creates a source text; lines end where YAML ends them.
  package init(_ text: String, named name: String) {
    self.name = name
    self.text = text
    var lines: [[Unicode.Scalar]] = []
    var line: [Unicode.Scalar] = []
    var previous: Unicode.Scalar?
    for scalar in text.unicodeScalars {
      defer { previous = scalar }
      switch scalar {
      case "\n" where previous == "\r": continue
      case "\n", "\r", "\u{85}", "\u{2028}", "\u{2029}":
        lines.append(line)
        line = []
      default: line.append(scalar)
      }
    }
    lines.append(line)
    if lines[0].first == "\u{FEFF}" { lines[0].removeFirst() }
    scalars = lines
  }

  /// A line by its number from 1; empty after the last line.
  package func line(_ number: Int) -> String {
    var text = String.UnicodeScalarView()
    text.append(contentsOf: scalars(ofLine: number))
    return String(text)
  }

  package func scalars(ofLine number: Int) -> [Unicode.Scalar] {
    scalars.indices.contains(number - 1) ? scalars[number - 1] : []
  }
}
