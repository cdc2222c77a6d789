import CLayer

/// The terms that the ends of a neuron's stretches add to the derivatives by its parameters.
///
/// The integrals of λ_V dV/dt and λ_I dI/dt have closed forms while a neuron's four constants stay
/// the same. The derivative is therefore a sum over the changes: arrivals, own spikes, changes of
/// epoch, and t = 0. Each term is the difference of ``TimeScale/Antiderivatives`` on the two sides
/// of a change.
struct ParameterTerms {
  let scale: TimeScale

  /// The constants of a neuron's adjoint.
  typealias Constants = (p: Double, q: Double)
  /// Additions to the derivatives by tau_mem and tau_syn.
  typealias Times = (mem: Double, syn: Double)

  private func antiderivatives(at now: TimeScale.Instant) -> TimeScale.Antiderivatives {
    scale.antiderivatives(
      now.time - Double(now.epoch) * scale.epochLength, ratio: now.ys / now.ym)
  }

  /// What an arrival adds to the derivatives by the time constants: −w P mem to that by tau_mem,
  /// −w (Q syn + P cross) to that by tau_syn.
  struct ArrivalFactors {
    var mem: Double
    var syn: Double
    var cross: Double
  }

  /// The factors of arrivals at an instant, by the weight and by the constants of each neuron.
  func arrivals(at now: TimeScale.Instant) -> ArrivalFactors {
    let primitive = antiderivatives(at: now)
    let iym = 1 / now.ym
    let iys = 1 / now.ys
    return ArrivalFactors(
      mem: iys * (primitive.gain - now.c * iym * primitive.mem), syn: iys * primitive.syn,
      cross: iys * primitive.cross)
  }

  /// Adds the terms of a neuron's own spike; `after` is its adjoint at the later side.
  func addSpike(
    _ spike: SpikeTrain.Spike, of parameters: LIFParameters, before: Constants, after: Constants,
    to gradient: inout ParameterGradient
  ) -> Times {
    let lambda = (before: before.p / spike.ym, after: after.p / spike.ym)
    gradient.vThreshold += parameters.tauMem * lambda.before
    gradient.vReset -= parameters.tauMem * lambda.after
    gradient.vLeak -= parameters.tauMem * (lambda.before - lambda.after)
    let primitive = antiderivatives(at: spike.instant)
    let b = spike.current / spike.ys
    let top = (parameters.vThreshold - parameters.vLeak - b * spike.c) / spike.ym
    let bottom = (parameters.vReset - parameters.vLeak - b * spike.c) / spike.ym
    return (
      mem: before.p * (top * primitive.mem + b * primitive.gain)
        - after.p * (bottom * primitive.mem + b * primitive.gain),
      syn: b
        * ((before.q - after.q) * primitive.syn + (before.p - after.p) * primitive.cross)
    )
  }

  /// The antiderivatives at t = 0, the same for all neurons.
  typealias Start = (now: TimeScale.Instant, primitive: TimeScale.Antiderivatives)

  var start: Start {
    let now = scale.instant(at: 0)
    return (now, antiderivatives(at: now))
  }

  /// Adds the terms at t = 0: the initial state, and the earlier end of the first stretch.
  func addStart(
    _ state: LIFState, of parameters: LIFParameters, _ constants: Constants, _ start: Start,
    to gradient: inout ParameterGradient, and initial: inout LIFState
  ) -> Times {
    let (now, primitive) = start
    let lambdaV = constants.p / now.ym
    let lambdaI = scale.lambdaI(constants.p, constants.q, at: now)
    let b = state.current
    let a = state.potential - parameters.vLeak - b * now.c
    gradient.vLeak += parameters.tauMem * lambdaV
    initial.potential -= parameters.tauMem * lambdaV
    initial.current -= parameters.tauSyn * lambdaI
    return (
      mem: -constants.p * (a * primitive.mem + b * primitive.gain),
      syn: -b * (constants.q * primitive.syn + constants.p * primitive.cross)
    )
  }

  /// The factors of a change of epoch, the same for all neurons that make it.
  struct Boundary {
    let change: TimeScale.Rebase
    let later: TimeScale.Antiderivatives
    let earlier: TimeScale.Antiderivatives
  }

  func boundary(over epochs: Int) -> Boundary {
    let change = scale.rebase(over: epochs)
    return Boundary(
      change: change, later: scale.antiderivatives(0, ratio: 1),
      earlier: scale.faded(Double(epochs) * scale.epochLength, change))
  }

  /// Adds the ends of the two stretches that meet at the start of an epoch.
  ///
  /// `a` and `b` are the state as the earlier epoch counts it, `constants` the adjoint as the later
  /// one does.
  @inline(__always)
  func atBoundary(_ boundary: Boundary, a: Double, b: Double, _ constants: Constants) -> Times {
    let change = boundary.change
    let (earlier, later) = (boundary.earlier, boundary.later)
    let (p2, q2) = constants
    let (p1, q1) = (p2 * change.mem, q2 * change.syn + p2 * change.toQ)
    let (a2, b2) = (a * change.mem + b * change.toA, b * change.syn)
    return (
      mem: p1 * a * earlier.mem + p2 * b * earlier.gain
        - p2 * (a2 * later.mem + b2 * later.gain),
      syn: b * (q1 * earlier.syn + p2 * earlier.cross)
        - b2 * (q2 * later.syn + p2 * later.cross)
    )
  }
}

extension TimeScale {
  /// λ of the constants P and Q.
  func adjoint(_ p: Double, _ q: Double, at now: Instant) -> AdjointState {
    AdjointState(lambdaV: p / now.ym, lambdaI: lambdaI(p, q, at: now))
  }

  /// λ_I of the constants P and Q.
  @inline(__always)
  func lambdaI(_ p: Double, _ q: Double, at now: Instant) -> Double {
    q / now.ys - adjointRatio * now.c * p / (now.ym * now.ys)
  }
}
