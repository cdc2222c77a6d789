package import EventProp

/// The place at which a wrong rule first matters, on the way back.
package struct RuleSite: Equatable, Sendable {
  /// The number of the event.
  package let event: Int
  /// The neuron that spikes there, counted across layers.
  package let neuron: Int

  /// Finds the latest spike at which λ_V by a rule differs from ours by more than rounding; nil where
  /// λ_V differs nowhere, as for a rule that alters only what a weight collects.
  ///
  /// Throws a `SimulationError` where λ is no finite number, and `SimulationError.stopped` where
  /// `pace` stops it.
  ///
  /// - Complexity: two backward passes.
  package init?(of rule: AdjointRule, in trajectory: Trajectory, pace: Pace) throws(SimulationError)
  {
    guard rule != .exact else { return nil }
    // One pass computes both, so that rounding makes no difference.
    var exact = BackwardPass(trajectory, try trajectory.evaluateLoss())
    while try exact.next(pace: pace) != nil {}
    var wrong = BackwardPass(trajectory, exact.evaluation, rule: rule)
    while try wrong.next(pace: pace) != nil {}
    let scale = exact.transitions.compactMap { $0.map { abs($0.lambdaVBefore) } }.max() ?? 0
    let found = trajectory.events.indices.last { event in
      guard let ours = exact.transitions[event] else { return false }
      let theirs = wrong.transitions[event]?.lambdaVBefore ?? 0
      return abs(ours.lambdaVBefore - theirs) > 1e-9 * scale
    }
    guard let found, let neuron = trajectory.events[found].spikingNeuron else { return nil }
    (event, self.neuron) = (found, neuron)
  }
}
