import EventProp

/// A neuron whose parameters, state and last event time carry tangents.
///
/// The flow is written a second time here, on duals. It shares nothing with the adjoint and takes
/// its derivatives from the arithmetic alone. The length of a stretch is a dual, so that a moving
/// event needs no formula for its jump.
struct DualNeuron: Sendable {
  let a: Dual
  let b: Dual
  let tauMem: Dual
  let tauSyn: Dual
  let vThreshold: Dual
  let vLeak: Dual
  let vReset: Dual
  private(set) var potential: Dual
  private(set) var current: Dual
  /// The time of the last event that reached the neuron.
  private(set) var time = Dual(0)
  /// ∫ V dt so far; kept only where a loss asks for it.
  private(set) var integral = Dual(0)
  private let integrates: Bool

  init(
    tauMem: Dual, tauSyn: Dual, vThreshold: Dual, vLeak: Dual, vReset: Dual, potential: Dual,
    current: Dual, integrates: Bool
  ) {
    self.tauMem = tauMem
    self.tauSyn = tauSyn
    self.vThreshold = vThreshold
    self.vLeak = vLeak
    self.vReset = vReset
    self.potential = potential
    self.current = current
    self.integrates = integrates
    a = Dual(1) / tauMem
    b = Dual(1) / tauSyn
  }

  /// (a)∗(b) over a length x; one formula serves both signs of a − b, and its exponent is not
  /// positive.
  private func kernel(_ x: Dual) -> Dual {
    b.value >= a.value
      ? x * (-(a * x)).exponential * ((a - b) * x).meanExponential
      : x * (-(b * x)).exponential * ((b - a) * x).meanExponential
  }

  /// V at a time that is not earlier than the last event.
  ///
  /// Over a long length V is what is left beside v_leak; over a short one it is what is added to V before.
  func potential(at time: Dual) -> Dual {
    let x = time - self.time
    let excess = potential - vLeak
    let decay = -(a * x)
    let flowed =
      decay.value < -0.7
      ? vLeak + excess * decay.exponential : potential + excess * decay.exponentialMinusOne
    return flowed + current * a * kernel(x)
  }

  /// Flows to a time; a length of zero counts too, because its tangent is not zero.
  mutating func advance(to time: Dual) {
    let x = time - self.time
    let laterPotential = potential(at: time)
    let laterCurrent = current * (-(b * x)).exponential
    if integrates {
      // What V, v_leak and I are worth over the length; none of them is a difference of larger numbers.
      let (mem, syn) = (-(a * x), -(b * x))
      integral =
        integral + x * mem.meanExponential * potential
        + a * (x * x)
        * (Dual.dividedExponential(Dual(0), mem) * vLeak
          + Dual.dividedExponential(mem, syn) * current)
    }
    potential = laterPotential
    current = laterCurrent
    self.time = time
  }

  /// The dual time of the threshold crossing that happens at a known time.
  ///
  /// At the crossing g = V(t) − v_th = 0. With t held fixed, g has the tangent dg, so the crossing
  /// moves by −dg/(dV/dt). The slope is the one at the threshold. This matters only for a given
  /// spike, where the adjoint uses the same slope.
  func crossing(at known: Double) -> Dual {
    let here = Dual(known)
    let gap = potential(at: here) - vThreshold
    let laterCurrent = current.value * Dual(-b.value * (known - time.value)).exponential.value
    let slope = a.value * (laterCurrent - (vThreshold.value - vLeak.value))
    return gap.mapped(to: known, slope: -1 / slope)
  }

  /// Restarts at v_reset.
  mutating func reset() { potential = vReset }

  /// Adds a weight to the current.
  mutating func receive(_ weight: Dual) { current = current + weight }
}
