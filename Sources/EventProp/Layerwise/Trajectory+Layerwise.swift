import CLayer

extension Trajectory {
  /// Simulates layer by layer; nil where only a pass of one event at a time is possible.
  ///
  /// This is so for a network with an ``LayerwiseEngine/Obstacle``. It is also so where the order
  /// of events over all layers matters, because an event limit is reached or a state is no finite
  /// number.
  init?(layerwise circuit: Circuit, pace: Pace) throws(SimulationError) {
    let experiment = circuit.experiment
    // A delayed arrival is an event of its own, which a pass does not list.
    guard experiment.network.layers.allSatisfy({ $0.maxEvents == nil }), !circuit.hasDelays,
      let engine = LayerwiseEngine(circuit)
    else { return nil }
    let queue = InputQueue(experiment.inputSpikes, before: experiment.horizon)
    guard try engine.findsEnd(queue, pace: pace), engine.isSound, !engine.isDelicate,
      engine.eventCount <= experiment.maxEvents ?? Experiment.defaultMaxEvents
    else { return nil }
    let (events, spikeCounts) = engine.events(queue)
    guard !circuit.areDelicate(events) else { return nil }
    self.init(
      circuit, events, spikeCounts: spikeCounts,
      closedAfter: Array(filledWith: nil, count: experiment.network.layers.count),
      StateCache(engine))
  }
}

extension Circuit {
  /// Whether two successive events may fall on one instant up to rounding; two inputs do not count.
  fileprivate func areDelicate(_ events: [Event]) -> Bool {
    let instants = flows.map(\.parameters.instant)
    var last: (time: Double, neuron: Int?) = (-.infinity, nil)
    for event in events {
      let neuron = event.spikingNeuron
      if let neuron = neuron ?? last.neuron, event.time - last.time <= instants[neuron] {
        return true
      }
      last = (event.time, neuron)
    }
    return false
  }
}

extension LIFParameters {
  /// The distance in seconds below which two events may fall on one instant up to rounding.
  ///
  /// It is a ten-thousandth of the precision that 53 bits leave to a crossing that does not graze.
  var instant: Double { 1e-11 * min(tauMem, tauSyn) }
}

extension AdjointTrajectory {
  /// The largest λ that is taken from a pass layer by layer.
  ///
  /// A larger λ is computed one event at a time: near the largest number, the order of the sums
  /// decides whether λ stays finite.
  private static let mostLambda = 1e290

  /// Walks back layer by layer; nil where this is not possible.
  ///
  /// It is not possible where the loss reads potentials, where the trajectory was not simulated
  /// layer by layer, or where λ is no finite number.
  init?(
    layerwise trajectory: Trajectory, _ evaluation: LossEvaluation, pace: Pace
  ) throws(SimulationError) {
    guard trajectory.cache.isLayerwise, evaluation.impulses.isEmpty,
      evaluation.drives.allSatisfy({ $0 == 0 })
    else { return nil }
    var found = trajectory.cache.takeEngine()
    if found == nil { found = try LayerwiseEngine(again: trajectory.circuit, pace: pace) }
    guard let engine = found else { return nil }
    let experiment = trajectory.experiment
    let events = trajectory.events
    let flows = trajectory.circuit.flows
    var trains = [engine.inputs]
    trains.reserveCapacity(engine.layers.count + 1)
    for layer in engine.layers { trains.append(layer.train) }
    trajectory.forEachPlace { event, train, spike in
      trains[train].spikes[spike].gradient = evaluation.spikeTimeGradients[event]
    }
    try engine.backward(everything: true, pace: pace)

    var gradient = Gradient(
      layers: engine.layers.map(\.gradient),
      inputTimes: Array(filledWith: 0, count: experiment.inputSpikes.count))
    var timeGradients: [Double] = []
    timeGradients.reserveCapacity(events.count)
    var transitions: [AdjointTransition?] = []
    transitions.reserveCapacity(events.count)
    var currents: [Double] = []
    currents.reserveCapacity(events.count)
    var isSound = true
    trajectory.forEachPlace { event, train, place in
      let spike = trains[train].spikes[place]
      guard case .spike(let neuron, _, let current) = events[event].kind else {
        if case .input(_, let position) = events[event].kind {
          gradient.inputTimes[position] = spike.gradient
        }
        timeGradients.append(spike.gradient)
        transitions.append(nil)
        currents.append(0)
        return
      }
      let parameters = flows[neuron].parameters
      let jump = trains[train].jumps[place]
      let explicit = evaluation.spikeTimeGradients[event]
      // Layers after the layer that the loss reads send nothing back, so one of the two terms is
      // zero.
      let transition = AdjointTransition(
        lambdaVAfter: jump.lambdaVAfter,
        resetHeight: parameters.vThreshold - parameters.vReset,
        transmitted: jump.transmitted + (spike.gradient - explicit), delayed: 0,
        lossTerm: explicit, runningLossTerm: 0,
        denominator: current + parameters.vLeak - parameters.vThreshold)
      isSound =
        isSound && abs(transition.lambdaVBefore) < Self.mostLambda
        && abs(jump.lambdaI) < Self.mostLambda
      timeGradients.append(transition.timeGradient)
      transitions.append(transition)
      currents.append(jump.lambdaI)
    }
    var atZero: [AdjointState] = []
    atZero.reserveCapacity(trajectory.circuit.neuronCount)
    for layer in engine.layers { layer.appendAdjointAtZero(to: &atZero) }
    guard isSound, atZero.allSatisfy({ $0.lambdaV.isFinite && $0.lambdaI.isFinite }) else {
      return nil
    }
    self.init(
      trajectory, evaluation, gradient, timeGradients, transitions, currents, atZero: atZero)
  }
}

extension LayerwiseEngine {
  /// Simulates an experiment anew.
  fileprivate convenience init?(
    again circuit: Circuit, pace: Pace
  ) throws(SimulationError) {
    self.init(circuit)
    let queue = InputQueue(circuit.experiment.inputSpikes, before: horizon)
    guard try findsEnd(queue, pace: pace) else { return nil }
  }

  /// Finds all events; returns whether they come to an end.
  fileprivate func findsEnd(
    _ queue: InputQueue, pace: Pace = .free
  ) throws(SimulationError) -> Bool {
    do throws(SimulationError) {
      _ = try forward(queue, nil, pace: pace)
      return true
    } catch {
      if case .stopped = error { throw error }
      return false
    }
  }

  /// The events of all layers in one order, and the number of spikes of each neuron.
  ///
  /// At one instant inputs come first, then lower layers.
  fileprivate func events(_ queue: InputQueue) -> (all: [Event], spikeCounts: [Int]) {
    let inputs = queue.spikes
    var counts = [Int](filledWith: 0, count: network.neuronCount)
    var heads: [(next: UnsafePointer<SpikeTrain.Spike>, left: Int, offset: Int)] = []
    heads.reserveCapacity(layers.count)
    var offset = 0
    for layer in layers {
      heads.append((UnsafePointer(layer.train.spikes.start), layer.train.count, offset))
      offset += layer.size
    }
    var input = 0
    var events: [Event] = []
    events.reserveCapacity(eventCount)
    while true {
      var earliest = input < inputs.count ? inputs[input].time : .infinity
      var first: Int?
      for head in heads.indices where heads[head].left > 0 {
        let time = heads[head].next.pointee.time
        if time < earliest { (earliest, first) = (time, head) }
      }
      if let first {
        let spike = heads[first].next
        heads[first].next += 1
        heads[first].left -= 1
        let neuron = heads[first].offset + Int(spike.pointee.neuron)
        events.append(
          Event(
            time: spike.pointee.time,
            kind: .spike(
              neuron: neuron, ordinal: counts[neuron], current: spike.pointee.current)))
        counts[neuron] += 1
      } else if input < inputs.count {
        events.append(
          Event(
            time: inputs[input].time,
            kind: .input(channel: inputs[input].channel, position: inputs[input].position)))
        input += 1
      } else {
        return (events, counts)
      }
    }
  }
}

extension Trajectory {
  /// For each event, its spike train (0 for the inputs, layers from 1) and its position in the
  /// train.
  @inline(__always)
  fileprivate func forEachPlace(_ body: (_ event: Int, _ train: Int, _ spike: Int) -> Void) {
    let layerOf = circuit.layerOf
    var heads = [Int](filledWith: 0, count: experiment.network.layers.count + 1)
    for (event, happened) in events.enumerated() {
      let train = happened.spikingNeuron.map { layerOf[$0] + 1 } ?? 0
      body(event, train, heads[train])
      heads[train] += 1
    }
  }
}
