import RealModule

/// The first crossing of a neuron inside a window, with the decays up to it.
///
/// The result is the same as from ``ThresholdCrossing``. For tau_mem = 2 tau_syn it is a closed form,
/// but ill-conditioned and unusual states go to ``ThresholdCrossing``.
struct WindowCrossing {
  /// v_th − v_leak.
  let theta: Double
  /// The largest part of a unit current that reaches V, with a margin for rounding.
  let largestGain: Double
  /// The distance in seconds below which two events may fall on one instant up to rounding.
  let instant: Double
  let flow: LIFFlow
  private let general: ThresholdCrossing
  private let vLeak: Double
  private let a: Double
  private let b: Double
  private let scale: TimeScale

  /// Whether U is at the threshold up to rounding.
  @inline(__always)
  func isAtThreshold(_ excess: Double, current: Double) -> Bool {
    abs(excess - theta) <= 1e-11 * (abs(theta) + abs(current))
  }

  /// Whether the maximum of V after a state is at the threshold up to rounding.
  func grazes(excess: Double, current: Double) -> Bool {
    guard theta > 0,
      let peak = flow.turningPoint(
        from: LIFState(potential: excess + vLeak, current: current))
    else { return false }
    return isAtThreshold(current * .exp(-b * peak), current: current)
  }

  /// The length until the crossing, infinite when there is none, and the decays over it.
  struct Root {
    var length: Double
    var decays: (mem: Double, syn: Double)

    static let none = Root(length: .infinity, decays: (0, 0))
  }

  init(_ parameters: LIFParameters, _ scale: TimeScale) {
    theta = parameters.vThreshold - parameters.vLeak
    instant = parameters.instant
    flow = LIFFlow(parameters)
    general = ThresholdCrossing(flow)
    largestGain = general.largestGain * (1 + 1e-12)
    vLeak = parameters.vLeak
    a = scale.kernel.a
    b = scale.kernel.b
    self.scale = scale
  }

  /// The first crossing from U = V − v_leak and I.
  @inline(__always)
  func first(excess: Double, current: Double, within length: Double) -> Root {
    guard theta > 0 else { return generally(excess, current, length) }
    // A state can be at the threshold when an arrival falls on the instant of the crossing; it
    // spikes at once if V rises.
    if excess >= theta {
      return current > excess ? Root(length: 0, decays: (1, 1)) : .none
    }
    let rise = current - excess
    guard current > theta, rise > 0 else { return .none }
    if scale.ratio == .twoToOne {
      let missing = theta - excess
      let discriminant = (rise * rise).addingProduct(-4 * current, missing)
      if discriminant > 1e-4 * rise * rise {
        let y = 2 * missing / (rise + discriminant.squareRoot())
        // Far below v_leak, the parabola predicts a rise of V that does not happen.
        guard y < 1 else { return .none }
        let decay = 1 - y
        return Root(
          length: -scale.tauMem * Double.log(decay), decays: (decay, decay * decay))
      }
      // Far from a double root there is no root at all.
      if discriminant < -1e-4 * rise * rise { return .none }
    }
    return generally(excess, current, length)
  }

  @inline(never)
  private func generally(_ excess: Double, _ current: Double, _ length: Double) -> Root {
    let state = LIFState(potential: excess + vLeak, current: current)
    guard let x = general.first(from: state, within: length) else { return .none }
    return Root(length: x, decays: (.exp(-a * x), .exp(-b * x)))
  }
}
