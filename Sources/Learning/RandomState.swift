/// The random numbers of numpy's legacy `RandomState`, bit for bit.
///
/// Published data sets were made with it. The bits come from the Mersenne Twister MT19937 (Matsumoto
/// & Nishimura 1998, https://doi.org/10.1145/272991.272995), whose state is filled from the seed as
/// `init_genrand` does it.
package struct RandomState: Sendable {
  /// The number of words of the state.
  private static let size = 624
  /// The distance of the two words that are joined to a new one.
  private static let distance = 397

  /// The state: the last 624 words before they were tempered.
  private var words: [UInt32]
  /// The number of words of the state that were drawn.
  private var drawn = Self.size

  /// The generator of `numpy.random.RandomState(seed)`.
  package init(seed: UInt32) {
    words = [seed]
    words.reserveCapacity(Self.size)
    for place in 1..<Self.size {
      let last = words[place - 1]
      words.append(1_812_433_253 &* (last ^ (last >> 30)) &+ UInt32(place))
    }
  }

  /// 32 random bits.
  package mutating func bits() -> UInt32 {
    if drawn == Self.size { renew() }
    var word = words[drawn]
    drawn += 1
    word ^= word >> 11
    word ^= (word << 7) & 0x9D2C_5680
    word ^= (word << 15) & 0xEFC6_0000
    return word ^ (word >> 18)
  }

  /// A number in [0, 1), a multiple of 2⁻⁵³, as `random_sample` and `rand` draw it.
  package mutating func uniform() -> Double {
    let high = bits() >> 5
    let low = bits() >> 6
    return (Double(high) * 0x1p26 + Double(low)) * 0x1p-53
  }

  /// A whole number from 0 to less than a bound from 1 to 2³², as `randint(bound)` draws it.
  ///
  /// The lowest bits that can hold the largest number are drawn again while they exceed it. A bound
  /// of 1 draws nothing.
  package mutating func below(_ bound: Int) -> Int {
    precondition((1...1 << 32).contains(bound), "a bound of random numbers has at most 32 bits")
    let largest = UInt32(bound - 1)
    guard largest > 0 else { return 0 }
    let mask = UInt32.max >> largest.leadingZeroBitCount
    while true {
      let value = bits() & mask
      if value <= largest { return Int(value) }
    }
  }

  /// Replaces all words of the state by the next ones.
  private mutating func renew() {
    for place in words.indices {
      let joined =
        words[place] & 0x8000_0000 | words[(place + 1) % Self.size] & 0x7FFF_FFFF
      let twist: UInt32 = joined & 1 == 0 ? 0 : 0x9908_B0DF
      words[place] = words[(place + Self.distance) % Self.size] ^ (joined >> 1) ^ twist
    }
    drawn = 0
  }
}
