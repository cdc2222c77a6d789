extension Quantity {
  /// A number for the screen with at most `digits` significant digits, the same in every locale.
  ///
  /// `0.6`, `-7.137`, `1.5e-07`. The sign of a zero is dropped; NaN and infinities print as such.
  package static func display(_ value: Double, digits: Int = 4) -> String {
    guard value.isFinite else { return "\(value)" }
    return DecimalText(value).rounded(toSignificant: digits).text
  }

  /// A time for the screen, in a unit that fits its size, with at most `digits` significant digits.
  ///
  /// - Parameters:
  ///   - seconds: The time, in seconds.
  ///   - digits: The number of significant digits.
  /// - Returns: `10 ms`, `13.08 ms`, `250 us`, `1.5 s`; zero is `0 ms`.
  package static func displayTime(_ seconds: Double, digits: Int = 4) -> String {
    guard seconds.isFinite else { return "\(seconds) s" }
    return withUnit(DecimalText(seconds).rounded(toSignificant: digits))
  }

  /// The power of ten of the first digit: 3 for 1027.9; 0 for zero and for no finite number.
  package static func order(of value: Double) -> Int {
    value.isFinite && value != 0 ? DecimalText(value).exponent - 1 : 0
  }

  /// A number or a time for the screen, with at most `digits` significant digits.
  package static func display(_ value: Double, isTime: Bool, digits: Int = 4) -> String {
    isTime ? displayTime(value, digits: digits) : display(value, digits: digits)
  }

  /// The shortest text that reads back to exactly the same number or time.
  package static func exact(_ value: Double, isTime: Bool) -> String {
    isTime ? exactTime(value) : exact(value)
  }

  /// The shortest text that reads back to exactly the same number; `inf` and `nan` as such.
  package static func exact(_ value: Double) -> String {
    guard value.isFinite else { return "\(value)" }
    let decimal = DecimalText(value)
    return decimal.isNegative && decimal.digits.isEmpty ? "-0" : decimal.text
  }

  /// The shortest text with a unit that reads back to exactly the same time.
  package static func exactTime(_ seconds: Double) -> String {
    seconds.isFinite ? withUnit(DecimalText(seconds)) : "\(seconds) s"
  }

  private static func withUnit(_ decimal: DecimalText) -> String {
    let unit: TimeUnit =
      switch decimal.exponent {
      case 1...: .seconds
      case -2...0: .milliseconds
      case -5 ... -3: .microseconds
      default: .nanoseconds
      }
    var shifted = decimal
    if !decimal.digits.isEmpty { shifted.exponent -= unit.power }
    return "\(shifted.text) \(unit.rawValue)"
  }
}
