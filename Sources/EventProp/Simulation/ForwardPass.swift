/// The simulation, one event at a time.
///
/// An iterator over everything that happens before the horizon, in order of time. At one instant external arrivals
/// come first (inputs in the order given, then delayed arrivals in order of emission), then spikes by neuron;
/// spikes that fall on one instant happen one after another, each with its own current. A pass is a value: a copy
/// is a state to return to, bit for bit.
///
/// A neuron is touched only by events that reach it; between touches its state is the exact flow.
///
/// - Complexity: an event costs O(k + t log n) for k neurons reached, of which t change their predicted spike.
///
/// jaxsnn: StepState, step, next_event.
public struct ForwardPass: Sendable {
  /// What is simulated.
  public let circuit: Circuit
  /// The input spikes, with the read position.
  public private(set) var queue: InputQueue
  /// The events so far.
  public private(set) var events: [Event] = []
  /// Every event limit that cut the run, known at its end.
  public private(set) var truncations: [Truncation] = []
  private var isFinished = false

  private(set) var touches: [Touch] = []
  /// Touches of event e are `touchStarts[e] ..< touchStarts[e + 1]`.
  private(set) var touchStarts: [Int] = [0]
  private(set) var spikeCounts: [Int]
  /// The last event in which a layer took part, where its event limit has closed it.
  private(set) var closedAfter: [Int?]

  private var states: [LIFState]
  private var lastTouched: [Double]
  private var crossings: EarliestCrossing
  private var arrivals = PendingArrivals()
  private var layerEvents: [Int]
  private var missing: [Int]
  private let horizon: Double
  private let limit: Int
  private let early: EarlySpike?

  /// A spike that happens before the other events of its instant, whatever the order of events says.
  struct EarlySpike: Sendable {
    /// The number of the event that it becomes.
    var position: Int
    var neuron: Int
    var time: Double
  }

  /// Starts at t = 0.
  public init(_ circuit: Circuit) { self.init(circuit, early: nil) }

  init(_ circuit: Circuit, early: EarlySpike?) {
    self.early = early
    let experiment = circuit.experiment
    self.circuit = circuit
    horizon = experiment.horizon
    limit = experiment.maxEvents ?? Experiment.defaultMaxEvents
    queue = InputQueue(experiment.inputSpikes, before: horizon)
    states = experiment.network.layers.flatMap(\.initial)
    lastTouched = Array(repeating: 0, count: states.count)
    spikeCounts = Array(repeating: 0, count: states.count)
    crossings = EarliestCrossing(count: states.count)
    let layers = experiment.network.layers.count
    closedAfter = Array(repeating: nil, count: layers)
    layerEvents = Array(repeating: 0, count: layers)
    missing = Array(repeating: 0, count: layers)
    for neuron in states.indices { predict(neuron, at: 0) }
  }

  /// Simulates the next event, or returns nil at the end of the run.
  ///
  /// Throws a `SimulationError` when a state leaves the range of numbers.
  public mutating func next() throws(SimulationError) -> Event? {
    guard !isFinished else { return nil }
    let input = queue.nextTime ?? .infinity
    let arrival = arrivals.first?.time ?? .infinity
    let crossing = crossings.first
    let spike = crossing?.time ?? .infinity
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
      truncations = [
        Truncation(limit: limit, layer: nil, missing: waiting + crossings.count(before: horizon))
      ]
      return nil
    }
    if let early, events.count == early.position {
      fire(early.neuron, at: early.time)
    } else if input <= min(arrival, spike), let element = queue.popFirst() {
      process(
        Event(
          time: element.time, kind: .input(channel: element.channel, position: element.position)))
    } else if arrival <= spike {
      let element = arrivals.removeFirst()
      process(
        Event(time: element.time, kind: .arrival(of: element.emitter, through: element.delivery)))
    } else if let crossing {
      fire(crossing.neuron, at: crossing.time)
    }
    for touch in touches[(touchStarts.last ?? 0)...]
    where !(touch.state.potential.isFinite && touch.state.current.isFinite) {
      throw .nonFiniteState(neuron: Int(touch.neuron), time: events.last?.time ?? 0)
    }
    touchStarts.append(touches.count)
    return events.last
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
      deliver(delivery, in: index, at: event.time, own: nil)
      count(index, in: layer)
    }
    send(event, index)
  }

  /// The jump of a spike: the reset of the neuron, and what it delivers at once.
  private mutating func fire(_ neuron: Int, at time: Double) {
    let index = events.count
    advance(neuron, to: time)
    let event = Event(
      time: time,
      kind: .spike(
        neuron: neuron, ordinal: spikeCounts[neuron], current: states[neuron].current))
    events.append(event)
    spikeCounts[neuron] += 1
    states[neuron].potential = circuit.flows[neuron].parameters.vReset
    let own = touches.count
    touches.append(Touch(neuron: Int32(neuron), event: Int32(index), state: states[neuron]))
    let home = circuit.layerOf[neuron]
    for delivery in circuit.deliveries(of: event) {
      let layer = circuit.projections[delivery.projection].target
      guard closedAfter[layer] == nil else {
        missing[layer] += 1
        continue
      }
      deliver(delivery, in: index, at: time, own: (neuron, own))
      if layer != home { count(index, in: layer) }
    }
    predict(neuron, at: time)
    count(index, in: home)
    send(event, index)
  }

  /// Adds the weights of a delivery to the currents it reaches; a spiking neuron keeps its one touch.
  private mutating func deliver(
    _ delivery: Delivery, in event: Int, at time: Double, own: (neuron: Int, touch: Int)?
  ) {
    let circuit = circuit
    circuit.forEachSynapse(of: delivery) { entry, neuron in
      let weight = circuit.projections[delivery.projection].synapses.weights[entry]
      if let own, own.neuron == neuron {
        states[neuron].current += weight
        touches[own.touch].state = states[neuron]
      } else {
        advance(neuron, to: time)
        states[neuron].current += weight
        touches.append(Touch(neuron: Int32(neuron), event: Int32(event), state: states[neuron]))
        predict(neuron, at: time)
      }
    }
  }

  private mutating func send(_ event: Event, _ index: Int) {
    for (delay, delivery) in circuit.delayedDeliveries(of: event)
    where event.time + delay < horizon {
      arrivals.insert(delivery, from: index, at: event.time + delay)
    }
  }

  private mutating func advance(_ neuron: Int, to time: Double) {
    states[neuron] = circuit.flows[neuron].advanced(
      states[neuron], by: time - lastTouched[neuron])
    lastTouched[neuron] = time
  }

  private mutating func predict(_ neuron: Int, at time: Double) {
    guard circuit.spikes[neuron], closedAfter[circuit.layerOf[neuron]] == nil else { return }
    if let times = circuit.imposed[neuron] {
      crossings[neuron] = spikeCounts[neuron] < times.count ? times[spikeCounts[neuron]] : .infinity
      return
    }
    let length = circuit.crossings[neuron].first(from: states[neuron], within: horizon - time)
    crossings[neuron] = length.map { time + $0 } ?? .infinity
  }

  /// Counts an event of a layer and closes the layer when it was the last one allowed.
  private mutating func count(_ event: Int, in layer: Int) {
    layerEvents[layer] += 1
    guard let most = circuit.experiment.network.layers[layer].maxEvents,
      layerEvents[layer] == most
    else { return }
    closedAfter[layer] = event
    for neuron in circuit.offsets[layer]..<circuit.offsets[layer + 1] {
      if crossings[neuron] < horizon { missing[layer] += 1 }
      crossings[neuron] = .infinity
    }
  }
}

/// An event limit that cut a run short.
public struct Truncation: Equatable, Sendable {
  /// The limit that was reached.
  public let limit: Int
  /// The layer whose own limit it is, or nil for the limit of the whole run.
  public let layer: Int?
  /// How many events are known to be missing: a lower bound, since what they would have caused is unknown.
  public let missing: Int
}
