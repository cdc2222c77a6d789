/// Why an experiment cannot be run to its end.
public enum SimulationError: Error, Equatable, Sendable {
  /// The experiment has faults; nothing was computed.
  case invalid([ExperimentFault])
  /// A potential or current is no finite number; neurons are counted across layers, time is in
  /// seconds.
  case nonFiniteState(neuron: Int, time: Double)
  /// An adjoint is no finite number on the way back.
  case nonFiniteAdjoint(neuron: Int, time: Double)
  /// The loss is no finite number: its term of a neuron, counted across layers, is none. The time of
  /// the spike that the term reads is in seconds; nil where it reads no spike.
  case nonFiniteLoss(neuron: Int, time: Double?)
  /// λ stays finite, but a derivative is no finite number.
  case nonFiniteDerivative(Parameter)
  /// The experiment has no loss, so it has no adjoint.
  case noLoss
  /// A term of the loss names a spike that did not happen; the neuron has `found` spikes.
  case missingSpike(term: Int, neuron: Int, spike: Int, found: Int)
  /// The event limit of the whole run cut it, so it has no gradient.
  case cutShort(limit: Int)
  /// A layer had more events than a pass allows.
  case endless(layer: Int, events: Int)
  /// The caller stopped the run at a time, in seconds; `limit` is the duration that the work was
  /// allowed to take, in seconds, where this has stopped it.
  case stopped(time: Double, limit: Double? = nil)
}
