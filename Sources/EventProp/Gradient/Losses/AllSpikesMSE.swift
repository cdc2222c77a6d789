/// L = Σ ((t − target)/tau)² over pairs of the k-th spike and the k-th target of each neuron.
package enum AllSpikesMSE: SpikeTimeLoss {
  package static let name = "all_spikes_mse"
  package static let required: [LossField] = [.targets]
  package static let optional: [LossField] = [.neurons, .tau]
  package static let formula = "L = Σ ((t - target)/tau)²"
  package static let termFormula = "(({t} - {target})/{tau})² = {value}"
  package static let slopeFormula: String? = "2·({t} - {target})/({tau})²"

  package static func value(
    _ values: LossValues, on spikes: LayerSpikes, addingTo gradients: inout [Double]
  ) -> Double {
    var sum = 0.0
    for (neuron, targets) in zip(values.neurons, values.targets) {
      for (spike, target) in targets.prefix(spikes.count(of: neuron)).enumerated() {
        let place = spikes.place(of: spike, of: neuron)
        let error = (spikes.times[place] - target) / values.tau
        sum += error * error
        gradients[place] += 2 * error / values.tau
      }
    }
    return sum
  }

  package static func terms(_ values: LossValues, on spikes: LayerSpikes) -> [LossTerm] {
    zip(values.neurons, values.targets).flatMap { neuron, targets in
      targets.prefix(spikes.count(of: neuron)).enumerated().map { spike, target in
        let place = spikes.place(of: spike, of: neuron)
        let error = (spikes.times[place] - target) / values.tau
        return LossTerm(
          neuron: neuron, reading: .spike(event: spikes.events[place], target: target),
          value: error * error)
      }
    }
  }

  package static func remarks(
    _ values: LossValues, on spikes: LayerSpikes
  ) -> [(neuron: Int, remark: LossRemark)] {
    zip(values.neurons, values.targets).flatMap { neuron, targets in
      targets.enumerated().compactMap { spike, target in
        spikes.remark(spike: spike, of: neuron, target: target).map { (neuron, $0) }
      }
    }
  }
}

extension Loss.Rule {
  /// L = Σ ((t − target)/tau)² over pairs of the k-th spike and the k-th target of each neuron;
  /// times in seconds.
  public static func allSpikesMSE(neurons: [Int], targets: [[Double]], tau: Double) -> Self {
    Self(AllSpikesMSE.self, LossValues(neurons: neurons, targets: targets, tau: tau))
  }
}
