public import Notation

/// What the session answers to a line: text to show, things for the outside to do, and whether all went well.
public struct Reply: Equatable, Sendable {
  /// The lines of the answer, in order.
  public var lines: [Line] = []
  /// What the program around the session has to do.
  public var effects: [Effect] = []
  /// Whether every command of the line was carried out.
  public var succeeded = true

  /// One line of an answer.
  public struct Line: Equatable, Sendable {
    /// The kinds of line.
    public enum Kind: Equatable, Sendable {
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
    public var text: String
    /// What kind of line it is.
    public var kind: Kind

    /// Creates a line.
    public init(_ text: String, _ kind: Kind = .result) {
      self.text = text
      self.kind = kind
    }
  }

  /// An empty answer.
  public init() {}

  /// Why something that an effect asked for was not done.
  public init(complaint text: String) {
    lines = text.split(separator: "\n", omittingEmptySubsequences: false)
      .map { Line(String($0), .complaint) }
    succeeded = false
  }

  mutating func say(_ text: String) {
    lines += text.split(separator: "\n", omittingEmptySubsequences: false)
      .map { Line(String($0)) }
  }

  mutating func display(_ text: String) { lines.append(Line(text, .display)) }

  mutating func stop(_ text: String) { lines.append(Line(text, .stop)) }

  mutating func complain(_ diagnostic: Diagnostic, about text: String, indent: Int) {
    lines.append(Line(diagnostic.underPrompt(indentedBy: indent), .complaint))
    succeeded = false
  }
}

/// Something that only the program around a session can do.
public enum Effect: Equatable, Sendable {
  /// Read a preset by name or path and give it to `Session.open`.
  case open(Word)
  /// Read a file and give what it holds to `Session.compare`.
  case compare(Word)
  /// Write a file, atomically; over an existing one only when told to.
  case write(path: String, text: String, overwriting: Bool)
  /// Show the guided walk over the screen.
  case tour
  /// Leave.
  case quit
}
