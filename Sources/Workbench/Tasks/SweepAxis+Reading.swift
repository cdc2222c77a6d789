import EventProp
import Language
import Study

extension SweepAxis {
  /// The most values of one name.
  static let mostValues = 10_000

  /// Reads a name and its range; an error about a value points at the end of the range with this
  /// value.
  init(
    _ phrase: SweepPhrase.Axis, count: Int, in experiment: Experiment
  ) throws(Diagnostic) {
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
    guard low < high else {
      throw phrase.to.complaint("a range grows", remedy: "\(phrase.to.text)..\(phrase.from.text)")
    }
    self.init(
      named, called: phrase.name.text, from: low, to: high, count: count, in: experiment)
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
    return " (seconds; did you mean ms?)"
  }
}
