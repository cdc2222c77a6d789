/// L = log Σ_j exp((t_label − t_j)/tau), t = min(t_first, clip): the cross-entropy of a softmax over −t/tau.
///
/// With `early` it has one more term, which pulls the spike of the label to early times; see ``Loss/Early``.
package enum TTFSCrossEntropy: SpikeTimeLoss {
  package static let name = "ttfs_cross_entropy"
  package static let required: [LossField] = [.label]
  package static let optional: [LossField] = [.neurons, .tau, .clip, .early]
  package static let formula = "L = -log share of {label}{early}, share ~ exp(-t/{tau})"
  package static let termFormula = "t = {t}   share {share}"
  package static let slopeFormula: String? = "({isLabel} - {share})/{tau}{early}"

  private static func crossEntropy(_ values: LossValues, _ spikes: LayerSpikes) -> CrossEntropy {
    let times = values.neurons.map { time(of: $0, values, spikes) }
    return CrossEntropy(
      times.map { (times[values.label] - $0) / values.tau }, label: values.label)
  }

  /// The time of the first spike of a neuron, or `clip`.
  private static func time(
    of neuron: Int, _ values: LossValues, _ spikes: LayerSpikes
  ) -> Double {
    spikes.first(of: neuron, before: values.clip).map { spikes.times[$0] } ?? values.clip
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
    guard let early = values.early else { return crossEntropy.value }
    let neuron = values.neurons[values.label]
    let time = time(of: neuron, values, spikes)
    if let place = spikes.first(of: neuron, before: values.clip) {
      gradients[place] += early.slope(at: time)
    }
    return crossEntropy.value + early.value(at: time)
  }

  package static func terms(_ values: LossValues, on spikes: LayerSpikes) -> [LossTerm] {
    var terms = crossEntropy(values, spikes).terms.enumerated().map { position, share in
      let neuron = values.neurons[position]
      let place = spikes.first(of: neuron, before: values.clip)
      return LossTerm(
        neuron: neuron,
        reading: .share(event: place.map { spikes.events[$0] }, probability: share.probability),
        value: share.value)
    }
    if let early = values.early {
      let neuron = values.neurons[values.label]
      let place = spikes.first(of: neuron, before: values.clip)
      terms.append(
        LossTerm(
          neuron: neuron, reading: .early(event: place.map { spikes.events[$0] }),
          value: early.value(at: time(of: neuron, values, spikes))))
    }
    return terms
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
  ///
  /// With `early` its term is added.
  public static func ttfsCrossEntropy(
    neurons: [Int], label: Int, tau: Double, clip: Double, early: Loss.Early? = nil
  ) -> Self {
    var values = LossValues(neurons: neurons, targets: [], tau: tau, clip: clip)
    values.label = label
    values.early = early
    return Self(TTFSCrossEntropy.self, values)
  }
}
