/// The sides of an event: a jump has a value on each.
public enum Side: Equatable, Sendable {
  /// The limit from earlier times (t⁻).
  case before
  /// The limit from later times (t⁺).
  case after
}

/// What happened in a run: its events, and the state of every neuron at any time.
///
/// States are kept where something touched a neuron, and flow exactly between; so a trajectory can be evaluated
/// anywhere, on both sides of each jump. Time alone does not name a point where several events coincide; the
/// number of an event does.
///
/// jaxsnn: trajectory.
public struct Trajectory: Sendable {
  /// What was simulated.
  public let circuit: Circuit
  /// Everything that happened, in order.
  public let events: [Event]
  /// Every event limit that cut the run.
  public let truncations: [Truncation]
  /// The number of spikes of each neuron.
  public let spikeCounts: [Int]

  let touches: [Touch]
  let touchStarts: [Int]
  let closedAfter: [Int?]
  /// The numbers of the touches of each neuron in order: neuron n has `history[historyStarts[n] ..< [n + 1]]`.
  private let history: [Int32]
  private let historyStarts: [Int]

  /// The experiment that was run.
  public var experiment: Experiment { circuit.experiment }
  /// Whether no event limit cut the run.
  public var isComplete: Bool { truncations.isEmpty }
  /// Whether the limit of the whole run cut it; there is no gradient of such a run.
  public var isCutShort: Bool { truncations.contains { $0.layer == nil } }

  /// Simulates an experiment to its end.
  ///
  /// `progress` is asked now and then with the time reached, and ends the run on an event boundary when it answers
  /// false; the result then holds the events so far.
  public init(
    of experiment: Experiment, progress: (Double) -> Bool = { _ in true }
  ) throws(SimulationError) {
    var pass = ForwardPass(Circuit(experiment))
    while let event = try pass.next() {
      if pass.events.count % 4096 == 0, !progress(event.time) { break }
    }
    self.init(pass)
  }

  /// Takes the record of a forward pass, finished or not.
  public init(_ pass: ForwardPass) {
    circuit = pass.circuit
    events = pass.events
    truncations = pass.truncations
    spikeCounts = pass.spikeCounts
    touches = pass.touches
    touchStarts = pass.touchStarts
    closedAfter = pass.closedAfter
    var starts = [Int](repeating: 0, count: pass.circuit.neuronCount + 1)
    for touch in touches { starts[Int(touch.neuron) + 1] += 1 }
    for neuron in 0..<pass.circuit.neuronCount { starts[neuron + 1] += starts[neuron] }
    var next = starts
    var history = [Int32](repeating: 0, count: touches.count)
    for (number, touch) in touches.enumerated() {
      history[next[Int(touch.neuron)]] = Int32(number)
      next[Int(touch.neuron)] += 1
    }
    self.history = history
    historyStarts = starts
  }

  /// The spike times of each neuron, in seconds, neurons counted across layers.
  public var spikeTimes: [[Double]] {
    var times = spikeCounts.map { count in
      var neuron: [Double] = []
      neuron.reserveCapacity(count)
      return neuron
    }
    for event in events {
      if let neuron = event.spikingNeuron { times[neuron].append(event.time) }
    }
    return times
  }

  /// The number of the event in which a neuron emits a spike, or nil.
  public func event(ofSpike ordinal: Int, of neuron: Int) -> Int? {
    events.firstIndex {
      if case .spike(neuron, ordinal, _) = $0.kind { true } else { false }
    }
  }

  /// The state of a neuron at a time in [0, t_max], on a side of all that happens at that time.
  ///
  /// - Complexity: O(log k) in the touches of the neuron.
  public func state(of neuron: Int, at time: Double, side: Side = .after) -> LIFState {
    let later = firstTouch(of: neuron) {
      let touched = events[Int(touches[$0].event)].time
      return side == .before ? touched >= time : touched > time
    }
    return state(of: neuron, precedingTouch: later, at: time)
  }

  /// The state of a neuron on a side of an event.
  public func state(of neuron: Int, at event: Int, side: Side) -> LIFState {
    let later = firstTouch(of: neuron) {
      side == .before ? Int(touches[$0].event) >= event : Int(touches[$0].event) > event
    }
    return state(of: neuron, precedingTouch: later, at: events[event].time)
  }

  /// The state of every neuron at the horizon.
  public var finalStates: [LIFState] {
    (0..<circuit.neuronCount).map { state(of: $0, at: experiment.horizon) }
  }

  /// dV/dt of a neuron in a state, per second.
  public func slope(of neuron: Int, in state: LIFState) -> Double {
    circuit.flows[neuron].slope(state)
  }

  /// tau_mem · dV/dt just before a spike: I + v_leak − v_th, the denominator of the adjoint's jump; nil for other events.
  public func slopeAtThreshold(of event: Int) -> Double? {
    guard case .spike(let neuron, _, let current) = events[event].kind else { return nil }
    let parameters = circuit.flows[neuron].parameters
    return current + parameters.vLeak - parameters.vThreshold
  }

  /// V − v_th just before a spike whose time was given, where it is not a crossing; nil for spikes that were found.
  public func distanceFromThreshold(of event: Int) -> Double? {
    guard let neuron = events[event].spikingNeuron, circuit.imposed[neuron] != nil else {
      return nil
    }
    return state(of: neuron, at: event, side: .before).potential
      - circuit.flows[neuron].parameters.vThreshold
  }

  /// The events that touch a neuron, in order.
  public func events(touching neuron: Int) -> [Int] {
    history[historyStarts[neuron]..<historyStarts[neuron + 1]].map {
      Int(touches[Int($0)].event)
    }
  }

  /// What an event delivered to layers that were still open.
  public func deliveries(of event: Int) -> [Delivery] {
    circuit.deliveries(of: events[event]).filter { delivery in
      let layer = circuit.projections[delivery.projection].target
      return closedAfter[layer].map { event <= $0 } ?? true
    }
  }

  /// The stretches without an event of a neuron, in order: the touch that starts each (nil for the start of the
  /// run), its time and state, and where it ends.
  func stretches(of neuron: Int) -> [Stretch] {
    var result: [Stretch] = []
    forEachTouch(of: neuron) { touch, state, start, next in
      result.append(
        Stretch(
          touch: touch, start: start, end: next?.time ?? experiment.horizon, state: state,
          endTouch: next?.touch))
    }
    return result
  }

  struct Stretch {
    var touch: Int?
    var start: Double
    var end: Double
    var state: LIFState
    var endTouch: Int?
  }

  /// The place in a neuron's history of its first touch that satisfies a condition which, once true, stays true.
  func firstTouch(of neuron: Int, where isLater: (Int) -> Bool) -> Int {
    var low = historyStarts[neuron]
    var high = historyStarts[neuron + 1]
    while low < high {
      let middle = (low + high) / 2
      if isLater(Int(history[middle])) { high = middle } else { low = middle + 1 }
    }
    return low
  }

  /// The number of the touch at a place of a neuron's history, or nil past its end.
  func touch(at place: Int, of neuron: Int) -> Int? {
    place < historyStarts[neuron + 1] ? Int(history[place]) : nil
  }

  /// The touch before a place of a neuron's history, and that place; nil at its start.
  func touch(before place: inout Int, of neuron: Int) -> Int? {
    guard place > historyStarts[neuron] else { return nil }
    place -= 1
    return Int(history[place])
  }

  /// A touch that ends a stretch: its number, the state just after it, and its time.
  typealias EndingTouch = (touch: Int, state: LIFState, time: Double)

  /// Calls `body` for each stretch of a neuron: the touch that starts it (nil for t = 0), the state and time there, and what ends it.
  @inline(__always)
  func forEachTouch(
    of neuron: Int,
    _ body: (_ touch: Int?, _ state: LIFState, _ start: Double, _ next: EndingTouch?) -> Void
  ) {
    let place = experiment.network.place(of: neuron)
    var state = experiment.network.layers[place.layer].initial[place.index]
    var start = 0.0
    var last: Int?
    for number in history[historyStarts[neuron]..<historyStarts[neuron + 1]] {
      let touch = touches[Int(number)]
      let time = events[Int(touch.event)].time
      body(last, state, start, (Int(number), touch.state, time))
      state = touch.state
      start = time
      last = Int(number)
    }
    body(last, state, start, nil)
  }

  private func state(of neuron: Int, precedingTouch later: Int, at time: Double) -> LIFState {
    guard later > historyStarts[neuron] else {
      let place = experiment.network.place(of: neuron)
      return circuit.flows[neuron].advanced(
        experiment.network.layers[place.layer].initial[place.index], by: time)
    }
    let touch = touches[Int(history[later - 1])]
    return circuit.flows[neuron].advanced(
      touch.state, by: time - events[Int(touch.event)].time)
  }
}
