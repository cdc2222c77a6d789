import EventProp
import Language

/// Writes the equation of a point of a run.
///
/// A brief equation has five digits and joins the smaller terms of a sum, so that it fits into a
/// pane. A full one has as many digits as a reader needs to compute the result from its terms.
struct EquationWriter {
  let session: Session
  let isBrief: Bool

  var run: Run { session.run }

  /// The most terms of a sum that are listed, one per line.
  static let mostTerms = 100

  func equation(at point: Timeline.Point) -> Equation {
    var equation =
      switch point {
      case .start: start
      case .turn: turn
      case .end: end
      case .forward(let event): forward(event)
      case .backward(let event):
        if let wayBack = run.wayBack { backward(event, wayBack) } else { forward(event) }
      }
    equation.isLong = session.looks.view.showsReasons
    return equation
  }

  // MARK: Numbers

  func number(_ value: Double) -> String {
    Quantity.display(value, digits: isBrief ? 5 : 7)
  }

  func seconds(_ value: Double) -> String {
    Quantity.displayTime(value, digits: isBrief ? 5 : 7)
  }

  /// The numbers of a sum with the digits that its result needs: `1027.892 - 1005.555`.
  ///
  /// `result` is the sum, or the difference that the numbers form.
  func numbers(_ values: [Double], for result: Double) -> [String] {
    let places = Quantity.order(of: result) - (isBrief ? 4 : 6)
    return values.map { value in
      let digits = Quantity.order(of: value) - places + 1
      return Quantity.display(value, digits: min(max(digits, isBrief ? 5 : 7), 12))
    }
  }

  /// A sum with its result: `a - b + c = r`.
  func sum(_ values: [Double], _ result: Double) -> String {
    joined(numbers(values, for: result)) + " = " + number(result)
  }

  /// Numbers with the signs between them.
  func joined(_ numbers: [String]) -> String {
    numbers.dropFirst().reduce(numbers.first ?? "0") { text, number in
      text + (number.hasPrefix("-") ? " - \(number.dropFirst())" : " + \(number)")
    }
  }

  /// A factor in brackets where its sign would follow another sign.
  func factor(_ text: String) -> String { text.hasPrefix("-") ? "(\(text))" : text }

  // MARK: Points without an event

  private var start: Equation {
    let neuron = session.selected
    let parameters = session.parameters(of: neuron)
    let state = run.state(of: neuron, at: .start)
    return Equation(
      title: "start: every neuron follows",
      symbols: ["tau_mem V' = (v_leak - V) + I", "tau_syn I' = -I"],
      numbers: [
        Equation.Line(
          "n\(neuron): V(0) = \(number(state.potential)), I(0) = \(number(state.current))"),
        Equation.Line(
          "tau_mem = \(seconds(parameters.tauMem)), tau_syn = \(seconds(parameters.tauSyn)), v_leak = \(number(parameters.vLeak))",
          "V follows I slowly, with tau_mem, and goes back to v_leak; I is forgotten with tau_syn."),
        Equation.Line(
          "v_th = \(number(parameters.vThreshold)), v_reset = \(number(parameters.vReset))",
          "Where V reaches v_th from below the neuron spikes, and V becomes v_reset."),
      ],
      result: "I(t) = I e^(-t/tau_syn); V follows in closed form, to the last bit")
  }

  private var turn: Equation {
    let loss = session.lossEquation(isBrief: isBrief)
    let isRunning = session.experiment.loss?.rule.isRunning ?? false
    var numbers = loss?.numbers ?? []
    if !isBrief { numbers += impulseLines }
    return Equation(
      title: "turn: the loss is known, λ = 0 at t_max",
      symbols: [
        "back in time, s = t_max - t:", "tau_mem dλV/ds = -λV\(isRunning ? " - c" : "")",
        run.rule.currentFlowSymbol,
      ] + (loss?.symbols ?? []),
      numbers: numbers,
      steps: run.wayBack == nil
        ? []
        : [
          Equation.Line(
            "∂L/∂V = -tau_mem λV,  ∂L/∂I = -tau_syn λI",
            "λ says how much L changes with V and I at that time. After t_max nothing changes L: λ = 0."
          )
        ],
      result: loss?.result ?? "no loss")
  }

  /// The jumps of λ_V at the maxima that the loss reads; they lie between events.
  private var impulseLines: [Equation.Line] {
    guard let wayBack = run.wayBack else { return [] }
    return wayBack.evaluation.impulses.sorted { $0.key < $1.key }.map { neuron, impulse in
      let tauMem = session.parameters(of: neuron).tauMem
      return Equation.Line(
        "λV n\(neuron) += -\(factor(number(impulse.gradient)))/\(seconds(tauMem))"
          + " = \(number(-impulse.gradient / tauMem)) /s at \(seconds(impulse.time))",
        "The loss reads the greatest V of n\(neuron) at this time: λV gets -∂L/∂V / tau_mem there.")
    }
  }

  private var end: Equation {
    guard let adjoint = run.adjoint else {
      return Equation(
        title: "end of the way back", symbols: [], numbers: [],
        result: run.loss.map { "L = \(number($0))" } ?? "")
    }
    let neuron = session.selected
    let parameters = session.parameters(of: neuron)
    let lambda = adjoint.atZero[neuron]
    return Equation(
      title: "end: the gradient is complete", symbols: ["info grad lists it"],
      numbers: [
        Equation.Line(
          "dL/dV(0) n\(neuron) = -\(seconds(parameters.tauMem))·\(factor(number(lambda.lambdaV))) /s"
            + " = \(number(-parameters.tauMem * lambda.lambdaV))",
          "∂L/∂V = -tau_mem λV, at t = 0, too."),
        Equation.Line(
          "dL/dI(0) n\(neuron) = -\(seconds(parameters.tauSyn))·\(factor(number(lambda.lambdaI))) /s"
            + " = \(number(-parameters.tauSyn * lambda.lambdaI))"),
      ]
        + LIFParameters.Field.allCases.map { field in
          Equation.Line(
            "dL/d\(field.rawValue) = \(number(adjoint.gradient.shared(field)))\(field.isTime ? " /s" : "")"
          )
        }, result: "L = \(number(adjoint.loss))")
  }

  // MARK: Events

  func heading(_ event: Int) -> String {
    "e\(event) \(run.describe(event)), t = "
      + Quantity.displayTime(run.trajectory.events[event].time, digits: isBrief ? 6 : 7)
  }

  private func forward(_ event: Int) -> Equation {
    let happened = run.trajectory.events[event]
    var numbers: [Equation.Line] = []
    var symbols: [String] = []
    var steps: [Equation.Line] = []
    var result = ""
    if case .spike(let neuron, _, let current) = happened.kind {
      let parameters = session.parameters(of: neuron)
      let (threshold, leak) = (parameters.vThreshold, parameters.vLeak)
      symbols = ["V n\(neuron): v_th → v_reset", "tau_mem V'⁻ = I⁻ + v_leak - v_th"]
      numbers.append(
        Equation.Line(
          "V: \(number(threshold)) → \(number(parameters.vReset))",
          "V has reached v_th and starts again at v_reset; the neuron's own I goes on."))
      let slope = current + leak - threshold
      result = "tau_mem V'⁻ = " + sum([current, leak, -threshold], slope)
      steps = [
        Equation.Line(
          "V'⁻ = \(number(slope)) / \(seconds(parameters.tauMem)) = \(number(slope / parameters.tauMem / 1000)) /ms",
          "The flatter V is here, the more its time moves with every weight: this divides λ on the way back."
        )
      ]
    }
    let reached = session.synapsesReached(by: event)
    if !reached.isEmpty { symbols.append("I_m⁺ = I_m⁻ + w_m") }
    let shown = reached.prefix(isBrief ? 6 : Self.mostTerms)
    for synapse in shown {
      let (before, after) = run.trajectory.sides(of: synapse.neuron, atEvent: event)
      numbers.append(
        Equation.Line(
          "I n\(synapse.neuron): \(sum([before.current, synapse.weight], after.current))",
          synapse.neuron == shown[0].neuron
            ? "I jumps by the weight; V has no jump, it only bends." : ""))
    }
    if reached.count > shown.count {
      numbers.append(Equation.Line("… and \(reached.count - shown.count) more"))
    }
    numbers += delayedArrivals(of: event).prefix(isBrief ? 2 : Self.mostTerms).map {
      Equation.Line(
        "\(run.describe($0)) later: e\($0), t = \(seconds(run.trajectory.events[$0].time))")
    }
    return Equation(
      title: heading(event), symbols: symbols, numbers: numbers, steps: isBrief ? [] : steps,
      result: result)
  }

  /// The later arrivals of an event, where its synapses have delays.
  func delayedArrivals(of event: Int) -> [Int] {
    guard hasDelays else { return [] }
    return run.trajectory.events.indices[event...].filter {
      if case .arrival(event, _) = run.trajectory.events[$0].kind { true } else { false }
    }
  }
}
