extension Trajectory {
  /// Simulates layer by layer; nil where the network has something that a ``Sweep`` does not know, or where an event limit or the range of
  /// numbers is reached, so that the order of events over all layers matters.
  init?(sweeping circuit: Circuit, goesOn: (Double) -> Bool) throws(SimulationError) {
    let experiment = circuit.experiment
    guard experiment.network.layers.allSatisfy({ $0.maxEvents == nil }),
      let sweep = try Sweep(of: experiment, goesOn: goesOn), sweep.isSound, !sweep.isDelicate,
      sweep.eventCount <= experiment.maxEvents ?? Experiment.defaultMaxEvents
    else { return nil }
    let events = sweep.events(of: experiment)
    guard !zip(events, events.dropFirst()).contains(where: circuit.isDelicate) else { return nil }
    self.init(
      circuit, events,
      closedAfter: Array(repeating: nil, count: experiment.network.layers.count),
      Recollection(neurons: circuit.neuronCount, sweep: sweep))
  }
}

extension Circuit {
  /// Whether two successive events, not both of them inputs, may be at one instant but for rounding.
  fileprivate func isDelicate(_ one: Event, _ other: Event) -> Bool {
    guard let neuron = other.spikingNeuron ?? one.spikingNeuron else { return false }
    return other.time - one.time <= flows[neuron].parameters.instant
  }
}

extension LIFParameters {
  /// Events nearer to each other than this, in seconds, may be at one instant but for rounding: a ten-thousandth of what the conditioning
  /// of a crossing that is not grazing leaves of 53 bits.
  var instant: Double { 1e-11 * min(tauMem, tauSyn) }
}

extension AdjointTrajectory {
  /// Walks back layer by layer; nil where the loss reads potentials, the trajectory was not swept, or λ leaves the range of numbers.
  init?(sweeping trajectory: Trajectory, _ evaluation: LossEvaluation) {
    guard trajectory.recollection.isSwept, evaluation.impulses.isEmpty,
      evaluation.drives.allSatisfy({ $0 == 0 }),
      let sweep = try? trajectory.recollection.takeSweep() ?? Sweep(of: trajectory.experiment)
    else { return nil }
    let network = trajectory.experiment.network
    let trains = [sweep.inputs] + sweep.layers.map(\.train)
    for (event, place) in sweep.places(of: trajectory).enumerated() {
      trains[place.train].spikes[place.spike].gradient = evaluation.spikeTimeGradients[event]
    }
    sweep.backward(everything: true)

    var gradient = Gradient(zeroFor: trajectory.experiment)
    for layer in network.layers.indices { gradient.layers[layer] = sweep.gradient(ofLayer: layer) }
    var timeGradients: [Double] = []
    var transitions: [AdjointTransition?] = []
    var currents: [Double] = []
    timeGradients.reserveCapacity(trajectory.events.count)
    transitions.reserveCapacity(trajectory.events.count)
    currents.reserveCapacity(trajectory.events.count)
    for (event, place) in sweep.places(of: trajectory).enumerated() {
      let spike = trains[place.train].spikes[place.spike]
      guard case .input(_, let position) = trajectory.events[event].kind else {
        let parameters = network.layers[place.train - 1].parameters[0]
        let jump = trains[place.train].jumps[place.spike]
        let explicit = evaluation.spikeTimeGradients[event]
        // The layers after the one that the loss reads send nothing back, so that one of the two is zero.
        let transition = AdjointTransition(
          lambdaVAfter: jump.lambdaVAfter,
          resetHeight: parameters.vThreshold - parameters.vReset,
          transmitted: jump.transmitted + (spike.gradient - explicit), delayed: 0,
          lossTerm: explicit, runningLossTerm: 0,
          denominator: spike.current + parameters.vLeak - parameters.vThreshold)
        guard transition.lambdaVBefore.isFinite, jump.lambdaI.isFinite else { return nil }
        timeGradients.append(transition.timeGradient)
        transitions.append(transition)
        currents.append(jump.lambdaI)
        continue
      }
      gradient.inputTimes[position] = spike.gradient
      timeGradients.append(spike.gradient)
      transitions.append(nil)
      currents.append(0)
    }
    let atZero = sweep.layers.flatMap { layer in (0..<layer.size).map(layer.adjointAtZero) }
    guard atZero.allSatisfy({ $0.lambdaV.isFinite && $0.lambdaI.isFinite }) else { return nil }
    self.init(
      trajectory, evaluation, gradient, timeGradients, transitions, currents, atZero: atZero)
  }
}

extension Sweep {
  /// Finds the events of an experiment; nil where a sweep does not know the network, or finds no end.
  fileprivate convenience init?(
    of experiment: Experiment, goesOn: (Double) -> Bool = { _ in true }
  ) throws(SimulationError) {
    self.init(
      experiment.network, horizon: experiment.horizon,
      limit: experiment.maxEvents ?? Experiment.defaultMaxEvents)
    let queue = InputQueue(experiment.inputSpikes, before: experiment.horizon)
    do throws(SimulationError) {
      _ = try forward(queue, nil, goesOn: goesOn)
    } catch {
      if case .stopped = error { throw error }
      return nil
    }
  }

  /// The events of all layers in one order: at one instant inputs come first, then lower layers.
  fileprivate func events(of experiment: Experiment) -> [Event] {
    let inputs = InputQueue(experiment.inputSpikes, before: experiment.horizon).spikes
    let trains = layers.map(\.train)
    let offsets = experiment.network.offsets
    var heads = [Int](repeating: 0, count: trains.count)
    var ordinals = [Int](repeating: 0, count: experiment.network.neuronCount)
    var input = 0
    var events: [Event] = []
    events.reserveCapacity(eventCount)
    while true {
      var earliest = input < inputs.count ? inputs[input].time : .infinity
      var first: Int?
      for (layer, train) in trains.enumerated() where heads[layer] < train.count {
        let time = train.spikes[heads[layer]].time
        if time < earliest { (earliest, first) = (time, layer) }
      }
      if let first {
        let spike = trains[first].spikes[heads[first]]
        heads[first] += 1
        let neuron = offsets[first] + Int(spike.neuron)
        events.append(
          Event(
            time: spike.time,
            kind: .spike(neuron: neuron, ordinal: ordinals[neuron], current: spike.current)))
        ordinals[neuron] += 1
      } else if input < inputs.count {
        events.append(
          Event(
            time: inputs[input].time,
            kind: .input(channel: inputs[input].channel, position: inputs[input].position)))
        input += 1
      } else {
        return events
      }
    }
  }

  /// Where each event of a trajectory is in the spike trains: 0 for the inputs, layers from 1.
  fileprivate func places(
    of trajectory: Trajectory
  ) -> some Sequence<(train: Int, spike: Int)> {
    var heads = [Int](repeating: 0, count: layers.count + 1)
    return trajectory.events.lazy.map { event in
      let train = event.spikingNeuron.map { trajectory.circuit.layerOf[$0] + 1 } ?? 0
      defer { heads[train] += 1 }
      return (train, heads[train])
    }
  }
}
