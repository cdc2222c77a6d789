import EventProp
import Study

/// A sweep under way.
struct SweepTask: Work {
  let title: String
  private(set) var sweep: Sweep
  /// The question about the range; empty without one.
  var question = ""

  var done: Int { sweep.done }
  var total: Int { sweep.total }
  var isFinished: Bool { sweep.isFinished }

  /// Makes the next run.
  mutating func advance(
    _ pace: (Progress.Work) -> Pace
  ) throws(SimulationError) {
    try sweep.advance { work in
      switch work {
      case .running: pace(.running)
      case .walkingBack: pace(.walkingBack)
      case .comparing: pace(.comparing)
      }
    }
  }

  func conclude(in session: inout Session, _ line: inout UnfinishedLine) {
    line.reply.show(sweep.found, asking: question)
  }
}
