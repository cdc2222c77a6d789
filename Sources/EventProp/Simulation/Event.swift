/// An interruption of the flow: an input spike, a threshold crossing, or a delayed arrival.
///
/// jaxsnn: EventPropSpike(time, idx, current).
public struct Event: Equatable, Sendable {
  /// The kind of the event.
  public enum Kind: Equatable, Sendable {
    /// A spike on an input channel; `position` is its place in the experiment's list.
    case input(channel: Int, position: Int)
    /// The `ordinal`-th spike of a neuron (both from 0, neurons counted across layers); `current` is its
    /// synaptic current just before the reset and before its own recurrent delivery.
    case spike(neuron: Int, ordinal: Int, current: Double)
    /// The delayed delivery through one group of synapses of equal delay; its first value is the
    /// number of the earlier event.
    case arrival(of: Int, through: Delivery)
  }

  /// The time, in seconds from the start.
  public let time: Double
  /// The kind of the event.
  public let kind: Kind

  /// The neuron that spikes in this event, or nil.
  package var spikingNeuron: Int? {
    if case .spike(let neuron, _, _) = kind { neuron } else { nil }
  }
}

/// A delivery of one event through one matrix: the synapses of one row with one delay.
public struct Delivery: Equatable, Sendable {
  /// The matrix, counted over the circuit.
  package let projection: Int
  /// The row: the presynaptic neuron or channel inside its population.
  package let row: Int
  /// The group of equal delay in the row; 0 where a matrix has no delays.
  package let group: Int
}
