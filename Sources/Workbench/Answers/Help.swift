import Columns
import Language
import Topics

/// Help texts from the command table.
package enum Help {
  /// The program and its version.
  package static let version = "backspike 1"

  /// The groups of commands and of pages; it fits a screen of 80x24.
  static var groups: String {
    let (columns, width) = (78, 9)
    func line(_ name: String, _ words: [String]) -> String {
      name.padded(to: width) + words.joined(separator: " ")
    }
    var lines = [
      "help WORD explains a command, a sign or an idea; help commands lists these:"
    ]
    lines += CommandTable.groups.flatMap {
      line($0.name, $0.rows.map(\.name)).wrapped(to: columns, indent: width)
    }
    lines.append("The book: topics lists all pages with their titles, help NAME opens one.")
    lines += Topic.Group.allCases.map { group in
      var names = Topic.all.filter { $0.group == group }.map(\.name)
      while line(group.rawValue, names).columns > columns {
        names.removeLast(names.last == "…" ? 2 : 1)
        names.append("…")
      }
      return line(group.rawValue, names)
    }
    return lines.joined(separator: "\n")
  }

  /// Every command in a line.
  static var commands: String {
    CommandTable.groups.map { group in
      ([group.name] + group.rows.map(line)).joined(separator: "\n")
    }.joined(separator: "\n\n")
  }

  /// The help on one command.
  static func text(on row: CommandRow) -> [String] {
    var lines = [row.usage, "  " + row.summary]
    if !row.details.isEmpty {
      lines += row.details.split(separator: "\n").map { "  " + $0 }
    }
    if !row.abbreviations.isEmpty {
      lines.append("  short: " + row.abbreviations.joined(separator: ", "))
    }
    lines.append("  for example: " + row.example)
    return lines
  }

  /// The commands and pages that contain a text, one line each.
  static func text(about word: Word) throws(Diagnostic) -> String {
    let wanted = word.text.lowercased()
    let rows = CommandTable.rows.filter {
      "\($0.usage) \($0.summary) \($0.details)".lowercased().contains(wanted)
    }
    let pages = Topic.all.filter { $0.mentions(word.text) }
    guard !rows.isEmpty || !pages.isEmpty else {
      throw word.complaint(
        "no command and no page mentions '\(word.text)'", remedy: "help lists them all")
    }
    let found =
      rows.map { ($0.name, $0.summary) } + pages.map { ("topic " + $0.name, $0.title) }
    let width = (found.map(\.0.columns).max() ?? 0) + 2
    return found.map { $0.0.padded(to: width) + $0.1 }.joined(separator: "\n")
  }

  /// A row of the list; arguments that are too long for their column get a line of their own.
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
