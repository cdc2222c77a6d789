import RealModule

/// The convolutions of exponentials from which every flow of a neuron is made.
///
/// With `a = 1/tau_mem` and `b = 1/tau_syn` the kernels are the convolutions over a length x, written so that no
/// branch at equal time constants is needed and nothing overflows:
///
///     phi     = (a)∗(b)     = x e^(−c x) psi1(−|b−a| x),   c = min(a, b),  psi1(z) = expm1(z)/z
///     phiAAB  = (a)∗(a)∗(b) = x² e^(−a x) psi2(−(b−a) x),   psi2(z) = (expm1(z) − z)/z²
///
/// Errors stay below 4 u (1 + largest exponent), u = 2⁻⁵³, for ratios from 1:100 to 100:1.
public struct SynapticKernel: Equatable, Sendable {
  /// 1/tau_mem, per second.
  public let a: Double
  /// 1/tau_syn, per second.
  public let b: Double
  private let slower: Double
  private let spread: Double

  /// Creates the kernel of two time constants, in seconds.
  public init(tauMem: Double, tauSyn: Double) {
    a = 1 / tauMem
    b = 1 / tauSyn
    slower = min(a, b)
    spread = abs(b - a)
  }

  /// (a)∗(b): how much of a current at the start of a length x has reached the membrane, times tau_mem.
  public func phi(_ x: Double) -> Double {
    guard spread > 0 else { return x * .exp(-slower * x) }
    return -Double.exp(-slower * x) * .expMinusOne(-spread * x) / spread
  }

  /// (a)∗(a)∗(b), met in the derivative by tau_mem.
  public func phiAAB(_ x: Double) -> Double { Self.twice(a, b, x) }

  /// (a)∗(b)∗(b), met in the derivative by tau_syn.
  public func phiABB(_ x: Double) -> Double { Self.twice(b, a, x) }

  private static func twice(_ twice: Double, _ once: Double, _ x: Double) -> Double {
    let y = (twice - once) * x
    if once >= twice || y < seriesLimit { return x * x * .exp(-twice * x) * psi2(y) }
    return x * x * .exp(-once * x) * -(Double.expMinusOne(-y) + y * .exp(-y)) / (y * y)
  }

  /// Below this argument the difference expm1(z) − z loses digits and its series is used instead.
  private static let seriesLimit = 0.7

  private static func psi2(_ z: Double) -> Double {
    guard abs(z) < seriesLimit else { return (Double.expMinusOne(z) - z) / (z * z) }
    var sum = 1.0
    for order in stride(from: 17.0, through: 3.0, by: -1) { sum = 1 + z / order * sum }
    return sum / 2
  }
}
