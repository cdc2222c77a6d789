import EventProp
import Language

/// The rule of an event in symbols, with the numbers of this event, and with its result.
package struct Equation: Equatable, Sendable {
  /// The subject of the rule.
  package var title: String
  /// The rule in symbols.
  package var symbols: [String]
  /// Each term with its numbers.
  package var numbers: [String]
  /// The result.
  package var result: String

  /// The digits of a number: enough to compute the result from them.
  static let digits = 5

  /// All lines of the equation.
  package var text: String {
    ([title] + symbols + numbers + [result]).filter { !$0.isEmpty }.joined(separator: "\n")
  }
}

extension Session {
  /// The rule at the cursor, shortened so that it fits into a pane.
  package var equation: Equation { equation(at: point, isBrief: true) }

  /// The rule at a point; a brief one combines the smaller terms of a sum.
  func equation(at point: Timeline.Point, isBrief: Bool) -> Equation {
    switch point {
    case .start:
      return Equation(
        title: "start: every neuron follows",
        symbols: ["tau_mem V' = (v_leak - V) + I", "tau_syn I' = -I"], numbers: [],
        result: "I(t) = I e^(-t/tau_syn); V follows in closed form, to the last bit")
    case .turn: return turnEquation(isBrief)
    case .end:
      return Equation(
        title: "end: the gradient is complete", symbols: ["info grad lists it"], numbers: [],
        result: run.loss.map { "L = \(number($0))" } ?? "")
    case .forward(let event): return forwardEquation(event, isBrief)
    case .backward(let event):
      guard let wayBack = run.wayBack else { return forwardEquation(event, isBrief) }
      return backwardEquation(event, wayBack, isBrief)
    }
  }

  private func turnEquation(_ isBrief: Bool) -> Equation {
    let isRunning = experiment.loss?.rule.isRunning ?? false
    let loss = lossEquation(isBrief: isBrief)
    return Equation(
      title: "turn: the loss is known, λ = 0 at t_max",
      symbols: [
        "back in time, s = t_max - t:", "tau_mem dλV/ds = -λV\(isRunning ? " - c" : "")",
        "tau_syn dλI/ds = λV - λI",
      ] + (loss?.symbols ?? []),
      numbers: loss?.numbers ?? [], result: loss?.result ?? "no loss")
  }

  private func heading(_ event: Int) -> String {
    "e\(event) \(run.describe(event)), t = "
      + Quantity.displayTime(run.trajectory.events[event].time, digits: 6)
  }

  private func number(_ value: Double) -> String {
    Quantity.display(value, digits: Equation.digits)
  }

  private func forwardEquation(_ event: Int, _ isBrief: Bool) -> Equation {
    let happened = run.trajectory.events[event]
    var numbers: [String] = []
    var symbols: [String] = []
    var result = ""
    if case .spike(let neuron, _, let current) = happened.kind {
      let parameters = parameters(of: neuron)
      let (threshold, leak) = (parameters.vThreshold, parameters.vLeak)
      symbols = ["V n\(neuron): v_th → v_reset", "tau_mem V'⁻ = I⁻ + v_leak - v_th"]
      numbers.append("V: \(number(threshold)) → \(number(parameters.vReset))")
      result =
        "tau_mem V'⁻ = \(number(current)) + \(number(leak)) - \(number(threshold))"
        + " = \(number(current + leak - threshold))"
    }
    let reached = synapsesReached(by: event)
    if !reached.isEmpty { symbols.append("I_m⁺ = I_m⁻ + w_m") }
    let shown = reached.prefix(isBrief ? 6 : Self.mostTerms)
    for synapse in shown {
      let before = run.trajectory.state(of: synapse.neuron, atEvent: event, side: .before).current
      let after = run.trajectory.state(of: synapse.neuron, atEvent: event, side: .after).current
      numbers.append(
        "I n\(synapse.neuron): \(number(before)) + \(number(synapse.weight)) = \(number(after))")
    }
    if reached.count > shown.count {
      numbers.append("… and \(reached.count - shown.count) more")
    }
    return Equation(title: heading(event), symbols: symbols, numbers: numbers, result: result)
  }

  private func backwardEquation(
    _ event: Int, _ adjoint: AdjointTrajectory, _ isBrief: Bool
  ) -> Equation {
    guard adjoint.isWalked(event) else {
      return Equation(
        title: heading(event), symbols: [], numbers: [],
        result: wrongLabel + "the rule stops before this event: nothing is added")
    }
    let pulls = pulls(of: event, adjoint)
    let shown = lines(of: pulls, most: isBrief ? 4 : Self.mostTerms)
    guard let jump = adjoint.transitions[event] else {
      return Equation(
        title: heading(event),
        symbols: [
          "dL/dt = Σ w (λV - λI)",
          "dL/dw += \(run.rule.isScaled ? "-tau_syn λI" : "-λI")    (λ does not jump)",
        ],
        numbers: shown + gradientLines(of: pulls, most: isBrief ? 2 : Self.mostTerms),
        result: wrongLabel + "dL/dt = \(number(adjoint.timeGradients[event]))")
    }
    return Equation(
      title: heading(event),
      symbols: [
        "λV⁻ = λV⁺ + [(v_th - v_reset) λV⁺", " + Σ w(λV-λI)⁺ + ∂l/∂t] / (tau_mem V'⁻)",
        "tau_mem V'⁻ = I⁻ + v_leak - v_th",
      ],
      numbers: terms(of: jump, shown, in: event)
        + gradientLines(of: pulls, most: isBrief ? 1 : Self.mostTerms),
      result: wrongLabel + "λV⁻ = \(number(jump.lambdaVAfter)) + \(number(jump.bracket))/"
        + "\(number(jump.denominator)) = \(number(jump.lambdaVBefore))")
  }

  /// The most terms of a sum that are listed, one per line.
  static let mostTerms = 100

  /// Each term of a jump with its numbers.
  private func terms(
    of jump: AdjointTransition, _ pulls: [String], in event: Int
  ) -> [String] {
    var terms = [
      "\(run.rule.alterations.contains(.noResetTerm) ? "reset term dropped" : "reset"): \(number(jump.resetHeight))·\(number(jump.lambdaVAfter)) = \(number(jump.resetTerm))"
    ]
    terms += pulls
    if jump.delayed != 0 { terms.append("delayed arrivals: \(number(jump.delayed))") }
    // A wrong rule may use another slope than the rule of the loss.
    let slope =
      jump.lossTerm != 0
        && jump.lossTerm == run.wayBack?.evaluation.spikeTimeGradients[event]
      ? lossSlope(of: event).map { $0 + " = " } : nil
    terms.append(
      "∂l/∂t = \(slope ?? "")\(number(jump.lossTerm))"
        + (jump.lossTerm == 0 ? " (not named by the loss)" : ""))
    if jump.runningLossTerm != 0 {
      terms.append("c(v_th - v_reset) = \(number(jump.runningLossTerm))")
    }
    if case .spike(let neuron, _, let current) = run.trajectory.events[event].kind {
      let parameters = parameters(of: neuron)
      terms.append(
        "tau_mem V'⁻ = \(number(current)) + \(number(parameters.vLeak)) - "
          + "\(number(parameters.vThreshold)) = "
          + number(current + parameters.vLeak - parameters.vThreshold)
          + (jump.denominator == current + parameters.vLeak - parameters.vThreshold
            ? "" : ", taken as \(number(jump.denominator))"))
    }
    return terms
  }

  /// The share of λ that a synapse passes back from the neuron that it reaches.
  private struct Pull {
    var synapse: Reached
    var state: AdjointState
    /// w (λ_V − λ_I), or 0 where the rule leaves it out.
    var value: Double
    var isSkipped: Bool
    /// The term of the weight's gradient.
    var gradient: Double
  }

  /// The parts of Σ w (λ_V − λ_I) of an event, largest first.
  private func pulls(of event: Int, _ adjoint: AdjointTrajectory) -> [Pull] {
    let spiking = run.trajectory.events[event].spikingNeuron
    let pulls = synapsesReached(by: event).map { synapse in
      let state = adjoint.state(of: synapse.neuron, atEvent: event, side: .after)
      let isSkipped =
        run.rule.skipsRecurrence && synapse.isRecurrent
        || run.rule.skipsSelf && synapse.neuron == spiking
      let scale = run.rule.isScaled ? parameters(of: synapse.neuron).tauSyn : 1
      return Pull(
        synapse: synapse, state: state,
        value: isSkipped ? 0 : synapse.weight * (state.lambdaV - state.lambdaI),
        isSkipped: isSkipped, gradient: -scale * state.lambdaI)
    }
    return pulls.sorted { abs($0.value) > abs($1.value) }
  }

  /// The largest `most` parts that are not zero, and the sum of the others.
  private func lines(of pulls: [Pull], most: Int) -> [String] {
    let telling = pulls.filter { $0.value != 0 || $0.isSkipped }.prefix(most)
    let shown = telling.isEmpty ? pulls.prefix(1)[...] : telling
    var lines = shown.map { pull in
      pull.isSkipped
        ? "\(pull.synapse.name): left out by the rule"
        : "\(pull.synapse.name): \(number(pull.synapse.weight))·"
          + "(\(number(pull.state.lambdaV)) - \(number(pull.state.lambdaI))) = \(number(pull.value))"
    }
    if pulls.count > shown.count {
      let rest = pulls.reduce(0) { $0 + $1.value } - shown.reduce(0) { $0 + $1.value }
      lines.append("… \(pulls.count - shown.count) more: \(number(shown.count < most ? 0 : rest))")
    }
    return lines
  }

  /// The terms of the gradients of the weights through which an event delivers, the largest first.
  private func gradientLines(of pulls: [Pull], most: Int) -> [String] {
    pulls.filter { $0.gradient != 0 }.sorted { abs($0.gradient) > abs($1.gradient) }.prefix(most)
      .map { pull in
        let factor =
          run.rule.isScaled
          ? "\(Quantity.displayTime(parameters(of: pull.synapse.neuron).tauSyn))·" : ""
        let lambda = number(pull.state.lambdaI)
        return
          "dL/d\(pull.synapse.name) += -\(factor)\(lambda.hasPrefix("-") ? "(\(lambda))" : lambda)"
          + " = \(number(pull.gradient))"
      }
  }

  struct Reached {
    var name: String
    var neuron: Int
    var weight: Double
    var isRecurrent: Bool
  }

  /// The synapses that deliver in an event.
  func synapsesReached(by event: Int) -> [Reached] {
    let circuit = run.trajectory.circuit
    let names = names
    return run.trajectory.deliveries(of: event).flatMap { delivery -> [Reached] in
      let projection = circuit.projections[delivery.projection]
      return circuit.synapses(of: delivery).map { entry, neuron in
        Reached(
          name: names.name(of: circuit.synapse(delivery.projection, entry)), neuron: neuron,
          weight: projection.synapses.weights[entry], isRecurrent: projection.isRecurrent)
      }
    }
  }

  func parameters(of neuron: Int) -> LIFParameters {
    let place = experiment.network.place(of: neuron)
    return experiment.network.layers[place.layer].parameters[place.index]
  }

  func equation(at word: Word?) throws(Diagnostic) -> Equation {
    guard let word else { return equation(at: point, isBrief: false) }
    return equation(at: run.timeline[here(try event(word))], isBrief: false)
  }
}
