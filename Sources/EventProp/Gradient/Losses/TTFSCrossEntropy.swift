/// L = log Σ_j exp((t_label − t_j)/tau), t = min(t_first, clip): the cross-entropy of a softmax over −t/tau.
package enum TTFSCrossEntropy: SpikeTimeLoss {
  package static let name = "ttfs_cross_entropy"
  package static let required: [LossField] = [.label]
  package static let optional: [LossField] = [.neurons, .tau, .clip]
  package static let formula = "L = -log share of {label}, share ~ exp(-t/{tau})"
  package static let termFormula = "t = {t}   share {share}"
  package static let slopeFormula: String? = "({isLabel} - {share})/{tau}"

  private static func crossEntropy(_ values: LossValues, _ spikes: LayerSpikes) -> CrossEntropy {
    let times = values.neurons.map { neuron in
      spikes.first(of: neuron, before: values.clip).map { spikes.times[$0] } ?? values.clip
    }
    return CrossEntropy(
      times.map { (times[values.label] - $0) / values.tau }, label: values.label)
  }

  package static func value(
    _ values: LossValues, on spikes: LayerSpikes, addingTo gradients: inout [Double]
  ) -> Double {
    let crossEntropy = crossEntropy(values, spikes)
    for (position, slope) in crossEntropy.slopes.enumerated() {
      guard let place = spikes.first(of: values.neurons[position], before: values.clip) else {
        continue
      }
      gradients[place] -= slope / values.tau
    }
    return crossEntropy.value
  }

  package static func terms(_ values: LossValues, on spikes: LayerSpikes) -> [LossTerm] {
    crossEntropy(values, spikes).terms.enumerated().map { position, share in
      let neuron = values.neurons[position]
      let place = spikes.first(of: neuron, before: values.clip)
      return LossTerm(
        neuron: neuron,
        reading: .share(event: place.map { spikes.events[$0] }, probability: share.probability),
        value: share.value)
    }
  }

  package static func remarks(
    _ values: LossValues, on spikes: LayerSpikes
  ) -> [(neuron: Int, remark: LossRemark)] {
    values.neurons.compactMap { neuron in
      spikes.remark(firstOf: neuron, clip: values.clip).map { (neuron, $0) }
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
