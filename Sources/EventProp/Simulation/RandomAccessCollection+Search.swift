extension RandomAccessCollection {
  /// The first place at which a condition holds; the condition must also hold at all later places.
  ///
  /// - Complexity: O(log n).
  @inlinable
  package func firstPlace(where isReached: (Element) -> Bool) -> Index {
    var low = startIndex
    var left = count
    while left > 0 {
      let half = left / 2
      let middle = index(low, offsetBy: half)
      if isReached(self[middle]) {
        left = half
      } else {
        low = index(after: middle)
        left -= half + 1
      }
    }
    return low
  }
}
