import Language
import Learning

/// A condition on the line of steps, with resolved names.
struct StepCondition: Equatable, Sendable {
  /// What a number must be, or do.
  enum Test: Equatable, Sendable {
    case compares(ConditionPhrase.Relation, Double)
    /// It differs from the step before.
    case changes
  }

  /// A number and its test.
  struct Comparison: Equatable, Sendable {
    let quantity: StepQuantity
    let test: Test
  }

  /// The lists of comparisons: the condition holds when all comparisons of at least one list hold.
  private(set) var alternatives: [[Comparison]]
  /// The condition in its standard spelling.
  private(set) var text: String
  /// Whether only the first step of several counts at which it holds.
  let isOnset: Bool

  /// The numbers in the comparisons.
  var quantities: [StepQuantity] { alternatives.flatMap { $0.map(\.quantity) } }
  /// Whether the records of the steps suffice.
  var isRecorded: Bool { quantities.allSatisfy(\.isRecorded) }

  /// Reads the place of a stop.
  ///
  /// Throws a `Diagnostic` where it is no place on the line of steps.
  init(_ phrase: StopPhrase, _ course: Course, _ session: Session) throws(Diagnostic) {
    func read(_ phrase: ConditionPhrase) throws(Diagnostic) -> ([[Comparison]], String) {
      var alternatives: [[Comparison]] = []
      var texts: [[String]] = []
      for all in phrase.alternatives {
        var comparisons: [Comparison] = []
        var spelt: [String] = []
        for comparison in all {
          let quantity = try StepQuantity(comparison.quantity, course, session)
          let value = try comparison.value.quantity(isTime: quantity.isTime)
          comparisons.append(
            Comparison(quantity: quantity, test: .compares(comparison.relation, value)))
          spelt.append(
            "\(quantity.text(course, session.names)) \(comparison.relation.rawValue) "
              + Quantity.exact(value, isTime: quantity.isTime))
        }
        alternatives.append(comparisons)
        texts.append(spelt)
      }
      return (alternatives, texts.map { $0.joined(separator: " and ") }.joined(separator: " or "))
    }
    switch phrase.place {
    case .becomes(let condition):
      (alternatives, text) = try read(condition)
      isOnset = true
    case .unfinished(let words, let isUntil) where ConditionPhrase.compares(words):
      (alternatives, text) = try read(
        try ConditionPhrase(words, after: Word(isUntil ? "until" : "break")))
      isOnset = false
    case .unfinished(let words, _):
      let quantity = try StepQuantity(words, course, session)
      let test: Test
      switch quantity {
      case .wrong, .clipped: test = .compares(.unequal, 0)
      case .count: test = .changes
      default:
        throw CommandParser.joined(words[...]).complaint(
          "'\(quantity.text(course, session.names))' is compared with nothing",
          remedy: "break loss > 2")
      }
      alternatives = [[Comparison(quantity: quantity, test: test)]]
      text = quantity.text(course, session.names) + (test == .changes ? " changes" : "")
      isOnset = false
    case .spike(let word), .input(let word), .phase(let word):
      throw (word ?? Word("break")).complaint(
        "a sample has spikes and phases, a training has steps",
        remedy: "open puts a sample on the bench, where this stops")
    case .event(let word), .time(let word), .jump(let word, _), .peaks(_, let word, _):
      throw word.complaint(
        "'\(word.text)' is no number of a step", remedy: StepQuantity.remedy)
    }
    guard let condition = phrase.condition else { return }
    let (also, words) = try read(condition)
    alternatives = alternatives.flatMap { all in also.map { all + $0 } }
    text += " if " + words
  }

  /// Whether it holds with the numbers of a step and of the step before.
  func holds(_ now: (StepQuantity) -> Double?, before: ((StepQuantity) -> Double?)?) -> Bool {
    func holds(_ value: (StepQuantity) -> Double?, _ earlier: ((StepQuantity) -> Double?)?) -> Bool
    {
      alternatives.contains { all in
        all.allSatisfy { comparison in
          guard let number = value(comparison.quantity) else { return false }
          switch comparison.test {
          case .compares(let relation, let bound): return relation.holds(number, bound)
          case .changes:
            return earlier?(comparison.quantity).map { $0 != number } ?? false
          }
        }
      }
    }
    guard holds(now, before) else { return false }
    return !isOnset || !(before.map { holds($0, nil) } ?? false)
  }
}
