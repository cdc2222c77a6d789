package import EventProp

/// The loss over the values of two names.
package struct SweepMap: Equatable, Sendable {
  /// The axis from left to right.
  package let across: SweepAxis
  /// The axis from bottom to top.
  package let up: SweepAxis
  /// The runs so far, in rows from the bottom, each row from the left.
  package internal(set) var points: [SweepPoint] = []
  /// The experiment that is swept.
  package let experiment: Experiment
  /// The rule of the gradient.
  package let rule: AdjointRule

  /// Whether all runs were computed.
  package var isComplete: Bool { points.count == across.values.count * up.values.count }

  /// The run at a place, or nil where it was not computed.
  package func point(_ column: Int, _ row: Int) -> SweepPoint? {
    let place = row * across.values.count + column
    return across.values.indices.contains(column) && row >= 0 && place < points.count
      ? points[place] : nil
  }

  /// Whether the spikes of two neighbours differ.
  package func isBorder(_ one: (Int, Int), _ other: (Int, Int)) -> Bool {
    guard let here = point(one.0, one.1), let there = point(other.0, other.1) else { return false }
    return !here.isSmooth(to: there)
  }

  /// The losses from the least to the largest.
  package var lossRange: ClosedRange<Double>? {
    let losses = points.compactMap(\.loss)
    guard let low = losses.min(), let high = losses.max() else { return nil }
    return low...high
  }
}
