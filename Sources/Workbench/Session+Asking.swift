import EventProp
import Notation

extension Session {
  /// What the cursor's place means for the selected neuron, in one line.
  ///
  /// Forwards its state; backwards the gradient of its synapses as far as it has come.
  public var note: String {
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
  func information(on subject: Command.Subject) -> String {
    switch subject {
    case .event: summary(of: point)
    case .events: lines(of: run.trajectory.events.indices)
    case .spikes: spikeTable
    case .params: parameterTable
    case .weights: weightTable
    case .grad: gradientTable
    case .breaks: breakpointTable
    case .marks: markTable
    case .displays: displayTable
    case .runs: runTable
    case .warnings: warningTable
    }
  }

  func list(around word: Word?) throws(Diagnostic) -> String {
    let middle = try word.map { word throws(Diagnostic) in try event(word) } ?? point.event ?? 0
    let events = run.trajectory.events.indices
    return lines(of: max(events.lowerBound, middle - 5)..<min(events.upperBound, middle + 6))
  }

  private func lines(of events: Range<Int>) -> String {
    guard !events.isEmpty else {
      return "no events: nothing reaches a threshold and no input comes"
    }
    return events.map { event in
      let mark = event == point.event ? "▶" : " "
      return "\(mark) e\(event)  "
        + Quantity.displayTime(run.trajectory.events[event].time, digits: 6) + "  "
        + run.describe(event)
    }.joined(separator: "\n")
  }

  private var warningTable: String {
    guard !run.warnings.isEmpty else { return "no warnings" }
    return run.warnings.map { warning in
      let place =
        [warning.layer, warning.neuron.map { "\($0)" }].compactMap { $0 }.joined(separator: ".")
      return "\(warning.kind.rawValue) \(place): \(warning.message)"
    }.joined(separator: "\n")
  }

  private var spikeTable: String {
    run.trajectory.spikeTimes.enumerated().map { neuron, times in
      "n\(neuron) (\(names.full(neuron))): "
        + (times.isEmpty
          ? "silent" : times.map { Quantity.displayTime($0, digits: 6) }.joined(separator: ", "))
    }.joined(separator: "\n")
  }

  private var parameterTable: String {
    var lines = ["t_max  \(Quantity.displayTime(experiment.horizon))"]
    for layer in experiment.network.layers {
      let fields = LIFParameters.Field.allCases.map { field -> String in
        let values = layer.parameters.map { $0[field] }
        let show = { (value: Double) in
          field.isTime ? Quantity.displayTime(value) : Quantity.display(value)
        }
        let same = values.allSatisfy { $0 == values[0] }
        return
          "\(field.rawValue) \(same ? show(values[0]) : "[" + values.map(show).joined(separator: ", ") + "]")"
      }
      lines.append("\(layer.name)  " + fields.joined(separator: "  "))
    }
    return lines.joined(separator: "\n")
  }

  private var weightTable: String {
    table { layer, isRecurrent in
      (isRecurrent
        ? experiment.network.layers[layer].recurrent : experiment.network.layers[layer].weights)?
        .weights
    }
  }

  private var gradientTable: String {
    guard run.adjoint != nil else { return "there is no gradient: this run has no way back" }
    guard let gradient = partialGradient else {
      return "the gradient fills in on the way back: bwd, then step"
    }
    let title: String
    if case .backward(let event) = point {
      title = "dL/dw (partial: events ≥ e\(event))\n"
    } else if point == .turn {
      title = "dL/dw (partial: nothing walked yet)\n"
    } else {
      title = "dL/dw (complete)\n"
    }
    return wrongLabel + title
      + table { layer, isRecurrent in
        isRecurrent
          ? gradient.layers[layer].recurrent?.weights : gradient.layers[layer].weights.weights
      }
  }

  /// Values of synapses, a line each.
  private func table(_ values: (Int, Bool) -> [Double]?) -> String {
    var lines: [String] = []
    for (number, layer) in experiment.network.layers.enumerated() {
      for isRecurrent in [false, true] {
        guard let synapses = isRecurrent ? layer.recurrent : layer.weights,
          let values = values(number, isRecurrent)
        else { continue }
        for row in 0..<synapses.rows {
          for entry in synapses.entries(ofRow: row) {
            let target =
              experiment.network.offsets[number] + synapses.column(ofEntry: entry, row: row)
            let source = names.source(row: row, of: number, isRecurrent: isRecurrent)
            lines.append("n\(target)<-\(source)  \(Quantity.display(values[entry], digits: 7))")
          }
        }
      }
    }
    return lines.joined(separator: "\n")
  }

  /// The value of a quantity, at the cursor or at another place.
  func value(of words: [Word]) throws(Diagnostic) -> String {
    var words = words
    if let at = words.firstIndex(where: { $0.text == "@" }) {
      guard at + 1 < words.count else {
        throw words[at].complaint("at which place?", remedy: "@ e5-")
      }
      return try value(of: Array(words[..<at]), at: words[at + 1])
    }
    if words.last?.text.hasPrefix("@") ?? false, let last = words.popLast() {
      return try value(
        of: words, at: Word(String(last.text.dropFirst()), column: last.span.start.column + 1))
    }
    let head = words[0].text
    switch head.lowercased() {
    case "t": return "t = \(Quantity.displayTime(run.time(of: point), digits: 6))"
    case "l", "loss":
      return run.loss.map { "L = \(Quantity.display($0, digits: 9))" }
        ?? "this experiment has no loss"
    case "v", "i", "lv", "λv", "li", "λi":
      let neuron = words.count > 1 ? try names.neuron(words[1]) : selected
      return try stateValue(head, neuron, words[0])
    case "w":
      let synapse = try names.synapse(try second(words, "a synapse"))
      let layer = experiment.network.layers[synapse.layer]
      let value =
        (synapse.isRecurrent ? layer.recurrent : layer.weights)?.weights[synapse.entry] ?? 0
      return "w \(names.canonical(synapse)) = \(Quantity.display(value, digits: 9))"
    case "grad":
      let synapse = try names.synapse(try second(words, "a synapse"))
      guard let gradient = partialGradient else {
        throw words[0].complaint("no gradient yet", remedy: "bwd, then step")
      }
      let layer = gradient.layers[synapse.layer]
      let value =
        (synapse.isRecurrent ? layer.recurrent : layer.weights)?.weights[synapse.entry] ?? 0
      return wrongLabel
        + "dL/dw \(names.canonical(synapse)) = \(Quantity.display(value, digits: 9))"
        + (point == .end ? "" : " (partial)")
    default:
      if let field = PresetReader.parameterField(named: head) {
        let value = parameters(of: words.count > 1 ? try names.neuron(words[1]) : selected)[field]
        return "\(field.rawValue) = "
          + (field.isTime
            ? Quantity.displayTime(value, digits: 9) : Quantity.display(value, digits: 9))
      }
      throw words[0].complaint(
        "no quantity '\(head)'",
        remedy: "V n0, I n0, lV n0, lI n0, t, L, w SYN, grad SYN or a parameter")
    }
  }

  private func second(_ words: [Word], _ expected: String) throws(Diagnostic) -> Word {
    guard words.count > 1 else {
      throw words[0].complaint(
        "\(words[0].text) of which synapse?", remedy: "\(words[0].text) n0<-in2")
    }
    return words[1]
  }

  private func value(of words: [Word], at place: Word) throws(Diagnostic) -> String {
    guard let head = words.first,
      ["v", "i", "lv", "λv", "li", "λi"].contains(head.text.lowercased())
    else {
      throw (words.first ?? place).complaint("only V, I, lV and lI have a value at every place")
    }
    let neuron = words.count > 1 ? try names.neuron(words[1]) : selected
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
    let time = try self.time(place)
    guard (0...experiment.horizon).contains(time) else {
      throw place.complaint("a time lies in 0..\(Quantity.displayTime(experiment.horizon))")
    }
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
      throw word.complaint("λ is not computed yet", remedy: "bwd goes to the backward phase")
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
