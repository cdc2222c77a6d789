/// A command at the prompt.
///
/// Names of neurons, parameters and presets stay words here: only the experiment on the bench has
/// the names. A word keeps its place in the line, so that a complaint can point at it.
package enum Command: Equatable, Sendable {
  /// Go somewhere, or name the place.
  case move(MoveCommand)
  /// Change the breakpoints, or the displayed quantities.
  case stop(StopCommand)
  /// Run or change the experiment.
  case experiment(ExperimentCommand)
  /// Open a sample, or rank the samples.
  case sample(SampleCommand)
  /// Enter or leave the training, or open a sample from it.
  case course(CourseCommand)
  /// Ask a question.
  case ask(AskCommand)
  /// Change the picture only.
  case view(ViewCommand)
  /// Change the behaviour of the program.
  case setting(Setting)
  /// Open or write an experiment.
  case file(FileCommand)
  /// Work with commands themselves.
  case script(ScriptCommand)
  /// Ask about the program.
  case help(HelpCommand)
  /// Leave the program.
  case quit
}

/// A word and its place in a line.
package struct Word: Equatable, Sendable {
  /// The word as typed.
  package var text: String
  /// Its place in the line.
  package var span: SourceSpan

  /// Creates a word; by default it stands at the start of the line.
  package init(_ text: String, column: Int = 1) {
    self.text = text
    span = SourceSpan(
      start: SourcePosition(line: 1, column: column), length: text.unicodeScalars.count)
  }

  /// A complaint about this word: the fact with its reason, and the remedy.
  package func complaint(_ message: String, remedy: String) -> Diagnostic {
    Diagnostic(at: span, message, remedy: remedy)
  }

  /// The two ends of `FROM..TO`, each with its place; nil for a word without the dots.
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
