import CLayer

/// What one example of a batch did.
///
/// Neurons are counted across layers.
package struct Outcome: Equatable, Sendable {
  /// L.
  package var loss: Double
  /// The position, among the neurons that the loss reads, of the one that spikes first, or whose V is
  /// greatest; nil where two are equal, or where none spikes before `clip` or has V above 0.
  package var chosen: Int?
  /// Whether the neuron of the label does not spike before `clip`; false for a loss on potentials.
  package var isLabelSilent: Bool
  /// The neurons that could spike and do not, in their order.
  package var silentNeurons: [Int]
  /// The flattest spike on whose time the loss depends; nil where it depends on none, and without a
  /// gradient.
  package var slope: Slope?

  /// The slope of V at a spike.
  package struct Slope: Equatable, Sendable {
    /// tau_mem dV/dt just before the spike, the divisor of the jump of λ.
    package let value: Double
    /// The neuron.
    package let neuron: Int
    /// The ordinal of the spike among those of the neuron.
    package let spike: Int
  }

  /// The number of silent neurons in a range.
  package func silentCount(_ neurons: Range<Int>) -> Int {
    silentNeurons.count { neurons.contains($0) }
  }

  /// The position of the greatest of some scores; nil where two are equal, or all are −∞.
  package static func winner(of scores: [Double]) -> Int? {
    guard let best = scores.max(), best > -.infinity else { return nil }
    let winners = scores.indices.filter { scores[$0] == best }
    return winners.count == 1 ? winners[0] : nil
  }
}

extension Outcome {
  /// What the last forward pass of an engine shows.
  init(_ loss: Double, _ engine: LayerwiseEngine, _ rule: Loss) {
    let values = rule.rule.values
    var silent: [Int] = []
    for (number, layer) in engine.layers.enumerated() {
      var isSilent = engine.network.layers[number].kinds.map { $0 == .lif }
      for spike in 0..<layer.train.count { isSilent[Int(layer.train.spikes[spike].neuron)] = false }
      let offset = engine.circuit.offsets[number]
      for neuron in isSilent.indices where isSilent[neuron] { silent.append(offset + neuron) }
    }
    let chosen: Int?
    var isLabelSilent = false
    if rule.readsSpikes {
      let train = engine.layers[rule.layer].train
      chosen = train.first(of: values.neurons, before: values.clip)
      isLabelSilent = !train.hasSpike(of: values.labelNeuron, before: values.clip)
    } else {
      chosen = Self.winner(of: rule.scores(on: engine))
    }
    self.init(loss: loss, chosen: chosen, isLabelSilent: isLabelSilent, silentNeurons: silent)
  }

  /// What a run shows.
  init(_ loss: Double, _ trajectory: Trajectory, _ rule: Loss) {
    let kinds = trajectory.experiment.network.layers.flatMap(\.kinds)
    let silent = kinds.indices.filter { kinds[$0] == .lif && trajectory.spikeCounts[$0] == 0 }
    let scores = rule.scores(on: trajectory)
    let label = rule.rule.values.label
    self.init(
      loss: loss, chosen: Self.winner(of: scores),
      isLabelSilent: rule.readsSpikes && scores.indices.contains(label)
        && scores[label] == -.infinity,
      silentNeurons: silent)
  }
}

extension Loss {
  /// For each neuron that the loss reads, minus the time of its first spike before `clip`, or its
  /// greatest V where that is above 0; −∞ without.
  package func scores(on trajectory: Trajectory) -> [Double] {
    let values = rule.values
    if readsSpikes {
      let spikes = LayerSpikes(of: layer, in: trajectory)
      return values.neurons.map { neuron in
        spikes.first(of: neuron, before: values.clip).map { -spikes.times[$0] } ?? -.infinity
      }
    }
    return terms(on: trajectory).map { term in
      if case .maximum(let maximum, _) = term.reading, maximum.potential > 0 {
        return maximum.potential
      }
      return -.infinity
    }
  }

  /// ``scores(on:)`` of the last forward pass of an engine.
  func scores(on engine: LayerwiseEngine) -> [Double] {
    let values = rule.values
    if readsSpikes {
      let train = engine.layers[layer].train
      return values.neurons.map {
        train.firstTime(of: $0, before: values.clip).map { -$0 } ?? -.infinity
      }
    }
    let maxima = engine.readMaxima ?? []
    return values.neurons.map { maxima.isEmpty || maxima[$0] <= 0 ? -.infinity : maxima[$0] }
  }
}

extension LossValues {
  /// The neuron of the label in its layer; nil where the loss reads no neuron at that position.
  fileprivate var labelNeuron: Int? { neurons.indices.contains(label) ? neurons[label] : nil }
}

extension SpikeTrain {
  /// Whether a neuron spikes before a time; true for no neuron.
  fileprivate func hasSpike(of neuron: Int?, before clip: Double) -> Bool {
    guard let neuron else { return true }
    return firstTime(of: neuron, before: clip) != nil
  }

  /// The time of the first spike of a neuron before a time; nil without.
  fileprivate func firstTime(of neuron: Int, before clip: Double) -> Double? {
    for spike in 0..<count where spikes[spike].neuron == Int32(truncatingIfNeeded: neuron) {
      return spikes[spike].time < clip ? spikes[spike].time : nil
    }
    return nil
  }

  /// The position of the neuron of a list that spikes first, before a time; nil where none does, or two
  /// at once.
  fileprivate func first(of neurons: [Int], before clip: Double) -> Int? {
    var found: (position: Int, time: Double)?
    for spike in 0..<count {
      let time = spikes[spike].time
      guard time < clip, time <= found?.time ?? .infinity else { break }
      guard let position = neurons.firstIndex(of: Int(spikes[spike].neuron)) else { continue }
      if found != nil { return nil }
      found = (position, time)
    }
    return found?.position
  }
}

extension Outcome.Slope {
  /// The smallest slope of the spikes that the last backward pass gave a derivative; nil where there is
  /// none.
  init?(flattestOf engine: LayerwiseEngine) {
    var least: (slope: Double, layer: Int, spike: Int)?
    for (number, layer) in engine.layers.enumerated() {
      let parameters = engine.network.layers[number].parameters
      let train = layer.train
      for place in 0..<train.count where train.spikes[place].gradient != 0 {
        let spike = train.spikes[place]
        let own = parameters[Int(spike.neuron)]
        let slope = spike.current + own.vLeak - own.vThreshold
        if slope < least?.slope ?? .infinity { least = (slope, number, place) }
      }
    }
    guard let least else { return nil }
    let train = engine.layers[least.layer].train
    let neuron = train.spikes[least.spike].neuron
    self.init(
      value: least.slope, neuron: engine.circuit.offsets[least.layer] + Int(neuron),
      spike: (0..<least.spike).count { train.spikes[$0].neuron == neuron })
  }

  /// The smallest slope of the spikes on whose time the loss depends; nil where there is none.
  package init?(flattestOf adjoint: AdjointTrajectory) {
    let trajectory = adjoint.trajectory
    var least: (slope: Double, event: Int)?
    for (event, gradient) in adjoint.timeGradients.enumerated() where gradient != 0 {
      guard let slope = trajectory.slopeAtThreshold(of: event), slope < least?.slope ?? .infinity
      else { continue }
      least = (slope, event)
    }
    guard let least, case .spike(let neuron, let spike, _) = trajectory.events[least.event].kind
    else { return nil }
    self.init(value: least.slope, neuron: neuron, spike: spike)
  }
}
