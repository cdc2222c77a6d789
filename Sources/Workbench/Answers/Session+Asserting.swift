import EventProp
import Language
import Study

extension Session {
  /// Throws a `Diagnostic` with both values unless a condition holds where the user stands.
  func check(_ phrase: AssertPhrase) throws(Diagnostic) {
    switch phrase {
    case .says(let word):
      guard !sitting.lastAnswer.contains(where: { $0.contains(word.text) }) else { return }
      throw word.complaint(
        "the last answer does not say '\(word.text)'",
        remedy: sitting.lastAnswer.isEmpty
          ? "it is empty"
          : "it says '\(sitting.lastAnswer[0])'"
            + (sitting.lastAnswer.count > 1
              ? " and \(sitting.lastAnswer.count - 1) more line\(sitting.lastAnswer.count == 2 ? "" : "s")"
              : ""))
    case .condition(let condition, let word):
      try check(
        condition,
        tolerance: try word.map { word throws(Diagnostic) in
          try Self.tolerance(word)
        } ?? Self.usualTolerance)
    }
  }

  /// The default relative difference up to which two values count as equal.
  private static let usualTolerance = 1e-9

  private static func tolerance(_ word: Word) throws(Diagnostic) -> Double {
    let value = try word.quantity()
    guard value >= 0 else {
      throw word.complaint("a tolerance is at least 0", remedy: "tol=1e-9")
    }
    return value
  }

  private func check(_ phrase: ConditionPhrase, tolerance: Double) throws(Diagnostic) {
    let condition = try Condition(
      phrase, names, selected: selected, isAboutJump: false)
    var failures: [(word: Word, text: String)] = []
    for (typed, all) in zip(phrase.alternatives, condition.alternatives) {
      var failure: (word: Word, text: String)?
      for (words, comparison) in zip(typed, all) where failure == nil {
        let word = words.quantity[0]
        let value = try value(of: comparison.probe, word)
        guard !Self.holds(comparison, value, tolerance) else { continue }
        failure = (word, Self.sentence(comparison, value, tolerance, names))
      }
      guard let failure else { return }
      failures.append(failure)
    }
    guard let first = failures.first else { return }
    // Only the author of the condition knows the remedy.
    throw Diagnostic(at: first.word.span, failures.map(\.text).joined(separator: ", and "))
  }

  private static func holds(
    _ comparison: Condition.Comparison, _ value: Double, _ tolerance: Double
  ) -> Bool {
    let other = comparison.value
    let scale = other == 0 || value == 0 ? 1 : max(abs(value), abs(other))
    let isEqual = abs(value - other) <= tolerance * scale
    return switch comparison.relation {
    case .equal: isEqual
    case .unequal: !isEqual
    default: comparison.relation.holds(value, other)
    }
  }

  private static func sentence(
    _ comparison: Condition.Comparison, _ value: Double, _ tolerance: Double, _ names: Names
  ) -> String {
    func text(_ value: Double) -> String {
      Quantity.exact(value, isTime: comparison.probe.isTime)
    }
    let isEquality = comparison.relation == .equal
    return "\(comparison.probe.text(names)) is \(text(value)), not \(comparison.relation.rawValue) "
      + text(comparison.value)
      + (isEquality
        ? " (off by \(Quantity.display(value - comparison.value, digits: 3)), tol=\(Quantity.exact(tolerance)))"
        : "")
  }

  /// The value of a quantity where the user stands.
  private func value(of probe: Probe, _ word: Word) throws(Diagnostic) -> Double {
    let value: Double? =
      switch probe {
      case .time: run.time(of: point)
      case .loss: run.loss
      case .state(let quantity, let neuron):
        quantity.value(state(of: neuron), adjoint(of: neuron))
      case .setting(let named): named.value(in: experiment)
      case .gradient(let synapse): cursor.partialGradient.map { $0[weight: synapse] }
      case .jump: nil
      }
    guard let value else {
      if case .setting = probe {
        throw word.complaint(
          "\(word.text) is not the same for all neurons", remedy: "\(word.text) n0 names one neuron"
        )
      }
      throw run.adjoint == nil
        ? word.complaint("\(word.text) is not known: \(noWayBack.reason)", remedy: noWayBack.remedy)
        : word.complaint("\(word.text) is not known here", remedy: "bwd goes to the backward phase")
    }
    return value
  }
}
