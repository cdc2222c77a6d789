/// L = Σ ((min(t_first, clip) − target)/tau)²; a silent neuron counts as `clip`, with gradient 0.
package enum FirstSpikeMSE: SpikeTimeLoss {
  package static let name = "first_spike_mse"
  package static let required: [LossField] = [.target]
  package static let optional: [LossField] = [.neurons, .tau, .clip]
  package static let formula = "L = Σ ((t - target)/tau)², t at most {clip}"
  package static let termFormula = "(({t} - {target})/{tau})² = {value}"
  package static let slopeFormula: String? = "2·({t} - {target})/({tau})²"

  private static func error(
    _ values: LossValues, _ neuron: Int, _ target: Double, _ spikes: LayerSpikes
  ) -> (error: Double, place: Int?) {
    let place = spikes.first(of: neuron, before: values.clip)
    return (((place.map { spikes.times[$0] } ?? values.clip) - target) / values.tau, place)
  }

  package static func value(
    _ values: LossValues, on spikes: LayerSpikes, addingTo gradients: inout [Double]
  ) -> Double {
    var sum = 0.0
    for (neuron, targets) in zip(values.neurons, values.targets) {
      let (error, place) = error(values, neuron, targets[0], spikes)
      sum += error * error
      if let place { gradients[place] += 2 * error / values.tau }
    }
    return sum
  }

  package static func terms(_ values: LossValues, on spikes: LayerSpikes) -> [LossTerm] {
    zip(values.neurons, values.targets).map { neuron, targets in
      let (error, place) = error(values, neuron, targets[0], spikes)
      return LossTerm(
        neuron: neuron,
        reading: .spike(event: place.map { spikes.events[$0] }, target: targets[0]),
        value: error * error)
    }
  }

  package static func remarks(
    _ values: LossValues, on spikes: LayerSpikes
  ) -> [(neuron: Int, remark: LossRemark)] {
    zip(values.neurons, values.targets).compactMap { neuron, targets in
      (spikes.remark(firstOf: neuron, clip: values.clip)
        ?? spikes.remark(spike: 0, of: neuron, target: targets[0])).map { (neuron, $0) }
    }
  }

  package static func pieces(_ values: LossValues, on spikes: LayerSpikes) -> [Int] {
    values.neurons.map { spikes.first(of: $0, before: values.clip) == nil ? 0 : 1 }
  }

  // A silent neuron has no spike that can move, but its target can come nearer to `clip`.
  package static func targetGradients(
    _ values: LossValues, on spikes: LayerSpikes, _ gradients: [Double]
  ) -> [[Double]] {
    zip(values.neurons, values.targets).map { neuron, targets in
      [-2 * error(values, neuron, targets[0], spikes).error / values.tau]
    }
  }
}

extension Loss.Rule {
  /// L = Σ ((min(t_first, clip) − target)/tau)², times in seconds; a silent neuron counts as `clip`, with gradient 0.
  public static func firstSpikeMSE(
    neurons: [Int], targets: [Double], tau: Double, clip: Double
  ) -> Self {
    Self(
      FirstSpikeMSE.self,
      LossValues(neurons: neurons, targets: targets.map { [$0] }, tau: tau, clip: clip))
  }
}
