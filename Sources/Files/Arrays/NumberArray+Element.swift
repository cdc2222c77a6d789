extension NumberArray.Element {
  /// The number that the bits of a file stand for; the lowest bits of the word hold it.
  ///
  /// - Throws: An `ArrayFault` for a whole number that no Double equals.
  func value(_ word: UInt64) throws(ArrayFault) -> Double {
    switch self {
    case .float16: HalfPrecision.float16(UInt16(truncatingIfNeeded: word))
    case .bfloat16: HalfPrecision.bfloat16(UInt16(truncatingIfNeeded: word))
    case .float32: Double(Float(bitPattern: UInt32(truncatingIfNeeded: word)))
    case .float64: Double(bitPattern: word)
    case .int8: Double(Int8(truncatingIfNeeded: word))
    case .int16: Double(Int16(truncatingIfNeeded: word))
    case .int32: Double(Int32(truncatingIfNeeded: word))
    case .int64: try ExactInteger.double(word, isSigned: true)
    case .uint8, .uint16, .uint32: Double(word)
    case .uint64: try ExactInteger.double(word, isSigned: false)
    }
  }
}
