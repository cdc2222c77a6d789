package import EventProp

/// What a sweep varies, and the values that it takes.
package struct SweepAxis: Equatable, Sendable {
  /// What is varied.
  package let named: Named
  /// What it is called.
  package let name: String
  /// The values, growing; the value that the experiment has is among them where it lies in their range.
  package let values: [Double]
  /// The value that the experiment has; nil where `named` means neurons whose values differ.
  package let current: Double?

  /// Spreads `count` values, at least 2, evenly over a range that grows from `low` to `high`.
  package init(
    _ named: Named, called name: String, from low: Double, to high: Double, count: Int,
    in experiment: Experiment
  ) {
    self.named = named
    self.name = name
    current = named.value(in: experiment)
    let step = (high - low) / Double(count - 1)
    var values = (0..<count - 1).map { low + Double($0) * step } + [high]
    // The run on the bench is one of them, unless one of them is all but the same.
    if let current, current > low, current < high {
      let place = values.firstIndex { $0 >= current } ?? values.count
      if let near = values.firstIndex(where: { abs($0 - current) <= 1e-9 * step }) {
        values[near] = current
      } else {
        values.insert(current, at: place)
      }
    }
    self.values = values
  }

  /// Whether the values are times, in seconds.
  package var isTime: Bool { named.isTime }

  /// The length of the range.
  var width: Double { (values.last ?? 0) - (values.first ?? 0) }
}
