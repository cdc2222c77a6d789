import EventProp
import Files
import Language
import Study

extension Session {
  /// How many terms are listed before the rest is summed up.
  private static let listed = 12

  /// Explains a quantity, or a term of the explanation before.
  mutating func why(_ words: [Word], _ reply: inout Reply) throws(Diagnostic) {
    guard let first = words.first else {
      guard explained != nil else {
        throw Word("why").complaint(
          "why what?", remedy: "why lV n0, why V n0, why spike n0 1, why grad n0<-in2")
      }
      return try descend(to: 1, Word("why"), &reply)
    }
    if words.count == 1, let number = Int(first.text) {
      return try descend(to: number, first, &reply)
    }
    try explain(try subject(of: words), first, &reply)
  }

  private mutating func descend(
    to number: Int, _ word: Word, _ reply: inout Reply
  ) throws(Diagnostic) {
    guard let explained else {
      throw word.complaint("nothing was explained yet", remedy: "why lV n0")
    }
    guard explained.terms.indices.contains(number - 1) else {
      throw word.complaint(
        explained.terms.isEmpty ? "there is nothing behind it" : "no term \(number)",
        remedy: explained.terms.isEmpty
          ? "why asks about another quantity"
          : explained.terms.count == 1
            ? "there is only 1" : "they are numbered 1 to \(explained.terms.count)")
    }
    let term = explained.terms[number - 1]
    guard let origin = term.origin else {
      return reply.say(
        "\(Quantity.display(term.value, digits: 6)): \(phrase(term, of: explained.subject)): "
          + "nothing lies behind it")
    }
    try explain(origin, word, &reply)
  }

  private mutating func explain(
    _ subject: Provenance.Subject, _ word: Word, _ reply: inout Reply
  ) throws(Diagnostic) {
    let explainer = Explainer(run.trajectory, adjoint: run.adjoint)
    guard let provenance = explainer.explain(subject) else {
      throw word.complaint(
        "there is nothing to explain here", remedy: "why lV n0, why V n0, why spike n0 1")
    }
    var paths: String?
    if case .weightGradient = subject, !provenance.terms.isEmpty {
      paths = try pathText(of: subject, in: explainer)
    }
    explained = provenance
    reply.say(text(of: provenance))
    if let paths { reply.say(paths) }
  }

  // MARK: - What is asked

  private func subject(of words: [Word]) throws(Diagnostic) -> Provenance.Subject {
    var words = words
    var place = here
    if let at = words.firstIndex(where: { $0.text.hasPrefix("@") }) {
      let rest = Array(words[at...])
      let word =
        rest[0].text.count > 1
        ? Word(String(rest[0].text.dropFirst()), column: rest[0].span.start.column + 1)
        : rest.count > 1 ? rest[1] : nil
      guard let word else { throw rest[0].complaint("at which place?", remedy: "@ e5-") }
      place = try self.place(word)
      words = Array(words[..<at])
    }
    guard let head = words.first else {
      throw Word("why").complaint("why what?", remedy: "why V n0 @ e5-")
    }
    if words.count == 1, head.text.lowercased().hasPrefix("e"),
      Int(head.text.dropFirst()) != nil
    {
      return try spikeSubject(try event(head), head)
    }
    if head.text.lowercased() == "spike" { return .spike(event: try spike(words)) }
    if let subject = try gradientSubject(words) { return subject }
    switch try Probe(words, in: experiment, selected: selected) {
    case .state(let quantity, let neuron):
      if quantity.isAdjoint, !point.isBackward || run.adjoint == nil {
        throw noAdjointYet(head)
      }
      return switch quantity {
      case .potential: .potential(neuron: neuron, at: place)
      case .current: .current(neuron: neuron, at: place)
      case .lambdaV: .adjoint(.lambdaV, neuron: neuron, at: place)
      case .lambdaI: .adjoint(.lambdaI, neuron: neuron, at: place)
      }
    case .gradient(let synapse): return try gradientSubject(synapse, head)
    case .loss:
      guard run.loss != nil else {
        throw head.complaint(noWayBack.reason, remedy: noWayBack.remedy)
      }
      return .loss
    default:
      throw head.complaint(
        "'\(head.text)' comes from nothing else",
        remedy:
          "why V n0, I n0, lV n0, lI n0, L, grad SYN, grad tau_mem, input_time 3, spike NEURON [K], e7"
      )
    }
  }

  private func spikeSubject(_ event: Int, _ word: Word) throws(Diagnostic) -> Provenance.Subject {
    guard run.trajectory.events[event].spikingNeuron != nil else {
      throw word.complaint(
        "e\(event) is no spike: \(run.describe(event))",
        remedy: "why explains spikes, list shows the events")
    }
    return .spike(event: event)
  }

  private func gradientSubject(
    _ synapse: Names.SynapseName, _ word: Word
  ) throws(Diagnostic) -> Provenance.Subject {
    guard partialGradient != nil, run.adjoint != nil, let projection = run.projection(of: synapse)
    else { throw noGradientYet(word) }
    return .weightGradient(
      projection: projection, entry: synapse.entry, from: firstWalked)
  }

  /// The gradient of a parameter or an input time: `grad tau_mem`, `hidden.0.v_th`, `in.0`, `input_time 3`; nil for other
  /// quantities.
  private func gradientSubject(
    _ words: [Word]
  ) throws(Diagnostic) -> Provenance.Subject? {
    let isGradient = words[0].text.lowercased() == "grad"
    guard let name = isGradient ? words.dropFirst().first : words[0] else { return nil }
    let rest = words.dropFirst(isGradient ? 2 : 1)
    if ["input_time", "input_times", "inputtime"].contains(name.text.lowercased()) {
      guard let word = rest.first else {
        throw name.end.complaint("of which input spike?", remedy: "why input_time 3")
      }
      let position = try Edit.inputSpike(word, in: experiment)
      return try inputTimeSubject(position, name)
    }
    guard rest.isEmpty, StateQuantity(name.text) == nil, Self.isGradientName(name.text) else {
      return nil
    }
    switch try Edit.find(name, in: experiment) {
    case .parameter(let field, let neurons):
      guard partialGradient != nil, run.adjoint != nil else {
        throw noGradientYet(name)
      }
      return .parameterGradient(field, neurons: neurons, from: point == .end ? nil : firstWalked)
    case .input(let position): return try inputTimeSubject(position, name)
    case .weight, .delay, .initial, .horizon, .lossTarget, .maxEvents: return nil
    }
  }

  /// Whether a word can name a parameter or the spike of a channel, and is not another quantity.
  private static func isGradientName(_ text: String) -> Bool {
    let field = text.split(separator: ".").last.map(String.init) ?? ""
    return LIFParameters.Field(named: field) != nil
      || text.lowercased().hasPrefix("in") && Int(field) != nil
      || text.lowercased().hasPrefix("in") && Int(text.dropFirst(2)) != nil
  }

  private func inputTimeSubject(
    _ position: Int, _ word: Word
  ) throws(Diagnostic) -> Provenance.Subject {
    let event = run.trajectory.events.firstIndex { event in
      if case .input(_, position) = event.kind { true } else { false }
    }
    guard let event else {
      throw word.complaint(
        "this spike comes after t_max, and nothing depends on it",
        remedy: "set t_max makes the run longer")
    }
    guard run.adjoint != nil, firstWalked <= event else {
      throw noGradientYet(word, remedy: "bwd, then step down to it")
    }
    return .inputTimeGradient(position)
  }

  /// The earliest event that the backward pass has walked where the user stands.
  private var firstWalked: Int {
    switch point {
    case .backward(let event): isOtherHalf ? event + 1 : event
    case .end: 0
    case .start, .forward, .turn: run.trajectory.events.count
    }
  }

  /// Where the user stands.
  private var here: Provenance.Place {
    if let event = point.event, let side { return .event(event, side) }
    return point == .turn ? .time(experiment.horizon, .after) : .time(0, .before)
  }

  private func place(_ word: Word) throws(Diagnostic) -> Provenance.Place {
    if word.text.lowercased().hasPrefix("e") {
      let isAfter = word.text.hasSuffix("+")
      let name = Word(
        word.text.filter { $0 != "+" && $0 != "-" }, column: word.span.start.column)
      return .event(try event(name), isAfter ? .after : .before)
    }
    return .time(try timeInRun(word), .after)
  }

  // MARK: - Words

  private func number(_ value: Double) -> String { Quantity.display(value, digits: 6) }

  private func text(of provenance: Provenance) -> String {
    var lines = [heading(of: provenance)]
    let terms = provenance.terms
    guard !terms.isEmpty else { return lines[0] + ": " + reasonForZero(provenance.subject) }
    lines[0] += " is the sum of"
    let shown = terms.prefix(terms.count == Self.listed + 1 ? Self.listed + 1 : Self.listed)
    let width = shown.map { number($0.value).count }.max() ?? 0
    for (place, term) in shown.enumerated() {
      var line =
        "[\(place + 1)]".padded(to: terms.count > 9 ? 5 : 4)
        + number(term.value).padded(to: width) + "  " + phrase(term, of: provenance.subject)
      if let slope = term.timePerWeight {
        line += "  dt/dw = \(Quantity.displayTime(slope, digits: 3))"
      }
      lines.append(line)
    }
    if terms.count > shown.count {
      let rest = terms.dropFirst(shown.count).reduce(0) { $0 + $1.value }
      lines.append(
        "… \(terms.count - shown.count) more, \(number(rest)) together: why \(shown.count + 1) and on"
      )
    }
    if case .adjoint = provenance.subject, run.rule != .exact {
      lines.append("\(run.rule.name): \(run.rule.story)")
    }
    return lines.joined(separator: "\n")
  }

  private func heading(of provenance: Provenance) -> String {
    let value = " = " + number(provenance.value)
    switch provenance.subject {
    case .potential(let neuron, let place): return "V n\(neuron) \(phrase(place))" + value
    case .current(let neuron, let place): return "I n\(neuron) \(phrase(place))" + value
    case .adjoint(let part, let neuron, let place):
      return wrongLabel + "\(phrase(part, neuron)) \(phrase(place))" + value
    case .spike(let event):
      let time = Quantity.displayTime(run.trajectory.events[event].time, digits: 6)
      return "e\(event) \(run.describe(event)) at \(time): V" + value
        + (run.trajectory.distanceFromThreshold(of: event) == nil ? ", the threshold," : "")
    case .weightGradient(let projection, let entry, let first):
      let name = synapseName(projection, entry)
      return wrongLabel + "dL/dw \(name)" + value
        + (first == 0 ? "" : " (partial: events ≥ e\(first))")
    case .parameterGradient(let field, let neurons, let first):
      let owner = neurons.count == 1 ? " n\(neurons[0])" : ""
      let all = neurons.count > 1 ? " of \(neurons.count) neurons" : ""
      return wrongLabel + "dL/d\(field.rawValue)\(owner)\(all)" + value
        + (first.map { " (partial: events ≥ e\($0))" } ?? "")
    case .inputTimeGradient(let position):
      let channel = experiment.inputSpikes[position].channel
      return wrongLabel + "dL/dt of input spike \(position) (in\(channel))" + value
    case .loss: return "L" + value
    case .integral(let neuron): return "c ∫ V dt of n\(neuron)" + value
    }
  }

  private func phrase(_ part: Provenance.Part, _ neuron: Int) -> String {
    switch part {
    case .lambdaV: "λV n\(neuron)"
    case .lambdaI: "λI n\(neuron)"
    case .difference: "λV - λI of n\(neuron)"
    }
  }

  private func phrase(_ place: Provenance.Place) -> String {
    switch place {
    case .time(let time, _): "@ " + Quantity.displayTime(time, digits: 6)
    case .event(let event, let side): "@ e\(event)" + (side == .before ? "-" : "+")
    }
  }

  func synapseName(_ projection: Int, _ entry: Int) -> String {
    let matrix = run.trajectory.circuit.projections[projection]
    let synapses = matrix.synapses
    guard
      let row = (0..<synapses.rows).first(where: { synapses.entries(ofRow: $0).contains(entry) })
    else { return "" }
    return "n\(matrix.targetOffset + synapses.column(ofEntry: entry, row: row))<-"
      + names.source(row: row, of: matrix.target, isRecurrent: matrix.isRecurrent)
  }

  private func named(_ event: Int) -> String { "e\(event) \(run.describe(event))" }

  private func phrase(_ term: Provenance.Term, of subject: Provenance.Subject) -> String {
    func weight(_ projection: Int, _ entry: Int) -> String {
      let weight = run.trajectory.circuit.projections[projection].synapses.weights[entry]
      return "w \(synapseName(projection, entry)) = \(Quantity.display(weight))"
    }
    func neuron(of event: Int) -> Int { run.trajectory.events[event].spikingNeuron ?? 0 }
    switch term.cause {
    case .carried(let part, let event):
      return "\(phrase(part, neuron(of: event))) @ e\(event)+" + decay(since: event, subject)
    case .reset(let event):
      return "e\(event) moves the reset with it: (v_th - v_reset) λV⁺"
    case .synapse(let event, let arrival, let projection, let entry, _):
      return "\(named(event)): \(weight(projection, entry)) times λV - λI"
        + (arrival == event ? "" : " at its arrival e\(arrival)")
    case .loss(let event):
      let transition = run.adjoint.flatMap { $0.transitions[event] }
      return "the loss reads \(named(event)): ∂l/∂t = "
        + number(transition?.lossTerm ?? 0)
    case .runningLoss: return "the loss reads V all the time"
    case .maximum(let neuron, let time):
      return
        "the loss reads the maximum of V n\(neuron) at \(Quantity.displayTime(time, digits: 5))"
    case .cut: return "the rule stops before this place: λ stays 0"
    case .contribution(let event): return "-tau_syn λI at \(named(event))"
    case .threshold(let event): return "tau_mem λV⁻ at \(named(event))"
    case .resetHeight(let event): return "-tau_mem λV⁺ at \(named(event))"
    case .stretch(let neuron, let from, let to, let part):
      let place =
        "n\(neuron) from \(from.map(named) ?? "the start") to \(to.map(named) ?? "t_max")"
      switch part {
      case .lambdaI?: return place + ", by λI at its end"
      case .lambdaV?, .difference?: return place + ", by λV at its end"
      case nil: return place + ", by the running loss"
      }
    case .arrival(let event, let projection, let entry, let since):
      return "\(named(event)): \(weight(projection, entry)), \(Quantity.displayTime(since)) before"
    case .initialPotential: return "V(0), decayed"
    case .initialCurrent: return "I(0)"
    case .resetPotential(let event): return "v_reset at e\(event), decayed"
    case .currentAfter(let event): return "I n\(neuron(of: event)) left after the spike e\(event)"
    case .leak: return "the leak towards v_leak"
    case .summand(let neuron, let event, let target):
      let goal = target.map { ", target \(Quantity.displayTime($0, digits: 6))" } ?? ""
      guard let event else { return "n\(neuron) has no spike in time and counts as clip" + goal }
      return
        "\(named(event)) at \(Quantity.displayTime(run.trajectory.events[event].time, digits: 6))"
        + goal
    case .share(let neuron, let event, let probability):
      return "n\(neuron), p = \(Quantity.display(probability)), of log Σ exp"
        + (event.map {
          ": \(named($0)) at \(Quantity.displayTime(run.trajectory.events[$0].time, digits: 6))"
        }
          ?? (experiment.loss?.readsSpikes ?? false
            ? ": no spike in time, counts as clip" : ": the maximum of its V"))
    case .integral(let neuron): return "c ∫ V dt of n\(neuron)"
    }
  }

  /// Whether a number has decayed on its way from an event to the place of what it explains.
  private func decay(since event: Int, _ subject: Provenance.Subject) -> String {
    if case .adjoint(_, _, .event(event, .before)) = subject { return "" }
    return ", decayed on the way"
  }

  private func reasonForZero(_ subject: Provenance.Subject) -> String {
    switch subject {
    case .potential(let neuron, .event(let event, .after))
    where run.trajectory.events[event].spikingNeuron == neuron:
      return "e\(event) has just reset it"
    case .potential, .current: return "nothing has arrived yet"
    case .adjoint(_, let neuron, _):
      return "n\(neuron) does nothing later that the loss could see"
    case .spike: return "nothing lifted V"
    case .loss, .integral: return "the loss reads nothing that happened"
    case .parameterGradient:
      return "no λ reaches these neurons in the part walked"
    case .inputTimeGradient:
      return "no neuron that it reaches does anything later that the loss could see"
    case .weightGradient:
      return "no spike passed this synapse in the part walked, or none that matters to the loss"
    }
  }

  // MARK: - Gradients of weights

  /// The per-spike terms of a gradient, with running sum and total, and the ways to the loss.
  mutating func contributions(_ word: Word) throws(Diagnostic) -> String {
    let synapse = try names.synapse(word)
    let subject = try gradientSubject(synapse, word)
    guard let all = run.contributions(of: synapse) else { return "" }
    let first = firstWalked
    let terms = all.terms.filter { $0.event >= first }
    let name = names.canonical(synapse)
    var lines = [
      wrongLabel
        + "dL/dw \(name): \(run.rule.alterations.contains(.unscaled) ? "-λI" : "-tau_syn λI") n\(all.neuron) at each arrival, the latest first"
    ]
    func time(_ event: Int) -> String {
      Quantity.displayTime(run.trajectory.events[event].time, digits: 5)
    }
    let rows = terms.map { term in
      [
        "e\(term.event)", run.describe(term.event), time(term.event),
        "λI \(Quantity.display(term.lambdaI))", number(term.value), "sum \(number(term.sum))",
      ]
    }
    let widths = (0..<6).map { column in rows.map { $0[column].count }.max() ?? 0 }
    lines += rows.prefix(40).map { row in
      zip(row, widths).map { $0.padded(to: $1) }.joined(separator: "  ")
    }
    if rows.count > 40 { lines.append("… \(rows.count - 40) more") }
    let left = all.terms.count - terms.count
    lines.append(
      "total \(number(all.sum(from: first)))"
        + (left == 0 ? "" : " (partial: \(left) more to come)"))
    if !terms.isEmpty {
      lines.append(
        try pathText(of: subject, in: Explainer(run.trajectory, adjoint: run.adjoint)))
    }
    return lines.joined(separator: "\n")
  }

  /// The chains of spikes through which a gradient reaches the loss.
  private func pathText(
    of subject: Provenance.Subject, in explainer: Explainer
  ) throws(Diagnostic) -> String {
    let paths: LossPaths?
    do throws(SimulationError) {
      paths = try LossPaths(of: subject, in: explainer, goesOn: asking(.looking))
    } catch {
      throw Word("stopped").complaint(
        names.sentence(for: error), remedy: names.remedy(for: error))
    }
    guard let found = paths, !found.paths.isEmpty else { return "no way to the loss" }
    let shown = found.paths.prefix(8)
    let width = shown.map { number($0.value).count }.max() ?? 0
    var lines = ["ways to the loss:"]
    for path in shown {
      var steps = path.events.map { named($0) }
      switch path.end {
      case .spike: steps.append("loss")
      case .potential(let neuron): steps.append("V n\(neuron) → loss")
      }
      lines.append(
        "  " + number(path.value).padded(to: width) + "  " + steps.joined(separator: " → "))
    }
    let rest = found.paths.dropFirst(shown.count).reduce(found.remainder) { $0 + $1.value }
    if found.paths.count > shown.count || rest != 0 {
      lines.append("  " + number(rest).padded(to: width) + "  all other ways")
    }
    return lines.joined(separator: "\n")
  }
}
