/// Numbers that look random, each by its place in a sequence that a seed determines.
///
/// They are the outputs of SplitMix64 (Steele, Lea & Flood 2014, https://doi.org/10.1145/2660193.2660195), whose state
/// only counts. So any of them can be read without the ones before it.
package struct SplitMix64: Sendable {
  /// The state before the first number.
  package let seed: UInt64

  /// The sequence of a seed.
  package init(seed: UInt64) { self.seed = seed }

  /// The 64 bits at a place.
  package subscript(place: Int) -> UInt64 {
    Self.mixed(seed &+ UInt64(truncatingIfNeeded: place &+ 1) &* 0x9E37_79B9_7F4A_7C15)
  }

  /// The number at a place, uniform in [−1, 1).
  package func uniform(_ place: Int) -> Double {
    Double(Int64(bitPattern: self[place]) >> 11) * 0x1p-52
  }

  /// The mixing steps; sums of their results do not collide by chance.
  package static func mixed(_ bits: UInt64) -> UInt64 {
    var z = bits
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
