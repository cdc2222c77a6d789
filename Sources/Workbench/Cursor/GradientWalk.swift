import EventProp

/// The gradient of the part of a run that the backward phase has walked, for any place of the
/// cursor.
///
/// A move forward goes one step at a time. A move back goes to the nearest kept place and on from
/// there. A step back is therefore cheap in a run of any length.
struct GradientWalk: Sendable {
  private var pass: BackwardPass
  /// The kept places of the walk, the latest event first.
  private var kept: [BackwardPass]
  private let interval: Int

  /// The most numbers in all kept gradients, 64 MiB.
  private static let room = 8 << 20

  /// Starts at the turn of a run.
  init(_ adjoint: AdjointTrajectory) {
    let events = adjoint.trajectory.events.count
    pass = BackwardPass(
      adjoint.trajectory, adjoint.evaluation, rule: adjoint.rule, keepsRecord: false)
    kept = [pass]
    let size = adjoint.gradient.layers.reduce(1) {
      $0 + $1.weights.weights.count + ($1.recurrent?.weights.count ?? 0)
        + 8 * $1.parameters.count
    }
    interval = max(64, events / min(64, max(2, Self.room / size)))
  }

  /// The gradient of the events from `event` on.
  ///
  /// Throws `SimulationError.stopped` where `pace` stops it; the next call continues from there.
  mutating func gradient(
    from event: Int, pace: Pace
  ) throws(SimulationError) -> Gradient {
    if pass.remaining < event, let place = kept.last(where: { $0.remaining >= event }) {
      pass = place
    }
    // The whole run has been walked before, so the same steps cannot fail.
    while pass.remaining > event, try pass.next(pace: pace) != nil {
      if let last = kept.last, last.remaining - pass.remaining >= interval { kept.append(pass) }
    }
    return pass.gradient
  }
}
