package import Language
package import Study

/// An action that only the program around a session can perform.
///
/// Effects are performed in order, up to the first one that fails.
package enum Effect: Equatable, Sendable {
  /// Read a preset by name or path and give it to `Session.open`.
  case open(Word)
  /// Read files and give their content to `Session.compare`.
  case compare(ComparePhrase)
  /// Read a file with the state of a training and give it to `Session.resumeTraining`.
  case train(Word)
  /// Write a file.
  case write(Output, bytes: [UInt8])
  /// Write the report of the run as JSON with `Session.writeReport`; some reports are too long for
  /// memory.
  case report(Output)
  /// Write the screen as text.
  case snapshot(Output)
  /// Draw the run as a figure in SVG, and write it.
  case draw(Output)
  /// Make a page of the places of the sitting, and write it.
  case page(Output)
  /// Draw a sweep as a figure in SVG, and write it.
  case drawSweep(Output, Sweep.Finding)
  /// Reserve a recording file, and give its path to `Session.beginRecording`.
  case record(Output)
  /// Carry out the commands of a file; with a pause before each one, in seconds, perhaps paused from
  /// the start.
  case source(Word, wait: Double?, isPaused: Bool)
  /// Wait for a key, with a text.
  case pause(String?)
  /// Close what covers the plots.
  case close
  /// Print the screen.
  case screen
  /// Put a text on the clipboard; nil for the screen.
  case copy(String?)
  /// Carry out the rest of the line after the command.
  case resume(String)
  /// Show the guided tour over the screen.
  case tour
  /// Leave the program.
  case quit
}

/// A file to write atomically.
package struct Output: Equatable, Sendable {
  /// The path.
  package let path: String
  /// The command that writes it.
  package let command: String
  /// Whether it may replace an existing file.
  package let isOverwriting: Bool

  /// Creates the description of a file that a command writes.
  package init(path: String, command: String, isOverwriting: Bool) {
    self.path = path
    self.command = command
    self.isOverwriting = isOverwriting
  }
}
