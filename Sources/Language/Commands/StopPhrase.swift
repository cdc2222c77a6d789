import EventProp

/// The place of a stop as typed; names stay words.
package struct StopPhrase: Equatable, Sendable {
  /// The kinds of place.
  package enum Place: Equatable, Sendable {
    /// A spike of these neurons, or of any.
    case spike(Word?)
    /// An input spike on these channels, or on any.
    case input(Word?)
    /// An event by its number.
    case event(Word)
    /// A jump of V, I or λ_V of a neuron.
    case jump(Word, of: Word?)
    /// The start of a phase, or its name: `fwd`, `bwd`, `end`.
    case phase(Word?)
    /// The first event that is past a time.
    case time(Word)
    /// The first event after a local maximum of V of a neuron in a range of potentials.
    case peaks(of: Word?, from: Word, to: Word)
    /// Where a condition becomes true.
    case becomes(ConditionPhrase)
    /// Words that are no place by themselves, such as a neuron; only the experiment can tell what
    /// is missing.
    case unfinished([Word], isUntil: Bool)
  }

  /// The place.
  package let place: Place
  /// The condition that must also hold, or nil.
  package let condition: ConditionPhrase?

  /// The kinds of place for `break`.
  package static let kinds = ["spike", "input", "jump", "phase", "time"]

  private static let expected = "spike, input, jump, phase, time or an event such as e7"

  /// Reads the words after `break`.
  ///
  /// Throws a `Diagnostic` at the wrong word, or after the last one.
  package init(breakingAt words: [Word], after verb: Word) throws(Diagnostic) {
    let end = words.firstIndex { $0.text.lowercased() == "if" } ?? words.count
    place = try Self.place(Array(words[..<end]), after: verb)
    condition =
      end < words.count
      ? try ConditionPhrase(words[(end + 1)...], after: words[end]) : nil
  }

  /// Reads the words after `watch`: a condition, or `V n1 peaks 0.95..1`.
  package init(watching words: [Word], after verb: Word) throws(Diagnostic) {
    condition = nil
    guard let middle = words.firstIndex(where: { $0.text.lowercased() == "peaks" }) else {
      place = .becomes(try ConditionPhrase(words, after: verb))
      return
    }
    guard let quantity = words[..<middle].first, quantity.text.lowercased() == "v", middle <= 2
    else {
      throw (words[..<middle].first ?? words[middle]).complaint(
        "only V has peaks to watch", remedy: "watch V n1 peaks 0.95..1")
    }
    guard middle + 1 < words.count else {
      throw words[middle].end.complaint(
        "expected a range after 'peaks'", remedy: "watch V n1 peaks 0.95..1")
    }
    let range = CommandParser.joined(words[(middle + 1)...])
    guard let ends = range.ends else {
      throw range.complaint("expected a range FROM..TO", remedy: "watch V n1 peaks 0.95..1")
    }
    place = .peaks(of: middle == 2 ? words[1] : nil, from: ends.from, to: ends.to)
  }

  /// Reads the words after `until`: a place, a condition, or a bare time.
  package init(until words: [Word], after verb: Word) throws(Diagnostic) {
    if words.contains(where: { ["peaks"].contains($0.text.lowercased()) }) {
      self = try StopPhrase(watching: words, after: verb)
      return
    }
    let isPlace = words.first.map { Self.kind($0) != nil || Self.isEvent($0) } ?? false
    if isPlace {
      self = try StopPhrase(breakingAt: words, after: verb)
    } else if ConditionPhrase.compares(words) {
      self = try StopPhrase(watching: words, after: verb)
    } else {
      guard !words.isEmpty else {
        throw verb.end.complaint(
          "expected a time, an event or a condition",
          remedy: "until 12ms, until e7, until V n0 > 0.5")
      }
      let all = CommandParser.joined(words[...])
      let isNumber = all.text.first.map { $0.isNumber || "+-.".contains($0) } ?? false
      place = isNumber ? .time(all) : .unfinished(words, isUntil: true)
      condition = nil
    }
  }

  /// The complaint about a word that is no place of a stop.
  package static func complaint(about word: Word, isUntil: Bool) -> Diagnostic {
    word.complaint(
      "no place '\(word.text)' to stop at",
      remedy: Suggestion.nearest(to: word.text, among: kinds).map { "did you mean '\($0)'?" }
        ?? (isUntil ? "until 12ms, until e7, until V n0 > 0.5" : "one of \(expected)"))
  }

  private static func kind(_ word: Word) -> String? {
    let text = word.text.lowercased()
    let matches = kinds.filter { $0.hasPrefix(text) }
    return kinds.contains(text) ? text : matches.count == 1 && text.count > 1 ? matches[0] : nil
  }

  private static func isEvent(_ word: Word) -> Bool {
    guard let first = word.text.lowercased().first, first == "e" || first == "#" else {
      return false
    }
    return word.text.count > 1 && word.text.dropFirst().allSatisfy { $0.isNumber }
  }

  private static func place(_ words: [Word], after verb: Word) throws(Diagnostic) -> Place {
    guard let first = words.first else {
      throw verb.end.complaint("expected \(expected)", remedy: "break spike n0")
    }
    if isEvent(first) {
      try expectNothing(after: 1, in: words)
      return .event(first)
    }
    switch kind(first) {
    case "spike":
      try expectNothing(after: 2, in: words)
      return .spike(words.dropFirst().first)
    case "input":
      try expectNothing(after: 2, in: words)
      return .input(words.dropFirst().first)
    case "jump":
      try expectNothing(after: 3, in: words)
      guard words.count > 1 else {
        throw first.end.complaint("a jump of which quantity?", remedy: "break jump lV n2")
      }
      return .jump(words[1], of: words.count > 2 ? words[2] : nil)
    case "phase":
      try expectNothing(after: 2, in: words)
      return .phase(words.dropFirst().first)
    case "time":
      guard words.count > 1 else {
        throw first.end.complaint("which time?", remedy: "break time 12ms")
      }
      return .time(CommandParser.joined(words[1...]))
    default:
      return .unfinished(words, isUntil: false)
    }
  }

  private static func expectNothing(after count: Int, in words: [Word]) throws(Diagnostic) {
    guard words.count > count else { return }
    throw words[count].complaint(
      "did not expect '\(words[count].text)' here", remedy: "a condition begins with 'if'")
  }
}
