import EventProp
package import Study

extension Names {
  /// Why a derivative cannot be compared with differences, in one sentence.
  package func sentence(for reason: Incomparability) -> String {
    func words(_ source: Incomparability.Source) -> String {
      switch source {
      case .input(let position): self.name(ofInput: position)
      case .spike(let neuron, let ordinal): "spike \(ordinal) of \(name(ofNeuron: neuron))"
      }
    }
    func by(_ change: Double) -> String { "when the value changes by \(change)" }

    return switch reason {
    case .appears(let neuron, let spike, let change):
      "spike \(spike) of \(name(ofNeuron: neuron)) appears \(by(change))"
    case .vanishes(let neuron, let spike, let change):
      "spike \(spike) of \(name(ofNeuron: neuron)) vanishes \(by(change))"
    case .horizon(let neuron, let spike):
      "spike \(spike) of \(name(ofNeuron: neuron)) is at the horizon and crosses it with the smallest change"
    case .grazing(let neuron, let spike, let slope):
      "spike \(spike) of \(name(ofNeuron: neuron)) grazes the threshold (tau_mem dV/dt = \(slope)) "
        + "and vanishes with the smallest change"
    case .tie(let source, let neuron, let spike, let time):
      "\(words(source)) reaches \(name(ofNeuron: neuron)) at the instant of its spike \(spike) "
        + "(\(time) s): only one-sided derivatives exist"
    case .swap(let source, let neuron, let spike, let change):
      "\(words(source)) and spike \(spike) of \(name(ofNeuron: neuron)), which it reaches, change places "
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
