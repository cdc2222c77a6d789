package import EventProp

/// The loss over the values of a name, with its derivatives and the borders between which they are
/// valid.
package struct SweepCurve: Equatable, Sendable {
  /// The swept name and its values.
  package let axis: SweepAxis
  /// The runs, in the order of their values.
  package private(set) var points: [SweepPoint] = []
  /// The borders found, in the order of their values.
  package internal(set) var borders: [SweepBorder] = []
  /// Whether all values and borders were computed.
  package internal(set) var isComplete = false
  /// Whether there are more borders between two values than were looked for.
  package internal(set) var isCrowded = false
  /// The values around that of the experiment that share its order of events, where this was
  /// searched.
  package var radius: ClosedRange<Double>?
  /// The experiment that is swept.
  package let experiment: Experiment
  /// The rule of the gradient.
  package let rule: AdjointRule
  /// For each point, whether the loss is smooth between the point before it and this one.
  private var isSmoothBefore: [Bool] = []

  init(axis: SweepAxis, of experiment: Experiment, rule: AdjointRule) {
    self.axis = axis
    self.experiment = experiment
    self.rule = rule
  }

  /// Adds the run of the next value.
  mutating func append(_ point: SweepPoint) {
    isSmoothBefore.append(points.last?.isSmooth(to: point) ?? false)
    points.append(point)
  }

  /// The point with the value of the experiment, or nil where the sweep does not contain it.
  package var current: Int? { points.firstIndex { $0.value == axis.current } }

  /// Whether the loss is smooth between a point and the next one.
  package func isSmooth(after place: Int) -> Bool {
    points.indices.contains(place) && points.indices.contains(place + 1)
      && isSmoothBefore[place + 1]
  }

  /// The slope of the curve at a point, from neighbours on the same side of every border; nil
  /// without such neighbours.
  ///
  /// The last run before a border is a neighbour too. With two neighbours the slope is the one of a
  /// parabola, with a single one the slope of a straight line.
  package func slope(at place: Int) -> Double? {
    let left = neighbours(of: place, towards: -1)
    let right = neighbours(of: place, towards: 1)
    let others = left.isEmpty ? right : right.isEmpty ? left : [left[0], right[0]]
    guard points.indices.contains(place), let loss = points[place].loss, let first = others.first
    else { return nil }
    let here = points[place].value
    let slope = (first.loss - loss) / (first.value - here)
    guard others.count > 1 else { return slope }
    let second = (others[1].loss - loss) / (others[1].value - here)
    return slope + (second - slope) * (here - first.value) / (others[1].value - first.value)
  }

  /// Whether three points define the slope at a point by a parabola.
  package func hasParabola(_ place: Int) -> Bool {
    let (left, right) = (neighbours(of: place, towards: -1), neighbours(of: place, towards: 1))
    return !left.isEmpty && !right.isEmpty || max(left.count, right.count) > 1
  }

  /// At most two neighbours of a point on one side, before any border there, the nearer one first.
  private func neighbours(
    of place: Int, towards side: Int
  ) -> [(value: Double, loss: Double)] {
    var found: [(value: Double, loss: Double)] = []
    var here = place
    while found.count < 2, points.indices.contains(here), points.indices.contains(here + side) {
      let other = points[here + side]
      if isSmooth(after: min(here, here + side)) {
        guard let loss = other.loss else { break }
        found.append((other.value, loss))
        here += side
        continue
      }
      let value = points[here].value
      let border =
        side > 0
        ? borders.first { $0.below >= value && $0.above <= other.value }
        : borders.last { $0.above <= value && $0.below >= other.value }
      // A run so near that the difference of the losses is only rounding says nothing about the
      // slope.
      guard let border, let loss = side > 0 ? border.lossBelow : border.lossAbove,
        abs((side > 0 ? border.below : border.above) / 2 - value / 2)
          > 10 * Sweep.precision * axis.halfWidth
      else { break }
      found.append((side > 0 ? border.below : border.above, loss))
      break
    }
    return found
  }

  /// The median of the differences between gradient and slope, relative to the larger of the two.
  package var deviation: Double? {
    let deviations = points.indices.compactMap { place -> Double? in
      guard hasParabola(place), let slope = slope(at: place),
        let gradient = points[place].gradient
      else { return nil }
      let scale = max(abs(slope), abs(gradient))
      return scale == 0 ? 0 : abs(slope - gradient) / scale
    }.sorted()
    return deviations.isEmpty ? nil : deviations[deviations.count / 2]
  }

  /// The least and the greatest loss of the curve.
  package var lossRange: ClosedRange<Double>? {
    let losses =
      points.compactMap(\.loss)
      + borders.flatMap { [$0.lossBelow, $0.lossAbove].compactMap { $0 } }
    guard let low = losses.min(), let high = losses.max() else { return nil }
    return low...high
  }

  /// Marks the borders at which the loss changes by more than the curve moves between the points.
  mutating func judgeBorders() {
    let range = lossRange ?? 0...0
    let least = max(1e-3 * (range.upperBound - range.lowerBound), 1e-9 * abs(range.upperBound))
    for place in borders.indices {
      borders[place].jumps =
        borders[place].jump.map { abs($0) > least }
        ?? (borders[place].lossBelow != borders[place].lossAbove)
    }
  }
}
