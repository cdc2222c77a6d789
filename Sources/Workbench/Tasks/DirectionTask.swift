import EventProp
import Files
import Language
import Study

/// A check of many derivatives together, one step at a time.
struct DirectionTask: Work {
  private let name: CheckedName
  private let adjoint: AdjointTrajectory
  /// The prefix of numbers of a wrong rule.
  private let label: String
  private var check: DirectionCheck

  init(
    _ name: CheckedName, of adjoint: AdjointTrajectory, label: String, pace: Pace
  ) throws(SimulationError) {
    self.name = name
    self.adjoint = adjoint
    self.label = label
    check = try DirectionCheck(
      of: adjoint.gradient, on: adjoint.trajectory, parameters: name.parameters,
      adjoint: adjoint.rule == .exact ? adjoint : nil, pace: pace)
  }

  var title: String { name.title }
  var done: Int { check.done }
  var total: Int { check.total }
  var isFinished: Bool { check.isFinished }

  /// Makes the next step.
  mutating func advance(_ pace: (Progress.Work) -> Pace) throws(SimulationError) {
    try check.advance(pace: pace(.checking))
  }

  func conclude(in session: inout Session, _ line: inout UnfinishedLine) {
    // The identities are about the whole gradient.
    let identities = isFinished && name.parameters == nil ? Identities(of: adjoint) : nil
    let report = CheckReport(
      check, identities: identities, Names(adjoint.trajectory.experiment),
      whole: name.title + " all")
    line.reply.say(label + report.text)
  }
}
