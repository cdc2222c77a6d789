import EventProp
import Files
import Language
import Presets
import Study

extension Session {
  func list(around word: Word?) throws(Diagnostic) -> [String] {
    let middle = try word.map { word throws(Diagnostic) in try event(word) } ?? point.event ?? 0
    let events = run.trajectory.events.indices
    return try lines(of: max(events.lowerBound, middle - 5)..<min(events.upperBound, middle + 6))
  }

  func lines(of events: Range<Int>) throws(Diagnostic) -> [String] {
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

  func warningTable() throws(Diagnostic) -> [String] {
    let warnings: [Warning]
    do throws(SimulationError) {
      warnings = bench.remarks + (try run.warnings(pace: pace(.looking)))
    } catch {
      throw Word("info").complaint(error, names)
    }
    guard !warnings.isEmpty else { return ["no warnings"] }
    return warnings.map { $0.line(names) }
  }

  func spikeTable() throws(Diagnostic) -> [String] {
    let spikeTimes = run.trajectory.spikeTimes
    return try table(of: spikeTimes.indices) { neuron in
      let times = spikeTimes[neuron]
      return "n\(neuron) (\(names.full(neuron))): "
        + (times.isEmpty
          ? "silent" : times.map { Quantity.displayTime($0, digits: 6) }.joined(separator: ", "))
    }
  }

  /// Every neuron with its names, the number of its synapses, and its state where the user stands.
  func neuronTable() throws(Diagnostic) -> String {
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

  /// The number of synapses with a weight that reach each neuron of a layer.
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

  /// The source of the experiment, and the files that are being written.
  var fileTable: String {
    var lines = [
      "experiment  \(bench.name)\(Preset.named(bench.name) != nil ? ", a preset that is compiled in" : "")"
        + (bench.hasUnsavedEdits ? ", with edits that are not saved: save FILE" : "")
    ]
    lines.append(
      sitting.recording.map { "recording   \($0.path): record off writes it" }
        ?? "recording   none: record FILE begins")
    lines += sitting.written.map { "written     \($0)" }
    return lines.joined(separator: "\n")
  }

  var parameterTable: [String] {
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
    var texts = targets.prefix(Bench.fewTargets).map {
      "  \(names.name(of: $0)) \(Quantity.displayTime(experiment[$0]))"
    }
    if targets.count > texts.count { texts.append("  … \(targets.count - texts.count) more") }
    if let loss = experiment.loss {
      lines.append("loss  \(loss.rule.name)\(texts.joined())  (info loss)")
    }
    return lines
  }

  var noLoss: String {
    experiment.loss == nil
      ? "this experiment has no loss" : "the loss is not known: this run has no way back"
  }

  func weightTable() throws(Diagnostic) -> [String] {
    try table { layer, isRecurrent in
      experiment.network.layers[layer][recurrent: isRecurrent]?.weights
    }
  }

  func gradientTable() throws(Diagnostic) -> [String] {
    guard run.adjoint != nil else { return ["there is no gradient: this run has no way back"] }
    guard let gradient = cursor.partialGradient else {
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
      + Warning.reasons(in: run.trajectory).map { $0.line(names) }
      + table { layer, isRecurrent in
        gradient.layers[layer][recurrent: isRecurrent]?.weights
      }
  }

  /// The values of synapses, one per line.
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
}
