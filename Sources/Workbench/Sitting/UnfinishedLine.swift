import Language

/// A line with one command still at work.
struct UnfinishedLine: Sendable {
  /// The line as it was carried out.
  var text: String
  /// Whether the line was typed; false for the repetition by an empty line.
  var isTyped: Bool
  /// The width of the prompt in front of the line, in columns.
  var indent: Int
  /// The commands that have not begun.
  var remaining: ArraySlice<CommandParser.Parsed>
  /// Its place in the history; nil if it is not kept there.
  var entry: Int?
  /// The answers so far.
  var reply = Reply()
  /// The command at work.
  var working: CommandParser.Parsed?
}
