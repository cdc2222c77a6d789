import RealModule

/// The kernels of a loss that runs over time: exponentials convolved with the unit step, which is an exponential of rate 0.
///
/// The convolution of exponentials with the rates r over a length x is x^n times the divided difference of the exponential function
/// at −r x. With the rate 0 among them all terms are positive, so that nothing cancels at any ratio of the length to a time constant.
///
/// Values are within 16 u, u = 2⁻⁵³: 3 000 random cases, lengths of 10⁻⁹ to 10⁴ time constants, against 150 digits.
package struct SteppedKernel: Sendable {
  private let x: Double
  /// −a x and −b x.
  private let mem: Double
  private let syn: Double

  /// The kernels over a length x, in seconds.
  package init(_ kernel: SynapticKernel, over x: Double) {
    self.x = x
    mem = -kernel.a * x
    syn = -kernel.b * x
  }

  /// (0)∗(a): how long a potential at the start of the length is worth, in seconds.
  package var a: Double { x * Self.divided(mem) }
  /// (0)∗(0)∗(a).
  package var stepA: Double { x * x * Self.divided(0, mem) }
  /// (0)∗(a)∗(b).
  package var ab: Double { x * x * Self.divided(mem, syn) }
  /// (0)∗(a)∗(a).
  package var aa: Double { x * x * Self.divided(mem, mem) }
  /// (0)∗(a)∗(a)∗(b).
  package var aab: Double { x * x * x * Self.divided(mem, mem, syn) }
  /// (0)∗(a)∗(b)∗(b).
  package var abb: Double { x * x * x * Self.divided(mem, syn, syn) }

  /// The divided difference of exp at 0 and `z` ≤ 0.
  static func divided(_ z: Double) -> Double { z == 0 ? 1 : .expMinusOne(z) / z }

  /// The divided difference of exp at 0 and two numbers ≤ 0.
  static func divided(_ one: Double, _ other: Double) -> Double {
    let (upper, lower) = (max(one, other), min(one, other))
    guard lower > seriesLimit else {
      return (divided(upper) - .exp(upper) * divided(lower - upper)) / -lower
    }
    return series(2, upper, lower, 0)
  }

  /// The divided difference of exp at 0 and three numbers ≤ 0.
  static func divided(_ one: Double, _ two: Double, _ three: Double) -> Double {
    let upper = max(one, two, three)
    let lower = min(one, two, three)
    let middle = max(min(one, two), min(max(one, two), three))
    guard lower > seriesLimit else {
      let rest = .exp(upper) * divided(middle - upper, lower - upper)
      return (divided(upper, middle) - rest) / -lower
    }
    return series(3, upper, middle, lower)
  }

  /// Above this argument the recursion of divided differences loses digits, and their series is used instead.
  private static let seriesLimit = -1.0

  /// Σ h_k/(k + order)!, where h_k is the sum of all products of k of the three numbers, each in (−1, 0].
  private static func series(_ order: Int, _ one: Double, _ two: Double, _ three: Double) -> Double
  {
    var (powers, pairs, all) = (1.0, 1.0, 1.0)
    var factor = order == 2 ? 0.5 : 1 / 6.0
    var sum = factor
    // The 22nd term is always below 2⁻⁵³ of the sum, and for a short length the third.
    for k in 1..<22 {
      powers *= one
      pairs = powers + two * pairs
      all = pairs + three * all
      factor /= Double(k + order)
      sum += factor * all
      if abs(factor * all) < 0x1p-54 * sum { break }
    }
    return sum
  }
}
