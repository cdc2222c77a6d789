import Notation

/// Help texts, made from the command table.
enum Help {
  static func text(on word: Word?) throws(Diagnostic) -> String {
    guard let word else {
      return CommandTable.rows.map(line).joined(separator: "\n")
    }
    let row = try CommandTable.row(for: word)
    var lines = [row.usage, "  " + row.summary]
    if !row.details.isEmpty {
      lines += row.details.split(separator: "\n").map { "  " + $0 }
    }
    if !row.abbreviations.isEmpty {
      lines.append("  short: " + row.abbreviations.joined(separator: ", "))
    }
    lines.append("  for example: " + row.example)
    return lines.joined(separator: "\n")
  }

  /// A row of the list; arguments too long for their column have a line of their own.
  private static func line(_ row: CommandRow) -> String {
    let width = 24
    let letters =
      row.abbreviations.isEmpty ? "" : " (\(row.abbreviations.joined(separator: ", ")))"
    let usage =
      row.usage.count < width
      ? row.usage.padded(to: width) : row.usage + "\n" + String(repeating: " ", count: width)
    return usage + row.summary + letters
  }
}
