package import EventProp

/// A run whose gradient is compared, and its share of the sum: 1 for a single run, 1/n in the mean of
/// n samples.
package struct ComparedRun: Sendable {
  /// The run.
  package let trajectory: Trajectory
  /// Its loss.
  let evaluation: LossEvaluation
  /// The factor of its gradient.
  let share: Double
  /// The number of neurons that its events touch, which is the cost of a backward pass.
  let cost: Int

  /// Prepares a run.
  ///
  /// Throws a `SimulationError` where the loss names a missing spike.
  package init(_ trajectory: Trajectory, share: Double = 1) throws(SimulationError) {
    self.trajectory = trajectory
    self.share = share
    evaluation = try trajectory.evaluateLoss()
    cost = trajectory.events.count + trajectory.touchCount
  }
}
