package import EventProp
package import Language

extension Names {
  /// Why an experiment cannot be run, in a sentence.
  package func sentence(for error: SimulationError) -> String {
    switch error {
    case .invalid(let faults): faults.first.map { sentence(for: $0) } ?? error.description
    case .cutShort: error.description
    case .noLoss: "the experiment has no loss"
    case .nonFiniteState(let neuron, let time):
      "the state of \(name(ofNeuron: neuron)) is no finite number at \(Quantity.displayTime(time))"
    case .nonFiniteAdjoint(let neuron, let time):
      "the adjoint of \(name(ofNeuron: neuron)) is no finite number at \(Quantity.displayTime(time))"
    case .nonFiniteLoss(let neuron, let time):
      "the term of \(name(ofNeuron: neuron)) in the loss is no finite number"
        + (time.map { ", with its spike at \(Quantity.displayTime($0))" } ?? "")
    case .nonFiniteDerivative(let parameter):
      "the derivative by \(name(of: parameter)) is no finite number"
    case .missingSpike(_, let neuron, let spike, let found):
      "the loss names spike \(spike) of \(name(ofNeuron: neuron)), which has \(found)"
    case .stopped(let time, nil): "stopped at \(Quantity.displayTime(time))"
    case .stopped(let time, let limit?):
      "stopped at t = \(Quantity.displayTime(time)): a run may take \(Quantity.displayTime(limit))"
    case .endless(let layer, let events):
      "layer \(network.layers[layer].name) was still active after \(events) events"
    }
  }

  /// The remedy for an experiment that cannot be run; at the prompt everything stays as it was.
  func remedy(for error: SimulationError) -> String {
    switch error {
    case .invalid, .cutShort: "nothing was changed"
    case .noLoss: "add a loss to the preset"
    case .nonFiniteLoss, .nonFiniteDerivative:
      "nothing was changed: a larger tau or nearer targets keep it finite"
    case .nonFiniteState, .nonFiniteAdjoint:
      "nothing was changed: smaller weights or a shorter t_max keep it finite"
    case .missingSpike: "nothing was changed: larger weights or a lower v_th make it spike"
    case .endless: "nothing was changed: smaller weights calm it, set max_events N cuts it"
    case .stopped(_, nil): "nothing was changed"
    case .stopped: "nothing was changed; limit TIME allows more, limit off any time"
    }
  }
}

extension Word {
  /// The complaint at a word that the experiment cannot be run.
  func complaint(_ error: SimulationError, _ names: Names) -> Diagnostic {
    complaint(names.sentence(for: error), remedy: names.remedy(for: error))
  }
}
