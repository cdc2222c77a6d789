import RealModule

/// The convolutions of exponentials from which every flow of a neuron is made.
///
/// With `a = 1/tau_mem` and `b = 1/tau_syn` the kernels are the convolutions over a length x. This
/// form needs no branch at equal time constants, and nothing overflows:
///
///     phi     = (a)∗(b)     = x e^(−c x) psi1(−|b−a| x),   c = min(a, b),  psi1(z) = expm1(z)/z
///     phiAAB  = (a)∗(a)∗(b) = x² e^(−a x) psi2(−(b−a) x),   psi2(z) = (expm1(z) − z)/z²
///
/// Errors stay below 4 u (1 + largest exponent), u = 2⁻⁵³, for ratios from 1:100 to 100:1.
package struct SynapticKernel: Equatable, Sendable {
  /// 1/tau_mem, per second.
  package let a: Double
  /// 1/tau_syn, per second.
  package let b: Double
  private let slower: Double
  private let spread: Double
  private let isTwoToOne: Bool

  /// Creates the kernel of two time constants, in seconds.
  package init(tauMem: Double, tauSyn: Double) {
    a = 1 / tauMem
    b = 1 / tauSyn
    slower = min(a, b)
    spread = abs(b - a)
    isTwoToOne = tauMem == 2 * tauSyn
  }

  /// (a)∗(b): how much of a current at the start of a length x has reached the membrane, times tau_mem.
  package func phi(_ x: Double) -> Double {
    guard spread > 0 else { return x * .exp(-slower * x) }
    return -Double.exp(-slower * x) * .expMinusOne(-spread * x) / spread
  }

  /// (a)∗(a)∗(b), met in the derivative by tau_mem.
  package func phiAAB(_ x: Double) -> Double { decay(over: x).phiAAB }

  /// (a)∗(b)∗(b), met in the derivative by tau_syn.
  package func phiABB(_ x: Double) -> Double { decay(over: x).phiABB }

  /// All that a flow over one length needs.
  package struct Decay: Equatable, Sendable {
    /// e^(−a x).
    package var mem: Double
    /// e^(−b x).
    package var syn: Double
    package var phi: Double
    package var phiAAB: Double
    package var phiABB: Double
  }

  /// The decays and kernels over a length x; they cost one exponential where x is short against the
  /// time constants, else two.
  ///
  /// With z = (b − a) x all of them follow from e^(−a x) and psi2(−z):
  ///
  ///     psi1(−z) = 1 − z psi2    e^(−z) = 1 − z psi1    phiABB = x² e^(−a x) (1 − (1 + z) psi2)
  @inline(__always)
  package func decay(over x: Double) -> Decay {
    let mem = Double.exp(-a * x)
    let z = (b - a) * x
    guard abs(z) >= Self.seriesLimit else {
      let psi2 = Self.psi2(-z)
      let psi1 = 1 - z * psi2
      let area = x * x * mem
      return Decay(
        mem: mem, syn: mem * (1 - z * psi1), phi: x * mem * psi1, phiAAB: area * psi2,
        phiABB: area * (1 - (1 + z) * psi2))
    }
    let syn = isTwoToOne ? mem * mem : Double.exp(-b * x)
    let phi = (mem - syn) / (b - a)
    return Decay(
      mem: mem, syn: syn, phi: phi, phiAAB: (x * mem - phi) / (b - a),
      phiABB: (phi - x * syn) / (b - a))
  }

  /// The first three parts of ``decay(over:)``, which carry a state; the other two would cost divisions.
  package func decays(over x: Double) -> (mem: Double, syn: Double, phi: Double) {
    let decay = decay(over: x)
    return (decay.mem, decay.syn, decay.phi)
  }

  /// Below this argument the difference expm1(z) − z loses digits and its series is used instead.
  private static let seriesLimit = 0.5

  /// (expm1(z) − z)/z² = Σ zⁿ/(n + 2)! for |z| < ``seriesLimit``.
  ///
  /// Terms beyond rounding are left out. Pairs of terms are summed side by side.
  @inline(__always)
  private static func psi2(_ z: Double) -> Double {
    let square = z * z
    let fourth = square * square
    let low = (0x1p-1 + z * (1 / 6.0)) + square * ((1 / 24.0) + z * (1 / 120.0))
    let middle = ((1 / 720.0) + z * (1 / 5040.0)) + square * ((1 / 40320.0) + z * (1 / 362880.0))
    let high =
      ((1 / 3_628_800.0) + z * (1 / 39_916_800.0))
      + square * ((1 / 479_001_600.0) + z * (1 / 6_227_020_800.0))
    let last = (1 / 87_178_291_200.0) + z * (1 / 1_307_674_368_000.0)
    return low + fourth * (middle + fourth * (high + fourth * last))
  }
}
