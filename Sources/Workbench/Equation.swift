import EventProp
import Notation

/// The rule of an event three times: in symbols, with the numbers of this event, and its result.
public struct Equation: Equatable, Sendable {
  /// What the rule is about.
  public var title: String
  /// The rule in symbols.
  public var symbols: [String]
  /// Each term with its numbers.
  public var numbers: [String]
  /// The result.
  public var result: String

  /// All of it, one line each.
  public var text: String {
    ([title] + symbols + numbers + [result]).filter { !$0.isEmpty }.joined(separator: "\n")
  }
}

extension Session {
  /// The rule at the cursor.
  public var equation: Equation { equation(at: point) }

  /// The rule at a point.
  public func equation(at point: Timeline.Point) -> Equation {
    switch point {
    case .start:
      return Equation(
        title: "start: every neuron follows",
        symbols: ["tau_mem V' = (v_leak - V) + I", "tau_syn I' = -I"], numbers: [],
        result: "step (s) goes to the first event")
    case .turn:
      return Equation(
        title: "turn: the loss is known, λ = 0 at t_max",
        symbols: [
          "back in time, s = t_max - t:", "tau_mem dλV/ds = -λV", "tau_syn dλI/ds = λV - λI",
        ],
        numbers: [], result: run.loss.map { "L = \(Quantity.display($0, digits: 6))" } ?? "no loss")
    case .end:
      return Equation(
        title: "end: the gradient is complete", symbols: ["info grad lists it"], numbers: [],
        result: run.loss.map { "L = \(Quantity.display($0, digits: 6))" } ?? "")
    case .forward(let event): return forwardEquation(event)
    case .backward(let event):
      guard let adjoint = run.adjoint else { return equation(at: .forward(event)) }
      return backwardEquation(event, adjoint)
    }
  }

  private func heading(_ event: Int) -> String {
    "e\(event) \(run.describe(event)), t = "
      + Quantity.displayTime(run.trajectory.events[event].time, digits: 6)
  }

  private func number(_ value: Double) -> String { Quantity.display(value, digits: 5) }

  private func forwardEquation(_ event: Int) -> Equation {
    let happened = run.trajectory.events[event]
    var numbers: [String] = []
    var symbols: [String] = []
    var result = ""
    if let neuron = happened.spikingNeuron {
      let parameters = parameters(of: neuron)
      symbols = ["V n\(neuron): v_th → v_reset", "tau_mem V'⁻ = I⁻ + v_leak - v_th"]
      if case .spike(_, _, let current) = happened.kind {
        numbers.append("V: \(number(parameters.vThreshold)) → \(number(parameters.vReset))")
        result =
          "tau_mem V'⁻ = \(number(current)) + \(number(parameters.vLeak)) - \(number(parameters.vThreshold))"
          + " = \(number(current + parameters.vLeak - parameters.vThreshold))"
      }
    }
    let reached = synapsesReached(by: event)
    if !reached.isEmpty { symbols.append("I_m⁺ = I_m⁻ + w_m") }
    for synapse in reached.prefix(6) {
      let before = run.trajectory.state(of: synapse.neuron, at: event, side: .before).current
      let after = run.trajectory.state(of: synapse.neuron, at: event, side: .after).current
      numbers.append(
        "I n\(synapse.neuron): \(number(before)) + \(number(synapse.weight)) = \(number(after))")
    }
    if reached.count > 6 { numbers.append("… and \(reached.count - 6) more") }
    return Equation(title: heading(event), symbols: symbols, numbers: numbers, result: result)
  }

  private func backwardEquation(_ event: Int, _ adjoint: AdjointTrajectory) -> Equation {
    let reached = synapsesReached(by: event)
    let pulls = reached.map { synapse in
      let state = adjoint.state(of: synapse.neuron, at: event, side: .after)
      return (synapse, state, synapse.weight * (state.lambdaV - state.lambdaI))
    }.sorted { abs($0.2) > abs($1.2) }
    var numbers: [String] = []
    func listPulls() {
      for (synapse, state, pull) in pulls.prefix(4) {
        numbers.append(
          "\(synapse.name): \(number(synapse.weight))·(\(number(state.lambdaV)) - \(number(state.lambdaI)))"
            + " = \(number(pull))")
      }
      if pulls.count > 4 {
        numbers.append(
          "… \(pulls.count - 4) more: \(number(pulls.dropFirst(4).reduce(0) { $0 + $1.2 }))")
      }
    }
    guard let jump = adjoint.transitions[event] else {
      listPulls()
      for (synapse, state, _) in pulls.prefix(2) {
        let tauSyn = parameters(of: synapse.neuron).tauSyn
        numbers.append(
          "dL/d\(synapse.name) += -\(Quantity.displayTime(tauSyn))·\(number(state.lambdaI))"
            + " = \(number(-tauSyn * state.lambdaI))")
      }
      return Equation(
        title: heading(event),
        symbols: ["dL/dt = Σ w (λV - λI)", "dL/dw += -tau_syn λI    (λ does not jump)"],
        numbers: numbers, result: "dL/dt = \(number(adjoint.timeGradients[event]))")
    }
    numbers.append(
      "reset: \(number(jump.resetHeight))·\(number(jump.lambdaVAfter)) = \(number(jump.resetTerm))")
    listPulls()
    if jump.delayed != 0 { numbers.append("delayed arrivals: \(number(jump.delayed))") }
    numbers.append(
      "∂l/∂t = \(number(jump.lossTerm))" + (jump.lossTerm == 0 ? " (not named by the loss)" : ""))
    if jump.runningLossTerm != 0 {
      numbers.append("c(v_th - v_reset) = \(number(jump.runningLossTerm))")
    }
    let neuron = run.trajectory.events[event].spikingNeuron ?? 0
    let parameters = parameters(of: neuron)
    if case .spike(_, _, let current) = run.trajectory.events[event].kind {
      numbers.append(
        "tau_mem V'⁻ = \(number(current)) + \(number(parameters.vLeak)) - \(number(parameters.vThreshold))"
          + " = \(number(jump.denominator))")
    }
    return Equation(
      title: heading(event),
      symbols: [
        "λV⁻ = λV⁺ + [(v_th - v_reset) λV⁺", " + Σ w(λV-λI)⁺ + ∂l/∂t] / (tau_mem V'⁻)",
        "tau_mem V'⁻ = I⁻ + v_leak - v_th",
      ], numbers: numbers,
      result:
        "λV⁻ = \(number(jump.lambdaVAfter)) + \(number(jump.bracket))/\(number(jump.denominator))"
        + " = \(number(jump.lambdaVBefore))")
  }

  struct Reached {
    var name: String
    var neuron: Int
    var weight: Double
  }

  /// The synapses that deliver in an event.
  func synapsesReached(by event: Int) -> [Reached] {
    let circuit = run.trajectory.circuit
    return run.trajectory.deliveries(of: event).flatMap { delivery -> [Reached] in
      let projection = circuit.projections[delivery.projection]
      let source = names.source(
        row: delivery.row, of: projection.target, isRecurrent: projection.isRecurrent)
      return circuit.synapses(of: delivery).map { entry, neuron in
        Reached(
          name: "n\(neuron)<-\(source)", neuron: neuron, weight: projection.synapses.weights[entry])
      }
    }
  }

  func parameters(of neuron: Int) -> LIFParameters {
    let place = experiment.network.place(of: neuron)
    return experiment.network.layers[place.layer].parameters[place.index]
  }

  func equation(at word: Word?) throws(Diagnostic) -> Equation {
    guard let word else { return equation }
    return equation(at: run.timeline[here(try event(word))])
  }
}
