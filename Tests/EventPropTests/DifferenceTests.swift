import EventProp
import ReferenceCases
import Testing

/// The adjoint against central differences of the forward pass, which shares none of its formulas.
@Suite("Central differences") struct DifferenceTests {
  /// For every spike of every neuron, how many arrivals came before it: while this stays the same the loss is smooth.
  private func signature(_ trajectory: Trajectory) -> [[Int]] {
    var seen = [Int](repeating: 0, count: trajectory.circuit.neuronCount)
    var result = [[Int]](repeating: [], count: seen.count)
    for event in trajectory.events.indices {
      if let neuron = trajectory.events[event].spikingNeuron { result[neuron].append(seen[neuron]) }
      for delivery in trajectory.deliveries(of: event) {
        for synapse in trajectory.circuit.synapses(of: delivery) { seen[synapse.neuron] += 1 }
      }
    }
    return result
  }

  /// A Romberg pair of central differences at two steps, with their disagreement as its uncertainty; nil where a spike
  /// appears, vanishes or changes its causes.
  private func difference(
    _ experiment: Experiment, _ change: (inout Experiment, Double) -> Void, step: Double
  ) throws -> (value: Double, uncertainty: Double)? {
    let causes = signature(try Trajectory(of: experiment))
    var best: (value: Double, uncertainty: Double)?
    var previous: Double?
    var coarse: Double?
    for level in 0..<6 {
      let h = step / Double(1 << (2 * level))
      var values: [Double] = []
      for sign in [1.0, -1] {
        var moved = experiment
        change(&moved, sign * h)
        let trajectory = try Trajectory(of: moved)
        guard signature(trajectory) == causes else { break }
        values.append(try trajectory.evaluateLoss().value)
      }
      guard values.count == 2 else { continue }
      let fine = (values[0] - values[1]) / (2 * h)
      if let coarse {
        let romberg = (16 * fine - coarse) / 15
        if let previous, best.map({ abs(romberg - previous) < $0.uncertainty }) ?? true {
          best = (romberg, abs(romberg - previous))
        }
        previous = romberg
      }
      coarse = fine
    }
    return best
  }

  @Test(arguments: 1...3, [2e-3, 5e-3, 10e-3])
  func `weights and input times agree on random recurrent networks`(
    seed: UInt64, tauSyn: Double
  ) throws {
    let experiment = Experiment.random(seed: seed, tauSyn: tauSyn)
    let trajectory = try Trajectory(of: experiment)
    let gradient = try AdjointTrajectory(of: trajectory)
      .gradient
    var compared = 0
    func compare(
      _ value: Double, of values: [Double], step: Double, _ name: String,
      _ change: (inout Experiment, Double) -> Void
    ) throws {
      guard let reference = try difference(experiment, change, step: step) else { return }
      compared += 1
      let scale = values.map { abs($0) }.max() ?? 0
      #expect(
        abs(value - reference.value) <= 10 * reference.uncertainty + 1e-9 * scale,
        "seed \(seed), \(name): \(value), differences \(reference)")
    }
    for layer in experiment.network.layers.indices {
      let weights = gradient.layers[layer].weights.weights
      for entry in weights.indices {
        try compare(weights[entry], of: weights, step: 1e-3, "w\(layer)[\(entry)]") {
          $0.network.layers[layer].weights.weights[entry] += $1
        }
      }
      let recurrent = gradient.layers[layer].recurrent?.weights ?? []
      for entry in recurrent.indices {
        try compare(recurrent[entry], of: recurrent, step: 1e-3, "r\(layer)[\(entry)]") {
          $0.network.layers[layer].recurrent?.weights[entry] += $1
        }
      }
      for (index, parameters) in gradient.layers[layer].parameters.enumerated() {
        for field in LIFParameters.Field.allCases {
          let all = gradient.layers.flatMap { $0.parameters.map { $0[field] } }
          try compare(
            parameters[field], of: all, step: field.isTime ? 1e-5 : 1e-3,
            "\(field.rawValue)\(layer)[\(index)]"
          ) { $0.network.layers[layer].parameters[index][field] += $1 }
        }
      }
    }
    for position in gradient.inputTimes.indices {
      try compare(
        gradient.inputTimes[position], of: gradient.inputTimes, step: 1e-5, "t[\(position)]"
      ) { $0.inputSpikes[position].time += $1 }
    }
    #expect(compared > 30, "only \(compared) of the gradients could be compared")
  }

  @Test func `a neuron that a loss names twice is pulled by both`() throws {
    let rules: [Loss.Rule] = [
      .maxOverTimeCrossEntropy(neurons: [0, 1, 1], label: 0),
      .ttfsCrossEntropy(neurons: [0, 1, 1], label: 0, tau: 5e-3, clip: 40e-3),
      .ttfsCrossEntropy(
        neurons: [0, 1, 1], label: 2, tau: 5e-3, clip: 40e-3,
        early: Loss.Early(tau: 9e-3, alpha: 0.7)),
      .firstSpikeMSE(neurons: [0, 1, 1], targets: [1e-3, 2e-3, 9e-3], tau: 5e-3, clip: 40e-3),
    ]
    for rule in rules {
      var experiment = Experiment.random(seed: 1)
      experiment.loss?.rule = rule
      if !(experiment.loss?.readsSpikes ?? true) {
        experiment.network.layers[1].kinds = [.li, .li]
      }
      let gradient = try AdjointTrajectory(of: Trajectory(of: experiment)).gradient
      let weights = gradient.layers[1].weights.weights
      for entry in weights.indices {
        let reference = try #require(
          try difference(
            experiment, { $0.network.layers[1].weights.weights[entry] += $1 }, step: 1e-3))
        #expect(
          abs(weights[entry] - reference.value) <= 10 * reference.uncertainty + 1e-9,
          "\(rule.name), w[\(entry)]: \(weights[entry]), differences \(reference)")
      }
    }
  }
}
