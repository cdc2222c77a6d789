package import EventProp

/// The two ways to a run and its gradient: the one that the library takes, and one event after another.
package enum Engine: CaseIterable, Sendable {
  case best, stepped

  package func trajectory(of experiment: Experiment) throws(SimulationError) -> Trajectory {
    if self == .best { return try Trajectory(of: experiment) }
    var pass = ForwardPass(try Circuit(experiment))
    while try pass.next() != nil {}
    return Trajectory(pass)
  }

  /// The way back of a run, by the same way; its experiment is given the loss, where that was made for the run.
  package func adjoint(of trajectory: Trajectory, loss: Loss) throws(SimulationError)
    -> AdjointTrajectory
  {
    var experiment = trajectory.experiment
    guard experiment.loss == loss else {
      experiment.loss = loss
      return try adjoint(of: self.trajectory(of: experiment), loss: loss)
    }
    if self == .best { return try AdjointTrajectory(of: trajectory) }
    var pass = BackwardPass(trajectory, try trajectory.evaluateLoss())
    while try pass.next() != nil {}
    return AdjointTrajectory(pass)
  }
}

extension Trajectory {
  /// The same run with a loss that was made for it.
  package func read(by loss: Loss) throws -> Trajectory {
    var experiment = experiment
    experiment.loss = loss
    return try Trajectory(of: experiment)
  }
}
