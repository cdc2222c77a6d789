import EventProp
import Language

extension EquationWriter {
  /// The equation of an event on the way back.
  func backward(_ event: Int, _ adjoint: AdjointTrajectory) -> Equation {
    guard adjoint.isWalked(event) else {
      return Equation(
        title: heading(event), symbols: [], numbers: [],
        result: session.wrongLabel + "the rule stops before this event: nothing is added")
    }
    let pulls = pulls(of: event, adjoint)
    guard let jump = adjoint.transitions[event] else { return arrival(event, pulls, adjoint) }
    return spike(event, jump, pulls, adjoint)
  }

  // MARK: An arrival

  private func arrival(
    _ event: Int, _ pulls: [Pull], _ adjoint: AdjointTrajectory
  ) -> Equation {
    let total = adjoint.timeGradients[event]
    var terms = lines(of: pulls, most: isBrief ? 4 : Self.mostTerms, in: total)
    terms += kinks(at: event, adjoint)
    let later = delayedArrivals(of: event)
    if let delayed = delayedLine(later, later.reduce(0) { $0 + adjoint.timeGradients[$1] }, adjoint)
    {
      terms.append(delayed)
    }
    if run.rule.leaksToNext {
      let leak = total - terms.reduce(0) { $0 + $1.value }
      terms.append(
        Term(
          value: leak,
          line: Equation.Line(
            "from earlier spikes: \(term(leak, in: total)) /s",
            "leak-to-next: \(Alteration.leakToNext.story).")))
    }
    let values = terms.map(\.value).filter { $0 != 0 }
    let isSummed = values.count > 1 && values.count <= 8
    return Equation(
      title: heading(event),
      symbols: [
        "dL/dt = Σ w (\(run.rule.pullSymbol))\(skipped)",
        "dL/dw += \(run.rule.collectedSymbol)    (λ does not jump)",
      ] + (hasDelayGradient(pulls) ? ["dL/ddelay += w (\(run.rule.pullSymbol))"] : []),
      numbers: terms.map(\.line),
      result: session.wrongLabel + "dL/dt = "
        + (isSummed ? sum(values, total) : number(total)) + " /s",
      gains: gradientLines(of: pulls, most: isBrief ? 2 : Self.mostTerms))
  }

  // MARK: A spike

  private func spike(
    _ event: Int, _ jump: AdjointTransition, _ pulls: [Pull], _ adjoint: AdjointTrajectory
  ) -> Equation {
    let terms = bracketTerms(event, jump, pulls, adjoint)
    let parameters = parameters(of: event)
    var numbers: [Equation.Line] = []
    if !isBrief { numbers.append(flowLine(of: event, jump, adjoint)) }
    numbers += terms.map(\.line)
    var gains = gradientLines(of: pulls, most: isBrief ? 1 : Self.mostTerms)
    if !isBrief, let parameters, jump.lambdaVBefore != 0 || jump.lambdaVAfter != 0 {
      let (slope, before) = (factor(number(jump.denominator)), number(jump.lambdaVBefore))
      gains.insert(
        Equation.Line(
          "dL/dt = tau_mem V'⁻ λV⁻ = \(slope)·\(factor(before)) = \(number(jump.timeGradient)) /s",
          "What L gains per second if this spike comes later, all later effects included."), at: 0)
      gains.append(
        Equation.Line(
          "dL/dv_th += \(seconds(parameters.tauMem))·\(factor(number(jump.lambdaVBefore))) /s"
            + " = \(number(parameters.tauMem * jump.lambdaVBefore))",
          "A higher v_th acts like a lower V just before the spike: +tau_mem λV⁻."))
      gains.append(
        Equation.Line(
          "dL/dv_reset += -\(seconds(parameters.tauMem))·\(factor(number(jump.lambdaVAfter))) /s"
            + " = \(number(-parameters.tauMem * jump.lambdaVAfter))",
          "A higher v_reset is a higher V just after the spike: -tau_mem λV⁺."))
    }
    let result =
      "λV⁻ = \(number(kept(jump))) + \(factor(number(jump.bracket)))/"
      + "\(factor(number(jump.denominator))) = \(number(jump.lambdaVBefore)) /s"
    return Equation(
      title: heading(event), symbols: jumpSymbols, numbers: numbers,
      steps: [divisorLine(event, jump), bracketLine(terms, jump)].compactMap { $0 },
      result: session.wrongLabel + result, inline: session.wrongLabel + inline(terms, jump),
      gains: gains)
  }

  /// What the jump is added to.
  private func kept(_ jump: AdjointTransition) -> Double {
    jump.overwrites ? 0 : jump.lambdaVAfter
  }

  /// The rule of the jump in symbols: only the terms that this experiment and this rule have.
  private var jumpSymbols: [String] {
    let alterations = run.rule.alterations
    var terms: [String] = []
    if alterations.contains(.resetToZero) {
      terms.append("v_th λV⁺")
    } else if !hasNoResetTerm {
      terms.append("(v_th - v_reset) λV⁺")
    }
    let pull = run.rule.pullSymbol.filter { $0 != " " }
    if !run.rule.mergesSpikes {
      terms.append((isBrief ? "Σw" : "Σ w") + "(\(pull))⁺" + skipped)
    }
    if hasDelays, !run.rule.mergesSpikes { terms.append("Σ dL/dt of its delayed arrivals") }
    if run.rule.mergesSpikes {
      terms.append("Σ dL/dt of all spikes, times the gain of the resets before")
    } else if session.experiment.loss?.readsSpikes ?? false {
      terms.append("∂l/∂t")
    }
    if session.experiment.loss?.rule.isRunning ?? false { terms.append("c (v_th - v_reset)") }
    let level = alterations.contains(.slopeAtReset) ? "v_reset" : "v_th"
    let leak = alterations.contains(.noLeak) ? "" : "+ v_leak "
    var divisor = "tau_mem V'⁻ = I⁻ \(leak)- \(level)"
    if alterations.contains(.noSlope) { divisor += ", taken as 1" }
    for case .clampedSlope(let least) in alterations { divisor += ", at least \(number(least))" }
    let jump =
      "λV⁻ = \(run.rule.overwrites ? "" : "λV⁺ + ")[" + terms.joined(separator: " + ")
      + "]/(tau_mem V'⁻)"
    return [jump, divisor]
  }

  /// Whether the rule has no term for the reset.
  private var hasNoResetTerm: Bool {
    run.rule.mergesSpikes || run.rule.alterations.contains(.noResetTerm)
  }

  /// The synapses that a wrong rule leaves out of the sum, in words.
  private var skipped: String {
    if let channel = run.rule.missingChannel { return " (not from in\(channel))" }
    if run.rule.skipsRecurrence { return " (not within the layer)" }
    return run.rule.skipsSelf ? " (not to itself)" : ""
  }

  var hasDelays: Bool {
    session.experiment.network.layers.contains {
      $0.weights.delays != nil || $0.recurrent?.delays != nil
    }
  }

  private func parameters(of event: Int) -> LIFParameters? {
    run.trajectory.events[event].spikingNeuron.map { session.parameters(of: $0) }
  }

  /// λ_V⁺ from the later jump that it comes from.
  private func flowLine(
    of event: Int, _ jump: AdjointTransition, _ adjoint: AdjointTrajectory
  ) -> Equation.Line {
    let value = "λV⁺ = \(number(jump.lambdaVAfter)) /s"
    guard case .spike(let neuron, let ordinal, _) = run.trajectory.events[event].kind else {
      return Equation.Line(value)
    }
    let reason =
      "λV just after the spike: between spikes it only decays on its way back, with tau_mem."
    let next = run.trajectory.event(ofSpike: ordinal + 1, of: neuron)
    guard jump.lambdaVAfter != 0 else {
      return Equation.Line(
        value + (next == nil ? ": n\(neuron) does not spike again" : ""),
        "Nothing that n\(neuron) does after this spike changes L.")
    }
    // What a maximum of V adds on the way is told at the turn.
    let flow = run.trajectory.circuit.flows[neuron]
    let end = next.map { run.trajectory.events[$0].time } ?? run.experiment.horizon
    let length = end - run.trajectory.events[event].time
    let later = next.map { adjoint.state(of: neuron, atEvent: $0, side: .before).lambdaV } ?? 0
    let drive = adjoint.evaluation.drives[neuron]
    let decay = flow.kernel.decay(over: length).mem
    let formed = later * decay - drive * (1 - decay)
    guard abs(formed - jump.lambdaVAfter) <= 1e-9 * (abs(later) + abs(drive)) else {
      return Equation.Line(value, reason)
    }
    let power = "e^(-\(seconds(length))/\(seconds(flow.parameters.tauMem)))"
    let decayed = later == 0 ? [] : ["\(number(later))·\(power)"]
    let fed = drive == 0 ? [] : ["\(number(-drive))·(1 - \(power))"]
    return Equation.Line(
      "λV⁺ = \(joined(decayed + fed)) = \(number(jump.lambdaVAfter)) /s, from "
        + (next.map { "e\($0)" } ?? "t_max"),
      drive == 0
        ? reason : "λV just after the spike: on its way back it decays, and the loss adds -c.")
  }

  /// The divisor of the jump with its sum; under a wrong rule the number that it uses.
  private func divisorLine(_ event: Int, _ jump: AdjointTransition) -> Equation.Line? {
    guard case .spike(_, _, let current) = run.trajectory.events[event].kind,
      let parameters = parameters(of: event)
    else { return nil }
    let isLeakless = run.rule.alterations.contains(.noLeak)
    let level =
      run.rule.alterations.contains(.slopeAtReset) ? parameters.vReset : parameters.vThreshold
    let values = [current] + (isLeakless ? [] : [parameters.vLeak]) + [-level]
    let slope = values.reduce(0, +)
    return Equation.Line(
      "tau_mem V'⁻ = " + sum(values, slope)
        + (jump.denominator == slope ? "" : ", taken as \(number(jump.denominator))"),
      "The steeper V rises, the less a change of V moves the spike: this divides the bracket.")
  }

  /// The sum in the bracket; nil where only one term is not zero.
  private func bracketLine(_ terms: [Term], _ jump: AdjointTransition) -> Equation.Line? {
    let values = terms.map(\.value).filter { $0 != 0 }
    let reason =
      "What a later spike changes in L per second; the share tau_mem V'⁻ λV⁺ is the λV⁺ in front."
    guard values.count > 1 else { return nil }
    guard values.count > 8 else {
      return Equation.Line("bracket: \(sum(values, jump.bracket)) /s", reason)
    }
    return Equation.Line(
      "bracket: the \(values.count) terms above = \(number(jump.bracket)) /s", reason)
  }

  private func inline(_ terms: [Term], _ jump: AdjointTransition) -> String {
    let values = terms.map(\.value).filter { $0 != 0 }
    let bracket =
      values.count > 1 && values.count <= 8
      ? "(\(joined(numbers(values, for: jump.bracket))))" : factor(number(jump.bracket))
    return "λV⁻ = \(number(kept(jump))) + \(bracket)/\(factor(number(jump.denominator)))"
      + " = \(number(jump.lambdaVBefore)) /s"
  }

  // MARK: Terms

  /// A summand with its line.
  private struct Term {
    var value: Double
    var line: Equation.Line
  }

  /// Each term of the bracket with its numbers.
  private func bracketTerms(
    _ event: Int, _ jump: AdjointTransition, _ pulls: [Pull], _ adjoint: AdjointTrajectory
  ) -> [Term] {
    var terms: [Term] = []
    let height =
      isBrief || run.rule.alterations.contains(.resetToZero)
      ? number(jump.resetHeight)
      : parameters(of: event).map {
        "(\(number($0.vThreshold)) - \(factor(number($0.vReset))))"
      } ?? ""
    if !hasNoResetTerm {
      terms.append(
        Term(
          value: jump.resetTerm,
          line: Equation.Line(
            "reset: \(height)·\(factor(term(jump.lambdaVAfter, in: jump.bracket)))"
              + " = \(term(jump.resetTerm, in: jump.bracket)) /s",
            "If the spike comes later, so does the reset: V after it is shifted, with a slope that is steeper by (v_th - v_reset)/tau_mem."
          )))
    }
    terms += lines(of: pulls, most: isBrief ? 4 : Self.mostTerms, in: jump.bracket)
    terms += kinks(at: event, adjoint)
    if !run.rule.mergesSpikes,
      let delayed = delayedLine(delayedArrivals(of: event), jump.delayed, adjoint)
    {
      terms.append(delayed)
    }
    if jump.lossTerm != 0 || session.experiment.loss?.readsSpikes ?? false {
      // A wrong rule may use another slope than the rule of the loss.
      let slope =
        jump.lossTerm != 0 && jump.lossTerm == adjoint.evaluation.spikeTimeGradients[event]
        ? session.lossSlope(of: event).map { $0 + " = " } : nil
      let isNamed = jump.lossTerm != 0
      terms.append(
        Term(
          value: jump.lossTerm,
          line: Equation.Line(
            "∂l/∂t = \(slope ?? "")\(term(jump.lossTerm, in: jump.bracket))"
              + (isNamed ? " /s" : " (not named by the loss)"),
            isNamed
              ? "The loss reads the time of this spike." : "The loss does not read this spike.")
        ))
    }
    if jump.runningLossTerm != 0 {
      terms.append(
        Term(
          value: jump.runningLossTerm,
          line: Equation.Line(
            "c (v_th - v_reset) = \(number(jump.runningLossTerm / jump.resetHeight))·\(height)"
              + " = \(term(jump.runningLossTerm, in: jump.bracket)) /s",
            "The loss reads V all the time: a later reset leaves V high for longer.")))
    }
    return terms
  }

  /// A number with the digits that the sum around it needs.
  private func term(_ value: Double, in result: Double) -> String {
    numbers([value], for: result)[0]
  }

  /// The maxima of V that the loss reads and that move with an event.
  private func kinks(at event: Int, _ adjoint: AdjointTrajectory) -> [Term] {
    adjoint.evaluation.impulses.sorted { $0.key < $1.key }.compactMap { neuron, impulse in
      guard impulse.place == .kink(event: event) else { return nil }
      let before = run.trajectory.state(of: neuron, atEvent: event, side: .before)
      let slope = run.trajectory.slope(of: neuron, in: before)
      return Term(
        value: impulse.gradient * slope,
        line: Equation.Line(
          "maximum of V n\(neuron): \(number(impulse.gradient))·\(number(slope)) /s"
            + " = \(number(impulse.gradient * slope)) /s",
          "The greatest V of n\(neuron) lies at this event: if it comes later, V rises for longer.")
      )
    }
  }

  /// The sum over the delayed arrivals of an event; nil without any.
  private func delayedLine(
    _ arrivals: [Int], _ total: Double, _ adjoint: AdjointTrajectory
  ) -> Term? {
    guard !arrivals.isEmpty else { return nil }
    let values = arrivals.map { adjoint.timeGradients[$0] }
    let names = arrivals.prefix(4).map { "e\($0)" }.joined(separator: ", ")
    return Term(
      value: total,
      line: Equation.Line(
        "arrivals later (\(names)\(arrivals.count > 4 ? ", …" : "")): "
          + (values.count > 1 && values.count <= 6 ? sum(values, total) : number(total)) + " /s",
        "Through a delay it arrives later, and each arrival has its own dL/dt, already known."))
  }

  /// The share of λ that a synapse passes back from the neuron that it reaches.
  struct Pull {
    var synapse: Session.Reached
    var state: AdjointState
    /// w (λ_V − λ_I) as the rule has it, or 0 where the rule leaves it out.
    var value: Double
    var isSkipped: Bool
    /// The term of the weight's gradient.
    var gradient: Double
  }

  /// The parts of Σ w (λ_V − λ_I) of an event, largest first.
  private func pulls(of event: Int, _ adjoint: AdjointTrajectory) -> [Pull] {
    let spiking = run.trajectory.events[event].spikingNeuron
    let isMissing = session.inputChannel(of: event).map { $0 == run.rule.missingChannel } ?? false
    let pulls = session.synapsesReached(by: event).map { synapse in
      let state = adjoint.state(of: synapse.neuron, atEvent: event, side: .after)
      let isSkipped =
        run.rule.skipsRecurrence && synapse.isRecurrent
        || run.rule.skipsSelf && synapse.neuron == spiking
        || run.rule.mergesSpikes && spiking != nil || isMissing
      let scale = run.rule.isScaled ? session.parameters(of: synapse.neuron).tauSyn : 1
      return Pull(
        synapse: synapse, state: state,
        value: isSkipped ? 0 : synapse.weight * run.rule.pulled(state),
        isSkipped: isSkipped, gradient: isMissing ? 0 : -scale * run.rule.collected(state))
    }
    return pulls.sorted { abs($0.value) > abs($1.value) }
  }

  /// The largest `most` parts that are not zero, and the sum of the others.
  private func lines(of pulls: [Pull], most: Int, in result: Double) -> [Term] {
    let telling = pulls.filter { $0.value != 0 || $0.isSkipped }.prefix(most)
    let shown = telling.isEmpty ? pulls.prefix(1)[...] : telling
    var terms = shown.enumerated().map { place, pull in
      let reason =
        "If this current came later, L would change by w (λV - λI) of its target per second."
      guard !pull.isSkipped else {
        return Term(
          value: 0,
          line: Equation.Line(
            "\(pull.synapse.name): left out by the rule", "\(run.rule.name): \(run.rule.story)."))
      }
      let (rule, state) = (run.rule.pull, pull.state)
      let operands = numbers([state.lambdaV, state.lambdaI], for: run.rule.pulled(state))
      let sign = rule.lambdaI > 0 ? "+" : "-"
      let brackets =
        rule.lambdaV == 0
        ? "(0 - \(factor(operands[1])))"
        : rule.lambdaI == 0
          ? factor(operands[0]) : "(\(operands[0]) \(sign) \(factor(operands[1])))"
      return Term(
        value: pull.value,
        line: Equation.Line(
          "\(pull.synapse.name): \(number(pull.synapse.weight))·"
            + "\(brackets) = \(term(pull.value, in: result)) /s",
          place == 0 ? reason : ""))
    }
    let rest = pulls.reduce(0) { $0 + $1.value } - terms.reduce(0) { $0 + $1.value }
    if pulls.count > shown.count, shown.count == most {
      terms.append(
        Term(
          value: rest,
          line: Equation.Line(
            "… \(pulls.count - shown.count) more: \(term(rest, in: result)) /s")))
    }
    return terms
  }

  private func hasDelayGradient(_ pulls: [Pull]) -> Bool {
    guard hasDelays, let first = pulls.first else { return false }
    let place = session.experiment.network.place(of: first.synapse.neuron)
    let layer = session.experiment.network.layers[place.layer]
    return (first.synapse.isRecurrent ? layer.recurrent : layer.weights)?.delays != nil
  }

  /// The terms of the gradients of the weights through which an event delivers, the largest first.
  private func gradientLines(of pulls: [Pull], most: Int) -> [Equation.Line] {
    pulls.filter { $0.gradient != 0 }.sorted { abs($0.gradient) > abs($1.gradient) }.prefix(most)
      .enumerated().map { place, pull in
        let scale =
          run.rule.isScaled
          ? "\(seconds(session.parameters(of: pull.synapse.neuron).tauSyn))·" : ""
        return Equation.Line(
          "dL/dw \(pull.synapse.name) += -\(scale)\(factor(number(run.rule.collected(pull.state)))) /s"
            + " = \(number(pull.gradient))",
          place == 0
            ? run.rule.isScaled
              ? run.rule.collectsPotential
                ? "potential-gradient: λV stands where λI is right."
                : "The weight adds to I at this moment, and ∂L/∂I = -tau_syn λI."
              : "unscaled: the factor tau_syn is left out." : "")
      }
  }
}

extension Session {
  /// A synapse that delivers in an event.
  struct Reached {
    var name: String
    var neuron: Int
    var weight: Double
    var isRecurrent: Bool
  }

  /// The input channel whose spike an event delivers; nil for other events.
  func inputChannel(of event: Int) -> Int? {
    switch run.trajectory.events[event].kind {
    case .input(let channel, _): channel
    case .arrival(_, let delivery):
      run.trajectory.circuit.projections[delivery.projection].source == .inputs
        ? delivery.row : nil
    case .spike: nil
    }
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
}
