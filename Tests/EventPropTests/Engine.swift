import EventProp

/// The two ways to a run and its gradient: the one that the library takes, and one event after another.
enum Engine: CaseIterable, Sendable {
  case best, stepped

  func trajectory(of experiment: Experiment) throws(SimulationError) -> Trajectory {
    if self == .best { return try Trajectory(of: experiment) }
    var pass = ForwardPass(try Circuit(experiment))
    while try pass.next() != nil {}
    return Trajectory(pass)
  }

  func adjoint(of trajectory: Trajectory, loss: Loss) throws(SimulationError) -> AdjointTrajectory {
    if self == .best { return try AdjointTrajectory(of: trajectory, loss: loss) }
    var pass = BackwardPass(trajectory, try loss.evaluate(on: trajectory))
    while try pass.next() != nil {}
    return AdjointTrajectory(pass)
  }
}
