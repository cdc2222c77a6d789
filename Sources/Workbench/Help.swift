import Notation

/// Help texts, made from the command table.
enum Help {
  static func text(on word: Word?) throws(Diagnostic) -> String {
    guard let word else {
      let width = CommandTable.rows.map(\.usage.count).max() ?? 0
      return CommandTable.rows.map { row in
        let letters = row.abbreviations.isEmpty ? "" : " (\(row.abbreviations.joined(separator: ", ")))"
        return row.usage.padded(to: min(width, 26)) + "  " + row.summary + letters
      }.joined(separator: "\n")
    }
    let row = try CommandTable.row(for: word)
    var lines = [row.usage, "  " + row.summary]
    if !row.details.isEmpty {
      lines += row.details.split(separator: "\n").map { "  " + $0 }
    }
    if !row.abbreviations.isEmpty { lines.append("  short: " + row.abbreviations.joined(separator: ", ")) }
    lines.append("  for example: " + row.example)
    return lines.joined(separator: "\n")
  }
}

extension String {
  func padded(to width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }
}
