extension ClosedRange<Double> {
  /// The extent of the range, at most the largest finite number.
  package var extent: Double { Swift.min(upperBound - lowerBound, .greatestFiniteMagnitude) }

  /// The part of the range below a value of it, from 0 to 1; 0 in an empty range.
  ///
  /// The range may reach from one end of the finite numbers to the other.
  package func part(below value: Double) -> Double {
    let extent = upperBound - lowerBound
    guard extent > 0 else { return 0 }
    if extent.isFinite { return (value - lowerBound) / extent }
    return (value / 2 - lowerBound / 2) / (upperBound / 2 - lowerBound / 2)
  }

  /// The value with a part of the range below it; parts outside 0 to 1 lead outside the range.
  package func value(above part: Double) -> Double {
    let extent = upperBound - lowerBound
    if extent.isFinite { return lowerBound + extent * part }
    return lowerBound * (1 - part) + upperBound * part
  }

  /// The range with a margin on both sides, as far as numbers go.
  package func padded(below: Double, above: Double) -> ClosedRange<Double> {
    let end = Double.greatestFiniteMagnitude
    return Swift.max(lowerBound - below, -end)...Swift.min(upperBound + above, end)
  }
}
