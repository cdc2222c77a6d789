package import EventProp

extension Identities {
  /// The most touches of a run that ``violation(of:)`` examines; a touch is an event that reaches a
  /// neuron.
  ///
  /// Without optimisation a touch takes some 40 µs, eight times as long as its simulation. This
  /// many touches take a fifth of a second.
  package static let mostTouches = 5_000

  /// The place where the adjoint of a run violates its own equations beyond rounding, or nil.
  ///
  /// The test runs only where all equations must hold and cost little: for the exact rule, for
  /// spikes that were found and not given, and for at most ``mostTouches`` touches. A residual that
  /// is not finite, as near the largest numbers, is ignored.
  ///
  /// - Complexity: as the identities themselves, or O(neurons) for a larger run.
  package static func violation(of adjoint: AdjointTrajectory) -> Residual? {
    let trajectory = adjoint.trajectory
    guard adjoint.rule == .exact, trajectory.touchCount <= mostTouches,
      trajectory.experiment.network.layers.allSatisfy({ $0.imposedSpikes == nil })
    else { return nil }
    // A spike that grazes the threshold divides by a small slope and multiplies the rounding.
    let tolerance = GradientCheck.tolerance(grazing: true)
    return Identities(of: adjoint).residuals
      .filter { $0.relative > tolerance && $0.relative.isFinite }
      .max { $0.relative < $1.relative }
  }
}
