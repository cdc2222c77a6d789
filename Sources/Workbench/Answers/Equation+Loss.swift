import EventProp
import Language
import Study

extension Session {
  /// The sum of the loss: the rule in symbols, the largest terms with their numbers, and the sum;
  /// nil without a loss.
  func lossEquation(isBrief: Bool) -> Equation? {
    guard let loss = experiment.loss, run.loss != nil, let sum = lossSum else { return nil }
    let shown = sum.terms.prefix(isBrief ? 5 : EquationWriter.mostTerms)
    let digits = 7
    var lines = shown.map { Equation.Line(line(of: $0, loss.rule, digits)) }
    if sum.terms.count > shown.count {
      let rest = sum.terms[shown.count...].reduce(0) { $0 + $1.value }
      lines.append(
        Equation.Line(
          "… \(sum.terms.count - shown.count) more: \(Quantity.display(rest, digits: digits))"))
    }
    return Equation(
      title: "\(loss.rule.name) of \(experiment.network.layers[loss.layer].name)",
      symbols: [filled(loss.rule.kind.formula, nil, loss.rule.values, digits)], numbers: lines,
      result: "L = \(Quantity.display(sum.value, digits: digits))")
  }

  /// ∂l/∂t of an event's spike in numbers, without its value; nil where a formula would only repeat
  /// the value.
  func lossSlope(of event: Int) -> String? {
    guard let rule = experiment.loss?.rule, let formula = rule.kind.slopeFormula else { return nil }
    let term = lossSum?.terms.first { term in
      switch term.cause {
      case .summand(_, event, _), .share(_, event, _): true
      default: false
      }
    }
    return term.map { filled(formula, $0, rule.values, 7) }
  }

  private var lossSum: Provenance? {
    Explainer(run.trajectory, adjoint: run.wayBack).explain(.loss)
  }

  /// A neuron of the layer that the loss reads, counted across layers.
  private func lossNeuron(_ neuron: Int) -> Int {
    (experiment.loss.map { experiment.network.offsets[$0.layer] } ?? 0) + neuron
  }

  /// A term with the numbers from which it is computed.
  private func line(of term: Provenance.Term, _ rule: Loss.Rule, _ digits: Int) -> String {
    let name =
      switch term.cause {
      case .summand(let neuron, let event, _): name(neuron, event)
      case .share(let neuron, let event, _) where experiment.loss?.readsSpikes ?? false:
        name(neuron, event)
      case .early(let neuron, let event): name(neuron, event)
      case .share(let neuron, _, _), .integral(let neuron): "n\(neuron)"
      default: ""
      }
    let formula =
      if case .early = term.cause { "t = {t}   early {value}" } else { rule.kind.termFormula }
    return "\(name): " + filled(formula, term, rule.values, digits)
  }

  /// A formula of a loss with its values, and with the numbers of one of its terms.
  private func filled(
    _ formula: String, _ term: Provenance.Term?, _ values: LossValues, _ digits: Int
  ) -> String {
    func number(_ value: Double) -> String { Quantity.display(value, digits: digits) }
    func seconds(_ value: Double) -> String { Quantity.displayTime(value, digits: digits) }
    /// The time of an event, or the time that replaces a missing spike.
    func time(of event: Int?, _ clip: Double) -> String {
      seconds(event.map { run.trajectory.events[$0].time } ?? clip)
    }
    var numbers = ["tau": seconds(values.tau), "clip": seconds(values.clip)]
    if values.neurons.indices.contains(values.label) {
      numbers["label"] = "n\(lossNeuron(values.neurons[values.label]))"
    }
    let early = values.early.map { (alpha: number($0.alpha), tau: seconds($0.tau)) }
    numbers["early"] = ""
    if let early, term == nil {
      numbers["early"] = " + \(early.alpha) (exp(t/\(early.tau)) - 1) of \(numbers["label"] ?? "")"
    }
    if let term { numbers["value"] = number(term.value) }
    switch term?.cause {
    case .summand(_, let event, let target)?:
      numbers["t"] = time(of: event, values.clip)
      numbers["target"] = target.map { seconds($0) }
      let time = event.map { run.trajectory.events[$0].time }
      numbers["c"] = time.map { number((term?.value ?? 0) / $0) }
    case .share(let neuron, let event, let share)?:
      let peak = run.wayBack?.evaluation.impulses[neuron]
      numbers["t"] = time(of: event, values.clip)
      numbers["share"] = number(share)
      let isLabel = numbers["label"] == "n\(neuron)"
      numbers["isLabel"] = isLabel ? "1" : "0"
      if let early, isLabel {
        let time = time(of: event, values.clip)
        numbers["early"] = " + \(early.alpha)/\(early.tau) exp(\(time)/\(early.tau))"
      }
      numbers["peak"] =
        peak.map { "V = \(number($0.potential)) at \(seconds($0.time))" } ?? "V stays below 0"
    case .early(_, let event)?: numbers["t"] = time(of: event, values.clip)
    case .integral(let neuron)?:
      let factor = values.coefficients[neuron - lossNeuron(0)]
      numbers["c"] = number(factor)
      numbers["integral"] = number((term?.value ?? 0) / factor)
    default: break
    }
    return numbers.reduce(formula) { $0.replacing("{\($1.key)}", with: $1.value) }
  }

  /// The name of a neuron, with the number of its spike if it is not the first one, or with the
  /// reason why it has none.
  private func name(_ neuron: Int, _ event: Int?) -> String {
    guard let event else {
      return "n\(neuron) " + (run.trajectory.spikeCounts[neuron] == 0 ? "silent" : "too late")
    }
    guard case .spike(_, let ordinal, _) = run.trajectory.events[event].kind, ordinal > 0 else {
      return "n\(neuron)"
    }
    return "n\(neuron) \(ordinal)"
  }
}

extension Loss.Rule {
  /// Whether the loss acts on the flow of λ_V back in time.
  var isRunning: Bool { kind == VoltageIntegral.self }
}
