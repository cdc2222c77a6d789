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
    let values = gradient.layers[place.layer]
    var parts: [String] = []
    for (synapses, gradient, isRecurrent) in [
      (Optional(layer.weights), Optional(values.weights), false),
      (layer.recurrent, values.recurrent, true),
    ] {
      guard let synapses, let gradient else { continue }
      for row in 0..<synapses.rows {
        guard let entry = synapses.entry(row: row, column: place.index) else { continue }
        parts.append(
          names.source(row: row, of: place.layer, isRecurrent: isRecurrent) + " "
            + Quantity.display(gradient.weights[entry], digits: 4))
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
    return warnings.map { $0.line(in: run.trajectory) }
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
      func show(_ value: Double) -> String {
        isTime ? Quantity.displayTime(value) : Quantity.display(value)
      }
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
    let targets = Edit.lossTargets(of: experiment)
    var texts = targets.prefix(Self.fewTargets).map {
      "  \(names.canonical($0, in: experiment)) \(Quantity.displayTime($0.value(in: experiment)))"
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
      (isRecurrent
        ? experiment.network.layers[layer].recurrent : experiment.network.layers[layer].weights)?
        .weights
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
        isRecurrent
          ? gradient.layers[layer].recurrent?.weights : gradient.layers[layer].weights.weights
      }
  }

  /// Values of synapses, a line each.
  private func table(_ values: (Int, Bool) -> [Double]?) throws(Diagnostic) -> [String] {
    var lines: [String] = []
    let names = names
    let total = run.trajectory.circuit.projections.reduce(0) { $0 + $1.synapses.weights.count }
    for (number, layer) in experiment.network.layers.enumerated() {
      for isRecurrent in [false, true] {
        guard let synapses = isRecurrent ? layer.recurrent : layer.weights,
          let values = values(number, isRecurrent)
        else { continue }
        let offset = experiment.network.offsets[number]
        for row in 0..<synapses.rows {
          try goOnListing(lines.count, total)
          let source = names.source(row: row, of: number, isRecurrent: isRecurrent)
          for entry in synapses.entries(ofRow: row) {
            let target = offset + synapses.column(ofEntry: entry, row: row)
            lines.append("n\(target)<-\(source)  \(Quantity.display(values[entry], digits: 7))")
          }
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
    let probe = try Probe(words, in: experiment, selected: selected)
    let name = probe.text(names)
    func text(_ value: Double, digits: Int = 9) -> String {
      probe.isTime
        ? Quantity.displayTime(value, digits: digits) : Quantity.display(value, digits: digits)
    }
    switch probe {
    case .time: return "t = \(text(run.time(of: point), digits: 6))"
    case .loss: return run.loss.map { "L = \(text($0))" } ?? noWayBack.reason
    case .state(_, let neuron): return try stateValue(words[0].text, neuron, words[0])
    case .weight(let synapse): return "\(name) = \(text(run.weight(of: synapse) ?? 0))"
    case .gradient(let synapse):
      guard let gradient = partialGradient else {
        throw noGradientYet(words[0])
      }
      let layer = gradient.layers[synapse.layer]
      let value =
        (synapse.isRecurrent ? layer.recurrent : layer.weights)?.weights[synapse.entry] ?? 0
      return wrongLabel + "\(name) = \(text(value))" + (point == .end ? "" : " (partial)")
    case .parameter(let field, let neuron):
      return "\(name) = \(text(parameters(of: neuron)[field]))"
    case .setting(.maxEvents(let layer), _):
      return "\(name) = \(Edit.shown(limit: Edit.limit(ofLayer: layer, in: experiment)))"
    case .setting(let target, _):
      guard let value = target.sharedValue(in: experiment) else {
        return "\(name) = \(spread(of: target).map { text($0) }.joined(separator: " to "))"
          + ", not the same for all neurons"
      }
      return "\(name) = \(text(value))"
    case .jump:
      throw words[0].complaint(
        "only a jump has '\(words[0].text)'", remedy: "break jump lV n2 if abs > 4")
    }
  }

  /// The smallest and the largest value of a parameter among the neurons that share its name.
  private func spread(of target: Edit.Target) -> [Double] {
    let values = target.numbers(in: experiment.network).map { experiment[$0] }
    return [values.min(), values.max()].compactMap { $0 }
  }

  private func value(of words: [Word], at place: Word) throws(Diagnostic) -> String {
    guard let head = words.first,
      case .state(_, let neuron) = try Probe(words, in: experiment, selected: selected)
    else {
      throw (words.first ?? place).complaint(
        "only V, I, lV and lI have a value at every place", remedy: "print V n0 @ e5-")
    }
    let isAfter = place.text.hasSuffix("+")
    if place.text.lowercased().hasPrefix("e") {
      let name = Word(place.text.filter { $0 != "+" && $0 != "-" }, column: place.span.start.column)
      let number = try event(name)
      if !isAfter, !place.text.hasSuffix("-") {
        let sides = [Side.before, .after].map { side in
          valueText(
            head.text, neuron, run.trajectory.state(of: neuron, at: number, side: side),
            run.adjoint?.state(of: neuron, at: number, side: side))
        }
        return "\(sides[0]) @ e\(number)-   \(sides[1]) @ e\(number)+"
      }
      return valueText(
        head.text, neuron,
        run.trajectory.state(of: neuron, at: number, side: isAfter ? .after : .before),
        run.adjoint?.state(of: neuron, at: number, side: isAfter ? .after : .before))
        + " @ e\(number)\(isAfter ? "+" : "-")"
    }
    let time = try timeInRun(place)
    return valueText(
      head.text, neuron, run.trajectory.state(of: neuron, at: time),
      run.adjoint?.state(of: neuron, at: time)) + " @ \(Quantity.displayTime(time, digits: 6))"
  }

  private func stateValue(
    _ head: String, _ neuron: Int, _ word: Word
  ) throws(Diagnostic) -> String {
    let isAdjoint = head.lowercased().hasPrefix("l") || head.hasPrefix("λ")
    let adjoint = self.adjoint(of: neuron)
    if isAdjoint, adjoint == nil {
      throw noAdjointYet(word)
    }
    var text = valueText(head, neuron, state(of: neuron), adjoint)
    // Where the value jumps in this event, both limits are worth seeing.
    if let event = point.event, run.trajectory.events[event].spikingNeuron == neuron {
      let sides = [Side.before, .after].map { side in
        valueText(
          head, neuron, run.trajectory.state(of: neuron, at: event, side: side),
          run.adjoint?.state(of: neuron, at: event, side: side))
      }
      text += "   (e\(event)-: \(sides[0]), e\(event)+: \(sides[1]))"
    }
    return text
  }

  private func valueText(
    _ head: String, _ neuron: Int, _ state: LIFState, _ adjoint: AdjointState?
  ) -> String {
    let value =
      switch head.lowercased() {
      case "v": ("V", state.potential)
      case "i": ("I", state.current)
      case "lv", "λv": ("λV", adjoint?.lambdaV ?? 0)
      default: ("λI", adjoint?.lambdaI ?? 0)
      }
    return (value.0.hasPrefix("λ") ? wrongLabel : "")
      + "\(value.0) n\(neuron) = \(Quantity.display(value.1, digits: 9))"
  }
}
