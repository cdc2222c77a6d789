import RealModule

/// The first crossing of a neuron inside a window, with the decays up to it.
///
/// The result is the same as from ``ThresholdCrossing``, but faster where V at the end of the
/// window is known. For tau_mem = 2 tau_syn it is a closed form, otherwise Newton's iteration from
/// the root of a parabola. Ill-conditioned and unusual states go to ``ThresholdCrossing``.
struct WindowCrossing {
  /// v_th − v_leak.
  let theta: Double
  /// The least current that can lift V to a maximum above the threshold; infinite where no maximum
  /// can lie between two crossings.
  let leastCurrent: Double
  /// The largest part of a unit current that reaches V, with a margin for rounding.
  let largestGain: Double
  /// The distance in seconds below which two events may fall on one instant up to rounding.
  let instant: Double
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

  /// The length until the crossing, infinite when there is none, and the decays over it.
  struct Root {
    var length: Double
    var decays: (mem: Double, syn: Double)

    static let none = Root(length: .infinity, decays: (0, 0))
  }

  init(_ parameters: LIFParameters, _ scale: TimeScale) {
    theta = parameters.vThreshold - parameters.vLeak
    instant = parameters.instant
    leastCurrent = theta > 0 ? theta : .infinity
    general = ThresholdCrossing(LIFFlow(parameters))
    largestGain = general.largestGain * (1 + 1e-12)
    vLeak = parameters.vLeak
    a = scale.kernel.a
    b = scale.kernel.b
    self.scale = scale
  }

  /// The first crossing from U = V − v_leak and I; `endExcess` is U at the window's end, where it is known.
  @inline(__always)
  func first(
    excess: Double, current: Double, within length: Double, endExcess: Double?
  ) -> Root {
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
    } else if let endExcess, endExcess >= theta,
      let root = newton(excess, current, rise, length, endExcess)
    {
      return root
    }
    return generally(excess, current, length)
  }

  /// Newton's iteration; nil where it does not converge quickly.
  @inline(__always)
  private func newton(
    _ excess: Double, _ current: Double, _ rise: Double, _ length: Double, _ endExcess: Double
  ) -> Root? {
    let below = excess - theta
    let slope = a * rise
    let curvature = (endExcess - theta - below - slope * length) / (length * length)
    var x = -2 * below / (slope + (slope * slope - 4 * curvature * below).squareRoot())
    guard x >= 0, x <= length else { return nil }
    for _ in 0..<8 {
      let mem = Double.exp(-a * x)
      let syn = scale.ratio == .equal ? mem : Double.exp(-b * x)
      let potential = excess * mem + current * scale.gain(x, mem, syn)
      let step = (potential - theta) / (a * (current * syn - potential))
      x -= step
      guard x >= 0, x <= length else { return nil }
      if abs(step) * (a + b) < 1e-8 {
        return Root(length: x, decays: (mem * (1 + a * step), syn * (1 + b * step)))
      }
    }
    return nil
  }

  @inline(never)
  private func generally(_ excess: Double, _ current: Double, _ length: Double) -> Root {
    let state = LIFState(potential: excess + vLeak, current: current)
    guard let x = general.first(from: state, within: length) else { return .none }
    return Root(length: x, decays: (.exp(-a * x), .exp(-b * x)))
  }
}
