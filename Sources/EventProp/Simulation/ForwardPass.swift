/// The simulation, one event at a time.
///
/// An iterator over everything that happens before the horizon, in order of time. At one instant external arrivals
/// come first (inputs in the order given, then delayed arrivals in order of emission), then spikes by neuron;
/// spikes that fall on one instant happen one after another, each with its own current. A pass is a value: a copy
/// is a state to return to, bit for bit.
///
/// A neuron is touched only by events that reach it; between touches its state is the exact flow. A
/// touched neuron first gets a lower bound of its next spike time. Its crossing is solved for when
/// that bound comes before anything else, so most crossings are never computed.
///
/// - Complexity: an event costs O(k + t log n) for k neurons reached, of which t come near to being the next to spike.
///
/// jaxsnn: StepState, step, next_event.
public struct ForwardPass: Sendable {
  /// The circuit that is simulated.
  package let circuit: Circuit
  /// The input spikes, with the read position.
  package private(set) var queue: InputQueue
  /// The events so far.
  package private(set) var events: [Event] = []
  /// Every event limit that cut the run, known at its end.
  package private(set) var truncations: [Truncation] = []
  private var isFinished = false

  private(set) var spikeCounts: [Int]
  /// The last event in which each layer took part; nil for a layer that its event limit has not
  /// closed.
  private(set) var closedAfter: [Int?]

  private var cells: [Cell]
  private var decays: RecentDecays
  /// A neuron whose state the last event made no finite number.
  private var lost: Int?
  private var crossings: EarliestCrossing
  private var arrivals = PendingArrivals()
  private var layerEvents: [Int]
  private var missing: [Int]
  private let horizon: Double
  private let limit: Int
  private var early: EarlyEvent?

  /// An event of an instant that takes its place before others, against the usual order.
  package struct EarlyEvent: Sendable {
    /// The kinds of early events.
    package enum Kind: Sendable {
      /// A spike, at a time in seconds.
      case spike(neuron: Int, time: Double)
      /// An input spike, by its position in the experiment's list.
      case input(position: Int)
      /// The arrival of an earlier event through a group of synapses with one delay.
      case arrival(emitter: Int, delivery: Delivery)
    }

    /// The number that the event gets; other arrivals of its instant may come before it.
    let position: Int
    let kind: Kind

    package init(position: Int, kind: Kind) {
      self.position = position
      self.kind = kind
    }
  }

  /// A neuron at its last touch.
  private struct Cell: Sendable {
    var state: LIFState
    var time = 0.0
    /// Whether its predicted spike time is only a lower bound.
    var isTentative = false
  }

  /// Starts at t = 0 of an experiment.
  ///
  /// Throws `SimulationError.invalid` for an experiment with ``Experiment/faults``.
  ///
  /// - Complexity: O(neurons + synapses + input spikes · log).
  public init(of experiment: Experiment) throws(SimulationError) {
    self.init(try Circuit(experiment))
  }

  /// Starts at t = 0.
  package init(_ circuit: Circuit) { self.init(circuit, early: nil) }

  package init(_ circuit: Circuit, early: EarlyEvent?) {
    self.early = early
    let experiment = circuit.experiment
    self.circuit = circuit
    horizon = experiment.horizon
    limit = experiment.maxEvents ?? Experiment.defaultMaxEvents
    queue = InputQueue(experiment.inputSpikes, before: horizon)
    cells = experiment.network.layers.flatMap { $0.initial.map { Cell(state: $0) } }
    decays = RecentDecays(circuit.flows)
    spikeCounts = Array(repeating: 0, count: cells.count)
    crossings = EarliestCrossing(count: cells.count)
    let layers = experiment.network.layers.count
    closedAfter = Array(repeating: nil, count: layers)
    layerEvents = Array(repeating: 0, count: layers)
    missing = Array(repeating: 0, count: layers)
    for neuron in cells.indices { predict(neuron) }
  }

  /// Simulates the next event, or returns nil at the end of the run.
  ///
  /// Throws a `SimulationError` where a state is no finite number.
  public mutating func next() throws(SimulationError) -> Event? {
    guard !isFinished else { return nil }
    let input = queue.nextTime ?? .infinity
    let arrival = arrivals.first?.time ?? .infinity
    let crossing = nextCrossing(before: min(input, arrival, horizon))
    let spike = crossing.map { settled($0, before: input, arrival) } ?? .infinity
    guard min(input, arrival, spike) < horizon else {
      isFinished = true
      truncations = missing.indices.filter { missing[$0] > 0 }.map { layer in
        Truncation(
          limit: layerEvents[layer], layer: layer, missing: missing[layer])
      }
      return nil
    }
    guard events.count < limit else {
      isFinished = true
      let waiting = queue.spikes.count - queue.head + arrivals.count
      let predicted = cells.indices.count { solved($0) < horizon }
      truncations = [Truncation(limit: limit, layer: nil, missing: waiting + predicted)]
      return nil
    }
    if let early, events.count >= early.position {
      take(early)
    } else if input <= min(arrival, spike) {
      processInput()
    } else if arrival <= spike {
      processArrival()
    } else if let crossing {
      fire(crossing.neuron, at: crossing.time)
    }
    if let lost { throw .nonFiniteState(neuron: lost, time: events.last?.time ?? 0) }
    return events.last
  }

  @discardableResult
  private mutating func processInput() -> InputQueue.Element? {
    guard let element = queue.popFirst() else { return nil }
    process(
      Event(
        time: element.time, kind: .input(channel: element.channel, position: element.position)))
    return element
  }

  @discardableResult
  private mutating func processArrival() -> PendingArrivals.Element? {
    guard arrivals.first != nil else { return nil }
    let element = arrivals.removeFirst()
    process(
      Event(time: element.time, kind: .arrival(of: element.emitter, through: element.delivery)))
    return element
  }

  /// Processes the early event, or an arrival that must come before it; forgets it once it has happened.
  private mutating func take(_ early: EarlyEvent) {
    switch early.kind {
    case .spike(let neuron, let time):
      fire(neuron, at: time)
      self.early = nil
    case .input(let position):
      let taken = processInput()
      if taken == nil || taken?.position == position { self.early = nil }
    case .arrival(let emitter, let delivery):
      let taken = processArrival()
      if taken == nil || (taken?.emitter == emitter && taken?.delivery == delivery) {
        self.early = nil
      }
    }
  }

  /// The time of a crossing, or of the next arrival if the two cannot be told apart.
  ///
  /// A crossing is a root with an error of a few units in the last place. A user may read that
  /// number and put an arrival there. The two then are a tie, in which the arrival comes first.
  private func settled(
    _ crossing: (neuron: Int, time: Double), before input: Double, _ arrival: Double
  ) -> Double {
    let next = min(input, arrival)
    guard circuit.isFree[crossing.neuron], crossing.time < next,
      next - crossing.time <= 8 * next.ulp
    else { return crossing.time }
    var reaches = false
    if input <= arrival, let element = queue.first {
      circuit.forEachDelivery(of: .input(channel: element.channel, position: element.position)) {
        reaches = reaches || circuit.reaches(crossing.neuron, $0)
      }
    } else if let element = arrivals.first {
      reaches = circuit.reaches(crossing.neuron, element.delivery)
    }
    return reaches ? next : crossing.time
  }

  /// The next spike; its time is exact if it may come before `time`.
  private mutating func nextCrossing(before time: Double) -> (neuron: Int, time: Double)? {
    while let first = crossings.first {
      guard cells[first.neuron].isTentative, first.time < time else { return first }
      crossings[first.neuron] = solved(first.neuron)
    }
    return nil
  }

  /// Solves for the time of a neuron's next spike in place of its bound.
  private mutating func solved(_ neuron: Int) -> Double {
    guard cells[neuron].isTentative else { return crossings[neuron] }
    cells[neuron].isTentative = false
    let cell = cells[neuron]
    return circuit.crossings[neuron].first(from: cell.state, within: horizon - cell.time)
      .map { cell.time + $0 } ?? .infinity
  }

  private mutating func process(_ event: Event) {
    let index = events.count
    events.append(event)
    for delivery in circuit.deliveries(of: event) {
      let layer = circuit.projections[delivery.projection].target
      guard closedAfter[layer] == nil else {
        missing[layer] += 1
        continue
      }
      deliver(delivery, at: event.time, spiking: -1)
      count(index, in: layer)
    }
    send(event, index)
  }

  /// Lets a neuron spike: it resets, and its synapses without delay deliver.
  private mutating func fire(_ neuron: Int, at time: Double) {
    let index = events.count
    var cell = cells[neuron]
    advance(&cell, circuit.flows.number(of: neuron), circuit.flows[neuron], to: time)
    let event = Event(
      time: time,
      kind: .spike(
        neuron: neuron, ordinal: spikeCounts[neuron], current: cell.state.current))
    events.append(event)
    spikeCounts[neuron] += 1
    cell.state.potential = circuit.flows[neuron].parameters.vReset
    cells[neuron] = cell
    note(cell.state, of: neuron)
    let home = circuit.layerOf[neuron]
    for delivery in circuit.deliveries(of: event) {
      let layer = circuit.projections[delivery.projection].target
      guard closedAfter[layer] == nil else {
        missing[layer] += 1
        continue
      }
      deliver(delivery, at: time, spiking: neuron)
      if layer != home { count(index, in: layer) }
    }
    predict(neuron)
    count(index, in: home)
    send(event, index)
  }

  /// Adds the weights of a delivery to the currents that it reaches.
  ///
  /// `spiking` is the neuron that spikes in the same event; its next spike is predicted by the
  /// caller.
  private mutating func deliver(_ delivery: Delivery, at time: Double, spiking: Int) {
    let first = circuit.projections[delivery.projection].targetOffset
    var kind = circuit.flows.number(of: first)
    var flow = circuit.flows[first]
    var crossing = circuit.crossings[first]
    circuit.projections[delivery.projection].synapses.weights.withUnsafeBufferPointer { weights in
      circuit.forEachSynapse(of: delivery) { entry, neuron in
        var cell = cells[neuron]
        if neuron == spiking {
          cell.state.current += weights[entry]
          cells[neuron] = cell
          note(cell.state, of: neuron)
          return
        }
        if circuit.flows.number(of: neuron) != kind {
          kind = circuit.flows.number(of: neuron)
          flow = circuit.flows[neuron]
          crossing = circuit.crossings[neuron]
        }
        advance(&cell, kind, flow, to: time)
        cell.state.current += weights[entry]
        note(cell.state, of: neuron)
        if circuit.isFree[neuron], !isSpent(neuron) {
          // A bound that has become later may stay as it is: the old bound still holds.
          cell.isTentative = true
          if let bound = crossing.bound(from: cell.state), time + bound < crossings[neuron] {
            crossings[neuron] = time + bound
          }
        }
        cells[neuron] = cell
      }
    }
  }

  private mutating func send(_ event: Event, _ index: Int) {
    for (delay, delivery) in circuit.delayedDeliveries(of: event)
    where event.time + delay < horizon {
      arrivals.insert(delivery, from: index, at: event.time + delay)
    }
  }

  @inline(__always)
  private mutating func advance(
    _ cell: inout Cell, _ kind: Int, _ flow: LIFFlow, to time: Double
  ) {
    let length = time - cell.time
    cell.time = time
    decays.advance(&cell.state, kind, flow, by: length)
  }

  @inline(__always)
  private mutating func note(_ state: LIFState, of neuron: Int) {
    if !(state.potential.isFinite && state.current.isFinite) { lost = lost ?? neuron }
  }

  /// Whether a neuron has spiked and may not spike again.
  @inline(__always)
  private func isSpent(_ neuron: Int) -> Bool {
    circuit.spikesOnce[neuron] && spikeCounts[neuron] > 0
  }

  /// Predicts the next spike of a neuron from its state at the last touch.
  private mutating func predict(_ neuron: Int) {
    guard circuit.spikes(neuron), closedAfter[circuit.layerOf[neuron]] == nil else { return }
    guard !isSpent(neuron) else {
      cells[neuron].isTentative = false
      crossings[neuron] = .infinity
      return
    }
    if let times = circuit.imposedSpikes(of: neuron) {
      crossings[neuron] = spikeCounts[neuron] < times.count ? times[spikeCounts[neuron]] : .infinity
      return
    }
    let bound = circuit.crossings[neuron].bound(from: cells[neuron].state)
    cells[neuron].isTentative = bound != nil
    crossings[neuron] = bound.map { cells[neuron].time + $0 } ?? .infinity
  }

  /// Counts an event of a layer, and closes the layer after the last one allowed.
  private mutating func count(_ event: Int, in layer: Int) {
    layerEvents[layer] += 1
    guard let most = circuit.experiment.network.layers[layer].maxEvents,
      layerEvents[layer] == most
    else { return }
    closedAfter[layer] = event
    for neuron in circuit.offsets[layer]..<circuit.offsets[layer + 1] {
      if solved(neuron) < horizon { missing[layer] += 1 }
      crossings[neuron] = .infinity
    }
  }
}

/// An event limit that cut a run short.
public struct Truncation: Equatable, Sendable {
  /// The limit that was reached.
  public let limit: Int
  /// The layer that reached its own limit, or nil for the limit of the whole run.
  public let layer: Int?
  /// A lower bound of the number of missing events: the effects of missing events are unknown.
  public let missing: Int
}
