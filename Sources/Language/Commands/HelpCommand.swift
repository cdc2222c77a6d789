/// A command about the program itself.
package enum HelpCommand: Equatable, Sendable {
  /// Help on a command, or the list of all.
  case help(Word?)
  /// Commands and topics that contain a word.
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
      "help", ["h", "?"], arguments: "[COMMAND | TOPIC]",
      summary: "this list, or more on one command",
      details: "Topics: display, keys, mouse.", example: "help step", completes: .commands
    ) { (line) in .help(.help(line.optional())) },
    CommandRow(
      "apropos", arguments: "WORD", summary: "the commands that have to do with a word",
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
