extension Trajectory {
  /// Simulates layer by layer; nil where the network has something that a ``Sweep`` does not know, or where an event limit or the range of
  /// numbers is reached, so that the order of events over all layers matters.
  init?(sweeping circuit: Circuit, goesOn: (Double) -> Bool) throws(SimulationError) {
    let experiment = circuit.experiment
    guard experiment.network.layers.allSatisfy({ $0.maxEvents == nil }),
      let sweep = Sweep(of: experiment)
    else { return nil }
    let queue = InputQueue(experiment.inputSpikes, before: experiment.horizon)
    guard try sweep.findsEnd(queue, goesOn: goesOn), sweep.isSound, !sweep.isDelicate,
      sweep.eventCount <= experiment.maxEvents ?? Experiment.defaultMaxEvents
    else { return nil }
    let events = sweep.events(queue)
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
      let sweep = trajectory.recollection.takeSweep() ?? Sweep(again: trajectory.experiment)
    else { return nil }
    let experiment = trajectory.experiment
    let events = trajectory.events
    let trains = [sweep.inputs] + sweep.layers.map(\.train)
    trajectory.forEachPlace { event, train, spike in
      trains[train].spikes[spike].gradient = evaluation.spikeTimeGradients[event]
    }
    sweep.backward(everything: true)

    var gradient = Gradient(
      layers: sweep.layers.map(\.gradient),
      inputTimes: Array(repeating: 0, count: experiment.inputSpikes.count))
    var timeGradients = [Double](repeating: 0, count: events.count)
    var transitions = [AdjointTransition?](repeating: nil, count: events.count)
    var currents = [Double](repeating: 0, count: events.count)
    var isSound = true
    trajectory.forEachPlace { event, train, place in
      let spike = trains[train].spikes[place]
      guard case .spike(let neuron, _, let current) = events[event].kind else {
        if case .input(_, let position) = events[event].kind {
          gradient.inputTimes[position] = spike.gradient
        }
        timeGradients[event] = spike.gradient
        return
      }
      let parameters = trajectory.circuit.parameters(of: neuron)
      let jump = trains[train].jumps[place]
      let explicit = evaluation.spikeTimeGradients[event]
      // The layers after the one that the loss reads send nothing back, so that one of the two is zero.
      let transition = AdjointTransition(
        lambdaVAfter: jump.lambdaVAfter,
        resetHeight: parameters.vThreshold - parameters.vReset,
        transmitted: jump.transmitted + (spike.gradient - explicit), delayed: 0,
        lossTerm: explicit, runningLossTerm: 0,
        denominator: current + parameters.vLeak - parameters.vThreshold)
      isSound = isSound && transition.lambdaVBefore.isFinite && jump.lambdaI.isFinite
      timeGradients[event] = transition.timeGradient
      transitions[event] = transition
      currents[event] = jump.lambdaI
    }
    var atZero: [AdjointState] = []
    atZero.reserveCapacity(trajectory.circuit.neuronCount)
    for layer in sweep.layers { layer.appendAdjointAtZero(to: &atZero) }
    guard isSound, atZero.allSatisfy({ $0.lambdaV.isFinite && $0.lambdaI.isFinite }) else {
      return nil
    }
    self.init(
      trajectory, evaluation, gradient, timeGradients, transitions, currents, atZero: atZero)
  }
}

extension Sweep {
  /// Lowers an experiment; nil where a sweep does not know its network.
  fileprivate convenience init?(of experiment: Experiment) {
    self.init(
      experiment.network, horizon: experiment.horizon,
      limit: experiment.maxEvents ?? Experiment.defaultMaxEvents)
  }

  /// Finds the events of an experiment anew.
  fileprivate convenience init?(again experiment: Experiment) {
    self.init(of: experiment)
    let queue = InputQueue(experiment.inputSpikes, before: experiment.horizon)
    guard (try? findsEnd(queue)) ?? false else { return nil }
  }

  /// Finds all events; whether they come to an end.
  fileprivate func findsEnd(
    _ queue: InputQueue, goesOn: (Double) -> Bool = { _ in true }
  ) throws(SimulationError) -> Bool {
    do throws(SimulationError) {
      _ = try forward(queue, nil, goesOn: goesOn)
      return true
    } catch {
      if case .stopped = error { throw error }
      return false
    }
  }

  /// The events of all layers in one order: at one instant inputs come first, then lower layers.
  fileprivate func events(_ queue: InputQueue) -> [Event] {
    let inputs = queue.spikes
    let trains = layers.map(\.train)
    let offsets = network.offsets
    var heads = [Int](repeating: 0, count: trains.count)
    var ordinals = [Int](repeating: 0, count: network.neuronCount)
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
}

extension Trajectory {
  /// Says where each event is in the spike trains of a sweep: which train, 0 for the inputs and layers from 1, and which spike in it.
  @inline(__always)
  fileprivate func forEachPlace(_ body: (_ event: Int, _ train: Int, _ spike: Int) -> Void) {
    var heads = [Int](repeating: 0, count: experiment.network.layers.count + 1)
    for (event, happened) in events.enumerated() {
      let train = happened.spikingNeuron.map { circuit.layerOf[$0] + 1 } ?? 0
      body(event, train, heads[train])
      heads[train] += 1
    }
  }
}
