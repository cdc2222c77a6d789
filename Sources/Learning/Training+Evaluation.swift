package import EventProp

extension Training {
  /// The mean loss of samples, and how many are classified rightly, with the present network.
  ///
  /// Throws the failure of the first sample that cannot be simulated, by its place in these data.
  package func evaluate(_ data: TrainingData) throws(Failure) -> Score {
    try evaluate(data, data.samples.indices)
  }

  /// The score of some of the samples.
  package func evaluate(_ data: TrainingData, _ range: Range<Int>) throws(Failure) -> Score {
    do throws(Batch.Failure) {
      let outcomes = try batch.outcomes(of: Array(data.samples[range]))
      let sum = outcomes.reduce(0) { $0 + $1.loss }
      return Score(
        loss: sum / Double(max(1, outcomes.count)), samples: outcomes.count,
        right: data.labels.map { labels in
          zip(labels[range], outcomes).count { $0 == $1.chosen }
        })
    } catch {
      throw .sample(range.lowerBound + error.sample, error.reason)
    }
  }

  /// The run of a sample, by its place in the data, with the present network.
  ///
  /// Throws a ``Failure`` where it cannot be simulated.
  package func trajectory(ofSample place: Int) throws(Failure) -> Trajectory {
    let sample = data.samples[place]
    do throws(SimulationError) {
      return try Trajectory(
        of: Experiment(
          title: "", network: network,
          inputSpikes: sample.inputs.spikes.map {
            InputSpike(time: $0.time, channel: $0.channel)
          }, horizon: horizon, loss: sample.loss))
    } catch {
      throw .sample(place, error)
    }
  }

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

    /// The score of two lists of samples together.
    package static func + (one: Score, other: Score) -> Score {
      let samples = one.samples + other.samples
      let sum = one.loss * Double(one.samples) + other.loss * Double(other.samples)
      return Score(
        loss: sum / Double(max(1, samples)), samples: samples,
        right: one.right.flatMap { right in other.right.map { right + $0 } })
    }

    /// The part of them; nil without labels.
    package var accuracy: Double? { right.map { Double($0) / Double(max(1, samples)) } }
  }
}
