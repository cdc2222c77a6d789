/// A sum that should be zero, with the sum of the magnitudes of its terms, which sets its rounding.
struct Balance: Sendable {
  private(set) var sum = 0.0
  private(set) var size = 0.0

  /// Adds a term, whose rounding is that of `size`, or of itself.
  mutating func add(_ term: Double, size: Double? = nil) {
    sum += term
    self.size += Self.magnitude(size ?? term)
  }

  /// Adds another sum, with its rounding.
  mutating func add(_ other: Balance) { add(other.sum, size: other.size) }

  /// One side minus the other, with the rounding of both.
  static func - (one: Balance, other: Balance) -> Balance {
    var difference = Balance()
    difference.add(one)
    difference.add(-other.sum, size: other.size)
    return difference
  }

  /// The size of a number, at least that of the smallest number with all digits: below it a number has lost digits.
  static func magnitude(_ number: Double) -> Double { max(abs(number), .leastNormalMagnitude) }

  /// |sum| relative to the size; 0 for no terms, infinite for a NaN.
  var relative: Double {
    let relative = sum == 0 ? 0 : abs(sum) / size
    return relative.isNaN ? .infinity : relative
  }
}
