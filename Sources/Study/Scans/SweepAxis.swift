package import EventProp

/// The name that a sweep varies, and its values.
package struct SweepAxis: Equatable, Sendable {
  /// The parameter or limit that varies.
  package let named: Named
  /// The text of the name.
  package let name: String
  /// The values in growing order; the value of the experiment is among them if it lies in their
  /// range.
  package let values: [Double]
  /// The value of the experiment; nil where `named` means neurons with different values.
  package let current: Double?

  /// Spreads `count` values, at least 2, evenly over a range that grows from `low` to `high`.
  package init(
    _ named: Named, called name: String, from low: Double, to high: Double, count: Int,
    in experiment: Experiment
  ) {
    self.named = named
    self.name = name
    current = named.value(in: experiment)
    // The difference of two values near the ends of the range is none.
    let step = high / Double(count - 1) - low / Double(count - 1)
    var values = (0..<count - 1).map { low + Double($0) * step } + [high]
    // The value of the experiment joins them, or replaces one that nearly equals it.
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

  /// Half the length of the range, which is finite where the length is not.
  var halfWidth: Double { (values.last ?? 0) / 2 - (values.first ?? 0) / 2 }
}
