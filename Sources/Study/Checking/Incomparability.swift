/// Why a derivative cannot be compared with differences: the loss is not smooth in the parameter near its value.
///
/// Each case is a fact; neurons are counted across layers, times are in seconds.
package enum Incomparability: Equatable, Sendable {
  /// A delivery that may come before or after a neuron's spike.
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
  /// A spike is so close to the horizon that the change moves it to the other side.
  case horizon(neuron: Int, spike: Int)
  /// V only just reaches the threshold: tau_mem dV/dt is tiny, and the smallest change removes the
  /// spike.
  case grazing(neuron: Int, spike: Int, slope: Double)
  /// An arrival and a spike of the neuron that it reaches happen at one instant: only one-sided derivatives exist.
  case tie(Source, neuron: Int, spike: Int, time: Double)
  /// An arrival and a spike of the neuron that it reaches change places.
  case swap(Source, neuron: Int, spike: Int, change: Double)
  /// The loss itself has a kink: a clipped time, a target that is hit exactly, or two equal maxima.
  case lossKink
  /// Only the largest changes can be used, and they are too few.
  case tooCloseToChange
  /// The spikes of a layer are given, and no parameter moves them.
  case imposed(layer: Int)
  /// The changed experiment cannot be run.
  case cannotRun
}
