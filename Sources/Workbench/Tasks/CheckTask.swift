import EventProp
import Language
import Study

/// A check of derivatives by themselves, one row at a time.
struct CheckTask: Work {
  let name: CheckedName
  let experiment: Experiment
  let adjoint: AdjointTrajectory
  /// The prefix of numbers of a wrong rule.
  let label: String
  private(set) var check: GradientCheck
  private(set) var rows: [GradientCheck.Row] = []

  init(
    _ name: CheckedName, of adjoint: AdjointTrajectory, label: String,
    pace: Pace
  ) throws(SimulationError) {
    self.name = name
    self.adjoint = adjoint
    self.label = label
    experiment = adjoint.trajectory.experiment
    check = try GradientCheck(
      of: adjoint.gradient, on: adjoint.trajectory, parameters: name.parameters,
      pace: pace)
  }

  var title: String { name.title }
  var done: Int { rows.count }
  var total: Int { check.parameters.count }

  /// Checks the next derivative.
  mutating func advance(
    _ pace: (Progress.Work) -> Pace
  ) throws(SimulationError) {
    if let row = try check.next(pace: pace(.checking)) { rows.append(row) }
  }
  var isFinished: Bool { done >= total }

  func conclude(in session: inout Session, _ line: inout UnfinishedLine) {
    line.reply.say(report)
  }
}

extension CheckedName {
  /// The command as it would be typed.
  var title: String { text.isEmpty ? "check" : "check \(text)" }
}
