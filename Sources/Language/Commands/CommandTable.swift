import EventProp
import Topics

/// One row of the command table: all facts about a command.
///
/// Parsing, help, completion and abbreviations use only this table.
package struct CommandRow: Sendable {
  /// The verb.
  package let name: String
  /// Abbreviations that mean this verb even where others begin alike.
  package let abbreviations: [String]
  /// The arguments, as help shows them.
  package let arguments: String
  /// The effect, in one line.
  package let summary: String
  /// More details, for `help NAME`.
  package let details: String
  /// A valid line that shows its use.
  package let example: String
  /// Whether Enter on an empty line repeats it.
  package let repeats: Bool
  /// Whether a count may stand before the verb.
  package let takesCount: Bool
  /// The completion of the argument by Tab.
  package let completes: Completes

  /// The kinds of name that Tab completes.
  package enum Completes: Equatable, Sendable {
    case nothing, parameters, derivatives, neurons, presets, commands, quantities, stops,
      breakpoints, marks, synapses, runs
    /// Pages of the book; for `help` also commands.
    case topics, help
    /// File names; for `load` also presets, for `export` a form before and a table after the name.
    case files, exports
    case words([String])
  }

  let parse: @Sendable (inout Arguments) throws(Diagnostic) -> Command

  init(
    _ name: String, _ abbreviations: [String] = [], arguments: String = "", summary: String,
    details: String = "", example: String? = nil, repeats: Bool = false,
    takesCount: Bool = false, completes: Completes = .nothing,
    parse: @escaping @Sendable (inout Arguments) throws(Diagnostic) -> Command
  ) {
    self.name = name
    self.abbreviations = abbreviations
    self.arguments = arguments
    self.summary = summary
    self.details = details
    self.example = example ?? name
    self.repeats = repeats
    self.takesCount = takesCount
    self.completes = completes
    self.parse = parse
  }

  /// `name arguments`, as a usage line.
  package var usage: String { arguments.isEmpty ? name : name + " " + arguments }
}

/// The table of all commands, in the order in which help lists them.
package enum CommandTable {
  /// The rows in groups, each with its name.
  package static let groups: [(name: String, rows: [CommandRow])] = [
    ("go", moveRows + placeRows + sampleRows), ("train", courseRows),
    ("stop", stopRows + displayRows), ("ask", askRows),
    ("change", benchRows), ("files", fileRows + outputRows),
    ("look", selectRows + viewRows + settingRows),
    ("scripts", scriptRows),
    (
      "program",
      helpRows + [CommandRow("quit", ["q", "exit", "bye"], summary: "leave") { _ in .quit }]
    ),
  ]
  /// The rows.
  package static let rows = groups.flatMap(\.rows)

  /// The words by which editors, shells and interpreters are left.
  static let leavings: Set<String> = [
    "logout", "q!", ":q", ":q!", ":qa!", ":qa", ":quit", ":exit", "\\q", ".q", ".exit", ".quit",
    "exit()", "quit()",
  ]
  /// The words by which editors write and leave.
  private static let savings: Set<String> = [":w", ":wq", ":x", ":wqa", ":xa", "wq", "zz"]

  /// The row with a name or a fixed abbreviation, in small letters.
  package static func row(called text: String) -> CommandRow? {
    let name = leavings.contains(text) ? "quit" : text
    return rows.first { $0.name == name || $0.abbreviations.contains(name) }
  }

  /// The row of a verb: by its name, a fixed abbreviation, or an unambiguous prefix.
  package static func row(for verb: Word) throws(Diagnostic) -> CommandRow {
    let text = verb.text.lowercased()
    if let row = row(called: text) { return row }
    let matches = rows.filter { $0.name.hasPrefix(text) }
    if matches.count == 1 { return matches[0] }
    if matches.isEmpty {
      if !text.isEmpty, text.allSatisfy({ $0.isASCII && $0.isNumber }) {
        throw verb.complaint(
          "the count \(verb.text) is too large", remedy: "finish goes to the end of the phase")
      }
      if LIFParameters.Field(named: text) != nil {
        throw verb.complaint(
          "'\(verb.text)' is a parameter, no command",
          remedy: "set \(verb.text) VALUE changes it, print \(verb.text) shows it")
      }
      if Topic.named(verb.text) != nil {
        throw verb.complaint(
          "'\(verb.text)' is no command", remedy: "help \(verb.text) explains it")
      }
      if savings.contains(text) {
        throw verb.complaint(
          "unknown command '\(verb.text)'", remedy: "save FILE writes, quit leaves")
      }
      throw verb.complaint(
        "unknown command '\(verb.text)'",
        remedy: Suggestion.nearest(to: text, among: rows.map(\.name)).map {
          "did you mean '\($0)'?"
        } ?? "type help for the list")
    }
    throw verb.complaint(
      "'\(verb.text)' could be \(matches.map(\.name).joined(separator: ", "))",
      remedy: "type one more letter")
  }
}
