/// Why a derivative cannot be compared with differences: the loss is not smooth in the parameter near its value.
///
/// Cases are facts, with neurons counted across layers and times in seconds.
package enum Incomparability: Equatable, Sendable {
  /// A delivery that can change its place among a neuron's spikes.
  package enum Source: Hashable, Sendable {
    /// An input spike, by its position in the experiment's list.
    case input(Int)
    /// A spike of a neuron.
    case spike(neuron: Int, ordinal: Int)
  }

  /// A spike exists on one side of the value only.
  case appears(neuron: Int, spike: Int, change: Double)
  /// A spike is lost on one side of the value.
  case vanishes(neuron: Int, spike: Int, change: Double)
  /// A spike is so close to the horizon that the change moves it across.
  case horizon(neuron: Int, spike: Int)
  /// V only just reaches the threshold: tau_mem dV/dt is tiny, and the spike vanishes with the smallest change.
  case grazing(neuron: Int, spike: Int, slope: Double)
  /// An arrival and a spike of the neuron that it reaches happen at one instant: only one-sided derivatives exist.
  case tie(Source, neuron: Int, spike: Int, time: Double)
  /// An arrival and a spike of the neuron that it reaches change places.
  case swap(Source, neuron: Int, spike: Int, change: Double)
  /// The loss itself has a kink: a clipped time, a target that is hit exactly, or two equal maxima.
  case lossKink
  /// The largest changes alone can be used, and too few of them.
  case tooCloseToChange
  /// The spikes of a layer are given, and do not move with anything.
  case imposed(layer: Int)
  /// The changed experiment cannot be run.
  case cannotRun
}
