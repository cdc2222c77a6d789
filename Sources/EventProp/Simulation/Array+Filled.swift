extension Array {
  /// Equal values.
  ///
  /// `Array(repeating:count:)` looks up the type of the array's memory at each call. The look-up
  /// takes longer than the allocation. A dozen of them cost a twentieth of the run of a small
  /// network.
  @inline(__always)
  init(filledWith value: Element, count: Int) {
    self.init()
    reserveCapacity(count)
    for _ in 0..<count { append(value) }
  }
}
