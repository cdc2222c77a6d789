import EventProp

/// A complaint about something that was written: where, what, and what would be right.
///
/// Messages are lower-case, without a full stop, and name the offender.
package struct Diagnostic: Error, Hashable, Sendable {
  /// The place.
  package var span: SourceSpan
  /// The fact.
  package var message: String
  /// What was expected, or what to do.
  package var remedy: String?
  /// Whether a file that is named here cannot be read; the text itself may be right.
  package var isAboutUnreadableFile = false

  /// Creates a complaint.
  package init(at span: SourceSpan, _ message: String, remedy: String? = nil) {
    self.span = span
    self.message = message
    self.remedy = remedy
  }
}

extension Diagnostic {
  /// The complaint with its place in a file, three lines without a final line break.
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
      \(gutter) | \(caret)\(remedy.map { " " + $0 } ?? "")
      """
  }

  /// The complaint in one line: `file:line:column: error: message`.
  package func heading(in source: SourceText) -> String {
    "\(source.name):\(span.start.line):\(span.start.column): error: \(message)"
  }

  /// The complaint under a line at the prompt: carets below the word, then message and remedy.
  ///
  /// The indentation is the number of columns that stand before the line, those of the prompt.
  package func underPrompt(indentedBy indent: Int) -> String {
    String(repeating: " ", count: indent + span.start.column - 1)
      + String(repeating: "^", count: span.length) + " " + sentence
  }

  /// Message and remedy, without the place.
  package var sentence: String { message + (remedy.map { "; " + $0 } ?? "") }
}

/// The part of a line that is shown around a span: a matrix row can be thousands of columns wide.
private struct Excerpt {
  var text: String
  /// The column of the span in the text, from 0.
  var column: Int
  var length: Int

  private static let width = 100

  init(of line: String, around span: SourceSpan) {
    // A tab or a control character would move the caret away from what it points at.
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
