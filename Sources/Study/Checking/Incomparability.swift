package import EventProp

/// Why a derivative cannot be compared with differences: the loss is not smooth in the parameter near its value.
///
/// Cases are facts, with neurons counted across layers and times in seconds; ``sentence(in:)`` says them in words.
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

  /// The reason in one sentence.
  package func sentence(in network: Network) -> String {
    func name(_ neuron: Int) -> String {
      let place = network.place(of: neuron)
      return "\(network.layers[place.layer].name).\(place.index)"
    }
    func name(_ source: Source) -> String {
      switch source {
      case .input(let position): "input spike \(position)"
      case .spike(let neuron, let ordinal): "spike \(ordinal) of \(name(neuron))"
      }
    }
    func by(_ change: Double) -> String { "when the value changes by \(change)" }

    return switch self {
    case .appears(let neuron, let spike, let change):
      "spike \(spike) of \(name(neuron)) appears \(by(change))"
    case .vanishes(let neuron, let spike, let change):
      "spike \(spike) of \(name(neuron)) vanishes \(by(change))"
    case .horizon(let neuron, let spike):
      "spike \(spike) of \(name(neuron)) is at the horizon and crosses it with the smallest change"
    case .grazing(let neuron, let spike, let slope):
      "spike \(spike) of \(name(neuron)) grazes the threshold (tau_mem dV/dt = \(slope)) "
        + "and vanishes with the smallest change"
    case .tie(let source, let neuron, let spike, let time):
      "\(name(source)) reaches \(name(neuron)) at the instant of its spike \(spike) "
        + "(\(time) s): only one-sided derivatives exist"
    case .swap(let source, let neuron, let spike, let change):
      "\(name(source)) and spike \(spike) of \(name(neuron)), which it reaches, change places "
        + by(change)
    case .lossKink: "the loss has a kink at this value"
    case .tooCloseToChange: "the order of events changes too close to this value"
    case .imposed(let layer):
      "the spikes of \(network.layers[layer].name) are given: runs with a changed value keep them, "
        + "while the gradient moves them"
    case .cannotRun: "the experiment cannot be run at values around this one"
    }
  }
}
