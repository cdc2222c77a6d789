import EventProp

/// A place that keeps its meaning in another run: the same spike, input or arrival.
struct Anchor: Equatable, Sendable {
  let point: Timeline.Point
  private let kind: Event.Kind?
  private let time: Double

  init(_ point: Timeline.Point, in run: Run) {
    self.point = point
    kind = point.event.map { run.trajectory.events[$0].kind }
    time = run.time(of: point)
  }

  /// The number of the same event in a run, or else of the nearest earlier one; and whether it is
  /// the same.
  ///
  /// - Complexity: O(events).
  func find(in run: Run) -> (number: Int, isSame: Bool) {
    let timeline = run.timeline
    guard let kind else { return (min(timeline.number(of: point), timeline.last), true) }
    let match = run.trajectory.events.firstIndex { $0.kind.isSame(as: kind) }
    guard let event = match ?? run.trajectory.events.lastIndex(where: { $0.time <= time }) else {
      return (point.isBackward ? timeline.last : 0, false)
    }
    let isBackward = point.isBackward && timeline.hasBackward
    return (
      timeline.number(of: isBackward ? .backward(event) : .forward(event)), match != nil
    )
  }
}

/// A place with a name, and where it lies in the run on the bench.
struct Mark: Sendable {
  let name: String
  let place: Anchor
  /// Its point in the run.
  private(set) var number: Int
  /// Whether the run still has the marked event.
  private(set) var isSame: Bool

  init(_ name: String, at place: Anchor, in run: Run) {
    self.name = name
    self.place = place
    (number, isSame) = place.find(in: run)
  }

  /// Finds the place again in another run.
  mutating func find(in run: Run) { (number, isSame) = place.find(in: run) }
}

extension Event.Kind {
  /// Whether two events of different runs are the same: the same input, or the same spike of a neuron.
  func isSame(as other: Event.Kind) -> Bool {
    switch (self, other) {
    case (.input(_, let a), .input(_, let b)): a == b
    case (.spike(let a, let k, _), .spike(let b, let l, _)): a == b && k == l
    case (.arrival(let a, let one), .arrival(let b, let other)): a == b && one == other
    default: false
    }
  }
}
