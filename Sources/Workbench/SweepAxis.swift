import EventProp
import Language

/// A name that `set` takes and the values that it goes through.
package struct SweepAxis: Equatable, Sendable {
  /// The name, as it was typed.
  package let name: String
  /// Whether the values are times, in seconds.
  package let isTime: Bool
  /// The values, growing; the value that the experiment has is among them where it lies in their range.
  package let values: [Double]
  /// The value that the experiment has; nil where the name means neurons whose values differ.
  package let current: Double?

  /// What the name means.
  let named: Named
  private let word: Word
  /// Whether the range was typed without a unit.
  private let isBare: Bool

  /// The most values that one name takes.
  static let mostValues = 10_000

  /// Finds a name and its range; a value that may not be is named at the end of the range where it stands.
  init(
    _ phrase: SweepPhrase.Axis, count: Int, in experiment: Experiment
  ) throws(Diagnostic) {
    let named = try Names(experiment).find(phrase.name)
    if case .maxEvents = named {
      throw phrase.name.complaint(
        "\(phrase.name.text) is no number to sweep over", remedy: "set gives it one value")
    }
    let current = named.value(in: experiment)
    word = phrase.name
    isBare = phrase.to.text.last?.isNumber ?? false
    name = phrase.name.text
    isTime = named.isTime
    self.named = named
    self.current = current
    let low = try Self.value(
      Self.withUnit(phrase.from, like: phrase.to, isTime: named.isTime), phrase.name, named,
      experiment)
    let high = try Self.value(phrase.to, phrase.name, named, experiment)
    guard low < high else {
      throw phrase.to.complaint("a range grows", remedy: "\(phrase.to.text)..\(phrase.from.text)")
    }
    let step = (high - low) / Double(count - 1)
    var values = (0..<count - 1).map { low + Double($0) * step } + [high]
    // The run on the bench is one of them, unless one of them is all but the same.
    if let current, current > low, current < high {
      let place = values.firstIndex { $0 >= current } ?? values.count
      if let near = values.firstIndex(where: { abs($0 - current) <= 1e-9 * step }) {
        values[near] = current
      } else {
        values.insert(current, at: place)
      }
    }
    self.values = values
  }

  /// The first of two times with the unit of the second, where it has none: 10..30ms.
  private static func withUnit(_ word: Word, like other: Word, isTime: Bool) -> Word {
    guard isTime, let unit = (try? Quantity.timeAndUnit(other.text))?.unit,
      let first = try? Quantity.timeAndUnit(word.text), first.unit == nil
    else { return word }
    var word = word
    word.text += unit.rawValue
    return word
  }

  /// A question where bare numbers of seconds are so long that milliseconds were probably meant; empty elsewhere.
  var question: String {
    guard isTime, isBare, let last = values.last, last >= 1 else { return "" }
    return " (seconds; did you mean ms?)"
  }

  /// An allowed value as it was typed.
  private static func value(
    _ typed: Word, _ name: Word, _ named: Named, _ experiment: Experiment
  ) throws(Diagnostic) -> Double {
    var edited = experiment
    _ = try Edit.apply(name, typed, to: &edited)
    return named.value(in: edited) ?? named.parameters.first.map { edited[$0] } ?? 0
  }

  /// The experiment with a value.
  func experiment(
    _ experiment: Experiment, with value: Double
  ) throws(Diagnostic) -> Experiment {
    var edited = experiment
    _ = try Edit.apply(word, Word(Quantity.exact(value)), to: &edited)
    return edited
  }

  /// A value with its unit.
  package func text(_ value: Double, digits: Int = 6) -> String {
    Quantity.display(value, isTime: isTime, digits: digits)
  }

  /// The line that sets a value, to the last digit.
  package func settingLine(_ value: Double) -> String {
    "set \(name) \(Quantity.exact(value, isTime: isTime))"
  }

  /// Two axes with the same name and values.
  package static func == (one: SweepAxis, other: SweepAxis) -> Bool {
    one.name == other.name && one.values == other.values && one.current == other.current
  }
}
