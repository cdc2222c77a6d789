package import EventProp

extension Samples {
  /// The number of samples that are drawn where none is given.
  package static let usualDraw = 20

  /// The numbers of some samples, evenly over all of them; of all where fewer exist.
  package func drawn(_ count: Int) -> [Int] {
    let count = min(count, self.count)
    return (0..<count).map { numbers[$0 * self.count / count] }
  }

  /// The way back of a sample, which is given by its number.
  ///
  /// Throws `SimulationError.cutShort` where the event limit of the whole run cuts it, and the other
  /// errors of a run and of a way back.
  package func adjoint(
    ofSample number: Int, in experiment: Experiment, _ rule: AdjointRule, pace: Pace = .free
  ) throws(SimulationError) -> AdjointTrajectory {
    let trajectory = try Trajectory(
      of: self.experiment(ofSample: number, in: experiment), pace: pace)
    for cut in trajectory.truncations where cut.layer == nil { throw .cutShort(limit: cut.limit) }
    return try AdjointTrajectory(of: trajectory, rule: rule, pace: pace)
  }
}
