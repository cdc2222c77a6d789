/// Round numbers in a range at equal distances, for the labels of an axis.
///
/// Each number is a multiple of a step of 1, 2, 2.5 or 5 times a power of ten. It is stored as a
/// whole number and an exponent, so that its label is exact and never ends in `0000001`.
package struct Ticks: Hashable, Sendable {
  /// A labelled place.
  package struct Tick: Hashable, Sendable {
    /// The value of the place.
    package let value: Double

    /// The value in decimal notation, such as `17.5`.
    package let label: String
  }

  /// The ticks from the lowest to the highest.
  package let all: [Tick]

  /// The most ticks that fit, at least `minimumStep` apart.
  ///
  /// - Parameters:
  ///   - range: The values to cover.
  ///   - minimumStep: The least distance, a positive number; the step is the next round one.
  package init(in range: ClosedRange<Double>, minimumStep: Double) {
    guard minimumStep > 0, minimumStep.isFinite, let step = Step(atLeast: minimumStep) else {
      all = []
      return
    }
    let first = (range.lowerBound / step.value - Ticks.slack).rounded(.up)
    let last = (range.upperBound / step.value + Ticks.slack).rounded(.down)
    // Beyond 2^40 steps from zero, multiples of 25 and neighbouring doubles are no longer reliable,
    // and their labels have too many digits for the screen.
    guard first <= last, last - first < 1000, max(abs(first), abs(last)) < 0x1p40 else {
      all = []
      return
    }
    all = (Int(first)...Int(last)).map { count in
      let digits = count * step.mantissa
      return Tick(
        // A multiple may lie just beyond the largest number.
        value: min(
          max(Double(count) * step.value, -.greatestFiniteMagnitude), .greatestFiniteMagnitude),
        label: decimalText(digits, exponent: step.exponent))
    }
  }

  /// How far outside the range, in steps, a tick may lie and still count as its end.
  ///
  /// It is more than the rounding of a window's bounds, and less than a dot on the screen.
  private static let slack = 1e-6
}

/// A round step: 10, 20, 25 or 50 times a power of ten.
private struct Step {
  let mantissa: Int
  let exponent: Int

  var value: Double { multiple(mantissa, exponent) }

  init?(atLeast minimum: Double) {
    var exponent = 0
    while exponent > -325, power(of: exponent + 1) > minimum { exponent -= 1 }
    while exponent < 306, power(of: exponent + 2) <= minimum { exponent += 1 }
    // The tolerance stops a last-bit error from turning a round distance into the next larger step.
    let reach = minimum * (1 - 1e-9)
    let candidates = [10, 20, 25, 50, 100]
    guard let mantissa = candidates.first(where: { multiple($0, exponent) >= reach })
    else { return nil }
    self.mantissa = mantissa
    self.exponent = exponent
  }
}

/// The number `count`·10^`exponent`; a division is exact to the last bit for small exponents, and at
/// the ends of the range of numbers its text is.
private func multiple(_ count: Int, _ exponent: Int) -> Double {
  if abs(exponent) > 300 { return Double("\(count)e\(exponent)") ?? 0 }
  return Double(count) * power(of: exponent)
}

/// A power of ten, 0 or infinite beyond the range of numbers.
private func power(of exponent: Int) -> Double {
  if abs(exponent) > 300 { return Double("1e\(exponent)") ?? 0 }
  var result = 1.0
  for _ in 0..<abs(exponent) { result *= 10 }
  return exponent < 0 ? 1 / result : result
}

/// The number `digits`·10^`exponent` in the shortest decimal notation.
func decimalText(_ digits: Int, exponent: Int) -> String {
  guard digits != 0 else { return "0" }
  var magnitude = digits.magnitude
  var exponent = exponent
  while magnitude % 10 == 0 {
    magnitude /= 10
    exponent += 1
  }
  let sign = digits < 0 ? "-" : ""
  let text = String(magnitude)
  let pointFromRight = -exponent
  switch exponent {
  case 0...5: return sign + text + String(repeating: "0", count: exponent)
  case -6..<0 where text.count > pointFromRight:
    return sign + text.dropLast(pointFromRight) + "." + text.suffix(pointFromRight)
  case -6..<0 where text.count + 3 > pointFromRight:
    let zeros = String(repeating: "0", count: pointFromRight - text.count)
    return sign + "0." + zeros + text
  case -15 ..< -6 where text.count > pointFromRight:
    return sign + text.dropLast(pointFromRight) + "." + text.suffix(pointFromRight)
  default: return sign + text + "e\(exponent)"
  }
}
