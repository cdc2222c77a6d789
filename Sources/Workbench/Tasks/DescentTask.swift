import EventProp
import Study

/// A descent, one step at a time.
struct DescentTask: Work {
  private(set) var descent: Descent
  /// Whether the first step has chosen the rate.
  let isRateChosen: Bool

  var title: String { "descend \(descent.total)" }
  var done: Int { descent.steps.count }
  var total: Int { descent.total }
  var isFinished: Bool { descent.isFinished }

  /// Makes the next step.
  mutating func advance(
    _ pace: (Progress.Work) -> Pace
  ) throws(SimulationError) {
    try descent.advance(running: pace(.running), walkingBack: pace(.walkingBack))
  }

  func conclude(in session: inout Session, _ line: inout UnfinishedLine) {
    session.settle(&line) { $0.arrive(self, &$1) }
  }
}
