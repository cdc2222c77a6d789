import EventProp
import Language
import Study

extension Session {
  /// How the loss adds up: the rule in symbols, the largest summands with their numbers, and the sum; nil where there is none.
  func lossEquation(isBrief: Bool) -> Equation? {
    guard let loss = experiment.loss, run.loss != nil, let sum = lossSum else { return nil }
    let shown = sum.terms.prefix(isBrief ? 5 : Self.mostTerms)
    var lines = shown.map { line(of: $0, loss.rule) }
    if sum.terms.count > shown.count {
      let rest = sum.terms[shown.count...].reduce(0) { $0 + $1.value }
      lines.append("… \(sum.terms.count - shown.count) more: \(number(rest))")
    }
    return Equation(
      title: "\(loss.rule.name) of \(experiment.network.layers[loss.layer].name)",
      symbols: [symbols(of: loss.rule)], numbers: lines, result: "L = \(number(sum.value))")
  }

  /// ∂l/∂t of an event's spike in numbers, but for its value; nil where a formula would say no more.
  func lossSlope(of event: Int) -> String? {
    guard let rule = experiment.loss?.rule else { return nil }
    for term in lossSum?.terms ?? [] {
      switch (term.cause, rule) {
      case (.summand(_, event, let target?), .allSpikesMSE(_, _, let tau)),
        (.summand(_, event, let target?), .firstSpikeMSE(_, _, let tau, _)):
        return "2·(\(time(of: event)) - \(seconds(target)))/(\(seconds(tau)))²"
      case (
        .share(let neuron, event, let probability),
        .ttfsCrossEntropy(let neurons, let label, let tau, _)
      ):
        let isLabel = neuron == lossNeuron(neurons[label])
        return "(\(isLabel ? 1 : 0) - \(number(probability)))/\(seconds(tau))"
      default: continue
      }
    }
    return nil
  }

  private func symbols(of rule: Loss.Rule) -> String {
    switch rule {
    case .linearSpikeTimes: "L = Σ c·t"
    case .allSpikesMSE: "L = Σ ((t - target)/tau)²"
    case .firstSpikeMSE(_, _, _, let clip):
      "L = Σ ((t - target)/tau)², t at most \(seconds(clip))"
    case .ttfsCrossEntropy(let neurons, let label, let tau, _):
      "L = -log share of n\(lossNeuron(neurons[label])), share ~ exp(-t/\(seconds(tau)))"
    case .targetTime: "L = -Σ log(1 + exp(-|t - target|/tau))"
    case .voltageIntegral: "L = Σ c·∫ V dt"
    case .maxOverTimeCrossEntropy(let neurons, let label):
      "L = -log share of n\(lossNeuron(neurons[label])), share ~ exp(greatest V, or 0)"
    }
  }

  private var lossSum: Provenance? {
    Explainer(run.trajectory, adjoint: run.adjoint).explain(.loss)
  }

  /// A neuron of the layer that the loss reads, counted across layers.
  private func lossNeuron(_ neuron: Int) -> Int {
    (experiment.loss.map { experiment.network.offsets[$0.layer] } ?? 0) + neuron
  }

  /// A summand with the numbers that it is computed from.
  private func line(of term: Provenance.Term, _ rule: Loss.Rule) -> String {
    let value = " = \(number(term.value))"
    switch (term.cause, rule) {
    case (.summand(let neuron, let event, let target?), .allSpikesMSE(_, _, let tau)):
      return "\(name(neuron, event)): ((\(time(of: event)) - \(seconds(target)))/"
        + "\(seconds(tau)))²" + value
    case (.summand(let neuron, let event, let target?), .firstSpikeMSE(_, _, let tau, let clip)):
      return "\(name(neuron, event)): ((\(time(of: event, clip)) - \(seconds(target)))/"
        + "\(seconds(tau)))²" + value
    case (.summand(let neuron, let event, let target?), .targetTime(_, _, let tau)):
      return "\(name(neuron, event)): -log(1 + exp(-|\(time(of: event)) - \(seconds(target))|/"
        + "\(seconds(tau))))" + value
    case (.summand(let neuron, let event?, _), _):
      let factor = term.value / run.trajectory.events[event].time
      return "\(name(neuron, event)): \(number(factor))·\(time(of: event))" + value
    case (.share(let neuron, let event, let share), .ttfsCrossEntropy(_, _, _, let clip)):
      return "\(name(neuron, event)): t = \(time(of: event, clip))   share \(number(share))"
    case (.share(let neuron, _, let share), _):
      let peak = run.adjoint?.evaluation.impulses[neuron]
      return "n\(neuron): "
        + (peak.map { "V = \(number($0.potential)) at \(seconds($0.time))" } ?? "V stays below 0")
        + "   share \(number(share))"
    case (.integral(let neuron), .voltageIntegral(let coefficients)):
      let factor = coefficients[neuron - lossNeuron(0)]
      return "n\(neuron): \(number(factor))·\(number(term.value / factor))" + value
    default: return number(term.value)
    }
  }

  /// A neuron, and which spike of it where it is not the first; or why it has none.
  private func name(_ neuron: Int, _ event: Int?) -> String {
    guard let event else {
      return "n\(neuron) " + (run.trajectory.spikeCounts[neuron] == 0 ? "silent" : "too late")
    }
    guard case .spike(_, let ordinal, _) = run.trajectory.events[event].kind, ordinal > 0 else {
      return "n\(neuron)"
    }
    return "n\(neuron) \(ordinal)"
  }

  /// The time of an event, or the one that counts for a spike that does not come.
  private func time(of event: Int?, _ clip: Double = 0) -> String {
    seconds(event.map { run.trajectory.events[$0].time } ?? clip)
  }

  private func number(_ value: Double) -> String {
    Quantity.display(value, digits: Equation.digits)
  }

  private func seconds(_ value: Double) -> String {
    Quantity.displayTime(value, digits: Equation.digits)
  }
}

extension Loss.Rule {
  /// Whether the loss adds to the flow of λ_V back in time.
  var isRunning: Bool {
    if case .voltageIntegral = self { true } else { false }
  }
}
