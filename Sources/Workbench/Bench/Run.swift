package import EventProp
import Files
import Language
package import Study
import Synchronization

/// One experiment and all its results.
package struct Run: Sendable {
  /// The number of the run in the session, from 1.
  package let number: Int
  /// The rule of the adjoint: exact, or altered on purpose.
  package let rule: AdjointRule
  /// The experiment.
  package let experiment: Experiment
  /// The events and the states.
  package let trajectory: Trajectory
  /// The backward pass as far as λ stays finite; nil without a loss, or where the event limit of
  /// the whole run cut it.
  package let wayBack: AdjointTrajectory?
  /// The points to step through.
  package let timeline: Timeline

  private let keptWarnings = KeptWarnings()
  /// The events by their sources.
  package let index: EventIndex

  /// Runs an experiment, forwards and back.
  ///
  /// `pace` hears now and then how far the run has come, and may stop it. With `trajectory` the
  /// experiment is not simulated again.
  ///
  /// A debug build also tests ``Identities/violation(of:)`` and stops where an identity does not
  /// hold.
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

  /// The warning that λ is no finite number; nil where λ stays finite.
  package var overflow: [Warning] {
    wayBack?.overflow.map { [.overflow(neuron: $0.neuron, time: $0.time)] } ?? []
  }

  /// The warnings of the run, found at the first request and then kept: a large run has many
  /// stretches to examine.
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

  /// The complete backward pass with the whole gradient; nil where ``wayBack`` is nil or λ does not
  /// stay finite.
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

/// The warnings of a run after the first request; copies of the run share them.
private final class KeptWarnings: Sendable {
  let all = Mutex<[Warning]?>(nil)
}
