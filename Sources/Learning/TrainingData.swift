package import EventProp

/// Samples as a training takes them.
package struct TrainingData: Sendable {
  /// The samples.
  package let samples: [Sample]
  /// For each sample the position of the right neuron among those that the loss reads; nil without.
  package let labels: [Int]?
  /// How losses and gradients are put together.
  package let together: Samples.Together

  /// The samples of a list with the loss of an experiment.
  package init(_ samples: Samples, _ loss: Loss) {
    self.samples = (0..<samples.count).map {
      Sample(inputSpikes: samples.inputSpikes(at: $0), loss: samples.loss(at: $0, in: loss))
    }
    labels = samples.labels ?? Self.labels(self.samples)
    together = samples.together
  }

  /// The neuron of each sample whose target comes first; nil where two are equal, or without targets.
  private static func labels(_ samples: [Sample]) -> [Int]? {
    var labels: [Int] = []
    for sample in samples {
      let targets = sample.loss.rule.values.targets.map { $0.min() ?? .infinity }
      guard let first = targets.min(), first < .infinity, targets.count > 1,
        targets.count(where: { $0 == first }) == 1, let label = targets.firstIndex(of: first)
      else { return nil }
      labels.append(label)
    }
    return labels
  }
}
