import EventProp

/// One requirement for the present order of events, and how far it is from its end.
package enum Requirement: Hashable, Sendable {
  /// An arrival comes before or after a spike of the neuron that it reaches.
  case order(Incomparability.Source, neuron: Int, spike: Int, isBefore: Bool)
  /// A peak of V stays below the threshold: the peak after an event, or after t = 0.
  case peak(neuron: Int, after: Incomparability.Source?)
  /// V of a neuron stays below the threshold at the last moment that matters.
  case edge(neuron: Int)
  /// A spike would rise further without the reset.
  case rise(neuron: Int, spike: Int)
  /// The first spike of a neuron comes before or after the clip of the loss.
  case clip(neuron: Int)
  /// The first spike of a neuron comes before or after the cusp of the loss.
  case cusp(neuron: Int)
  /// The greatest maximum of V of a neuron is above another one, counted in order of time.
  case maximum(neuron: Int, other: Int)
  /// The greatest maximum of V of a neuron stays above 0, or below it.
  case sign(neuron: Int)

  /// The neuron concerned, counted across layers.
  package var neuron: Int {
    switch self {
    case .order(_, let neuron, _, _), .peak(let neuron, _), .edge(let neuron),
      .rise(let neuron, _), .clip(let neuron), .cusp(let neuron), .maximum(let neuron, _),
      .sign(let neuron):
      neuron
    }
  }
}

/// The margins of all requirements of a run, with their derivatives in up to eight directions.
///
/// A margin is a time or a height of V; it is 0 where its requirement ends. The derivatives come from
/// dual numbers, event times included, as in ``ForwardMode``.
///
/// - Complexity: one replay of the run, and O(k · 16) for k spikes in the cone.
struct Margins {
  /// A margin.
  struct Margin {
    /// Its value, in seconds or on the scale of V.
    var value: Dual
    /// The time of the run at which it is read, in seconds.
    var time: Double
  }

  private(set) var all: [Requirement: Margin] = [:]

  /// The arrivals on each side of a spike whose order is watched.
  private static let neighbours = 16

  private struct Touch {
    var time: Dual
    var source: Incomparability.Source
    /// The ordinal of the spike; nil for an arrival.
    var spike: Int?
  }

  private let trajectory: Trajectory
  private let cone: LossCone
  private var neurons: [DualNeuron]
  private var touches: [[Touch]]
  private var maxima: [[Margin]]
  private let isReadOut: [Bool]

  /// Replays a run along directions, each a list of parameters with their speeds.
  init(
    of trajectory: Trajectory, loss: Loss, cone: LossCone, through carriers: Carriers,
    along directions: [[(parameter: Parameter, speed: Double)]], pace: Pace
  ) throws(SimulationError) {
    let circuit = trajectory.circuit
    let experiment = trajectory.experiment
    let seeds = Seeds(directions)
    self.trajectory = trajectory
    self.cone = cone
    neurons = (0..<circuit.neuronCount).map { neuron in
      let layer = circuit.layerOf[neuron]
      return seeds.neuron(
        experiment.network.layers[layer], layer: layer, index: neuron - circuit.offsets[layer],
        integrates: false)
    }
    touches = Array(repeating: [], count: circuit.neuronCount)
    maxima = Array(repeating: [], count: circuit.neuronCount)
    var isReadOut = [Bool](repeating: false, count: circuit.neuronCount)
    for neuron in cone.readouts { isReadOut[neuron] = true }
    self.isReadOut = isReadOut
    for neuron in cone.readouts {
      maxima[neuron].append(Margin(value: neurons[neuron].potential, time: 0))
    }
    try replay(seeds, carriers, pace)
    for neuron in neurons.indices { compareTimes(of: neuron) }
    if loss.readsSpikes { read(loss) }
    if loss.rule.kind == MaxOverTimeCrossEntropy.self { readMaxima() }
  }

  // MARK: - The replay

  private mutating func replay(
    _ seeds: Seeds, _ carriers: Carriers, _ pace: Pace
  ) throws(SimulationError) {
    let circuit = trajectory.circuit
    let synapses = circuit.projections.map { seeds.synapses($0) }
    var origins = [Dual](repeating: Dual(0), count: trajectory.events.count)
    for (event, happened) in trajectory.events.enumerated() {
      try pace.reach(step: event, happened.time)
      let source = trajectory.source(of: event)
      switch happened.kind {
      case .input(_, let position):
        origins[event] = seeds.dual(happened.time, .inputTime(position))
      case .arrival(let emitter, _):
        origins[event] = origins[emitter]
      case .spike(let neuron, let ordinal, _):
        origins[event] = neurons[neuron].crossing(at: happened.time)
        spike(of: neuron, ordinal, at: origins[event], source)
      }
      for delivery in trajectory.deliveries(of: event) {
        let through = synapses[delivery.projection]
        circuit.forEachSynapse(of: delivery) { entry, neuron in
          var time = origins[event] + through.delay(entry)
          time.value = happened.time
          let carries = carriers.entries[delivery.projection][entry]
          endStretch(of: neuron, at: time)
          let wasRising = slope(of: neuron) > 0
          neurons[neuron].receive(through.weight(entry))
          if wasRising, slope(of: neuron) <= 0 { peak(of: neuron, neurons[neuron].potential, time) }
          guard carries, cone.watched[neuron] > 0 || cone.ends[neuron] > 0 else { return }
          touches[neuron].append(Touch(time: time, source: source, spike: nil))
        }
      }
    }
    let horizon = Dual(trajectory.experiment.horizon)
    for neuron in neurons.indices where cone.watched[neuron] > 0 {
      endStretch(of: neuron, at: horizon)
      if isReadOut[neuron] {
        maxima[neuron].append(Margin(value: neurons[neuron].potential, time: horizon.value))
      }
    }
  }

  private func state(of neuron: Int) -> LIFState {
    LIFState(
      potential: neurons[neuron].potential.value, current: neurons[neuron].current.value)
  }

  private func slope(of neuron: Int) -> Double {
    trajectory.circuit.flows[neuron].slope(state(of: neuron))
  }

  private mutating func spike(
    of neuron: Int, _ ordinal: Int, at time: Dual, _ source: Incomparability.Source
  ) {
    let flow = trajectory.circuit.flows[neuron]
    neurons[neuron].advance(to: time)
    if isReadOut[neuron] {
      maxima[neuron].append(Margin(value: neurons[neuron].vThreshold, time: time.value))
    }
    if trajectory.circuit.isFree[neuron], cone.contains(spike: ordinal, of: neuron),
      let delay = flow.turningPoint(
        from: LIFState(
          potential: flow.parameters.vThreshold, current: neurons[neuron].current.value))
    {
      let top = Dual(time.value + delay)
      all[.rise(neuron: neuron, spike: ordinal)] = Margin(
        value: neurons[neuron].potential(at: top) - neurons[neuron].vThreshold, time: time.value)
    }
    neurons[neuron].reset()
    touches[neuron].append(Touch(time: time, source: source, spike: ordinal))
  }

  /// Flows to the end of a stretch, and notes the peak of V in it.
  private mutating func endStretch(of neuron: Int, at end: Dual) {
    let start = neurons[neuron].time.value
    let watched = cone.watched[neuron]
    if start < watched {
      let flow = trajectory.circuit.flows[neuron]
      let state = state(of: neuron)
      if state.current > 0, let turn = flow.turningPoint(from: state), start + turn < end.value {
        let time = Dual(start + turn)
        peak(of: neuron, neurons[neuron].potential(at: time), time)
      }
      if watched <= end.value, mayStillSpike(neuron),
        flow.slope(state, after: watched - start) > 0
      {
        all[.edge(neuron: neuron)] = Margin(
          value: neurons[neuron].vThreshold - neurons[neuron].potential(at: Dual(watched)),
          time: watched)
      }
    }
    neurons[neuron].advance(to: end)
  }

  /// Whether a neuron may spike from here on.
  private func mayStillSpike(_ neuron: Int) -> Bool {
    trajectory.circuit.isFree[neuron]
      && !(trajectory.circuit.spikesOnce[neuron] && touches[neuron].contains { $0.spike != nil })
  }

  private mutating func peak(of neuron: Int, _ potential: Dual, _ time: Dual) {
    if isReadOut[neuron] { maxima[neuron].append(Margin(value: potential, time: time.value)) }
    guard mayStillSpike(neuron), time.value < cone.watched[neuron] else { return }
    all[.peak(neuron: neuron, after: touches[neuron].last?.source)] = Margin(
      value: neurons[neuron].vThreshold - potential, time: time.value)
  }

  // MARK: - Order

  private mutating func compareTimes(of neuron: Int) {
    guard trajectory.circuit.isFree[neuron] else { return }
    let touches = touches[neuron]
    for (place, touch) in touches.enumerated() {
      guard let spike = touch.spike, cone.contains(spike: spike, of: neuron) else { continue }
      for other in touches[..<place].reversed().lazy.filter({ $0.spike == nil })
        .prefix(Self.neighbours)
      {
        all[.order(other.source, neuron: neuron, spike: spike, isBefore: true)] = Margin(
          value: touch.time - other.time, time: touch.time.value)
      }
      for other in touches[(place + 1)...].lazy.filter({ $0.spike == nil })
        .prefix(Self.neighbours)
      where other.source != touch.source {
        all[.order(other.source, neuron: neuron, spike: spike, isBefore: false)] = Margin(
          value: other.time - touch.time, time: touch.time.value)
      }
    }
  }

  // MARK: - The loss

  private mutating func read(_ loss: Loss) {
    let offset = trajectory.circuit.offsets[loss.layer]
    let values = loss.rule.values
    for (position, number) in values.neurons.enumerated() {
      let neuron = offset + number
      guard let first = touches[neuron].first(where: { $0.spike == 0 })?.time else { continue }
      if values.clip.isFinite {
        let distance = Dual(values.clip) - first
        all[.clip(neuron: neuron)] = Margin(
          value: distance.value < 0 ? -distance : distance, time: first.value)
      }
      if loss.rule.kind == TargetTime.self {
        let distance = first - Dual(values.targets[position][0])
        all[.cusp(neuron: neuron)] = Margin(
          value: distance.value < 0 ? -distance : distance, time: first.value)
      }
    }
  }

  private mutating func readMaxima() {
    for neuron in cone.readouts {
      let all = maxima[neuron]
      guard let best = all.indices.max(by: { all[$0].value.value < all[$1].value.value })
      else { continue }
      let greatest = all[best]
      self.all[.sign(neuron: neuron)] = Margin(
        value: greatest.value.value < 0 ? -greatest.value : greatest.value, time: greatest.time)
      for (place, other) in all.enumerated() where place != best {
        self.all[.maximum(neuron: neuron, other: place)] = Margin(
          value: greatest.value - other.value, time: other.time)
      }
    }
  }
}
