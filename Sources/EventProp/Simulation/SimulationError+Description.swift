extension SimulationError: CustomStringConvertible {
  /// The error in plain English; neurons are counted across layers, times are in seconds.
  public var description: String {
    switch self {
    case .invalid(let faults): Self.words(for: faults)
    case .nonFiniteState(let neuron, let time):
      "the potential or current of neuron \(neuron) is not a finite number at \(time) s"
    case .nonFiniteAdjoint(let neuron, let time):
      "the adjoint of neuron \(neuron) is not a finite number at \(time) s"
    case .nonFiniteLoss(let neuron, let time):
      "the term of neuron \(neuron) in the loss is not a finite number"
        + (time.map { ", with its spike at \($0) s" } ?? "")
    case .nonFiniteDerivative(let parameter):
      "the derivative by \(parameter.words) is not a finite number"
    case .noLoss: "the experiment has no loss"
    case .missingSpike(let term, let neuron, let spike, let found):
      "term \(term) of the loss names spike \(spike) of neuron \(neuron), but the number of its spikes is \(found)"
    case .cutShort(let limit):
      "the event limit \(limit) cut the run, so that it has no gradient"
    case .endless(let layer, let events):
      "layer \(layer) was still active after \(events) events"
    case .stopped(let time, nil): "the run was stopped at \(time) s"
    case .stopped(let time, let limit?):
      "the run was stopped at \(time) s, because it took longer than \(limit) s"
    }
  }

  /// The first faults and the total number.
  private static func words(for faults: [ExperimentFault]) -> String {
    let shown = 5
    let count = faults.count == 1 ? "a rule" : "\(faults.count) rules"
    let more = faults.count > shown ? "; and \(faults.count - shown) more" : ""
    return "the experiment breaks \(count): "
      + faults.prefix(shown).map(\.description).joined(separator: "; ") + more
  }
}

extension Batch.Failure: CustomStringConvertible {
  /// The failure in plain English.
  public var description: String { "example \(sample) of the batch: \(reason)" }
}
