/// Whole numbers of 64 bits as Doubles, without rounding.
enum ExactInteger {
  /// The number that a word stands for.
  ///
  /// - Throws: An `ArrayFault` if no Double equals it, which can happen beyond 2⁵³.
  static func double(_ word: UInt64, isSigned: Bool) throws(ArrayFault) -> Double {
    let number = Int64(bitPattern: word)
    let value = isSigned ? Double(exactly: number) : Double(exactly: word)
    guard let value else { throw .inexact(isSigned ? "\(number)" : "\(word)") }
    return value
  }
}
