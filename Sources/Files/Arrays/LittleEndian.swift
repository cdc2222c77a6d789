import EventProp

/// Unsigned numbers in bytes, the lowest byte first; nil beyond the end.
enum LittleEndian {
  static func integer(_ bytes: [UInt8], _ start: Int, size: Int) -> Int? {
    guard start >= 0, start <= bytes.count - size else { return nil }
    var value: UInt64 = 0
    for place in 0..<size { value |= UInt64(bytes[start + place]) << (8 * place) }
    return Int(exactly: value)
  }

  static func bytes(_ value: Int, size: Int) -> [UInt8] {
    (0..<size).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }
}
