import EventProp
import Language

/// A place as it is typed behind an `@`.
enum NamedPlace {
  /// An event, with a side if one was given: `e5`, `e5-`, `e5+`.
  case event(Int, Side?)
  /// A time of the run, in seconds.
  case time(Double)
}

extension [Word] {
  /// The index of the word with the `@` of a place, or nil: `V n0 @ e5-`, `V n0 @e5-`.
  var placeIndex: Int? { firstIndex { $0.text.hasPrefix("@") } }

  /// The words of a quantity, and the word of the place after it.
  ///
  /// Throws a `Diagnostic` unless exactly one word follows the `@`.
  func splitAtPlace() throws(Diagnostic) -> (quantity: [Word], place: Word?) {
    guard let index = placeIndex else { return (self, nil) }
    let sign = self[index]
    var rest = self[(index + 1)...]
    let place =
      sign.text.count > 1
      ? Word(String(sign.text.dropFirst()), column: sign.span.start.column + 1) : rest.popFirst()
    guard let place else { throw sign.complaint("at which place?", remedy: "@ e5-") }
    if let next = rest.first {
      throw next.complaint("did not expect '\(next.text)' after the place", remedy: "V n0 @ e5-")
    }
    return (Array(self[..<index]), place)
  }
}

extension Session {
  /// The place that a word names in this run.
  func place(named word: Word) throws(Diagnostic) -> NamedPlace {
    guard word.text.lowercased().hasPrefix("e") else { return .time(try timeInRun(word)) }
    let name = Word(word.text.filter { $0 != "+" && $0 != "-" }, column: word.span.start.column)
    return .event(
      try event(name),
      word.text.hasSuffix("+") ? .after : word.text.hasSuffix("-") ? .before : nil)
  }
}
