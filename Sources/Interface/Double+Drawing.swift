extension Double {
  /// The number as a curve shows it: an infinite one is as far away as a number can be, and NaN is
  /// nowhere.
  var drawable: Double? {
    isNaN ? nil : Swift.min(Swift.max(self, -.greatestFiniteMagnitude), .greatestFiniteMagnitude)
  }
}

/// A unit of the time axis.
struct AxisUnit {
  let name: String
  /// The number of units in a second.
  let factor: Double

  /// The unit that suits a window: milliseconds suit the usual time constants; a network of
  /// microseconds gets its own unit, and a time beyond all thousandths stays in seconds.
  init(for window: ClosedRange<Double>) {
    let isSmall = window.upperBound < 0.5e-3
    let isLarge = window.upperBound > 1e300
    (name, factor) = isSmall ? ("us", 1e6) : isLarge ? ("s", 1) : ("ms", 1e3)
  }

  /// The window in this unit.
  func scaled(_ window: ClosedRange<Double>) -> ClosedRange<Double> {
    window.lowerBound * factor...window.upperBound * factor
  }
}
