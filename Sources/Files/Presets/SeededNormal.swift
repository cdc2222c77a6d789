import EventProp
import Study

/// Normally distributed numbers that are the same on every platform.
///
/// Random bits come from SplitMix64 (Steele, Lea & Flood 2014, https://doi.org/10.1145/2660193.2660195) with `seed` as
/// its state. A uniform number in [0, 1) is the upper 53 of 64 bits times 2⁻⁵³. Normal numbers come in pairs from the
/// polar method (Marsaglia & Bray 1964, https://doi.org/10.1137/1006063): draw u, then v, uniform in [−1, 1) as twice
/// such a number minus 1, until 0 < s = u² + v² < 1; the pair is u·f, v·f with f = √(−2·ln s / s), and the second of
/// the two is kept for the next call. A value is mean + std · z.
///
/// The logarithm is computed here with additions, multiplications and divisions only, because IEEE
/// 754 defines their rounding. The logarithms of C libraries differ in the last bit.
struct SeededNormal {
  private var state: UInt64
  private var kept: Double?

  init(seed: UInt64) { state = seed }

  /// 64 random bits: SplitMix64.
  mutating func bits() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return SplitMix64.mixed(state)
  }

  /// A uniform number in [0, 1).
  mutating func uniform() -> Double { Double(bits() >> 11) * 0x1p-53 }

  /// A whole number below a bound, without bias.
  ///
  /// The result is the upper half of bits · bound; bits are drawn again while the lower half is
  /// below 2⁶⁴ mod bound (Lemire 2019, https://doi.org/10.1145/3230636).
  mutating func below(_ bound: Int) -> Int {
    let bound = UInt64(bound)
    while true {
      let (high, low) = bits().multipliedFullWidth(by: bound)
      if low >= (0 &- bound) % bound { return Int(high) }
    }
  }

  /// A standard normal number.
  mutating func standard() -> Double {
    if let value = kept {
      kept = nil
      return value
    }
    while true {
      let u = 2 * uniform() - 1
      let v = 2 * uniform() - 1
      let s = u * u + v * v
      guard s < 1, s > 0 else { continue }
      let factor = (-2 * Self.logarithm(s) / s).squareRoot()
      kept = v * factor
      return u * factor
    }
  }

  /// ln x of a positive normal number: x = m · 2^e with m in [√½, √2), ln m = 2 artanh((m − 1)/(m + 1)).
  ///
  /// |(m − 1)/(m + 1)| < 0.1716, so that the series ends below 1e-17 with its 11th term. Terms are added from the
  /// smallest, by Horner's rule.
  static func logarithm(_ x: Double) -> Double {
    var mantissa = x.significand
    var exponent = Double(x.exponent)
    if mantissa >= 2.0.squareRoot() {
      mantissa /= 2
      exponent += 1
    }
    let r = (mantissa - 1) / (mantissa + 1)
    let square = r * r
    var sum = 0.0
    for order in stride(from: 21, through: 3, by: -2) { sum = (sum + 1 / Double(order)) * square }
    return exponent * 0.693147180559945309417 + 2 * r * (1 + sum)
  }

  /// A matrix of values, row by row.
  static func matrix(count: Int, mean: Double, deviation: Double, seed: UInt64) -> [Double] {
    var generator = SeededNormal(seed: seed)
    return (0..<count).map { _ in mean + deviation * generator.standard() }
  }

  /// Sparse connections: each row reaches `count` distinct columns.
  ///
  /// One list of all columns, at first in order, is kept from row to row. For each row the places k
  /// from 0 to count − 1 are swapped with place k + below(columns − k); the first `count` places
  /// are then its targets. The values of the row are drawn for the targets in ascending order, from
  /// the same generator.
  static func fanOut(
    rows: Int, columns: Int, count: Int, mean: Double, deviation: Double, seed: UInt64
  ) -> [(row: Int, column: Int, weight: Double)] {
    var generator = SeededNormal(seed: seed)
    var order = Array(0..<columns)
    var triples: [(row: Int, column: Int, weight: Double)] = []
    triples.reserveCapacity(rows * count)
    for row in 0..<rows {
      for place in 0..<count { order.swapAt(place, place + generator.below(columns - place)) }
      for column in order[..<count].sorted() {
        triples.append((row, column, mean + deviation * generator.standard()))
      }
    }
    return triples
  }
}
