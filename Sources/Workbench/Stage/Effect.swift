package import Language

/// Something that only the program around a session can do.
///
/// They are done in their order, up to one that fails.
package enum Effect: Equatable, Sendable {
  /// Read a preset by name or path and give it to `Session.open`.
  case open(Word)
  /// Read a file and give what it holds to `Session.compare`.
  case compare(Word)
  /// Write a file.
  case write(Output, bytes: [UInt8])
  /// Write all that the session's run has to say as JSON, with `Session.writeReport`: too long for some to be held.
  case report(Output)
  /// Write the screen as text.
  case snapshot(Output)
  /// Draw the run as a figure in SVG, and write it.
  case draw(Output)
  /// Write the beginning of a file to be recorded in, and give it to `Session.beginRecording`.
  case record(Output)
  /// Carry out the commands of a file; with a pause before each, in seconds.
  case source(Word, wait: Double?)
  /// Print the screen.
  case screen
  /// Carry out what stands behind the command on its line.
  case resume(String)
  /// Show the guided walk over the screen.
  case tour
  /// Leave.
  case quit
}

/// A file to be written, atomically.
package struct Output: Equatable, Sendable {
  /// Where.
  package let path: String
  /// The command that writes it.
  package let command: String
  /// Whether it may take the place of another.
  package let isOverwriting: Bool

  /// A file that a command writes.
  package init(path: String, command: String, isOverwriting: Bool) {
    self.path = path
    self.command = command
    self.isOverwriting = isOverwriting
  }
}
