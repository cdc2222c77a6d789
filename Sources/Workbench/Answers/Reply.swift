package import Language
package import Study

/// What the session answers to a line: text to show, things for the outside to do, and whether all went well.
package struct Reply: Equatable, Sendable {
  /// The lines of the answer, in order.
  package var lines: [Line] = []
  /// What the program around the session has to do.
  package var effects: [Effect] = []
  /// Whether every command of the line was carried out.
  package var succeeded = true
  /// A picture of the answer, for where there is a screen; the lines say the same.
  package var figure: Sweep.Finding?

  /// One line of an answer, with the fact that it words where somebody needs it.
  package struct Line: Equatable, Sendable {
    /// The kinds of line.
    package enum Kind: Equatable, Sendable {
      /// What was asked for.
      case result
      /// Where the user has come.
      case place(Timeline.Point)
      /// What stopped the computation.
      case stop
      /// A value that is shown at every stop.
      case display
      /// Why a line was not carried out; the text stands under the line, with a caret.
      case complaint(Diagnostic)
      /// Why something that an effect asked for was not done.
      case failure
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

    /// Whether it says why something was not done.
    package var isComplaint: Bool {
      switch kind {
      case .complaint, .failure: true
      case .result, .place, .stop, .display: false
      }
    }

    /// The text without a caret under a line that is not seen.
    package var sentence: String {
      if case .complaint(let diagnostic) = kind { diagnostic.sentence } else { text }
    }
  }

  /// An empty answer.
  package init() {}

  /// Why something that an effect asked for was not done.
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

  /// Says where the user stands.
  mutating func say(_ place: Line) { lines.append(place) }

  mutating func display(_ text: String) { lines.append(Line(text, .display)) }

  mutating func stop(_ text: String) { lines.append(Line(text, .stop)) }

  mutating func complain(_ diagnostic: Diagnostic, about text: String, indent: Int) {
    lines.append(Line(diagnostic.underPrompt(indentedBy: indent), .complaint(diagnostic)))
    succeeded = false
  }
}

extension String {
  /// The text between the line breaks.
  var splitIntoLines: [String] {
    split(separator: "\n", omittingEmptySubsequences: false).map { String($0) }
  }
}
