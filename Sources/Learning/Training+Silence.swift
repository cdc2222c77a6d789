import EventProp

/// What a training may do for silent neurons, to which no exact gradient leads. All of it is off unless
/// the settings name it.
extension Training {
  /// The gradient of the second loss on samples whose label neuron is silent, for each learnt number, and
  /// the number of these samples.
  ///
  /// Throws a `Batch.Failure` where a sample, by its place among `places`, has none.
  func existence(
    _ places: [Int], _ outcomes: [Outcome], dividedBy divisor: Double
  ) throws(Batch.Failure) -> (gradient: [Double], samples: Int)? {
    guard let factor = settings.existence else { return nil }
    let silent = outcomes.indices.filter { outcomes[$0].isLabelSilent }
    guard !silent.isEmpty else { return nil }
    let samples = silent.map { position in
      let sample = data.samples[places[position]]
      let values = sample.loss.rule.values
      return Sample(
        inputSpikes: sample.inputs.spikes.map { InputSpike(time: $0.time, channel: $0.channel) },
        loss: Loss(
          layer: sample.loss.layer,
          rule: .maxOverTimeCrossEntropy(neurons: values.neurons, label: values.label)))
    }
    do throws(Batch.Failure) {
      let result = try batch.gradient(of: samples, withParameters: learned.needsParameters)
      let gradient = learned.gradient(result.layers, dividedBy: divisor, at: state.numbers)
      return (gradient.map { factor * $0 }, silent.count)
    } catch {
      throw Batch.Failure(sample: silent[error.sample], reason: error.reason)
    }
  }

  /// The neurons that are silent in all samples, counted across layers; none without `bump`.
  func bumped(_ outcomes: [Outcome]) -> [Int] {
    guard settings.bump != nil, let first = outcomes.first else { return [] }
    return outcomes.dropFirst().reduce(first.silentNeurons) { common, outcome in
      let others = Set(outcome.silentNeurons)
      return common.filter(others.contains)
    }
  }

  /// The places of the learnt weights into some neurons, without those from their own layer.
  func weights(into neurons: [Int]) -> [Int] {
    learned.parts.filter { $0.part.quantity == .weights }.flatMap { part -> [Int] in
      guard let layer = part.part.layer else { return [] }
      let synapses = network.layers[layer].weights
      return neurons.map { $0 - network.offsets[layer] }
        .filter { 0..<synapses.columns ~= $0 }.flatMap { column in
          (0..<synapses.rows).compactMap { synapses.entry(row: $0, column: column) }
            .map { part.places.lowerBound + $0 }
        }
    }
  }
}
