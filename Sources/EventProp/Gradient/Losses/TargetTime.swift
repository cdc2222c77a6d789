import RealModule

/// L = −Σ log(1 + exp(−|t_first − target|/tau)); a silent neuron counts 0.
package enum TargetTime: SpikeTimeLoss {
  package static let name = "target_time"
  package static let required: [LossField] = [.target]
  package static let optional: [LossField] = [.neurons, .tau]
  package static let formula = "L = -Σ log(1 + exp(-|t - target|/tau))"
  package static let termFormula = "-log(1 + exp(-|{t} - {target}|/{tau})) = {value}"

  package static func value(
    _ values: LossValues, on spikes: LayerSpikes, addingTo gradients: inout [Double]
  ) -> Double {
    var sum = 0.0
    for (neuron, targets) in zip(values.neurons, values.targets) {
      guard let place = spikes.first(of: neuron) else { continue }
      let distance = (spikes.times[place] - targets[0]) / values.tau
      let closeness = Double.exp(-abs(distance))
      sum -= .log(onePlus: closeness)
      // The loss has a cusp at the target; 0 is the middle of its two slopes.
      let sign: Double = distance > 0 ? 1 : distance < 0 ? -1 : 0
      gradients[place] += sign * closeness / (1 + closeness) / values.tau
    }
    return sum
  }

  package static func terms(_ values: LossValues, on spikes: LayerSpikes) -> [LossTerm] {
    zip(values.neurons, values.targets).compactMap { neuron, targets in
      spikes.first(of: neuron).map { place in
        let closeness = Double.exp(-abs(spikes.times[place] - targets[0]) / values.tau)
        return LossTerm(
          neuron: neuron, reading: .spike(event: spikes.events[place], target: targets[0]),
          value: -.log(onePlus: closeness))
      }
    }
  }

  package static func remarks(
    _ values: LossValues, on spikes: LayerSpikes
  ) -> [(neuron: Int, remark: LossRemark)] {
    zip(values.neurons, values.targets).compactMap { neuron, targets in
      spikes.remark(spike: 0, of: neuron, target: targets[0], isCusp: true).map { (neuron, $0) }
    }
  }

  package static func pieces(_ values: LossValues, on spikes: LayerSpikes) -> [Int] {
    zip(values.neurons, values.targets).map { neuron, targets in
      guard let place = spikes.first(of: neuron) else { return 2 }
      let time = spikes.times[place]
      return time < targets[0] ? -1 : time > targets[0] ? 1 : 0
    }
  }
}

extension Loss.Rule {
  /// L = −Σ log(1 + exp(−|t_first − target|/tau)), times in seconds; a silent neuron counts 0.
  public static func targetTime(neurons: [Int], targets: [Double], tau: Double) -> Self {
    Self(
      TargetTime.self, LossValues(neurons: neurons, targets: targets.map { [$0] }, tau: tau))
  }
}
