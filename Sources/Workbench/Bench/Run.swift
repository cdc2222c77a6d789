package import EventProp
import Files
import Language
package import Study
import Synchronization

/// One experiment and everything computed from it.
package struct Run: Sendable {
  /// The number of the run in the session, from 1.
  package let number: Int
  /// How the adjoint is computed: exactly, or wrong on purpose.
  package let rule: AdjointRule
  /// What was run.
  package let experiment: Experiment
  /// What happened.
  package let trajectory: Trajectory
  /// The way back as far as λ stays finite; nil without a loss, or when the event limit of the whole run cut it.
  package let wayBack: AdjointTrajectory?
  /// The points to step through.
  package let timeline: Timeline

  private let keptWarnings = KeptWarnings()
  /// The events by who made them.
  package let index: EventIndex

  /// Runs an experiment, forwards and back.
  ///
  /// `pace` hears now and then how far it has come, and may stop it. A `trajectory` of the same experiment is taken as it is.
  ///
  /// A build for debugging also tests the identities of ``Identities/violation(of:)``, and stops where one does not hold.
  package init(
    _ experiment: Experiment, number: Int, rule: AdjointRule = .exact,
    of trajectory: Trajectory? = nil,
    pace: (Progress.Work) -> Pace = { _ in .free }
  ) throws(SimulationError) {
    self.number = number
    self.rule = rule
    self.experiment = experiment
    if let trajectory {
      self.trajectory = trajectory
    } else {
      self.trajectory = try Trajectory(of: experiment, pace: pace(.running))
    }
    if experiment.loss != nil, !self.trajectory.isCutShort {
      wayBack = try AdjointTrajectory(
        asFarAsFinite: self.trajectory, rule: rule, pace: pace(.walkingBack))
    } else {
      wayBack = nil
    }
    loss = wayBack?.evaluation.value
    #if DEBUG
    if let wayBack, wayBack.overflow == nil, let violation = Identities.violation(of: wayBack) {
      preconditionFailure(violation.sentence(Names(experiment)))
    }
    #endif
    index = EventIndex(self.trajectory)
    timeline = Timeline(
      events: self.trajectory.events.count, hasBackward: wayBack != nil,
      firstWalked: wayBack?.overflow.map { $0.event + 1 } ?? 0)
  }

  /// The warning that λ leaves the range of numbers, where it does.
  package var overflow: [Warning] {
    wayBack?.overflow.map { [.overflow(neuron: $0.neuron, time: $0.time)] } ?? []
  }

  /// What the gradient does not say by itself; looked for when asked, since a large run has many stretches to look at, and then kept.
  ///
  /// `pace` hears now and then which time is reached, and may stop the work.
  package func warnings(
    pace: Pace = .free
  ) throws(SimulationError) -> [Warning] {
    if let known = keptWarnings.all.withLock({ $0 }) { return known }
    let found = overflow + (try Warning.all(in: trajectory, pace: pace))
    keptWarnings.all.withLock { $0 = found }
    return found
  }

  /// L, or nil without a loss.
  package let loss: Double?

  /// The way back to t = 0 with the whole gradient; nil where ``wayBack`` is, and where λ leaves the range of numbers.
  package var adjoint: AdjointTrajectory? { wayBack?.overflow == nil ? wayBack : nil }

  /// The time of a point, in seconds.
  package func time(of point: Timeline.Point) -> Double {
    switch point {
    case .start, .end: 0
    case .turn: experiment.horizon
    case .forward(let event), .backward(let event): trajectory.events[event].time
    }
  }

  /// The state of a neuron at a point, on the side that the computation has reached.
  package func state(of neuron: Int, at point: Timeline.Point) -> LIFState {
    switch point {
    case .forward(let event): trajectory.state(of: neuron, atEvent: event, side: .after)
    case .backward(let event): trajectory.state(of: neuron, atEvent: event, side: .before)
    case .start, .end: trajectory.state(of: neuron, at: 0, side: .before)
    case .turn: trajectory.state(of: neuron, at: experiment.horizon)
    }
  }

  /// λ of a neuron at a point, or nil where the backward phase has not begun.
  package func adjoint(of neuron: Int, at point: Timeline.Point) -> AdjointState? {
    switch point {
    case .start, .forward: nil
    case .turn: wayBack?.state(of: neuron, at: experiment.horizon)
    case .backward(let event): wayBack?.state(of: neuron, atEvent: event, side: .before)
    case .end: adjoint?.atZero[neuron]
    }
  }
}

/// The warnings of a run, once somebody has asked for them; copies of the run share them.
private final class KeptWarnings: Sendable {
  let all = Mutex<[Warning]?>(nil)
}
