/// A condition with resolved names.
package struct Condition: Equatable, Sendable {
  /// The lists of comparisons: the condition holds when all comparisons of at least one list hold.
  package let alternatives: [[Comparison]]
  /// The condition in its standard spelling.
  package let text: String

  /// A comparison of a number with a value.
  package struct Comparison: Equatable, Sendable {
    package let probe: Probe
    package let relation: ConditionPhrase.Relation
    package let value: Double
  }

  /// Resolves the names of a condition; `jump` and `abs` need a quantity that jumps.
  package init(
    _ phrase: ConditionPhrase, _ names: Names, selected: Int, isAboutJump: Bool
  ) throws(Diagnostic) {
    var alternatives: [[Comparison]] = []
    var texts: [[String]] = []
    for all in phrase.alternatives {
      var comparisons: [Comparison] = []
      var spelt: [String] = []
      for comparison in all {
        let probe = try Probe(comparison.quantity, names, selected: selected)
        if case .jump = probe, !isAboutJump {
          throw comparison.quantity[0].complaint(
            "only a jump has '\(comparison.quantity[0].text)'",
            remedy: "break jump lV n2 if abs > 4")
        }
        let value = try comparison.value.quantity(isTime: probe.isTime)
        comparisons.append(
          Comparison(probe: probe, relation: comparison.relation, value: value))
        spelt.append(
          "\(probe.text(names)) \(comparison.relation.rawValue) "
            + Quantity.exact(value, isTime: probe.isTime))
      }
      alternatives.append(comparisons)
      texts.append(spelt)
    }
    self.alternatives = alternatives
    text = texts.map { $0.joined(separator: " and ") }.joined(separator: " or ")
  }

  /// The numbers in the comparisons.
  package var probes: [Probe] { alternatives.flatMap { $0.map(\.probe) } }
}
