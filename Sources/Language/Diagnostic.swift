import EventProp

/// A complaint about a text: the place, the fact, and the remedy.
///
/// Messages are in lower case without a full stop, and they name the word concerned.
package struct Diagnostic: Error, Hashable, Sendable {
  /// The place.
  package var span: SourceSpan
  /// The fact.
  package var message: String
  /// The expected text, or the remedy.
  package var remedy: String?
  /// Whether the complaint is about a file that cannot be read; the text itself may be right.
  package var isAboutUnreadableFile = false

  /// Creates a complaint.
  package init(at span: SourceSpan, _ message: String, remedy: String? = nil) {
    self.span = span
    self.message = message
    self.remedy = remedy
  }
}

extension Diagnostic {
  /// The complaint with its place in a file, three lines without a line break at the end.
  ///
  /// ```
  /// chain.yaml:4:12: error: expected a time, found 'slow'
  /// 4 |   tau_syn: slow     # wrong
  ///   |            ^~~~ a number with a unit, such as '5 ms'
  /// ```
  package func rendered(in source: SourceText) -> String {
    let number = String(span.start.line)
    let gutter = String(repeating: " ", count: number.count)
    let excerpt = Excerpt(of: source.line(span.start.line), around: span)
    let caret =
      String(repeating: " ", count: excerpt.column) + "^"
      + String(repeating: "~", count: excerpt.length - 1)
    return """
      \(heading(in: source))
      \(number) | \(excerpt.text)
      \(gutter) | \(caret)\(remedy.map { " " + $0.unmasked } ?? "")
      """
  }

  /// The complaint in one line: `file:line:column: error: message`.
  package func heading(in source: SourceText) -> String {
    "\(source.name):\(span.start.line):\(span.start.column): error: \(message.unmasked)"
  }

  /// The complaint under a line at the prompt: carets below the word, then message and remedy.
  ///
  /// `indent` is the width of the prompt before the line, in columns.
  package func underPrompt(indentedBy indent: Int) -> String {
    String(repeating: " ", count: indent + span.start.column - 1)
      + String(repeating: "^", count: span.length) + " " + sentence
  }

  /// Message and remedy, without the place.
  package var sentence: String { plainSentence.unmasked }

  /// The sentence with characters that cannot be seen.
  package var plainSentence: String { message + (remedy.map { "; " + $0 } ?? "") }
}

/// The part of a line around a span: a matrix row can have thousands of columns.
private struct Excerpt {
  var text: String
  /// The column of the span in the text, from 0.
  var column: Int
  var length: Int

  private static let width = 100

  init(of line: String, around span: SourceSpan) {
    // A tab or a control character would move the caret to another column.
    let scalars = line.unicodeScalars.map { scalar -> Character in
      if scalar == "\t" { return " " }
      return scalar.properties.generalCategory == .control ? "\u{FFFD}" : Character(scalar)
    }
    let start = min(span.start.column - 1, scalars.count)
    let end = max(min(start + span.length, scalars.count), start + 1)
    guard scalars.count > Self.width else {
      text = String(scalars)
      column = start
      length = end - start
      return
    }
    let first = max(0, min(start - Self.width / 4, scalars.count - Self.width))
    let last = min(scalars.count, first + Self.width)
    text = (first > 0 ? "…" : "") + String(scalars[first..<last])
    text += last < scalars.count ? "…" : ""
    column = start - first + (first > 0 ? 1 : 0)
    length = max(1, min(end, last) - start)
  }
}
