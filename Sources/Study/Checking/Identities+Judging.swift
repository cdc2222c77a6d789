package import EventProp

extension Identities {
  /// The most touches of a run on which ``violation(of:)`` looks; a touch is an event that reaches a neuron.
  ///
  /// Without optimisation a touch takes some 40 µs, eight times what its simulation takes, so that this many are a fifth
  /// of a second.
  package static let mostTouches = 5_000

  /// Where the adjoint of a run contradicts its own equations by more than rounding explains, or nil.
  ///
  /// Looks only where all equations must hold and cost little: the exact rule, spikes that were found and not given, at most
  /// ``mostTouches`` touches. A residual that is no number, as of numbers near the end of their range, is no judgement.
  ///
  /// - Complexity: as the identities themselves, or O(neurons) for a larger run.
  package static func violation(of adjoint: AdjointTrajectory) -> Residual? {
    let trajectory = adjoint.trajectory
    guard adjoint.rule == .exact, trajectory.touchCount <= mostTouches,
      trajectory.experiment.network.layers.allSatisfy({ $0.imposedSpikes == nil })
    else { return nil }
    // A spike that grazes the threshold multiplies the rounding of what it divides by.
    let tolerance = GradientCheck.tolerance(grazing: true)
    return Identities(of: adjoint).residuals
      .filter { $0.relative > tolerance && $0.relative.isFinite }
      .max { $0.relative < $1.relative }
  }
}
