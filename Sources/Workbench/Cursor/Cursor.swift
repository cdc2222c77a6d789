package import EventProp

/// Where the user stands on the timeline of the run, what is computed up to there, and the places to come back to.
package struct Cursor: Sendable {
  /// The number of the point on the run's timeline.
  package internal(set) var number = 0
  /// Whether the user stands on the other side of the jump than the one that the computation reaches.
  package internal(set) var isOtherHalf = false
  /// The gradient of the part of the backward pass walked up to here; nil on the way forwards.
  package private(set) var partialGradient: Gradient?
  /// Whether the end of the run has been reached: from then on all of it may be shown, wherever the cursor goes.
  package internal(set) var isCompleted = false
  /// The places with names.
  private(set) var marks: [Mark] = []
  /// Where the user was before each jump.
  private var origins: [Anchor] = []
  /// The walk along the backward pass; nil before it begins.
  var walk: GradientWalk?

  /// How many jumps can be gone back.
  private static let mostOrigins = 100

  /// Brings the gradient of the part walked to where the user stands.
  ///
  /// Throws `SimulationError.stopped` where `pace` stops it; the gradient is then that of another place.
  mutating func refreshGradient(
    in run: Run, pace: Pace
  ) throws(SimulationError) {
    switch run.timeline[number] {
    case .backward(let event):
      guard let wayBack = run.wayBack else { break }
      if walk == nil { walk = GradientWalk(wayBack) }
      partialGradient = try walk?.gradient(from: isOtherHalf ? event + 1 : event, pace: pace)
    case .turn: partialGradient = run.wayBack.map { _ in Gradient(zeroFor: run.experiment) }
    case .end: partialGradient = run.adjoint?.gradient
    case .start, .forward: partialGradient = nil
    }
    if number == run.timeline.last { isCompleted = true }
  }

  /// Finds the marks in another run, and forgets what was computed of the old one.
  mutating func adopt(_ run: Run) {
    walk = nil
    isCompleted = false
    for place in marks.indices { marks[place].find(in: run) }
  }

  /// Names a place; a mark of the same name is forgotten.
  mutating func set(_ mark: Mark) {
    marks.removeAll { $0.name == mark.name }
    marks.append(mark)
  }

  /// Notes that a jump begins here.
  mutating func rememberOrigin(in run: Run) {
    let here = Anchor(run.timeline[number], in: run)
    if origins.last != here { origins.append(here) }
    if origins.count > Self.mostOrigins { origins.removeFirst() }
  }

  /// Takes the latest place that a jump began at and that is not here; nil where there is none.
  mutating func popOrigin(in run: Run) -> Int? {
    while let origin = origins.popLast() {
      let found = origin.find(in: run).number
      if found != number { return found }
    }
    return nil
  }
}
