/// What can be said at the prompt.
///
/// Names of neurons, parameters and presets stay words here: only the experiment on the bench knows which exist,
/// and a word remembers where it stood, so that a complaint can point at it.
package enum Command: Equatable, Sendable {
  /// Go somewhere, or name the place.
  case move(MoveCommand)
  /// Choose where the computation stops, and what is shown there.
  case stop(StopCommand)
  /// Run or change the experiment.
  case experiment(ExperimentCommand)
  /// Ask for something that is known.
  case ask(AskCommand)
  /// Change the picture and nothing else.
  case view(ViewCommand)
  /// Change how the program behaves.
  case setting(Setting)
  /// Open or write an experiment.
  case file(FileCommand)
  /// Something about commands themselves.
  case script(ScriptCommand)
  /// Ask about the program.
  case help(HelpCommand)
  /// Leave.
  case quit
}

/// A word of a line and where it stood.
package struct Word: Equatable, Sendable {
  /// The word as it was typed.
  package var text: String
  /// Its place in the line.
  package var span: SourceSpan

  /// Creates a word; one that nobody typed stands at the start of the line.
  package init(_ text: String, column: Int = 1) {
    self.text = text
    span = SourceSpan(
      start: SourcePosition(line: 1, column: column), length: text.unicodeScalars.count)
  }

  /// A complaint about this word: what is wrong and why, and what to do.
  package func complaint(_ message: String, remedy: String) -> Diagnostic {
    Diagnostic(at: span, message, remedy: remedy)
  }

  /// The two ends of `FROM..TO`, each in its own place; nil for a word without the dots.
  package var ends: (from: Word, to: Word)? {
    guard let dots = text.firstRange(of: "..") else { return nil }
    let column = span.start.column
    return (
      Word(String(text[..<dots.lowerBound]), column: column),
      Word(
        String(text[dots.upperBound...]),
        column: column + text[..<dots.upperBound].unicodeScalars.count)
    )
  }
}
