import Columns
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
  ///
  /// `severity` stands where the example has `error`.
  package func rendered(in source: SourceText, severity: String = "error") -> String {
    let number = String(span.start.line)
    let gutter = String(repeating: " ", count: number.count)
    let excerpt = Excerpt(of: source.line(span.start.line), around: span)
    let caret =
      String(repeating: " ", count: excerpt.column) + "^"
      + String(repeating: "~", count: excerpt.length - 1)
    return """
      \(heading(in: source, severity: severity))
      \(number) | \(excerpt.text)
      \(gutter) | \(caret)\(remedy.map { " " + $0.unmasked } ?? "")
      """
  }

  /// The complaint in one line: `file:line:column: error: message`.
  package func heading(in source: SourceText, severity: String = "error") -> String {
    "\(source.name):\(span.start.line):\(span.start.column): \(severity): \(message.unmasked)"
  }

  /// The complaint under a line at the prompt: carets below the word, then message and remedy.
  ///
  /// `indent` is the width of the prompt before `line`, in columns.
  package func underPrompt(of line: String, indentedBy indent: Int) -> String {
    let before = line.unicodeScalars.prefix(max(0, span.start.column - 1))
    let word = line.unicodeScalars.dropFirst(before.count).prefix(span.length)
    // The line may be shorter than the span, as where a word is missing at its end.
    let missing = (max(0, span.start.column - 1) - before.count, span.length - word.count)
    return String(repeating: " ", count: indent + String(before).columns + missing.0)
      + String(repeating: "^", count: max(1, String(word).columns + missing.1)) + " " + sentence
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
    let scalars = Array(line.unicodeScalars)
    let start = min(span.start.column - 1, scalars.count)
    let end = max(min(start + span.length, scalars.count), start + 1)
    var first = 0
    var last = scalars.count
    if scalars.count > Self.width {
      first = max(0, min(start - Self.width / 4, scalars.count - Self.width))
      last = min(scalars.count, first + Self.width)
    }
    let dots = (first > 0 ? "…" : "", last < scalars.count ? "…" : "")
    text = dots.0 + Self.shown(scalars[first..<last]) + dots.1
    column = (dots.0 + Self.shown(scalars[first..<min(start, last)])).columns
    length = max(1, Self.shown(scalars[min(start, last)..<min(end, last)]).columns)
  }

  /// The scalars in columns that are known: a tab is a blank.
  private static func shown(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
    String(String.UnicodeScalarView(scalars.map { $0 == "\t" ? " " : $0 })).shown
  }
}
