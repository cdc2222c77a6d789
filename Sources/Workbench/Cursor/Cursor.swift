package import EventProp

/// The place of the user on the timeline of the run, the results up to there, and the named places.
package struct Cursor: Sendable {
  /// The number of the point on the run's timeline.
  package internal(set) var number = 0
  /// Whether the user looks at the side of the jump opposite to the side that the computation
  /// reaches.
  package internal(set) var isOtherHalf = false
  /// The gradient by weights and delays of the part of the backward pass walked so far; nil in the
  /// forward phase.
  package private(set) var partialGradient: MatrixGradients?
  /// Whether the end of the run has been reached; from then on the whole run may be shown.
  package internal(set) var isCompleted = false
  /// The named places.
  private(set) var marks: [Mark] = []
  /// The place of the user before each jump.
  private var origins: [Anchor] = []
  /// The walk along the backward pass; nil before it begins.
  var walk: GradientWalk?

  /// The most jumps that `back` can undo.
  private static let mostOrigins = 100

  /// Computes the gradient of the part walked, for the place of the user.
  ///
  /// Throws `SimulationError.stopped` where `pace` stops it; the gradient then belongs to another
  /// place.
  mutating func refreshGradient(
    in run: Run, pace: Pace
  ) throws(SimulationError) {
    switch run.timeline[number] {
    case .backward(let event):
      guard let wayBack = run.wayBack else { break }
      if walk == nil { walk = GradientWalk(wayBack) }
      partialGradient = try walk?.gradient(from: isOtherHalf ? event + 1 : event, pace: pace)
    case .turn:
      partialGradient = run.wayBack.map { _ in MatrixGradients(Gradient(zeroFor: run.experiment)) }
    case .end: partialGradient = run.adjoint.map { MatrixGradients($0.gradient) }
    case .start, .forward: partialGradient = nil
    }
    if number == run.timeline.last { isCompleted = true }
  }

  /// Finds the marks in another run, and forgets the results of the old one.
  mutating func adopt(_ run: Run) {
    walk = nil
    isCompleted = false
    for place in marks.indices { marks[place].find(in: run) }
  }

  /// Adds a mark; an older mark of the same name is dropped.
  mutating func set(_ mark: Mark) {
    marks.removeAll { $0.name == mark.name }
    marks.append(mark)
  }

  /// Notes that a jump starts at the present place.
  mutating func rememberOrigin(in run: Run) {
    let here = Anchor(run.timeline[number], in: run)
    if origins.last != here { origins.append(here) }
    if origins.count > Self.mostOrigins { origins.removeFirst() }
  }

  /// Takes the latest origin of a jump that is not the present place; nil where there is none.
  mutating func popOrigin(in run: Run) -> Int? {
    while let origin = origins.popLast() {
      let found = origin.find(in: run).number
      if found != number { return found }
    }
    return nil
  }
}
