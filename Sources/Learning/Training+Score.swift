extension Training {
  /// How well a network does on some samples.
  package struct Score: Equatable, Sendable {
    /// The mean loss.
    package var loss: Double
    /// The number of samples.
    package var samples: Int
    /// The number of samples that are classified rightly; nil without labels.
    package var right: Int?

    /// The score of some steps together; nil without steps.
    package init?(_ steps: [StepFacts]) {
      guard !steps.isEmpty else { return nil }
      samples = steps.reduce(0) { $0 + $1.samples }
      loss = steps.reduce(0) { $0 + $1.loss * Double($1.samples) } / Double(samples)
      let right = steps.compactMap(\.right)
      self.right = right.count == steps.count ? right.reduce(0, +) : nil
    }

    /// A score.
    package init(loss: Double, samples: Int, right: Int?) {
      self.loss = loss
      self.samples = samples
      self.right = right
    }

    /// The part of them; nil without labels.
    package var accuracy: Double? { right.map { Double($0) / Double(max(1, samples)) } }
  }
}
