import Language

/// A line of which one command is still at work.
struct UnfinishedLine: Sendable {
  /// The line as it was carried out.
  var text: String
  /// Whether it was typed, and not repeated by an empty line.
  var isTyped: Bool
  /// The columns before the line, those of the prompt that it was typed after.
  var indent: Int
  /// The commands that have not begun.
  var remaining: ArraySlice<CommandParser.Parsed>
  /// Its place in the history, if it is remembered there.
  var entry: Int?
  /// What has been answered so far.
  var reply = Reply()
  /// The command at work.
  var working: CommandParser.Parsed?
}
