import EventProp
package import Language

/// What the session answers to a line: text to show, things for the outside to do, and whether all went well.
package struct Reply: Equatable, Sendable {
  /// The lines of the answer, in order.
  package var lines: [Line] = []
  /// What the program around the session has to do.
  package var effects: [Effect] = []
  /// Whether every command of the line was carried out.
  package var succeeded = true
  /// A picture of the answer, for where there is a screen; the lines say the same.
  package var figure: Figure?

  /// The answers that can be drawn.
  package enum Figure: Equatable, Sendable {
    /// The loss over the values of a name.
    case curve(SweepCurve)
    /// The loss over the values of two names.
    case map(SweepMap)
  }

  /// One line of an answer.
  package struct Line: Equatable, Sendable {
    /// The kinds of line.
    package enum Kind: Equatable, Sendable {
      /// What was asked for.
      case result
      /// What stopped the computation.
      case stop
      /// A value that is shown at every stop.
      case display
      /// Why it was not done.
      case complaint
    }
    /// The text, without a line break.
    package var text: String
    /// What kind of line it is.
    package var kind: Kind

    /// Creates a line.
    package init(_ text: String, _ kind: Kind = .result) {
      self.text = text
      self.kind = kind
    }
  }

  /// An empty answer.
  package init() {}

  /// Why something that an effect asked for was not done.
  package init(complaint text: String) {
    lines = text.split(separator: "\n", omittingEmptySubsequences: false)
      .map { Line(String($0), .complaint) }
    succeeded = false
  }

  mutating func say(_ text: String) { say(lines: text.splitIntoLines) }

  mutating func say(lines texts: [String]) {
    lines.reserveCapacity(lines.count + texts.count)
    for text in texts { lines.append(Line(text)) }
  }

  mutating func display(_ text: String) { lines.append(Line(text, .display)) }

  mutating func stop(_ text: String) { lines.append(Line(text, .stop)) }

  mutating func complain(_ diagnostic: Diagnostic, about text: String, indent: Int) {
    lines.append(Line(diagnostic.underPrompt(indentedBy: indent), .complaint))
    succeeded = false
  }
}

extension String {
  /// The text between the line breaks.
  var splitIntoLines: [String] {
    split(separator: "\n", omittingEmptySubsequences: false).map { String($0) }
  }
}

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
