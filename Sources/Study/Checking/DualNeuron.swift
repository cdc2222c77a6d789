import EventProp
import RealModule

/// A neuron whose parameters, state and last event time carry tangents.
///
/// The flow is written a second time here, on duals. It shares nothing with the adjoint and takes
/// its derivatives from the arithmetic alone. The length of a stretch is a dual, so that a moving
/// event needs no formula for its jump.
struct DualNeuron: Sendable {
  let a: Dual
  let b: Dual
  let vLeak: Dual
  private(set) var potential: Dual
  private(set) var current: Dual
  /// The time of the last event that reached the neuron.
  private(set) var time = Dual(0)
  let vThreshold: Dual
  let vReset: Dual
  /// ∫ V dt so far; kept only where a loss asks for it.
  private(set) var integral = Dual(0)
  private let integrates: Bool

  init(
    tauMem: Dual, tauSyn: Dual, vThreshold: Dual, vLeak: Dual, vReset: Dual, potential: Dual,
    current: Dual, integrates: Bool
  ) {
    self.vThreshold = vThreshold
    self.vLeak = vLeak
    self.vReset = vReset
    self.potential = potential
    self.current = current
    self.integrates = integrates
    a = Dual(1) / tauMem
    b = Dual(1) / tauSyn
  }

  /// V and I after a length x: V = v_leak + (V − v_leak) E + I G and I = I F, with the ``FlowFactors`` E, F and G.
  @inline(__always)
  private func flowed(by x: Dual) -> (potential: Dual, current: Dual) {
    let u = a * x
    let v = b * x
    let factors = FlowFactors(u.value, v.value)
    let excess = potential.value - vLeak.value
    let given = current.value * factors.g
    // Over a long length V is what is left beside v_leak; over a short one it is what is added to V before.
    let kept =
      factors.isLong
      ? vLeak.value + excess * factors.e : potential.value + excess * factors.lost
    let laterCurrent = current.value * factors.f
    return (
      Dual(kept + given)
        .following(potential, slope: factors.e)
        .following(vLeak, slope: -factors.lost)
        .following(current, slope: factors.g)
        .following(u, slope: current.value * factors.gSlopes.u - excess * factors.e)
        .following(v, slope: current.value * factors.gSlopes.v),
      Dual(laterCurrent)
        .following(current, slope: factors.f)
        .following(v, slope: -laterCurrent)
    )
  }

  /// V at a time that is not earlier than the last event.
  func potential(at time: Dual) -> Dual { flowed(by: time - self.time).potential }

  /// Flows to a time; a length of zero counts too, because its tangent is not zero.
  mutating func advance(to time: Dual) {
    let x = time - self.time
    let later = flowed(by: x)
    if integrates {
      // What V, v_leak and I are worth over the length; none of them is a difference of larger numbers.
      let (mem, syn) = (-(a * x), -(b * x))
      integral =
        integral + x * mem.meanExponential * potential
        + a * (x * x)
        * (Dual.dividedExponential(Dual(0), mem) * vLeak
          + Dual.dividedExponential(mem, syn) * current)
    }
    potential = later.potential
    current = later.current
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

/// What a length x makes of a neuron's state, as functions of u = a x and v = b x.
///
/// E = e^(−u), F = e^(−v), and G = a (a)∗(b) = u e^(−u) psi1(u − v) = u e^(−v) psi1(v − u): of these two, the one whose
/// exponents are not positive. Their slopes are those of exponentials, of psi1, and of products.
private struct FlowFactors {
  /// E.
  let e: Double
  /// E − 1, which keeps its digits over a short length.
  let lost: Double
  /// F.
  let f: Double
  /// G.
  let g: Double
  /// ∂G/∂u and ∂G/∂v.
  let gSlopes: (u: Double, v: Double)
  /// Whether E is far from 1.
  let isLong: Bool

  @inline(__always)
  init(_ u: Double, _ v: Double) {
    lost = .expMinusOne(-u)
    isLong = u > 0.7
    e = isLong ? .exp(-u) : 1 + lost
    let isMemSlower = v >= u
    let z = isMemSlower ? u - v : v - u
    let apart = Double.expMinusOne(z)
    let slower = isMemSlower ? e : .exp(-v)
    // F is E e^z, unless z is so long that 1 + (e^z − 1) loses digits.
    f = !isMemSlower ? slower : z < -0.7 ? .exp(-v) : slower + slower * apart
    let mean = Dual.meanExponential(z, apart)
    let slope = u * slower * Dual.meanExponentialSlope(z, apart)
    g = u * slower * mean
    gSlopes =
      isMemSlower
      ? (slower * mean - g + slope, -slope) : (slower * mean - slope, slope - g)
  }
}
