/// Why an experiment cannot be run to its end.
public enum SimulationError: Error, Equatable, Sendable {
  /// The experiment has faults; nothing was computed.
  case invalid([ExperimentFault])
  /// A potential or current left the range of numbers; neurons are counted across layers, time in seconds.
  case nonFiniteState(neuron: Int, time: Double)
  /// An adjoint left the range of numbers on the way back.
  case nonFiniteAdjoint(neuron: Int, time: Double)
  /// The experiment has no loss, so that there is no adjoint.
  case noLoss
  /// A term of the loss names a spike that did not happen; `found` is the number of spikes of the neuron.
  case missingSpike(term: Int, neuron: Int, spike: Int, found: Int)
  /// The event limit of the whole run cut it, so that it has no gradient.
  case cutShort(limit: Int)
  /// A layer had more events than a pass allows.
  case endless(layer: Int, events: Int)
  /// Whoever asked for the run had it stopped at a time, in seconds.
  case stopped(time: Double)
}
