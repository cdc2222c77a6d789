package import Language
package import Study

/// The answer of the session to a line: text to show, effects to perform, and whether all went
/// well.
package struct Reply: Equatable, Sendable {
  /// The lines of the answer, in order.
  package var lines: [Line] = []
  /// The effects that the program around the session has to perform.
  package var effects: [Effect] = []
  /// Whether every command of the line was carried out.
  package var succeeded = true
  /// A picture of the answer for a screen; it shows the same as the lines.
  package var figure: Sweep.Finding?
  /// The lines that belong under the picture on a screen.
  package var caption: [String] = []

  /// One line of an answer, with the fact behind it where a caller needs the fact.
  package struct Line: Equatable, Sendable {
    /// The kinds of line.
    package enum Kind: Equatable, Sendable {
      /// The answer to a question.
      case result
      /// The new place of the user.
      case place(Timeline.Point)
      /// The breakpoint or the end that stopped the computation.
      case stop
      /// A value that is shown at every stop.
      case display
      /// A command that the reader can run; the text begins with it, after a sign and a blank.
      case link(String)
      /// Why a line was not carried out; the text has a caret and belongs under the line.
      case complaint(Diagnostic)
      /// Why an effect was not performed.
      case failure
    }
    /// The text, without a line break.
    package var text: String
    /// The kind of the line.
    package var kind: Kind

    /// Creates a line.
    package init(_ text: String, _ kind: Kind = .result) {
      self.text = text
      self.kind = kind
    }

    /// Whether the line tells why something was not done.
    package var isComplaint: Bool {
      switch kind {
      case .complaint, .failure: true
      case .result, .place, .stop, .display, .link: false
      }
    }

    /// Whether the line is a command that the reader can run.
    package var isLink: Bool { if case .link = kind { true } else { false } }

    /// The text without the caret, for a place where the line itself is not shown.
    package var sentence: String {
      if case .complaint(let diagnostic) = kind { diagnostic.sentence } else { text }
    }
  }

  /// An empty answer.
  package init() {}

  /// Creates the answer that an effect was not performed.
  package init(complaint text: String) {
    lines = text.split(separator: "\n", omittingEmptySubsequences: false)
      .map { Line(String($0), .failure) }
    succeeded = false
  }

  mutating func say(_ text: String) { say(lines: text.splitIntoLines) }

  mutating func say(lines texts: [String]) {
    lines.reserveCapacity(lines.count + texts.count)
    for text in texts { lines.append(Line(text)) }
  }

  /// Adds the place where the user stands.
  mutating func say(_ place: Line) { lines.append(place) }

  mutating func display(_ text: String) { lines.append(Line(text, .display)) }

  mutating func stop(_ text: String) { lines.append(Line(text, .stop)) }

  /// Adds a complaint about a line; a character in the line that cannot be seen is named.
  mutating func complain(_ diagnostic: Diagnostic, about text: String, indent: Int) {
    var diagnostic = diagnostic
    if let hidden = text.firstHidden, diagnostic.sentence == diagnostic.plainSentence {
      diagnostic.remedy =
        (diagnostic.remedy.map { $0 + "; " } ?? "")
        + "column \(hidden.column) has a \(hidden.character)"
    }
    lines.append(Line(diagnostic.underPrompt(of: text, indentedBy: indent), .complaint(diagnostic)))
    succeeded = false
  }
}

extension String {
  /// The lines of the text.
  var splitIntoLines: [String] {
    split(separator: "\n", omittingEmptySubsequences: false).map { String($0) }
  }
}
