import EventProp

/// The order of the samples in each epoch of a training, determined by a seed and the epoch alone.
package struct DataOrder: Sendable {
  /// The number of samples.
  package let count: Int
  /// The number of samples of a step.
  package let batch: Int
  private let seed: UInt64
  private let shuffles: Bool

  /// The order of `count` ≥ 1 samples.
  package init(count: Int, _ settings: TrainingSettings) {
    self.count = count
    batch = settings.batch
    seed = settings.seed
    shuffles = settings.shuffles
  }

  /// The number of steps of an epoch.
  package var steps: Int { (count + batch - 1) / batch }

  /// The samples of an epoch in their order.
  ///
  /// - Complexity: O(samples).
  package func samples(ofEpoch epoch: Int) -> [Int] {
    var order = Array(0..<count)
    guard shuffles else { return order }
    let random = SplitMix64(
      seed: SplitMix64.mixed(seed) &+ SplitMix64.mixed(UInt64(truncatingIfNeeded: epoch) &+ 1))
    for place in order.indices.reversed() {
      // The high half of the product is a number below place + 1; its bias is below 2⁻⁴⁰.
      let other = random[place].multipliedFullWidth(by: UInt64(place + 1)).high
      order.swapAt(place, Int(other))
    }
    return order
  }

  /// The places of the samples of a step in the order of its epoch.
  package func places(ofStep step: Int) -> Range<Int> {
    let start = step % steps * batch
    return start..<min(start + batch, count)
  }
}
