package import EventProp

/// The loss over the values of a name, with its derivatives and the borders between which they hold.
package struct SweepCurve: Equatable, Sendable {
  /// What is swept.
  package let axis: SweepAxis
  /// The runs, in the order of their values.
  package private(set) var points: [SweepPoint] = []
  /// The borders found, in the order of their values.
  package internal(set) var borders: [SweepBorder] = []
  /// Whether all values and borders were computed.
  package internal(set) var isComplete = false
  /// Whether between two values there are more borders than were looked for.
  package internal(set) var isCrowded = false
  /// The experiment that is swept.
  package let experiment: Experiment
  /// How the gradient is computed.
  package let rule: AdjointRule
  /// For each point whether the loss is smooth up to it from the one before.
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

  /// The point with the value that the experiment has, or nil where it is not swept.
  package var current: Int? { points.firstIndex { $0.value == axis.current } }

  /// Whether the loss is smooth from a point to the one after it.
  package func isSmooth(after place: Int) -> Bool {
    points.indices.contains(place) && points.indices.contains(place + 1)
      && isSmoothBefore[place + 1]
  }

  /// The slope of the curve at a point by its neighbours on the same side of every border, or nil where there are none.
  ///
  /// The last run before a border is a neighbour too. By the parabola through the point and its neighbours on both sides, or
  /// two on one side; with a single one by the straight line.
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

  /// Whether the slope at a point is that of a parabola through three points.
  package func hasParabola(_ place: Int) -> Bool {
    let (left, right) = (neighbours(of: place, towards: -1), neighbours(of: place, towards: 1))
    return !left.isEmpty && !right.isEmpty || max(left.count, right.count) > 1
  }

  /// Up to two neighbours of a point on a side, before any border there, the nearer first.
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
      // So near that the difference of the losses would be rounding alone, a run says nothing about the slope.
      guard let border, let loss = side > 0 ? border.lossBelow : border.lossAbove,
        abs((side > 0 ? border.below : border.above) - value) > 10 * Sweep.precision * axis.width
      else { break }
      found.append((side > 0 ? border.below : border.above, loss))
      break
    }
    return found
  }

  /// How far gradient and slope are apart where both can be compared: the median of the differences, as a part of the
  /// larger of the two.
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

  /// The losses between which the curve lies.
  package var lossRange: ClosedRange<Double>? {
    let losses =
      points.compactMap(\.loss)
      + borders.flatMap { [$0.lossBelow, $0.lossAbove].compactMap { $0 } }
    guard let low = losses.min(), let high = losses.max() else { return nil }
    return low...high
  }

  /// Marks the borders where the loss is another on both sides by more than the curve moves between them.
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
