import EventProp

/// The gradient of the part of a run that the backward phase has walked, for any place of the
/// cursor.
///
/// A move forward goes one step at a time. A move back goes to the nearest kept place and on from
/// there. Milestones lie at equal distances along the whole walk. On the way to a place, the walk
/// also keeps a few places shortly before it, ever closer: the next steps back start from them. A
/// step back is therefore cheap in a run of any length.
struct GradientWalk: Sendable {
  private var pass: BackwardPass
  /// The kept places at equal distances, the latest event first.
  private var milestones: [BackwardPass]
  private let interval: Int
  /// The kept places shortly before a place that was asked for, the latest event first.
  private var near: [BackwardPass] = []
  private let mostNear: Int

  /// The most numbers in all kept gradients, 14 MiB.
  private static let room = 7 << 18
  /// The events between the place asked for and the nearest place that is kept for it.
  ///
  /// The others lie 4, 16, ... times as far away.
  private static let closest = 64

  /// Starts at the turn of a run.
  init(_ adjoint: AdjointTrajectory) {
    let events = adjoint.trajectory.events.count
    pass = BackwardPass(
      adjoint.trajectory, adjoint.evaluation, rule: adjoint.rule, keepsRecord: false,
      collectsParameters: false)
    milestones = [pass]
    let size = adjoint.gradient.layers.reduce(1) {
      $0 + $1.weights.weights.count + ($1.recurrent?.weights.count ?? 0)
        + 4 * $1.parameters.count
    }
    let most = max(2, Self.room / size)
    let milestoneCount = min(64, max(2, most / 2))
    interval = max(Self.closest, events / milestoneCount)
    mostNear = min(5, most - milestoneCount)
  }

  /// The gradient of the events from `event` on.
  ///
  /// Throws `SimulationError.stopped` where `pace` stops it; the next call continues from there.
  mutating func gradient(
    from event: Int, pace: Pace
  ) throws(SimulationError) -> MatrixGradients {
    near.removeAll { $0.remaining < event }
    if pass.remaining < event {
      let places = [milestones.last { $0.remaining >= event }, near.last].compactMap { $0 }
      if let place = places.min(by: { $0.remaining < $1.remaining }) { pass = place }
    }
    // The whole run has been walked before, so the same steps cannot fail.
    while pass.remaining > event, try pass.next(pace: pace) != nil {
      if let last = milestones.last, last.remaining - pass.remaining >= interval {
        milestones.append(pass)
      } else if isNear(pass.remaining - event) {
        near.append(pass)
        if near.count > mostNear { near.removeFirst() }
      }
    }
    return MatrixGradients(pass.gradient)
  }

  private func isNear(_ distance: Int) -> Bool {
    var kept = Self.closest
    for _ in 0..<mostNear {
      if distance == kept { return true }
      kept *= 4
    }
    return false
  }
}
