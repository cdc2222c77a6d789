import EventProp
import RealModule

/// A number with its derivatives in eight directions.
///
/// Arithmetic on duals is the chain rule and nothing else. A computation with duals is therefore
/// differentiated without any formula of its derivative. Most of a network does not depend on a
/// given parameter. A dual that does not vary is marked, and its tangents are not computed.
struct Dual: Sendable {
  /// The directions, computed together.
  typealias Tangents = SIMD8<Double>

  /// The number of directions.
  static let width = Tangents.scalarCount

  // The tangents come first: with their alignment a dual then takes two cache lines, not three.
  private(set) var tangents: Tangents
  var value: Double
  private(set) var varies: Bool

  /// A constant.
  init(_ value: Double) {
    self.value = value
    tangents = Tangents()
    varies = false
  }

  /// A number with given derivatives.
  init(_ value: Double, tangents: Tangents) {
    self.value = value
    self.tangents = tangents
    varies = true
  }

  /// The same number plus a part that varies as `dual` does, `slope` times as fast: a step of the chain rule.
  @inline(__always)
  func following(_ dual: Dual, slope: Double) -> Dual {
    guard dual.varies else { return self }
    return Dual(value, tangents: tangents + dual.tangents * slope)
  }

  /// A function of this number, by its value and its derivative there.
  @inline(__always)
  func mapped(to value: Double, slope: @autoclosure () -> Double) -> Dual {
    varies ? Dual(value, tangents: tangents * slope()) : Dual(value)
  }

  /// A function of two numbers, by its value and its partial derivatives.
  @inline(__always)
  private static func combined(
    _ value: Double, _ one: Dual, _ slope: @autoclosure () -> Double, _ other: Dual,
    _ otherSlope: @autoclosure () -> Double
  ) -> Dual {
    switch (one.varies, other.varies) {
    case (false, false): Dual(value)
    case (true, false): Dual(value, tangents: one.tangents * slope())
    case (false, true): Dual(value, tangents: other.tangents * otherSlope())
    case (true, true):
      Dual(value, tangents: one.tangents * slope() + other.tangents * otherSlope())
    }
  }

  @inline(__always)
  static func + (one: Dual, other: Dual) -> Dual {
    combined(one.value + other.value, one, 1, other, 1)
  }
  @inline(__always)
  static func - (one: Dual, other: Dual) -> Dual {
    combined(one.value - other.value, one, 1, other, -1)
  }
  @inline(__always)
  static func * (one: Dual, other: Dual) -> Dual {
    combined(one.value * other.value, one, other.value, other, one.value)
  }
  @inline(__always)
  static func / (one: Dual, other: Dual) -> Dual {
    let quotient = one.value / other.value
    return combined(quotient, one, 1 / other.value, other, -quotient / other.value)
  }
  @inline(__always)
  static func * (factor: Double, dual: Dual) -> Dual {
    dual.mapped(to: factor * dual.value, slope: factor)
  }
  static prefix func - (dual: Dual) -> Dual { -1 * dual }

  /// e^z.
  var exponential: Dual {
    let value = Double.exp(value)
    return mapped(to: value, slope: value)
  }

  /// e^z − 1.
  var exponentialMinusOne: Dual {
    let value = Double.expMinusOne(value)
    // Near −1 the sum would lose the digits of e^z.
    return mapped(to: value, slope: value > -0.5 ? value + 1 : .exp(self.value))
  }

  /// The natural logarithm.
  var logarithm: Dual { mapped(to: .log(value), slope: 1 / value) }

  /// The natural logarithm of 1 + z.
  var logarithmOfOnePlus: Dual { mapped(to: .log(onePlus: value), slope: 1 / (1 + value)) }

  /// psi1(z) = (e^z − 1)/z, continued by 1 at z = 0.
  var meanExponential: Dual {
    let known = Double.expMinusOne(value)
    return mapped(
      to: Self.meanExponential(value, known), slope: Self.meanExponentialSlope(value, known))
  }

  /// psi1(z), from z and the known value of e^z − 1.
  static func meanExponential(_ z: Double, _ exponentialMinusOne: Double) -> Double {
    z == 0 ? 1 : exponentialMinusOne / z
  }

  /// psi1'(z) = psi1(z) − psi2(z) = (z e^z − (e^z − 1))/z².
  ///
  /// The numerator cancels near 0, where the series Σ (k + 1) z^k / (k + 2)! is used: its terms of order 18 at |z| < 0.7, and
  /// of order 7 at |z| < 0.02, are below 2⁻⁵³ of the sum.
  static func meanExponentialSlope(_ z: Double, _ exponentialMinusOne: Double) -> Double {
    guard abs(z) < 0.7 else {
      return (z * .exp(z) - exponentialMinusOne) / (z * z)
    }
    var sum = 0.0
    slopeSeries.withUnsafeBufferPointer { series in
      for order in stride(from: abs(z) < 0.02 ? 6 : 17, through: 0, by: -1) {
        sum = sum * z + series[order]
      }
    }
    return sum
  }

  /// (k + 1)/(k + 2)! for k = 0 … 17.
  private static let slopeSeries: [Double] = {
    var factorial = 1.0
    return (0..<18).map { k in
      factorial *= Double(k + 2)
      return Double(k + 1) / factorial
    }
  }()

  /// The divided difference of e^z at 0 and two numbers ≤ 0, which is x^−2 times an exponential convolved twice.
  ///
  /// It is written with sums of one sign, and differentiated by the arithmetic alone.
  static func dividedExponential(_ one: Dual, _ other: Dual) -> Dual {
    let (upper, lower) = one.value >= other.value ? (one, other) : (other, one)
    guard lower.value > -1 else {
      return (upper.meanExponential - upper.exponential * (lower - upper).meanExponential)
        / -lower
    }
    // Σ h_k/(k + 2)!, where h_k is the sum of all products of k of the two numbers; term 22 is below 2⁻⁵³ of the sum.
    var (powers, products, sum, factor) = (Dual(1), Dual(1), Dual(0.5), 0.5)
    for k in 1..<22 {
      powers = powers * upper
      products = powers + lower * products
      factor /= Double(k + 2)
      sum = sum + factor * products
    }
    return sum
  }
}
