/// The sides of an event: a jump has a value on each.
public enum Side: Equatable, Sendable {
  /// The limit from earlier times (t⁻).
  case before
  /// The limit from later times (t⁺).
  case after
}

/// What happened in a run: its events, and the state of every neuron at any time.
///
/// A trajectory keeps the events. States follow from them exactly and are recomputed only for the
/// neurons asked for. A state can be read at any time, on both sides of each jump. Where several
/// events share a time, the number of an event names the point.
///
/// jaxsnn: trajectory.
public struct Trajectory: Sendable {
  /// The circuit that was simulated.
  package let circuit: Circuit
  /// Everything that happened, in order of time.
  public let events: [Event]
  /// Every event limit that cut the run.
  public let truncations: [Truncation]
  /// The number of spikes of each neuron, neurons counted across layers.
  public let spikeCounts: [Int]

  package let closedAfter: [Int?]
  package let cache: StateCache
  /// The events in which each neuron spikes: neuron n has `spikes[spikeStarts[n] ..< spikeStarts[n + 1]]`.
  private let spikes: [Int]
  private let spikeStarts: [Int]

  /// The experiment that was run.
  public var experiment: Experiment { circuit.experiment }
  /// Whether no event limit cut the run.
  package var isComplete: Bool { truncations.isEmpty }
  /// Whether the limit of the whole run cut it; such a run has no gradient.
  package var isCutShort: Bool { truncations.contains { $0.layer == nil } }

  /// Throws `SimulationError.cutShort` if the limit of the whole run cut it.
  func checkComplete() throws(SimulationError) {
    for truncation in truncations where truncation.layer == nil {
      throw .cutShort(limit: truncation.limit)
    }
  }

  /// Simulates an experiment to its end: layer by layer where that is possible, else one event at a time.
  ///
  /// Throws `SimulationError.invalid` for an experiment with ``Experiment/faults``, `SimulationError.nonFiniteState` where a
  /// potential or current is no finite number, and `SimulationError.stopped` where `pace` stops it.
  /// An event limit that cuts the run is no error: see ``truncations``.
  ///
  /// - Complexity: an event costs O(k + t log n) for k neurons reached, of which t come near to being the next to spike.
  public init(
    of experiment: Experiment, pace: Pace = .free
  ) throws(SimulationError) {
    let circuit = try Circuit(experiment)
    if let found = try Trajectory(layerwise: circuit, pace: pace) {
      self = consume found
      return
    }
    var pass = ForwardPass(circuit)
    while let event = try pass.next() {
      try pace.reach(step: pass.events.count - 1, event.time)
    }
    self.init(pass)
  }

  /// Takes the record of a forward pass, finished or not.
  package init(_ pass: ForwardPass) {
    self.init(
      pass.circuit, pass.events, spikeCounts: pass.spikeCounts, truncations: pass.truncations,
      closedAfter: pass.closedAfter, StateCache())
  }

  init(
    _ circuit: Circuit, _ events: [Event], spikeCounts: [Int], truncations: [Truncation] = [],
    closedAfter: [Int?], _ cache: StateCache
  ) {
    self.circuit = circuit
    self.events = events
    self.truncations = truncations
    self.closedAfter = closedAfter
    self.cache = cache
    self.spikeCounts = spikeCounts
    var starts = [0]
    starts.reserveCapacity(spikeCounts.count + 1)
    var sum = 0
    for count in spikeCounts {
      sum += count
      starts.append(sum)
    }
    spikeStarts = starts
    var spikes = [Int](filledWith: 0, count: sum)
    for (number, event) in events.enumerated() {
      guard case .spike(let neuron, let ordinal, _) = event.kind else { continue }
      spikes[starts[neuron] + ordinal] = number
    }
    self.spikes = spikes
  }

  /// The number of spikes of all neurons.
  package var spikeCount: Int { spikes.count }

  /// The spike times of each neuron, in seconds and in order, neurons counted across layers.
  ///
  /// - Complexity: O(neurons + spikes).
  public var spikeTimes: [[Double]] {
    (0..<circuit.neuronCount).map { neuron in
      spikes(of: neuron).map { events[$0].time }
    }
  }

  /// The number of the event in which a neuron emits a spike, or nil.
  package func event(ofSpike ordinal: Int, of neuron: Int) -> Int? {
    (0..<spikeCounts[neuron]).contains(ordinal)
      ? spikes[spikeStarts[neuron] + ordinal] : nil
  }

  /// The numbers of the events in which a neuron spikes, in order.
  package func spikes(of neuron: Int) -> ArraySlice<Int> {
    spikes[spikeStarts[neuron]..<spikeStarts[neuron + 1]]
  }

  /// The time after which a neuron cannot spike any more: that of its spike where it spikes at most
  /// once, else infinity.
  package func lastChance(of neuron: Int) -> Double {
    guard circuit.spikesOnce[neuron], let spike = spikes(of: neuron).first else { return .infinity }
    return events[spike].time
  }

  /// The events that touched a neuron, and its state just after each.
  package func history(of neuron: Int) -> NeuronHistory { cache.history(of: neuron, in: self) }

  /// The states of all neurons around an event.
  ///
  /// `pace` hears now and then which time is reached, and may stop the work.
  func segment(of event: Int, pace: Pace) throws(SimulationError) -> Segment {
    try cache.segment(of: event, in: self, pace)
  }

  /// The state of a neuron at a time in [0, t_max], before or after all events of that time.
  ///
  /// The time is in seconds. The neuron is counted across layers and must exist.
  ///
  /// - Complexity: O(log k) in the touches of the neuron, once its states are recomputed.
  public func state(of neuron: Int, at time: Double, side: Side = .after) -> LIFState {
    let history = history(of: neuron)
    let later = history.place {
      side == .before ? events[$0].time >= time : events[$0].time > time
    }
    return state(of: neuron, on: history, before: later, at: time)
  }

  /// The state of a neuron before or after an event; `event` is its number in ``events``.
  ///
  /// The neuron is counted across layers. The neuron and the event must exist.
  ///
  /// - Complexity: O(log k) in the touches of the neuron, once its states are recomputed.
  public func state(of neuron: Int, atEvent event: Int, side: Side) -> LIFState {
    let history = history(of: neuron)
    let later = history.place { side == .before ? $0 >= event : $0 > event }
    return state(of: neuron, on: history, before: later, at: events[event].time)
  }

  /// The states of a neuron on both sides of an event.
  ///
  /// They are those of ``state(of:atEvent:side:)``. This is for a caller that asks for one event of
  /// many neurons: their histories would fill the memory.
  ///
  /// - Complexity: O(k) in the touches of the neuron, unless its states are recomputed already.
  package func sides(of neuron: Int, atEvent event: Int) -> (before: LIFState, after: LIFState) {
    cache.sides(of: neuron, atEvent: event, in: self)
      ?? (
        state(of: neuron, atEvent: event, side: .before),
        state(of: neuron, atEvent: event, side: .after)
      )
  }

  /// The state of every neuron at the horizon.
  ///
  /// Throws `SimulationError.nonFiniteState` where a state has left the range of numbers since the last
  /// event, and `SimulationError.stopped` where `pace` stops it.
  ///
  /// - Complexity: O(synapses that deliver in the run).
  package func finalStates(
    pace: Pace = .free
  ) throws(SimulationError) -> [LIFState] {
    var last = (0..<circuit.neuronCount).map { (time: 0.0, state: circuit.initialState(of: $0)) }
    try forEachTouch(pace: pace) { neuron, event, state in
      last[neuron] = (events[event].time, state)
    }
    let states = last.indices.map {
      circuit.flows[$0].advanced(last[$0].state, by: experiment.horizon - last[$0].time)
    }
    let lost = states.firstIndex { !$0.potential.isFinite || !$0.current.isFinite }
    if let lost { throw .nonFiniteState(neuron: lost, time: experiment.horizon) }
    return states
  }

  /// Calls `body` with each neuron that an event touches, in the order of the events, and its state just after.
  ///
  /// Throws `SimulationError.stopped` where `pace` stops it.
  ///
  /// - Complexity: O(synapses that deliver in the run).
  func forEachTouch(
    pace: Pace, _ body: (_ neuron: Int, _ event: Int, _ state: LIFState) -> Void
  ) throws(SimulationError) {
    var replay = Replay(
      circuit, closedAfter: closedAfter, neurons: 0..<circuit.neuronCount)
    for (number, event) in events.enumerated() {
      try pace.reach(step: number, event.time)
      replay.advance(through: event)
      for neuron in replay.touched {
        body(Int(neuron), number, replay.state(of: Int(neuron)))
      }
    }
  }

  /// dV/dt of a neuron in a state, per second.
  package func slope(of neuron: Int, in state: LIFState) -> Double {
    circuit.flows[neuron].slope(state)
  }

  /// tau_mem · dV/dt just before a spike, which is I + v_leak − v_th, the denominator of the
  /// adjoint's jump; nil for other events.
  package func slopeAtThreshold(of event: Int) -> Double? {
    guard case .spike(let neuron, _, let current) = events[event].kind else { return nil }
    let parameters = circuit.flows[neuron].parameters
    return current + parameters.vLeak - parameters.vThreshold
  }

  /// V − v_th just before a given spike; nil for a spike that the simulation found.
  package func distanceFromThreshold(of event: Int) -> Double? {
    guard let neuron = events[event].spikingNeuron, circuit.imposedSpikes(of: neuron) != nil else {
      return nil
    }
    return state(of: neuron, atEvent: event, side: .before).potential
      - circuit.flows[neuron].parameters.vThreshold
  }

  /// The events that touch a neuron, in order.
  package func events(touching neuron: Int) -> [Int] { history(of: neuron).events.map { Int($0) } }

  /// The number of touches in the run: deliveries of synapses and spikes.
  ///
  /// - Complexity: O(events).
  package var touchCount: Int {
    events.reduce(0) {
      $0 + circuit.reach(of: $1.kind) + ($1.spikingNeuron == nil ? 0 : 1)
    }
  }

  /// The deliveries of an event to layers that were still open.
  package func deliveries(of event: Int) -> [Delivery] {
    circuit.deliveries(of: events[event]).filter { delivery in
      let layer = circuit.projections[delivery.projection].target
      return closedAfter[layer].map { event <= $0 } ?? true
    }
  }

  /// The stretches of a neuron in order; an event that touches it lies between two of them.
  package func stretches(of neuron: Int) -> [Stretch] {
    let history = history(of: neuron)
    var result: [Stretch] = []
    result.reserveCapacity(history.events.count + 1)
    var stretch = Stretch(
      event: nil, start: 0, end: experiment.horizon, state: circuit.initialState(of: neuron),
      endEvent: nil)
    for (number, state) in zip(history.events, history.states) {
      let event = Int(number)
      stretch.end = events[event].time
      stretch.endEvent = event
      result.append(stretch)
      stretch = Stretch(
        event: event, start: events[event].time, end: experiment.horizon, state: state,
        endEvent: nil)
    }
    result.append(stretch)
    return result
  }

  /// A time without an event that touches the neuron.
  package struct Stretch {
    /// The event at its start; nil at t = 0.
    package var event: Int?
    package var start: Double
    package var end: Double
    /// The state at its start.
    package var state: LIFState
    /// The event at its end; nil at the horizon.
    package var endEvent: Int?
  }

  private func state(
    of neuron: Int, on history: NeuronHistory, before later: Int, at time: Double
  ) -> LIFState {
    let flow = circuit.flows[neuron]
    guard later > 0 else { return flow.advanced(circuit.initialState(of: neuron), by: time) }
    return flow.advanced(
      history.states[later - 1], by: time - events[Int(history.events[later - 1])].time)
  }
}
