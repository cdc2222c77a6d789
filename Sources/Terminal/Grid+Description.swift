extension Grid {
  /// The text of each row, without its trailing blanks.
  package var rowTexts: [String] {
    (0..<size.rows).map { y in
      var scalars = row(y).flatMap(\.scalars)
      while scalars.last == " " { scalars.removeLast() }
      return String(String.UnicodeScalarView(scalars))
    }
  }

  /// The styles in words, one line per row: `2: 0-4 faint, 7 accent bold`; plain text is left out.
  package var styleDescription: String {
    (0..<size.rows).compactMap { y in
      let runs = styleRuns(inRow: y).map { run in
        let last = run.columns.upperBound - 1
        let columns =
          run.columns.count == 1 ? "\(last)" : "\(run.columns.lowerBound)-\(last)"
        return "\(columns) \(run.style)"
      }
      return runs.isEmpty ? nil : "\(y): " + runs.joined(separator: ", ")
    }
    .joined(separator: "\n")
  }

  private func styleRuns(inRow y: Int) -> [(columns: Range<Int>, style: Style)] {
    var runs: [(columns: Range<Int>, style: Style)] = []
    for (x, cell) in row(y).enumerated() where cell.style != .plain {
      if let last = runs.last, last.columns.upperBound == x, last.style == cell.style {
        runs[runs.count - 1].columns = last.columns.lowerBound..<x + 1
      } else {
        runs.append((x..<x + 1, cell.style))
      }
    }
    return runs
  }
}

extension Grid: CustomStringConvertible {
  /// The full rows, each between two `│`, because editors remove trailing blanks.
  package var description: String {
    (0..<size.rows).map { y in
      "│" + String(String.UnicodeScalarView(row(y).flatMap(\.scalars))) + "│"
    }
    .joined(separator: "\n")
  }

  /// The picture with the styles below it, for a snapshot test.
  package var snapshot: String {
    styleDescription.isEmpty ? description : description + "\n\n" + styleDescription
  }
}
