import EventProp

/// Unpacks deflated bytes (RFC 1951).
///
/// These hundred lines save a second system package, zlib, in every build.
struct Inflate {
  private let input: [UInt8]
  private var position: Int
  private let end: Int
  /// Bits that were read but not used, the next one lowest.
  private var bits: UInt64 = 0
  private var count = 0
  private var output: [UInt8]
  private var filled = 0

  private init(_ input: [UInt8], _ range: Range<Int>, size: Int) {
    self.input = input
    position = range.lowerBound
    end = range.upperBound
    output = [UInt8](repeating: 0, count: size)
  }

  /// Unpacks bytes to a known number of bytes; any other number is a fault.
  static func unpack(
    _ input: [UInt8], _ range: Range<Int>, size: Int
  ) throws(ArrayFault) -> [UInt8] {
    // Two bits stand for at most 258 bytes, so no stream is shorter.
    guard size / 1032 <= range.count else { throw damage("too few compressed bytes") }
    var inflate = Inflate(input, range, size: size)
    try inflate.blocks()
    guard inflate.filled == size else { throw damage("it unpacks to too few bytes") }
    return inflate.output
  }

  private static func damage(_ what: String) -> ArrayFault { .damaged(what) }

  // MARK: Bits

  private mutating func refill() {
    while count <= 56, position < end {
      bits |= UInt64(input[position]) << UInt64(count)
      position += 1
      count += 8
    }
  }

  /// The next bits, at most 16, the first lowest.
  private mutating func take(_ number: Int) throws(ArrayFault) -> Int {
    if count < number { refill() }
    guard count >= number else { throw Self.damage("the compressed bytes end too early") }
    let value = Int(bits & ((1 << UInt64(number)) - 1))
    bits >>= UInt64(number)
    count -= number
    return value
  }

  private mutating func symbol(_ code: PrefixCode) throws(ArrayFault) -> Int {
    if count < PrefixCode.longest { refill() }
    let entry = code.entries[Int(truncatingIfNeeded: bits) & code.mask]
    let length = Int(entry & 15)
    guard length > 0, length <= count else {
      throw Self.damage("a compressed symbol that stands for nothing")
    }
    bits >>= UInt64(length)
    count -= length
    return Int(entry >> 4)
  }

  // MARK: Blocks

  private mutating func blocks() throws(ArrayFault) {
    var isLast = false
    while !isLast {
      isLast = try take(1) == 1
      switch try take(2) {
      case 0: try stored()
      case 1: try compressed(PrefixCode.fixedLiterals, PrefixCode.fixedDistances)
      case 2:
        let (literals, distances) = try codes()
        try compressed(literals, distances)
      default: throw Self.damage("an unknown kind of compressed block")
      }
    }
  }

  private mutating func stored() throws(ArrayFault) {
    _ = try take(count % 8)
    let length = try take(16)
    guard try take(16) == length ^ 0xFFFF else { throw Self.damage("the length of a block") }
    guard length <= output.count - filled else { throw Self.damage("it unpacks to too many bytes") }
    for _ in 0..<length {
      output[filled] = UInt8(try take(8))
      filled += 1
    }
  }

  private mutating func codes() throws(ArrayFault) -> (PrefixCode, PrefixCode) {
    let literals = try take(5) + 257
    let distances = try take(5) + 1
    var lengths = [UInt8](repeating: 0, count: 19)
    for place in 0..<(try take(4) + 4) { lengths[Self.lengthOrder[place]] = UInt8(try take(3)) }
    let code = try PrefixCode(lengths[...])
    lengths = []
    while lengths.count < literals + distances {
      let value: UInt8
      let times: Int
      switch try symbol(code) {
      case 16:
        guard let last = lengths.last else { throw Self.damage("a repetition of nothing") }
        (value, times) = (last, 3 + (try take(2)))
      case 17: (value, times) = (0, 3 + (try take(3)))
      case 18: (value, times) = (0, 11 + (try take(7)))
      case let length: (value, times) = (UInt8(length), 1)
      }
      lengths += repeatElement(value, count: times)
    }
    guard lengths.count == literals + distances else { throw Self.damage("too many code lengths") }
    return (try PrefixCode(lengths[..<literals]), try PrefixCode(lengths[literals...]))
  }

  private mutating func compressed(
    _ literals: PrefixCode, _ distances: PrefixCode
  ) throws(ArrayFault) {
    while true {
      let symbol = try symbol(literals)
      if symbol < 256 {
        guard filled < output.count else { throw Self.damage("it unpacks to too many bytes") }
        output[filled] = UInt8(symbol)
        filled += 1
        continue
      }
      guard symbol > 256 else { return }
      guard symbol <= 285 else { throw Self.damage("an unknown length of a copy") }
      let (shortest, lengthBits) = Self.lengths[symbol - 257]
      let length = shortest + (try take(lengthBits))
      let place = try self.symbol(distances)
      guard place < 30 else { throw Self.damage("an unknown distance of a copy") }
      let (nearest, distanceBits) = Self.distances[place]
      let distance = nearest + (try take(distanceBits))
      guard distance <= filled else { throw Self.damage("a copy from before the beginning") }
      guard length <= output.count - filled else {
        throw Self.damage("it unpacks to too many bytes")
      }
      // The copy goes byte by byte, because it may overlap the bytes that it writes.
      for _ in 0..<length {
        output[filled] = output[filled - distance]
        filled += 1
      }
    }
  }

  private static let lengthOrder = [
    16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15,
  ]

  /// The shortest copy and the extra bits of each length symbol, from 257.
  private static let lengths: [(Int, Int)] =
    ladder(from: 3, [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4])
    + [(131, 5), (163, 5), (195, 5), (227, 5), (258, 0)]

  /// The nearest distance and the extra bits of each distance symbol.
  private static let distances = ladder(from: 1, (0..<30).map { max(0, $0 / 2 - 1) })

  private static func ladder(from first: Int, _ bits: [Int]) -> [(Int, Int)] {
    var next = first
    return bits.map { bits in
      defer { next += 1 << bits }
      return (next, bits)
    }
  }
}

/// A canonical prefix code as a table over the next bits.
private struct PrefixCode {
  static let longest = 15

  /// For each group of bits the symbol · 16 + its length; 0 for a group without a symbol.
  private(set) var entries: [UInt16]
  let mask: Int

  /// Builds the code from the length of each symbol, 0 for a symbol that does not occur.
  init(_ lengths: ArraySlice<UInt8>) throws(ArrayFault) {
    var counts = [Int](repeating: 0, count: Self.longest + 1)
    for length in lengths where length > 0 { counts[Int(length)] += 1 }
    let longest = counts.lastIndex { $0 > 0 } ?? 1
    var free = 1
    var starts = [0]
    var code = 0
    for length in 1...Self.longest {
      free = 2 * free - counts[length]
      guard free >= 0 else { throw .damaged("an impossible compression code") }
      code = (code + counts[length - 1]) << 1
      starts.append(code)
    }
    // Only a code of one symbol or none may leave bits without a meaning.
    guard free == 0 || counts.reduce(0, +) <= 1 else {
      throw .damaged("an incomplete compression code")
    }
    entries = [UInt16](repeating: 0, count: 1 << longest)
    mask = entries.count - 1
    for (symbol, length) in lengths.enumerated() where length > 0 {
      let length = Int(length)
      var reversed = 0
      for bit in 0..<length where starts[length] >> bit & 1 == 1 {
        reversed |= 1 << (length - 1 - bit)
      }
      starts[length] += 1
      for place in stride(from: reversed, to: entries.count, by: 1 << length) {
        entries[place] = UInt16(symbol << 4 | length)
      }
    }
  }

  /// Builds a code that is known to be complete.
  private init(fixed lengths: [UInt8]) {
    do throws(ArrayFault) {
      try self.init(lengths[...])
    } catch {
      preconditionFailure("the codes of RFC 1951 are complete")
    }
  }

  static let fixedLiterals = PrefixCode(
    fixed: (0..<288).map { $0 < 144 ? 8 : $0 < 256 ? 9 : $0 < 280 ? 7 : 8 })
  static let fixedDistances = PrefixCode(fixed: [UInt8](repeating: 5, count: 32))
}
