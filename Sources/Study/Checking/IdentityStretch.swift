import EventProp

/// A stretch of a neuron up to the next event that touches it, and what happens there, as ``IdentityWalk`` sees it.
struct IdentityStretch: Sendable {
  /// The flow of the neuron.
  let flow: LIFFlow
  /// The coefficient c of a running loss.
  let drive: Double
  /// The instant at which the loss reads the potential of the neuron; nil where there is none.
  let impulse: LossEvaluation.Impulse?
  /// The time at its start, in seconds.
  private(set) var start = 0.0
  /// The state at its start.
  private(set) var state: LIFState
  /// H at its start.
  private(set) var energy = Balance()
  /// The part of a running loss that is linear in V, over all stretches that have ended.
  private(set) var linear = Balance()
  /// λ just after the event that ends it.
  var lambda = AdjointState()
  /// Σ w (λ_V − λ_I)⁺ of the event that ends it.
  var given = Balance()

  /// The stretch from t = 0, where the neuron has a state and λ.
  init(
    of flow: LIFFlow, from state: LIFState, _ lambda: AdjointState, drive: Double,
    impulse: LossEvaluation.Impulse?
  ) {
    self.flow = flow
    self.state = state
    self.drive = drive
    self.impulse = impulse
    // A maximum at the start belongs to V(0) and acts before.
    var later = lambda
    if let impulse, impulse.place == .start {
      later.lambdaV += impulse.gradient / flow.parameters.tauMem
    }
    energy = energy(state, later)
  }

  /// H of the neuron; tau_mem dV/dt and tau_syn dI/dt are written out from the equations of motion.
  func energy(_ state: LIFState, _ lambda: AdjointState) -> Balance {
    let leak = flow.parameters.vLeak
    let drift = state.current + leak - state.potential
    var energy = Balance()
    // The adjoint of a running loss is a difference of λ + c and c, so it rounds as the larger one.
    // The same is true after the derivative by a maximum has been subtracted.
    let pull = abs(impulse?.gradient ?? 0) / flow.parameters.tauMem
    let current = Balance.magnitude(state.current)
    energy.add(
      -lambda.lambdaV * drift,
      size: (Balance.magnitude(lambda.lambdaV) + abs(drive) + pull)
        * (current + abs(leak) + abs(state.potential)))
    energy.add(
      lambda.lambdaI * state.current,
      size: (Balance.magnitude(lambda.lambdaI) + abs(drive)) * current)
    energy.add(drive * state.potential)
    return energy
  }

  /// dV/dt, with the rounding of I and of V, whatever is left of them.
  func slope(in state: LIFState) -> Balance {
    let parameters = flow.parameters
    var slope = Balance()
    slope.add(state.current / parameters.tauMem)
    slope.add(parameters.vLeak / parameters.tauMem)
    slope.add(-state.potential / parameters.tauMem)
    return slope
  }

  /// ∂L/∂V_max dV/dt in a state: what the loss gains where the time of its maximum moves.
  func gain(_ impulse: LossEvaluation.Impulse, in state: LIFState) -> Balance {
    let slope = slope(in: state)
    var gain = Balance()
    gain.add(impulse.gradient * slope.sum, size: impulse.gradient * slope.size)
    return gain
  }

  /// Ends the stretch at a time, in a state, and starts the next one in another state with its H.
  mutating func end(
    at time: Double, in last: LIFState, next: LIFState, energy: Balance = Balance()
  ) {
    if drive != 0 {
      let parameters = flow.parameters
      linear.add(drive * parameters.vLeak * (time - start))
      linear.add(-drive * parameters.tauMem * (last.potential - state.potential))
      linear.add(drive * parameters.tauSyn * (state.current - last.current))
    }
    start = time
    state = next
    self.energy = energy
  }
}
