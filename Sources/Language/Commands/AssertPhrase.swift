import EventProp

/// The words after `assert`: a condition on numbers, or a text in the last answer.
package enum AssertPhrase: Equatable, Sendable {
  /// The condition holds at the place of the user; `tolerance` is the relative difference up to
  /// which values count as equal.
  case condition(ConditionPhrase, tolerance: Word?)
  /// A line of the last answer contains this text.
  case says(Word)

  /// Reads the words after the verb.
  ///
  /// Throws a `Diagnostic` at the place where something is missing.
  init(_ words: [Word], after verb: Word) throws(Diagnostic) {
    if let first = words.first, first.text.lowercased() == "says" {
      guard words.count > 1 else {
        throw first.end.complaint("says what?", remedy: "assert says verdict: agrees")
      }
      self = .says(CommandParser.verbatim(words[1...]))
      return
    }
    guard let place = words.firstIndex(where: { $0.text.lowercased() == "tol" }) else {
      self = .condition(try ConditionPhrase(words, after: verb), tolerance: nil)
      return
    }
    guard place + 1 < words.count, words[place + 1].text == "=" else {
      throw words[place].end.complaint("tol needs a number", remedy: "tol=1e-9")
    }
    guard place + 2 < words.count else {
      throw words[place + 1].end.complaint("a tolerance of how much?", remedy: "tol=1e-9")
    }
    if place + 3 < words.count {
      throw words[place + 3].complaint(
        "did not expect '\(words[place + 3].text)' after the tolerance", remedy: "it comes last")
    }
    self = .condition(
      try ConditionPhrase(words[..<place], after: verb), tolerance: words[place + 2])
  }
}
