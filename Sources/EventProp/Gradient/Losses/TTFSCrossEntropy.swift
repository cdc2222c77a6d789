/// L = log Σ_j exp((t_label − t_j)/tau), t = min(t_first, clip): the cross-entropy of a softmax over −t/tau.
package enum TTFSCrossEntropy: SpikeTimeLoss {
  package static let name = "ttfs_cross_entropy"
  package static let required: [LossField] = [.label]
  package static let optional: [LossField] = [.neurons, .tau, .clip]
  package static let formula = "L = -log share of {label}, share ~ exp(-t/{tau})"
  package static let termFormula = "t = {t}   share {share}"
  package static let slopeFormula: String? = "({isLabel} - {share})/{tau}"
  package static let leastSum = 1.0

  private static func softmax(_ values: LossValues, _ spikes: LayerSpikes) -> Softmax {
    Softmax(
      values.neurons.map { neuron in
        let place = spikes.first(of: neuron, before: values.clip)
        return -(place.map { spikes.times[$0] } ?? values.clip) / values.tau
      })
  }

  package static func value(
    _ values: LossValues, on spikes: LayerSpikes, addingTo gradients: inout [Double]
  ) -> Double {
    let softmax = softmax(values, spikes)
    for (position, probability) in softmax.probabilities.enumerated() {
      guard let place = spikes.first(of: values.neurons[position], before: values.clip) else {
        continue
      }
      gradients[place] += ((position == values.label ? 1 : 0) - probability) / values.tau
    }
    return -softmax.logProbability(of: values.label)
  }

  package static func terms(_ values: LossValues, on spikes: LayerSpikes) -> [LossTerm] {
    softmax(values, spikes).shares(ofLabel: values.label).enumerated().map { position, share in
      let neuron = values.neurons[position]
      let place = spikes.first(of: neuron, before: values.clip)
      return LossTerm(
        neuron: neuron,
        reading: .share(event: place.map { spikes.events[$0] }, probability: share.probability),
        value: share.value)
    }
  }

  package static func pieces(_ values: LossValues, on spikes: LayerSpikes) -> [Int] {
    values.neurons.map { spikes.first(of: $0, before: values.clip) == nil ? 0 : 1 }
  }
}

extension Loss.Rule {
  /// L = log Σ_j exp((t_label − t_j)/tau), t = min(t_first, clip), times in seconds; `label` is a position in `neurons`.
  public static func ttfsCrossEntropy(
    neurons: [Int], label: Int, tau: Double, clip: Double
  ) -> Self {
    var values = LossValues(neurons: neurons, targets: [], tau: tau, clip: clip)
    values.label = label
    return Self(TTFSCrossEntropy.self, values)
  }
}
