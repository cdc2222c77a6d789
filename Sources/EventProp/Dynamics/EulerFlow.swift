import RealModule

/// The flow of a neuron by explicit Euler steps, as on a grid of time; the last step of a length is
/// shorter where the steps do not fill it.
///
/// It exists for the wrong rule `euler` only. A length x takes O(log(x / step)) operations, because
/// equal steps are a power of one matrix.
struct EulerFlow: Sendable {
  /// 1/tau_mem, per second.
  let a: Double
  /// 1/tau_syn, per second.
  let b: Double
  /// The length of a step, in seconds.
  let step: Double

  /// The number of whole steps in a length, and the length of the rest.
  private func parts(of x: Double) -> (steps: Int, rest: Double) {
    let count = x / step
    let nearest = count.rounded()
    // A length on the grid is a whole number of steps, whatever its rounding.
    if abs(count - nearest) <= 1e-9 * max(1, nearest) {
      return (Int(exactly: min(nearest, Self.mostSteps)) ?? 0, 0)
    }
    let whole = min(count.rounded(.down), Self.mostSteps)
    return (Int(whole), max(0, x - whole * step))
  }

  private static let mostSteps = 1e15

  /// One step, or several: λ_V keeps the factor v; λ_I keeps the factor i and gains m λ_V.
  private struct Propagator {
    var v: Double
    var i: Double
    var m: Double

    /// This one after an earlier one.
    func after(_ first: Self) -> Self {
      Self(v: v * first.v, i: i * first.i, m: i * first.m + m * first.v)
    }
  }

  private func propagator(over x: Double) -> Propagator {
    let (steps, rest) = parts(of: x)
    var power = Propagator(v: 1 - step * a, i: 1 - step * b, m: step * b)
    var whole = Propagator(v: 1, i: 1, m: 0)
    var left = steps
    while left > 0 {
      if left & 1 == 1 { whole = power.after(whole) }
      power = power.after(power)
      left >>= 1
    }
    return Propagator(v: 1 - rest * a, i: 1 - rest * b, m: rest * b).after(whole)
  }

  /// λ a length x earlier, with the coefficient of a running loss.
  func back(_ state: AdjointState, drive: Double, over x: Double) -> AdjointState {
    let flow = propagator(over: x)
    let (v, i) = (state.lambdaV + drive, state.lambdaI + drive)
    return AdjointState(lambdaV: flow.v * v - drive, lambdaI: flow.i * i + flow.m * v - drive)
  }

  /// The factor by which a current decays over a length x.
  func currentDecay(over x: Double) -> Double { propagator(over: x).i }
}
