/// The adjoint of a whole run: λ of every neuron at any time, the jumps, and the gradient.
///
/// jaxsnn: construct_adjoint_apply_fn.
public struct AdjointTrajectory: Sendable {
  /// The run.
  public let trajectory: Trajectory
  /// The loss of the run.
  package let evaluation: LossEvaluation
  /// The rule of the adjoint: exact, or altered on purpose.
  package let rule: AdjointRule
  /// The derivative of the loss by every parameter of the experiment.
  public let gradient: Gradient
  /// ∂L/∂t of each event of the run, all later effects included, in loss per second.
  public let timeGradients: [Double]
  /// The jump of each spike; nil for other events.
  package let transitions: [AdjointTransition?]
  /// λ of every neuron at t = 0, neurons counted across layers.
  public let atZero: [AdjointState]
  /// Where λ stopped being finite on the way back, so that no earlier λ is known; nil for a complete
  /// way back.
  package let overflow: Overflow?
  /// λ_I of the spiking neuron in each event.
  private let currents: [Double]

  /// The event on the way back at which λ of a neuron is no longer finite.
  package struct Overflow: Equatable, Sendable {
    /// The number of the event.
    package let event: Int
    /// The neuron, counted across layers.
    package let neuron: Int
    /// The time of the event, in seconds.
    package let time: Double
  }

  /// The value of the loss.
  public var loss: Double { evaluation.value }

  /// Walks a run back and computes the gradient of its loss.
  ///
  /// Throws `SimulationError.noLoss` where the experiment has no loss, `SimulationError.missingSpike` where the loss names a spike that
  /// did not happen, `SimulationError.cutShort` where the event limit of the whole run cut it, and `SimulationError.nonFiniteAdjoint`
  /// where λ is no finite number.
  ///
  /// - Complexity: O(synapses that deliver in the run).
  public init(of trajectory: Trajectory) throws(SimulationError) {
    try trajectory.checkComplete()
    try self.init(of: trajectory, rule: .exact, pace: .free)
  }

  /// Walks a run back: layer by layer where a ``LayerwiseEngine`` can, else one event at a time.
  ///
  /// `pace` hears now and then which time is reached, and may stop the work. Throws another
  /// `SimulationError` where the loss names a missing spike or λ is no finite number.
  package init(
    of trajectory: Trajectory, rule: AdjointRule = .exact,
    pace: Pace = .free
  ) throws(SimulationError) {
    try self.init(asFarAsFinite: trajectory, rule: rule, pace: pace)
    if let overflow { throw .nonFiniteAdjoint(neuron: overflow.neuron, time: overflow.time) }
  }

  /// Takes the record of a complete backward pass.
  package init(_ pass: BackwardPass) {
    self.init(pass, overflow: nil)
  }

  /// Walks a run back as far as λ stays finite.
  ///
  /// If λ does not stay finite, ``overflow`` says where, and the gradient covers only the part
  /// walked.
  ///
  /// Throws as ``init(of:rule:pace:)`` does, except for an adjoint that is not finite.
  package init(
    asFarAsFinite trajectory: Trajectory, rule: AdjointRule = .exact,
    pace: Pace = .free
  ) throws(SimulationError) {
    let evaluation = try trajectory.evaluateLoss()
    if rule == .exact,
      let found = try AdjointTrajectory(layerwise: trajectory, evaluation, pace: pace)
    {
      self = found
      try checkFinite()
      return
    }
    var pass = BackwardPass(trajectory, evaluation, rule: rule)
    var overflow: Overflow?
    do throws(SimulationError) {
      while try pass.next(pace: pace) != nil {}
    } catch {
      guard case .nonFiniteAdjoint(let neuron, let time) = error else { throw error }
      overflow = Overflow(event: pass.remaining, neuron: neuron, time: time)
      // The overflow has already changed this pass, so a second pass stops before that event.
      let last = pass.remaining + 1
      pass = BackwardPass(trajectory, evaluation, rule: rule)
      while pass.remaining > last { _ = try pass.next(pace: pace) }
    }
    self.init(pass, overflow: overflow)
    if overflow == nil { try checkFinite() }
  }

  /// Throws `SimulationError.nonFiniteDerivative` where a derivative is no finite number although λ is.
  private func checkFinite() throws(SimulationError) {
    guard !gradient.isFinite else { return }
    let first = Parameter.all(of: trajectory.experiment).first { !gradient[$0].isFinite }
    if let first { throw .nonFiniteDerivative(first) }
  }

  private init(_ pass: BackwardPass, overflow: Overflow?) {
    precondition(
      overflow != nil || pass.isComplete,
      "an adjoint trajectory needs a backward pass that reached t = 0")
    precondition(pass.keepsRecord, "an adjoint trajectory needs what was found at each event")
    trajectory = pass.trajectory
    evaluation = pass.evaluation
    rule = pass.rule
    gradient = pass.gradient
    timeGradients = pass.timeGradients
    transitions = pass.transitions
    atZero = pass.statesAtZero
    currents = pass.currents
    self.overflow = overflow
  }

  /// Takes the results of a pass.
  init(
    _ trajectory: Trajectory, _ evaluation: LossEvaluation, _ gradient: Gradient,
    _ timeGradients: [Double], _ transitions: [AdjointTransition?], _ currents: [Double],
    atZero: [AdjointState]
  ) {
    self.trajectory = trajectory
    self.evaluation = evaluation
    rule = .exact
    var gradient = gradient
    gradient.targets = evaluation.targetGradients
    self.gradient = gradient
    self.timeGradients = timeGradients
    self.transitions = transitions
    self.currents = currents
    self.atZero = atZero
    overflow = nil
  }

  /// λ of a neuron at a time in [0, t_max], before or after all events of that time.
  ///
  /// The time is in seconds. The neuron is counted across layers and must exist.
  ///
  /// - Complexity: O(log k) in the events of the run.
  public func state(of neuron: Int, at time: Double, side: Side = .after) -> AdjointState {
    let first = trajectory.events.firstPlace {
      side == .before ? $0.time >= time : $0.time > time
    }
    return state(of: neuron, before: first, at: time)
  }

  /// λ of a neuron before or after an event; `event` is its number in ``Trajectory/events``.
  ///
  /// The neuron is counted across layers. The neuron and the event must exist.
  ///
  /// - Complexity: O(log k) in the events of the run.
  public func state(of neuron: Int, atEvent event: Int, side: Side) -> AdjointState {
    if trajectory.events[event].spikingNeuron == neuron, let jump = transitions[event] {
      return AdjointState(
        lambdaV: side == .before ? jump.lambdaVBefore : jump.lambdaVAfter,
        lambdaI: currents[event])
    }
    // λ of a neuron jumps only at its own spikes, and where a rule ends the walk.
    let isJump = side == .before && !isWalked(event)
    return state(
      of: neuron, before: isJump ? event : event + 1, at: trajectory.events[event].time)
  }

  /// Whether the backward pass went through an event: all of them, unless the rule stops it early.
  package func isWalked(_ event: Int) -> Bool {
    if let overflow, event <= overflow.event { return false }
    guard let last = rule.mostEvents else { return true }
    return event >= trajectory.events.count - last
  }

  /// λ just before an event in which the neuron spikes; 0 where the walk did not come.
  private func atSpike(_ event: Int) -> AdjointState {
    AdjointState(
      lambdaV: transitions[event]?.lambdaVBefore ?? 0, lambdaI: currents[event])
  }

  /// The next event at which λ of a neuron is known; nil if there is none.
  ///
  /// It is the first spike of the neuron from `first` on, or the event at which a rule ended the
  /// walk.
  private func next(of neuron: Int, before first: Int) -> Int? {
    if rule.mostEvents != nil || overflow != nil {
      let history = trajectory.history(of: neuron)
      let place = history.place { $0 >= first }
      if place < history.events.count, !isWalked(Int(history.events[place])) {
        return Int(history.events[place])
      }
    }
    let spikes = trajectory.spikes(of: neuron)
    let place = spikes.firstPlace { $0 >= first }
    return place < spikes.endIndex ? spikes[place] : nil
  }

  /// Flows back to `time` from the next event at which λ of the neuron is known, or from the
  /// horizon.
  private func state(of neuron: Int, before first: Int, at time: Double) -> AdjointState {
    let next = next(of: neuron, before: first)
    var state = next.map { atSpike($0) } ?? AdjointState()
    var from = next.map { trajectory.events[$0].time } ?? trajectory.experiment.horizon
    let flow = AdjointFlow(
      trajectory.circuit.flows[neuron].kernel, drive: evaluation.drives[neuron], rule: rule)
    // An altered flow depends on where the walk pauses: at every event that touches the neuron.
    var pauses: [Double] = []
    if rule.dependsOnPauses {
      pauses = trajectory.history(of: neuron).events.filter {
        Int($0) >= first && Int($0) < next ?? .max
      }.map { trajectory.events[Int($0)].time }
    }
    func carry(to earlier: Double) {
      while let pause = pauses.last, pause >= earlier {
        state = flow.advanced(state, by: from - pause)
        from = pause
        pauses.removeLast()
      }
      state = flow.advanced(state, by: from - earlier)
      from = earlier
    }
    if let impulse = evaluation.impulses[neuron] {
      let acts =
        switch impulse.place {
        case .start: false
        case .horizon: next == nil
        case .kink(let event): event >= first && event <= next ?? event
        case .interior: impulse.time >= time && impulse.time < from
        }
      if acts {
        carry(to: impulse.time)
        state.lambdaV -=
          impulse.gradient / trajectory.circuit.flows[neuron].parameters.tauMem
      }
    }
    carry(to: time)
    return state
  }
}
