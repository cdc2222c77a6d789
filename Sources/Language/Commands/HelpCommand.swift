/// A command about the program itself.
package enum HelpCommand: Equatable, Sendable {
  /// Help on a command, a name, a sign or an idea, or the groups of all.
  case help([Word])
  /// A page of the book, or the list of all pages.
  case topic([Word])
  /// The page with the words of the field.
  case glossary
  /// Commands and pages that contain a text.
  case apropos(Word)
  /// The lines typed so far.
  case history
  /// A guided tour over the screen.
  case tour
  /// The name and version of the program.
  case version
}

extension CommandTable {
  static let helpRows: [CommandRow] = [
    CommandRow(
      "help", ["h", "?", "explain", "what", "how", "man"], arguments: "[WORD …]",
      summary: "explain a command, a name, a sign or an idea",
      details: """
        help step, help lambda, help λ, help v_th, help '┃!', help losses, help first_spike_mse, help format. A question will do:
        help why does λ jump. help alone shows the groups, help commands every command in a line.
        """, example: "help step", completes: .help
    ) { (line) in .help(.help(line.all())) },
    CommandRow(
      "topic", ["topics"], arguments: "[WORD …]",
      summary: "a page of the book inside the program, or the list of its pages",
      details: "help WORD finds the pages too; topic passes over a command with the same name.",
      example: "topic jump", completes: .topics
    ) { (line) in .help(.topic(line.all())) },
    CommandRow("glossary", summary: "the words of this field, a line for each") { _ in
      .help(.glossary)
    },
    CommandRow(
      "apropos", arguments: "WORD", summary: "the commands and pages that have to do with a word",
      example: "apropos gradient"
    ) { (line) throws(Diagnostic) in .help(.apropos(try line.rest("a word, such as gradient"))) },
    CommandRow("history", summary: "the lines typed so far; ! marks those that failed") { _ in
      .help(.history)
    },
    CommandRow("tour", summary: "a walk over the screen in two minutes; Esc leaves it") { _ in
      .help(.tour)
    },
    CommandRow("version", summary: "which program this is") { _ in .help(.version) },
  ]
}
