import RealModule

/// The adjoint, one event at a time, from the horizon back to t = 0.
///
/// Each step carries λ of the touched neurons back to the event, collects the gradient of the synapses that deliver in
/// it, and applies the jump if the event is a spike. The stretches come from the forward pass, so
/// nothing is integrated numerically and V never runs backwards. A pass is a value. Single steps
/// give bit for bit the result of the whole walk. ``AdjointTrajectory`` may go layer by layer
/// instead; the two agree to rounding.
///
/// - Complexity: O(k) per event for k neurons reached.
///
/// jaxsnn: step_bwd, construct_adjoint_apply_fn.
public struct BackwardPass: Sendable {
  /// The run that is walked back.
  package let trajectory: Trajectory
  /// The loss and where it starts the adjoint.
  package let evaluation: LossEvaluation
  /// How the adjoint is computed.
  package let rule: AdjointRule
  /// The gradient of the part walked so far; complete when ``next(pace:)`` has returned nil.
  public private(set) var gradient: Gradient
  /// Whether the findings at each event are kept; without them, a copy of the pass costs no more
  /// than a gradient.
  package let keepsRecord: Bool
  /// ∂L/∂t of each event walked so far, all later effects included, in loss per second; empty where no record is kept.
  package private(set) var timeGradients: [Double]
  /// The jump of each spike walked so far; empty where no record is kept.
  package private(set) var transitions: [AdjointTransition?]
  /// Whether the derivatives by the parameters and the initial states of neurons are collected.
  ///
  /// They alone need the potentials and currents of the run, except where the loss reads those.
  /// Without them nothing is simulated again, and the parts of ``gradient`` for them are empty.
  package let collectsParameters: Bool
  /// The number of events still ahead; the next step walks event `remaining − 1`.
  package private(set) var remaining: Int

  /// λ_I, which does not jump, of the spiking neuron in each event walked so far; 0 for other events.
  private(set) var currents: [Double]
  /// The states of the current part of the run.
  private var segment: Segment?
  private var states: [AdjointState]
  private var times: [Double]
  /// The neurons that the present event touches, each once, in the order of the touches.
  private var touched: [Int32] = []
  /// The last event walked that touched each neuron; empty where the states of the run tell it.
  private var touchedIn: [Int32]
  /// ∂L/∂t collected at the delayed arrivals of each event.
  private var carried: [Double]
  private var isFinished = false
  private let flows: [AdjointFlow]
  /// The current of each spike by Euler steps; empty unless the rule takes them.
  private let eulerCurrents: [Double]
  /// What merged spikes get; nil unless the rule merges them.
  private let merged: MergedSpikes?
  /// The sum of ∂L/∂t over the spikes of each neuron walked so far, without the effect of the spikes
  /// on their own neuron; empty unless the rule merges spikes.
  private(set) var spikeSums: [Double]
  /// The first event from which λ stays zero up to the horizon.
  private let firstQuietEvent: Int

  /// Starts at the horizon of a run with λ = 0.
  ///
  /// Throws `SimulationError.noLoss` where the experiment has no loss, `SimulationError.missingSpike` where the loss names a spike
  /// that did not happen, and `SimulationError.cutShort` where the event limit of the whole run cut it.
  ///
  /// - Complexity: O(events + neurons + synapses).
  public init(of trajectory: Trajectory) throws(SimulationError) {
    try trajectory.checkComplete()
    self.init(trajectory, try trajectory.evaluateLoss())
  }

  /// Starts at the horizon with a given λ, one state per neuron counted across layers; zero by
  /// default.
  ///
  /// With `event`, the pass starts just before that event, and later events take no part.
  ///
  /// A loss on the final state gives λ at the horizon: −∂L/∂V(t_max) / tau_mem and −∂L/∂I(t_max) /
  /// tau_syn.
  package init(
    _ trajectory: Trajectory, _ evaluation: LossEvaluation, rule: AdjointRule = .exact,
    from final: [AdjointState]? = nil, before event: Int? = nil, keepsRecord: Bool = true,
    collectsParameters: Bool = true
  ) {
    self.init(
      trajectory, evaluation, rule: rule, from: final, before: event, keepsRecord: keepsRecord,
      collectsParameters: collectsParameters,
      merging: rule.mergesSpikes ? MergedSpikes(trajectory, evaluation, rule: rule) : nil)
  }

  init(
    _ trajectory: Trajectory, _ evaluation: LossEvaluation, rule: AdjointRule,
    from final: [AdjointState]? = nil, before event: Int? = nil, keepsRecord: Bool,
    collectsParameters: Bool = true, merging merged: MergedSpikes?
  ) {
    let circuit = trajectory.circuit
    self.merged = merged
    spikeSums = merged == nil ? [] : Array(repeating: 0, count: circuit.neuronCount)
    eulerCurrents = rule.eulerStep.map { trajectory.eulerCurrents(step: $0) } ?? []
    precondition(
      final.map { $0.count == circuit.neuronCount } ?? true, "one adjoint state for every neuron")
    self.rule = rule
    self.trajectory = trajectory
    self.evaluation = evaluation
    self.collectsParameters = collectsParameters
    gradient = Gradient(zeroFor: trajectory.experiment)
    gradient.targets = evaluation.targetGradients
    if !collectsParameters {
      for layer in gradient.layers.indices {
        gradient.layers[layer].parameters = []
        gradient.layers[layer].initial = []
      }
    }
    touchedIn = Array(repeating: -1, count: collectsParameters ? 0 : circuit.neuronCount)
    let events = trajectory.events.count
    self.keepsRecord = keepsRecord
    timeGradients = Array(repeating: 0, count: keepsRecord ? events : 0)
    transitions = Array(repeating: nil, count: timeGradients.count)
    currents = Array(repeating: 0, count: timeGradients.count)
    carried = Array(repeating: 0, count: circuit.hasDelays ? events : 0)
    remaining = event ?? events
    firstQuietEvent =
      merged == nil
      ? evaluation.firstQuietEvent(on: trajectory, isZero: final == nil) : events
    states = final ?? Array(repeating: AdjointState(), count: circuit.neuronCount)
    times = Array(
      repeating: event.map { trajectory.events[$0].time } ?? trajectory.experiment.horizon,
      count: circuit.neuronCount)
    flows = circuit.flows.indices.map {
      AdjointFlow(
        circuit.flows[$0].kernel, drive: evaluation.drives[$0], rule: rule)
    }
    for (neuron, impulse) in evaluation.impulses where impulse.place == .horizon {
      apply(impulse, to: neuron)
    }
  }

  /// Walks one event back and returns its number; nil when t = 0 is reached and the gradient is complete.
  ///
  /// Throws `SimulationError.nonFiniteAdjoint` where λ is no finite number, and
  /// `SimulationError.stopped` where `pace` stops it. The pass then stays at its event.
  ///
  /// - Complexity: O(k) for k neurons reached by the event.
  public mutating func next(
    pace: Pace = .free
  ) throws(SimulationError) -> Int? {
    guard remaining > 0, !isBeyondTruncation else {
      if !isFinished { finish() }
      return nil
    }
    let number = remaining - 1
    let event = trajectory.events[number]
    try pace.reach(step: number - 1, every: 256, event.time)
    guard number < firstQuietEvent else {
      remaining = number
      try passQuietly(number)
      return number
    }
    let deliveries = trajectory.deliveries(of: number)
    try carryTouched(by: number, deliveries, pace)
    remaining = number

    var received = 0.0
    for delivery in deliveries { received += collect(delivery, spiking: event.spikingNeuron) }
    for neuron in evaluation.impulses.isEmpty ? [] : touched.map({ Int($0) }) {
      let kink = kinkGradient(of: neuron, at: number)
      guard kink != 0 else { continue }
      received += kink
      addToDelays(kink, of: neuron, event: number)
    }
    let explicit = evaluation.spikeTimeGradients[number]

    switch event.kind {
    case .spike(let neuron, _, let current):
      let transition = transition(
        of: neuron, in: number, current: current, received: received, explicit: explicit)
      states[neuron].lambdaV = transition.lambdaVBefore
      if keepsRecord {
        currents[number] = states[neuron].lambdaI
        transitions[number] = transition
        timeGradients[number] = transition.timeGradient
      }
      let tauMem = trajectory.circuit.flows[neuron].parameters.tauMem
      add(to: neuron) {
        $0.vThreshold += tauMem * transition.lambdaVBefore
        $0.vReset -= tauMem * transition.lambdaVAfter
      }
    case .input(_, let position):
      // A wrong rule may have credited something already.
      gradient.inputTimes[position] += received + (carried.isEmpty ? 0 : carried[number])
      if keepsRecord { timeGradients[number] = gradient.inputTimes[position] }
    case .arrival(let emitter, _):
      if keepsRecord { timeGradients[number] = received }
      carried[emitter] += received
    }
    if rule.leaksToNext, case .spike = event.kind { leakToNext(of: number) }
    for place in touched.indices {
      let neuron = Int(touched[place])
      guard states[neuron].lambdaV.isFinite, states[neuron].lambdaI.isFinite else {
        throw .nonFiniteAdjoint(neuron: neuron, time: event.time)
      }
      guard !evaluation.impulses.isEmpty else { continue }
      // A maximum that lies in this event acts on λ just before it.
      if let impulse = evaluation.impulses[neuron], impulse.place == .kink(event: number) {
        apply(impulse, to: neuron)
      }
    }
    return number
  }

  /// Carries λ of the neurons that an event touches back to it, and notes these neurons.
  private mutating func carryTouched(
    by number: Int, _ deliveries: [Delivery], _ pace: Pace
  ) throws(SimulationError) {
    let event = trajectory.events[number]
    touched.removeAll(keepingCapacity: true)
    if collectsParameters {
      let segment = try segment(of: number, pace)
      for touch in segment.touches(of: number) {
        let (neuron, state) = segment[touch]
        touched.append(Int32(truncatingIfNeeded: neuron))
        carry(neuron, to: event.time, from: state, after: number)
      }
      return
    }
    if let neuron = event.spikingNeuron { carry(neuron, touchedBy: number, at: event.time) }
    for delivery in deliveries {
      trajectory.circuit.forEachSynapse(of: delivery) { _, neuron in
        carry(neuron, touchedBy: number, at: event.time)
      }
    }
  }

  /// Carries λ of a neuron back to an event that touches it, unless that is done.
  @inline(__always)
  private mutating func carry(_ neuron: Int, touchedBy event: Int, at time: Double) {
    let number = Int32(truncatingIfNeeded: event)
    guard touchedIn[neuron] != number else { return }
    touchedIn[neuron] = number
    touched.append(Int32(truncatingIfNeeded: neuron))
    carry(neuron, to: time, from: nil, after: event)
  }

  /// The jump of a spike, after the alterations of the rule.
  private mutating func transition(
    of neuron: Int, in number: Int, current: Double, received: Double, explicit: Double
  ) -> AdjointTransition {
    let parameters = trajectory.circuit.flows[neuron].parameters
    let height = parameters.vThreshold - parameters.vReset
    let delayed = carried.isEmpty ? 0 : carried[number]
    let transition = AdjointTransition(
      lambdaVAfter: states[neuron].lambdaV, resetHeight: rule.resetHeight(of: parameters),
      transmitted: merged == nil ? received : 0, delayed: merged == nil ? delayed : 0,
      lossTerm: merged?.share(of: neuron, in: number) ?? explicit,
      runningLossTerm: evaluation.drives[neuron] * height,
      denominator: rule.denominator(
        current: eulerCurrents.isEmpty ? current : eulerCurrents[number], parameters),
      overwrites: rule.overwrites)
    if merged != nil { spikeSums[neuron] += received + delayed + explicit }
    return rule.sharesTies ? sharing(transition, of: number) : transition
  }

  /// Passes an event at which λ is still zero everywhere, so that nothing jumps.
  private mutating func passQuietly(_ number: Int) throws(SimulationError) {
    guard case .spike(let neuron, _, let current) = trajectory.events[number].kind else { return }
    let parameters = trajectory.circuit.flows[neuron].parameters
    let transition = AdjointTransition(
      lambdaVAfter: 0, resetHeight: rule.resetHeight(of: parameters), transmitted: 0, delayed: 0,
      lossTerm: 0, runningLossTerm: 0,
      denominator: rule.denominator(current: current, parameters))
    guard transition.lambdaVBefore.isFinite else {
      throw .nonFiniteAdjoint(neuron: neuron, time: trajectory.events[number].time)
    }
    if keepsRecord { transitions[number] = transition }
  }

  private mutating func segment(
    of event: Int, _ pace: Pace
  ) throws(SimulationError) -> Segment {
    if let segment, segment.events.contains(event) { return segment }
    let segment = try trajectory.segment(of: event, pace: pace)
    self.segment = segment
    return segment
  }

  private var isBeyondTruncation: Bool {
    guard let last = rule.mostEvents else { return false }
    return trajectory.events.count - remaining >= last
  }

  /// Collects the gradient of the synapses of a delivery; returns Σ w (λ_V − λ_I), which is ∂L/∂t
  /// of the arrival.
  private mutating func collect(_ delivery: Delivery, spiking: Int?) -> Double {
    let circuit = trajectory.circuit
    let projection = circuit.projections[delivery.projection]
    let synapses = projection.synapses
    guard !rule.skips(row: delivery.row, ofInputs: projection.source == .inputs) else { return 0 }
    let isScaled = rule.isScaled
    let skipped = rule.skipsSelf ? spiking : nil
    var sum = 0.0
    var collected =
      (projection.isRecurrent
        ? gradient.layers[projection.target].recurrent : gradient.layers[projection.target].weights)
      ?? SynapseGradient(zeroFor: synapses)
    setCollected(SynapseGradient(), of: projection)
    circuit.forEachSynapse(of: delivery) { entry, neuron in
      let state = states[neuron]
      let pull = synapses.weights[entry] * rule.pulled(state)
      let scale = isScaled ? circuit.flows[neuron].parameters.tauSyn : 1
      collected.weights[entry] -= scale * rule.collected(state)
      collected.delays?[entry] += pull
      if neuron != skipped { sum += pull }
    }
    setCollected(collected, of: projection)
    return rule.skipsRecurrence && projection.isRecurrent ? 0 : sum
  }

  /// Puts the gradient of a matrix in its place.
  ///
  /// The place holds an empty one during the addition, so that nothing is copied.
  private mutating func setCollected(
    _ collected: SynapseGradient, of projection: Circuit.Projection
  ) {
    if projection.isRecurrent {
      gradient.layers[projection.target].recurrent = collected
    } else {
      gradient.layers[projection.target].weights = collected
    }
  }

  /// Carries λ of a neuron back over a stretch without an event, adding up its parameter gradients
  /// if the state at the start of the stretch is given.
  @inline(__always)
  private mutating func carry(
    _ neuron: Int, to start: Double, from state: LIFState?, after event: Int?
  ) {
    if let impulse = evaluation.impulses.isEmpty ? nil : evaluation.impulses[neuron],
      impulse.place == .interior(afterEvent: event)
    {
      let middle = state.map {
        trajectory.circuit.flows[neuron].advanced($0, by: impulse.time - start)
      }
      carry(neuron, over: times[neuron] - impulse.time, from: middle)
      apply(impulse, to: neuron)
      carry(neuron, over: impulse.time - start, from: state)
    } else {
      carry(neuron, over: times[neuron] - start, from: state)
    }
    times[neuron] = start
  }

  /// Carries λ over a stretch of length x; `state` is the one at its start, if it is given.
  private mutating func carry(_ neuron: Int, over x: Double, from state: LIFState?) {
    let flow = flows[neuron]
    let lambda = states[neuron]
    guard lambda != AdjointState() || flow.drive != 0 else { return }
    guard let state else {
      states[neuron] = flow.advanced(lambda, by: x, over: flow.kernel.decay(over: x))
      return
    }
    let decay = flow.kernel.decay(over: x)
    let worth = StretchDerivatives(
      trajectory.circuit.flows[neuron], from: state, over: x, decay, isDriven: flow.drive != 0)
    add(to: neuron) {
      $0.vLeak += worth.vLeak.value(lambda, drive: flow.drive)
      $0.tauMem += worth.tauMem.value(lambda, drive: flow.drive)
      $0.tauSyn += worth.tauSyn.value(lambda, drive: flow.drive)
    }
    states[neuron] = flow.advanced(lambda, by: x, over: decay)
  }

  private mutating func add(to neuron: Int, _ change: (inout ParameterGradient) -> Void) {
    guard collectsParameters else { return }
    let layer = trajectory.circuit.layerOf[neuron]
    change(&gradient.layers[layer].parameters[neuron - trajectory.circuit.offsets[layer]])
  }

  /// Adds the derivative by a maximum of V to λ_V at the place of the maximum.
  private mutating func apply(_ impulse: LossEvaluation.Impulse, to neuron: Int) {
    let tauMem = trajectory.circuit.flows[neuron].parameters.tauMem
    states[neuron].lambdaV -= impulse.gradient / tauMem
  }

  /// The part of ∂L/∂t from a maximum at a kink, which moves with the arrival that makes it.
  private func kinkGradient(of neuron: Int, at event: Int) -> Double {
    guard let impulse = evaluation.impulses[neuron], impulse.place == .kink(event: event) else {
      return 0
    }
    let before = trajectory.state(of: neuron, atEvent: event, side: .before)
    return impulse.gradient * trajectory.slope(of: neuron, in: before)
  }

  /// Adds the same part to the delays of the synapses that make the maximum.
  ///
  /// A maximum at a neuron's own spike does not depend on the delay of the synapse to itself.
  private mutating func addToDelays(_ kink: Double, of neuron: Int, event: Int) {
    guard trajectory.events[event].spikingNeuron != neuron else { return }
    for delivery in trajectory.deliveries(of: event) {
      let projection = trajectory.circuit.projections[delivery.projection]
      for synapse in trajectory.circuit.synapses(of: delivery) where synapse.neuron == neuron {
        if projection.isRecurrent {
          gradient.layers[projection.target].recurrent?.delays?[synapse.entry] += kink
        } else {
          gradient.layers[projection.target].weights.delays?[synapse.entry] += kink
        }
      }
    }
  }

  /// Carries λ over the last stretch, from the first event that touches each neuron back to t = 0.
  private mutating func finish() {
    isFinished = true
    guard remaining == 0, collectsParameters else { return }
    let circuit = trajectory.circuit
    for (layer, members) in trajectory.experiment.network.layers.enumerated() {
      for (index, initial) in members.initial.enumerated() {
        let neuron = circuit.offsets[layer] + index
        carry(neuron, to: 0, from: initial, after: nil)
        if let impulse = evaluation.impulses[neuron], impulse.place == .start {
          apply(impulse, to: neuron)
        }
        gradient.layers[layer].initial[index] = LIFState(
          potential: -members.parameters[index].tauMem * states[neuron].lambdaV,
          current: -members.parameters[index].tauSyn * states[neuron].lambdaI)
      }
    }
  }

  // MARK: - Wrong rules

  /// Credits the flow of all neurons just before a spike to the next delivery in the queue: an input,
  /// or the arrival of an earlier event.
  ///
  /// That delivery has been walked already, so its share is added to what it gave.
  private mutating func leakToNext(of number: Int) {
    let events = trajectory.events
    let next = events.indices[(number + 1)...].first {
      switch events[$0].kind {
      case .input: true
      case .arrival(let emitter, _): emitter < number
      case .spike: false
      }
    }
    guard let next else { return }
    let circuit = trajectory.circuit
    var leak = 0.0
    for neuron in states.indices {
      let lambda = flows[neuron].advanced(
        states[neuron], by: times[neuron] - events[number].time)
      guard lambda != AdjointState() else { continue }
      let flow = circuit.flows[neuron]
      let state = trajectory.state(of: neuron, atEvent: number, side: .before)
      leak -=
        flow.parameters.tauMem * lambda.lambdaV * flow.slope(state) - lambda.lambdaI * state.current
    }
    if keepsRecord { timeGradients[next] += leak }
    switch events[next].kind {
    case .input(_, let position): gradient.inputTimes[position] += leak
    case .arrival(let emitter, let delivery):
      carried[emitter] += leak
      guard let entry = circuit.synapses(of: delivery).first?.entry else { return }
      let projection = circuit.projections[delivery.projection]
      if projection.isRecurrent {
        gradient.layers[projection.target].recurrent?.delays?[entry] += leak
      } else {
        gradient.layers[projection.target].weights.delays?[entry] += leak
      }
    case .spike: break
    }
  }

  /// Divides the jump of the first of several equal neurons that fire together among them.
  ///
  /// The others have jumped already, so their part is added.
  private mutating func sharing(
    _ transition: AdjointTransition, of number: Int
  ) -> AdjointTransition {
    let partners = trajectory.equalSpikes(after: number)
    guard !partners.isEmpty else { return transition }
    let count = Double(partners.count + 1)
    let share = transition.bracket / count
    for event in partners {
      guard let neuron = trajectory.events[event].spikingNeuron else { continue }
      let gain = share / transition.denominator
      states[neuron].lambdaV += gain
      // A quiet spike was passed without a visit.
      times[neuron] = trajectory.events[number].time
      let tauMem = trajectory.circuit.flows[neuron].parameters.tauMem
      add(to: neuron) { $0.vThreshold += tauMem * gain }
      guard keepsRecord, let own = transitions[event] else { continue }
      let changed = own.changing(lossTerm: own.lossTerm + gain * own.denominator)
      transitions[event] = changed
      timeGradients[event] = changed.timeGradient
    }
    return transition.changing(denominator: transition.denominator * count)
  }

  /// Whether t = 0 has been reached.
  package var isComplete: Bool { isFinished }

  /// λ of every neuron at t = 0; valid when the pass is complete.
  var statesAtZero: [AdjointState] { states }
}

extension SynapseGradient {
  fileprivate init() {
    weights = []
    delays = nil
  }
}
