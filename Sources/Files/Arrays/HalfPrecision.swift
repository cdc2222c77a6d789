/// Floating-point numbers of 16 bits; all of them are exact in a Double.
///
/// Swift's own Float16 does not exist on every processor that the program runs on.
enum HalfPrecision {
  /// A number of IEEE 754 with 5 bits of exponent and 10 of fraction.
  static func float16(_ word: UInt16) -> Double {
    let sign = word >> 15 == 0 ? 1.0 : -1.0
    let exponent = Int(word >> 10) & 0x1F
    let fraction = Double(word & 0x3FF)
    switch exponent {
    case 0: return sign * fraction * 0x1p-24
    case 0x1F: return fraction == 0 ? sign * .infinity : .nan
    default:
      return sign * (1024 + fraction) * Double(sign: .plus, exponent: exponent - 25, significand: 1)
    }
  }

  /// The upper half of a Float.
  static func bfloat16(_ word: UInt16) -> Double { Double(Float(bitPattern: UInt32(word) << 16)) }
}
