import EventProp
import Language
import Study

extension SweepAxis {
  /// The most values of one name.
  static let mostValues = 10_000

  /// Reads a name and its range; an error about a value points at the end of the range with this
  /// value.
  ///
  /// `gradient` is that of the experiment, for a step down it.
  init(
    _ phrase: SweepPhrase.Axis, count: Int, in experiment: Experiment, down gradient: Gradient?
  ) throws(Diagnostic) {
    if phrase.name.text.lowercased() == SweepPhrase.rate.lowercased() {
      guard let step = gradient.flatMap({ GradientStep(of: experiment, down: $0) }) else {
        throw phrase.name.complaint(
          "there is no way down: the gradient of all weights is 0 or does not exist",
          remedy: "trust says why")
      }
      let (low, high) = (try phrase.from.quantity(), try phrase.to.quantity())
      try Self.expectGrowth(low, high, phrase)
      self.init(
        .rate(step), called: SweepPhrase.rate, from: low, to: high, count: count, in: experiment)
      return
    }
    let named = try Names(experiment).find(phrase.name)
    if case .maxEvents = named {
      throw phrase.name.complaint(
        "\(phrase.name.text) is no number to sweep over", remedy: "set gives it one value")
    }
    func value(_ typed: Word) throws(Diagnostic) -> Double {
      var edited = experiment
      _ = try Edit.apply(phrase.name, typed, to: &edited)
      return named.value(in: edited) ?? named.parameters.first.map { edited[$0] } ?? 0
    }
    let low = try value(Self.withUnit(phrase.from, like: phrase.to, isTime: named.isTime))
    let high = try value(phrase.to)
    try Self.expectGrowth(low, high, phrase)
    self.init(
      named, called: phrase.name.text, from: low, to: high, count: count, in: experiment)
  }

  private static func expectGrowth(
    _ low: Double, _ high: Double, _ phrase: SweepPhrase.Axis
  ) throws(Diagnostic) {
    guard low < high else {
      throw phrase.to.complaint("a range grows", remedy: "\(phrase.to.text)..\(phrase.from.text)")
    }
  }

  /// The first of two times, with the unit of the second if it has none: 10..30ms.
  private static func withUnit(_ word: Word, like other: Word, isTime: Bool) -> Word {
    guard isTime, let unit = (try? Quantity.timeAndUnit(other.text))?.unit,
      let first = try? Quantity.timeAndUnit(word.text), first.unit == nil
    else { return word }
    var word = word
    word.text += unit.rawValue
    return word
  }

  /// A question about a long range of times without a unit, where milliseconds were probably meant;
  /// empty elsewhere.
  func question(_ phrase: SweepPhrase.Axis) -> String {
    guard isTime, phrase.to.text.last?.isNumber ?? false, let last = values.last, last >= 1 else {
      return ""
    }
    let name = phrase.name.text
    let from = phrase.from.text + (phrase.from.text.last?.isNumber ?? false ? "ms" : "")
    return "did you mean ms? sweep \(name) \(from)..\(phrase.to.text)ms; "
  }
}
