import EventProp
import Files
import Language
import Study

extension Session {
  /// What the cursor's place means for the selected neuron, in one line.
  ///
  /// Forwards its state; backwards the gradient of its synapses as far as it has come.
  package var note: String {
    let neuron = selected
    guard let gradient = partialGradient else {
      let state = state(of: neuron)
      return "V n\(neuron) = \(Quantity.display(state.potential, digits: 5))   "
        + "I n\(neuron) = \(Quantity.display(state.current, digits: 5))"
    }
    let place = experiment.network.place(of: neuron)
    let layer = experiment.network.layers[place.layer]
    var parts: [String] = []
    for isRecurrent in [false, true] {
      guard let synapses = layer[recurrent: isRecurrent],
        let values = gradient.layers[place.layer][recurrent: isRecurrent]?.weights
      else { continue }
      for row in 0..<synapses.rows {
        guard let entry = synapses.entry(row: row, column: place.index) else { continue }
        parts.append(
          names.source(row: row, of: place.layer, isRecurrent: isRecurrent) + " "
            + Quantity.display(values[entry], digits: 4))
      }
    }
    return wrongLabel + "dL/dw n\(neuron)<- \(point == .end ? "complete" : "partial"): "
      + parts.joined(separator: "  ")
  }

  /// Stands before every number of a wrong rule.
  var wrongLabel: String { run.rule == .exact ? "" : "WRONG (\(run.rule.name)) " }

  /// A table about a subject.
  func information(on subject: Command.Subject) throws(Diagnostic) -> [String] {
    switch subject {
    case .event: [summary(of: point)]
    case .events: try lines(of: run.trajectory.events.indices)
    case .spikes: try spikeTable()
    case .params: parameterTable
    case .loss: lossEquation(isBrief: false)?.text.splitIntoLines ?? [noLoss]
    case .weights: try weightTable()
    case .grad: try gradientTable()
    case .breaks: breakpointTable.splitIntoLines
    case .marks: markTable.splitIntoLines
    case .displays: displayTable.splitIntoLines
    case .runs: runTable.splitIntoLines
    case .neurons: try neuronTable().splitIntoLines
    case .files: fileTable.splitIntoLines
    case .warnings: try warningTable()
    }
  }

  func list(around word: Word?) throws(Diagnostic) -> [String] {
    let middle = try word.map { word throws(Diagnostic) in try event(word) } ?? point.event ?? 0
    let events = run.trajectory.events.indices
    return try lines(of: max(events.lowerBound, middle - 5)..<min(events.upperBound, middle + 6))
  }

  private func lines(of events: Range<Int>) throws(Diagnostic) -> [String] {
    guard !events.isEmpty else {
      return ["no events: nothing reaches a threshold and no input comes"]
    }
    let here = point.event
    return try table(of: events) { event in
      let mark = event == here ? "▶" : " "
      return "\(mark) e\(event)  "
        + Quantity.displayTime(run.trajectory.events[event].time, digits: 6) + "  "
        + run.describe(event)
    }
  }

  private func warningTable() throws(Diagnostic) -> [String] {
    let warnings: [Warning]
    do throws(SimulationError) {
      warnings = try run.warnings(goesOn: asking(.looking))
    } catch {
      throw Word("info").complaint(names.sentence(for: error), remedy: names.remedy(for: error))
    }
    guard !warnings.isEmpty else { return ["no warnings"] }
    return warnings.map { warning in
      "\(warning.kind.rawValue) \(warning.place(names)): \(warning.message)"
    }
  }

  private func spikeTable() throws(Diagnostic) -> [String] {
    let spikeTimes = run.trajectory.spikeTimes
    return try table(of: spikeTimes.indices) { neuron in
      let times = spikeTimes[neuron]
      return "n\(neuron) (\(names.full(neuron))): "
        + (times.isEmpty
          ? "silent" : times.map { Quantity.displayTime($0, digits: 6) }.joined(separator: ", "))
    }
  }

  /// Every neuron with its names, what reaches it, and its state where the user stands.
  private func neuronTable() throws(Diagnostic) -> String {
    let network = experiment.network
    let reaching = experiment.network.layers.map(Self.synapsesReaching)
    var rows: [[String]] = []
    for neuron in 0..<network.neuronCount {
      try goOnListing(neuron, network.neuronCount)
      let place = network.place(of: neuron)
      let isSpiking = network.layers[place.layer].kinds[place.index] == .lif
      let spikes = run.trajectory.spikeCounts[neuron]
      let state = state(of: neuron)
      func value(_ name: String, _ value: Double) -> String {
        "\(name) \(Quantity.display(value, digits: 5))"
      }
      let lambda = adjoint(of: neuron)
      rows.append([
        neuron == selected ? "▶ n\(neuron)" : "  n\(neuron)", names.full(neuron),
        "\(reaching[place.layer][place.index]) in",
        isSpiking ? "\(spikes) spike\(spikes == 1 ? "" : "s")" : "never spikes",
        value("V", state.potential), value("I", state.current),
        lambda.map { wrongLabel + value("λV", $0.lambdaV) } ?? "",
        lambda.map { value("λI", $0.lambdaI) } ?? "",
      ])
    }
    return rows.table
  }

  /// How many synapses with a weight reach each neuron of a layer.
  private static func synapsesReaching(_ layer: Layer) -> [Int] {
    var counts = [Int](repeating: 0, count: layer.size)
    for case let synapses? in [layer.weights, layer.recurrent] {
      for row in 0..<synapses.rows {
        for entry in synapses.entries(ofRow: row) where synapses.weights[entry] != 0 {
          counts[synapses.column(ofEntry: entry, row: row)] += 1
        }
      }
    }
    return counts
  }

  /// Where the experiment comes from and what is being written.
  private var fileTable: String {
    var lines = [
      "experiment  \(name)\(presets.contains(name) ? ", a preset that is compiled in" : "")"
        + (hasUnsavedEdits ? ", with edits that are not saved: save FILE" : "")
    ]
    lines.append(
      recording.map { "recording   \($0.path): record off writes it" }
        ?? "recording   none: record FILE begins")
    lines += written.map { "written     \($0)" }
    return lines.joined(separator: "\n")
  }

  private var parameterTable: [String] {
    func shared(_ values: [Double], isTime: Bool = false) -> String {
      func show(_ value: Double) -> String { Quantity.display(value, isTime: isTime) }
      let isOne = values.allSatisfy { $0 == values[0] }
      return isOne ? show(values[0]) : "[" + values.map(show).joined(separator: ", ") + "]"
    }
    var lines = ["t_max  \(Quantity.displayTime(experiment.horizon))"]
    if let most = experiment.maxEvents { lines[0] += "  max_events \(most)" }
    for layer in experiment.network.layers {
      let fields = LIFParameters.Field.allCases.map { field -> String in
        "\(field.rawValue) \(shared(layer.parameters.map { $0[field] }, isTime: field.isTime))"
      }
      let initial = [("initial_v", \LIFState.potential), ("initial_i", \.current)]
        .filter { _, part in layer.initial.contains { $0[keyPath: part] != 0 } }
        .map { name, part in "  \(name) \(shared(layer.initial.map { $0[keyPath: part] }))" }
      lines.append(
        "\(layer.name)  " + fields.joined(separator: "  ") + initial.joined()
          + (layer.maxEvents.map { "  max_events \($0)" } ?? ""))
    }
    let targets = Parameter.targets(of: experiment)
    var texts = targets.prefix(Self.fewTargets).map {
      "  \(names.name(of: $0)) \(Quantity.displayTime(experiment[$0]))"
    }
    if targets.count > texts.count { texts.append("  … \(targets.count - texts.count) more") }
    if let loss = experiment.loss {
      lines.append("loss  \(loss.rule.name)\(texts.joined())  (info loss)")
    }
    return lines
  }

  private var noLoss: String {
    experiment.loss == nil
      ? "this experiment has no loss" : "the loss is not known: this run has no way back"
  }

  private func weightTable() throws(Diagnostic) -> [String] {
    try table { layer, isRecurrent in
      experiment.network.layers[layer][recurrent: isRecurrent]?.weights
    }
  }

  private func gradientTable() throws(Diagnostic) -> [String] {
    guard run.adjoint != nil else { return ["there is no gradient: this run has no way back"] }
    guard let gradient = partialGradient else {
      return ["the gradient fills in on the way back: bwd, then step"]
    }
    let title: String
    if case .backward(let event) = point {
      title = "dL/dw (partial: events ≥ e\(event))"
    } else if point == .turn {
      title = "dL/dw (partial: nothing walked yet)"
    } else {
      title = "dL/dw (complete)"
    }
    return try [wrongLabel + title]
      + table { layer, isRecurrent in
        gradient.layers[layer][recurrent: isRecurrent]?.weights
      }
  }

  /// Values of synapses, a line each.
  private func table(_ values: (Int, Bool) -> [Double]?) throws(Diagnostic) -> [String] {
    var lines: [String] = []
    let names = names
    let total = run.trajectory.circuit.projections.reduce(0) { $0 + $1.synapses.weights.count }
    for (number, layer) in experiment.network.layers.enumerated() {
      for isRecurrent in [false, true] {
        for (entry, value) in (values(number, isRecurrent) ?? []).enumerated() {
          if entry % layer.size == 0 { try goOnListing(lines.count, total) }
          let synapse = SynapseIndex(layer: number, isRecurrent: isRecurrent, entry: entry)
          lines.append("\(names.name(of: synapse))  \(Quantity.display(value, digits: 7))")
        }
      }
    }
    return lines
  }

  /// The value of a quantity, at the cursor or at another place.
  func value(of words: [Word]) throws(Diagnostic) -> String {
    var words = words
    if let at = words.firstIndex(where: { $0.text == "@" }) {
      guard at + 1 < words.count else {
        throw words[at].complaint("at which place?", remedy: "@ e5-")
      }
      if at + 2 < words.count {
        throw words[at + 2].complaint(
          "did not expect '\(words[at + 2].text)' after the place", remedy: "V n0 @ e5-")
      }
      return try value(of: Array(words[..<at]), at: words[at + 1])
    }
    if words.last?.text.hasPrefix("@") ?? false, let last = words.popLast() {
      return try value(
        of: words, at: Word(String(last.text.dropFirst()), column: last.span.start.column + 1))
    }
    let probe = try Probe(words, names, selected: selected)
    let name = probe.text(names)
    func text(_ value: Double, digits: Int = 9) -> String {
      Quantity.display(value, isTime: probe.isTime, digits: digits)
    }
    switch probe {
    case .time: return "t = \(text(run.time(of: point), digits: 6))"
    case .loss: return run.loss.map { "L = \(text($0))" } ?? noWayBack.reason
    case .state(let quantity, let neuron):
      return try stateValue(quantity, neuron, words[0])
    case .gradient(let synapse):
      guard let gradient = partialGradient else {
        throw noGradientYet(words[0])
      }
      return wrongLabel + "\(name) = \(text(gradient[.weight(synapse)]))"
        + (point == .end ? "" : " (partial)")
    case .setting(.maxEvents(let layer)):
      return "\(name) = \(Edit.shown(limit: experiment[maxEventsOf: layer]))"
    case .setting(let named):
      guard let value = named.value(in: experiment) else {
        let values = named.parameters.map { experiment[$0] }
        return "\(name) = \(text(values.min() ?? 0)) to \(text(values.max() ?? 0))"
          + ", not the same for all neurons"
      }
      return "\(name) = \(text(value))"
    case .jump:
      throw words[0].complaint(
        "only a jump has '\(words[0].text)'", remedy: "break jump lV n2 if abs > 4")
    }
  }

  private func value(of words: [Word], at place: Word) throws(Diagnostic) -> String {
    guard !words.isEmpty,
      case .state(let quantity, let neuron) = try Probe(words, names, selected: selected)
    else {
      throw (words.first ?? place).complaint(
        "only V, I, lV and lI have a value at every place", remedy: "print V n0 @ e5-")
    }
    guard place.text.lowercased().hasPrefix("e") else {
      let time = try timeInRun(place)
      let value = quantity.value(
        run.trajectory.state(of: neuron, at: time), run.adjoint?.state(of: neuron, at: time))
      return text(quantity, neuron, value) + " @ \(Quantity.displayTime(time, digits: 6))"
    }
    let number = try event(
      Word(place.text.filter { $0 != "+" && $0 != "-" }, column: place.span.start.column))
    let sides = sides(of: quantity, neuron, at: number)
    if place.text.hasSuffix("+") { return sides.after + " @ e\(number)+" }
    if place.text.hasSuffix("-") { return sides.before + " @ e\(number)-" }
    return "\(sides.before) @ e\(number)-   \(sides.after) @ e\(number)+"
  }

  private func stateValue(
    _ quantity: StateQuantity, _ neuron: Int, _ word: Word
  ) throws(Diagnostic) -> String {
    guard let value = quantity.value(state(of: neuron), adjoint(of: neuron)) else {
      throw noAdjointYet(word)
    }
    let here = text(quantity, neuron, value)
    // Where the value jumps in this event, both limits are worth seeing.
    guard let event = point.event, run.trajectory.events[event].spikingNeuron == neuron else {
      return here
    }
    let sides = sides(of: quantity, neuron, at: event)
    return here + "   (e\(event)-: \(sides.before), e\(event)+: \(sides.after))"
  }

  /// A quantity with its value on both sides of an event.
  private func sides(
    of quantity: StateQuantity, _ neuron: Int, at event: Int
  ) -> (before: String, after: String) {
    func text(_ side: Side) -> String {
      self.text(quantity, neuron, quantity.value(of: neuron, at: event, side: side, in: run))
    }
    return (text(.before), text(.after))
  }

  private func text(_ quantity: StateQuantity, _ neuron: Int, _ value: Double?) -> String {
    (quantity.isAdjoint ? wrongLabel : "")
      + "\(quantity.rawValue) n\(neuron) = \(Quantity.display(value ?? 0, digits: 9))"
  }
}
