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
  /// The identities, which are about the whole gradient; nil for a part of it.
  private var walk: IdentityWalk?

  init(
    _ name: CheckedName, of adjoint: AdjointTrajectory, label: String, pace: Pace
  ) throws(SimulationError) {
    self.name = name
    self.adjoint = adjoint
    self.label = label
    check = try DirectionCheck(
      of: adjoint.gradient, on: adjoint.trajectory, parameters: name.parameters,
      adjoint: adjoint.rule == .exact ? adjoint : nil, pace: pace)
    walk = name.parameters == nil ? IdentityWalk(adjoint, adjoint.gradient) : nil
  }

  var title: String { name.title }
  var done: Int { check.done + (walk?.done ?? 0) }
  var total: Int { check.total + (walk?.total ?? 0) }
  var isFinished: Bool { check.isFinished && walk?.isFinished ?? true }

  /// Makes the next step.
  mutating func advance(_ pace: (Progress.Work) -> Pace) throws(SimulationError) {
    if check.isFinished {
      walk?.advance()
    } else {
      try check.advance(pace: pace(.checking))
    }
  }

  func conclude(in session: inout Session, _ line: inout UnfinishedLine) {
    let identities = walk.flatMap { $0.isFinished ? Identities($0) : nil }
    let report = CheckReport(
      check, identities: identities, Names(adjoint.trajectory.experiment),
      whole: name.title + " all")
    line.reply.say(label + report.text)
    if check.isFinished, let walk, !walk.isFinished {
      line.reply.say(
        "interrupted: the identities were tested for \(walk.done) of \(walk.total - 1) events only, and are left out"
      )
    }
  }
}
