/// L = −log softmax(z)[label], z_j = max(0, max over continuous time of V_j).
package enum MaxOverTimeCrossEntropy: PotentialLoss {
  package static let name = "max_over_time_cross_entropy"
  package static let required: [LossField] = [.label]
  package static let optional: [LossField] = [.neurons]
  package static let formula = "L = -log share of {label}, share ~ exp(greatest V, or 0)"
  package static let termFormula = "{peak}   share {share}"

  private static func crossEntropy(of maxima: [Double], label: Int) -> CrossEntropy {
    let scores = maxima.map { max(0, $0) }
    return CrossEntropy(scores.map { $0 - scores[label] }, label: label)
  }

  package static func value(
    _ values: LossValues, on potentials: some LayerPotentials
  ) -> PotentialSlopes? {
    guard let all = potentials.maxima else { return nil }
    let maxima = values.neurons.map { all[$0] }
    let crossEntropy = crossEntropy(of: maxima, label: values.label)
    var slopes = PotentialSlopes(value: crossEntropy.value, potentials: all)
    for (position, neuron) in values.neurons.enumerated() where maxima[position] > 0 {
      slopes.maxima.append((neuron, crossEntropy.slopes[position]))
    }
    return slopes
  }

  package static func evaluation(
    _ values: LossValues, of layer: Int, on trajectory: Trajectory
  ) -> LossEvaluation {
    let offset = trajectory.circuit.offsets[layer]
    let maxima = values.neurons.map { trajectory.maximum(of: offset + $0) }
    let crossEntropy = crossEntropy(of: maxima.map(\.potential), label: values.label)
    var impulses: [Int: LossEvaluation.Impulse] = [:]
    for (position, neuron) in values.neurons.enumerated() where maxima[position].potential > 0 {
      // Both places of a neuron that is named twice pull at its one maximum.
      let others = impulses[offset + neuron]?.gradient ?? 0
      impulses[offset + neuron] = LossEvaluation.Impulse(
        maxima[position],
        gradient: others + crossEntropy.slopes[position])
    }
    return LossEvaluation(
      value: crossEntropy.value,
      spikeTimeGradients: Array(filledWith: 0, count: trajectory.events.count),
      drives: Array(filledWith: 0, count: trajectory.circuit.neuronCount), impulses: impulses)
  }

  package static func terms(
    _ values: LossValues, of layer: Int, on trajectory: Trajectory
  ) -> [LossTerm] {
    let offset = trajectory.circuit.offsets[layer]
    let maxima = values.neurons.map { trajectory.maximum(of: offset + $0) }
    return crossEntropy(of: maxima.map(\.potential), label: values.label).terms.enumerated().map {
      position, share in
      LossTerm(
        neuron: values.neurons[position],
        reading: .maximum(maxima[position], probability: share.probability), value: share.value)
    }
  }

  package static func remarks(
    _ values: LossValues, of layer: Int, on trajectory: Trajectory
  ) -> [(neuron: Int, remark: LossRemark)] {
    values.neurons.compactMap { neuron in
      let number = trajectory.circuit.offsets[layer] + neuron
      let maximum = trajectory.maximum(of: number)
      guard maximum.potential > 0 else { return (neuron, .neverPositive) }
      // A maximum at an own spike is v_th, and so is that at every other spike, with one derivative.
      if case .kink(let event) = maximum.place, trajectory.events[event].spikingNeuron == number {
        return nil
      }
      let times = trajectory.timesOfMaximum(of: number, maximum)
      return times.count > 1 ? (neuron, .equalMaxima(times)) : nil
    }
  }

  package static func pieces(
    _ values: LossValues, of layer: Int, on trajectory: Trajectory, _ evaluation: LossEvaluation
  ) -> [Int] {
    let offset = trajectory.circuit.offsets[layer]
    return values.neurons.map {
      switch evaluation.impulses[offset + $0]?.place {
      case nil: -1
      case .start?: 0
      case .horizon?: 1
      // At every spike of the neuron V reaches the same maximum, v_th; rounding alone would choose
      // one of them.
      case .kink(let event)? where trajectory.events[event].spikingNeuron == offset + $0: 2
      case .kink(let event)?: 4 + 2 * trajectory.ordinal(of: event, at: offset + $0)
      case .interior(nil)?: 3
      case .interior(let event?)?: 5 + 2 * trajectory.ordinal(of: event, at: offset + $0)
      }
    }
  }
}

extension Trajectory {
  /// The number of events that touch a neuron before a given event.
  fileprivate func ordinal(of event: Int, at neuron: Int) -> Int {
    history(of: neuron).place { $0 >= event }
  }
}

extension Loss.Rule {
  /// L = −log softmax(z)[label], z_j = max(0, max over continuous time of V_j); `label` is a position in `neurons`.
  public static func maxOverTimeCrossEntropy(neurons: [Int], label: Int) -> Self {
    var values = LossValues()
    values.neurons = neurons
    values.label = label
    return Self(MaxOverTimeCrossEntropy.self, values)
  }
}
