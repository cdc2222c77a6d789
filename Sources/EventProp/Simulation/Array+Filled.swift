extension Array {
  /// Equal values.
  ///
  /// `Array(repeating:count:)` calls code of the standard library that looks up the type of the array's memory each time, which takes longer
  /// than the allocation; a dozen of those are a twentieth of what the run of a small network costs.
  @inline(__always)
  init(filledWith value: Element, count: Int) {
    self.init()
    reserveCapacity(count)
    for _ in 0..<count { append(value) }
  }
}
