import EventProp

/// A measure by which samples are ranked, the worst first.
package enum SampleMeasure: String, CaseIterable, Sendable {
  /// The loss: the largest first.
  case loss
  /// The length of the gradient by all weights: the longest first.
  case gradient
  /// The slope of the flattest spike on which the loss depends: the smallest first.
  case slope
  /// The distance to a gained or lost spike: the smallest first.
  case margin
  /// Silent neurons: a silent neuron of the label first, then the most silent neurons; a sample
  /// without any has no rank.
  case silent
  /// Samples that are classified wrongly, the largest loss first; the others have no rank.
  case wrong
}

extension SampleMeasure {
  /// The rank of a sample, the lowest first; nil for a sample without the measure.
  private func rank(of facts: SampleFacts) -> (Double, Double)? {
    switch self {
    case .loss: (-facts.loss, 0)
    case .gradient: (-facts.gradient, 0)
    case .slope: facts.slope.map { ($0.value, 0) }
    case .margin: facts.margin.map { ($0.part, 0) }
    case .silent:
      switch facts.decision?.isLabelSilent ?? false {
      case true: (0, -Double(facts.silent))
      case false: facts.silent > 0 ? (1, -Double(facts.silent)) : nil
      }
    case .wrong: facts.decision.flatMap { $0.isRight ? nil : (-facts.loss, 0) }
    }
  }

  /// The samples that have the measure, the worst first; of equal ones the lowest number first.
  ///
  /// - Complexity: O(n log n) for n samples.
  package func ranked(_ all: [SampleFacts]) -> [SampleFacts] {
    all.compactMap { facts in rank(of: facts).map { (rank: $0, facts: facts) } }
      .sorted { ($0.rank.0, $0.rank.1, $0.facts.number) < ($1.rank.0, $1.rank.1, $1.facts.number) }
      .map(\.facts)
  }
}
