import EventProp
import Files
import Interface
import Language
import Presets
import Study
import Terminal
import Workbench

/// Presets with a few changes, as YAML or as JSON, read, run, reported, saved and read again.
enum PresetMutation {
  /// More lines that a preset may have, and that no compiled-in preset has.
  private static let extra = [
    "parameters: { v_reset: -1, v_leak: 0.2 }", "parameters: { v_th: 1e-300 }", "t_max: 1e308",
    "t_max: 5e-324 ms", "about: \"a\\u0000b\"", "title: nan",
  ]
  private static let extraOfLayer = [
    "initial: { v: 0.2, i: [1, 2] }", "initial: { v: 1e308, i: 1e308 }", "neurons: li",
    "spikes: [[1 ms], [2 ms, 3 ms]]", "max_events: 5", "parameters: { tau_mem: 5 ms }",
    "parameters: { tau_mem: [1 ms, 2 ms] }", "parameters: { v_th: 1e-300 }",
    "parameters: { v_th: 1.7e308 }",
    "parameters: { v_leak: 1.5 }", "parameters: { v_reset: -1e308 }",
    "parameters: { tau_syn: 20 ms }", "delays: [[1 ms]]",
    "recurrent: { normal: { mean: 1, std: 1, seed: 1 } }", "recurrent: { file: a.npz, array: w }",
    "delays: { sparse: [[0, 0, 1 ms]] }",
  ]
  private static let losses = [
    "{ kind: first_spike_mse, targets: [1 ms, 2 ms], tau: 1 ms, clip: 3 ms }",
    "{ kind: all_spikes_mse, neurons: [0], targets: [[3 ms, 9 ms]], tau: 1 ms }",
    "{ kind: ttfs_cross_entropy, label: 0, tau: 1 ms, early: { tau: 2 ms, alpha: 0.1 } }",
    "{ kind: target_time, targets: [5 ms], tau: 1 ms }",
    "{ kind: voltage_integral, coefficients: [1e308, 1] }",
    "{ kind: max_over_time_cross_entropy, label: 0 }",
    "{ kind: linear_spike_times, terms: [{ neuron: 0, spike: 0, coefficient: 1e308 }] }",
    "{ kind: voltage_integral, coefficients: [1, -1] }",
    "{ kind: first_spike_mse, targets: [1e300], tau: 1e-300 }",
  ]

  /// Data sets, or samples from a file of arrays, of three channels.
  private static let data = [
    ["data: constant", "encode: { to: 9 ms }"],
    ["data: { set: xor, train: 2, seeds: [1, 2, 3] }", "encode: { to: 9 ms, bias: 0 ms }"],
    ["data: { set: circle, train: 30 }", "encode: { to: 9 ms, mirror: false, bias: 1e308 }"],
    ["data: yin-yang", "encode: { from: 1 ms, to: 9 ms, right: 3 ms, wrong: 5 ms }"],
    ["samples: { file: a.npy }", "encode: { range: [0, 1], silent: 0, to: 9 ms, bias: 1 ms }"],
    [
      "samples: { file: a.npz, values: w, test: 1, validation: { count: 1, seed: 3 } }",
      "encode: { range: [-9, 9], to: 9 ms }",
    ],
  ]

  /// The text of an input, the same for a seed every time.
  static func text(_ dice: inout Dice, asJSON: Bool) -> String {
    var preset = dice.one(of: Preset.all)
    // A large network takes a hundred times as long.
    while preset.name == "yin-yang", !dice.once(in: 10) { preset = dice.one(of: Preset.all) }
    var lines = preset.text.split(separator: "\n").map(String.init).filter { !$0.hasPrefix("#") }
    if !dice.once(in: 300) { lines.append("max_events: \(dice.one(of: [50, 300, 1000]))") }
    if dice.once(in: 5) { lines.append(dice.one(of: extra)) }
    if dice.once(in: 3), let layer = lines.lastIndex(where: { $0.hasPrefix("    size:") }) {
      for _ in 0..<dice.number(1...2) {
        lines.insert("    " + dice.one(of: extraOfLayer), at: layer)
      }
    }
    if dice.once(in: 4), let loss = lines.firstIndex(where: { $0.hasPrefix("loss:") }) {
      let end = lines[(loss + 1)...].firstIndex { !$0.hasPrefix(" ") } ?? lines.count
      lines.replaceSubrange(loss..<end, with: ["loss: " + dice.one(of: losses)])
    }
    if dice.once(in: 20), let inputs = lines.firstIndex(where: { $0.hasPrefix("inputs:") }) {
      let end = lines[(inputs + 1)...].firstIndex { !$0.hasPrefix(" ") } ?? lines.count
      lines.replaceSubrange(inputs..<end, with: ["inputs: { size: 3 }"] + dice.one(of: data))
    }
    let text = asJSON ? json(lines) : lines.joined(separator: "\n") + "\n"
    var mutation = TextMutation(text)
    for _ in 0..<dice.one(of: [0, 0, 1, 1, 1, 1, 2, 3]) { mutation.mutate(&dice) }
    return mutation.text
  }

  /// The same preset as JSON; what is no JSON value becomes a text.
  private static func json(_ lines: [String]) -> String {
    let text = lines.joined(separator: "\n")
    guard let document = try? PresetReader.read(text, named: "a"),
      case let experiment = document.experiment
    else { return text }
    let network = experiment.network
    func seconds(_ value: Double) -> String { "\"\(value) s\"" }
    func matrix(_ synapses: Synapses) -> String {
      let rows = (0..<synapses.rows).map { row in
        (0..<synapses.columns).map { column in
          synapses.entry(row: row, column: column).map { "\(synapses.weights[$0])" } ?? "0"
        }
      }
      return "[" + rows.map { "[\($0.joined(separator: ", "))]" }.joined(separator: ",\n") + "]"
    }
    let layers = network.layers.map { layer in
      var fields = [
        "\"name\": \"\(layer.name)\"", "\"size\": \(layer.size)",
        "\"weights\": \(matrix(layer.weights))",
      ]
      if let recurrent = layer.recurrent { fields.append("\"recurrent\": \(matrix(recurrent))") }
      let constants = layer.parameters.map { seconds($0.tauMem) }.joined(separator: ", ")
      let thresholds = layer.parameters.map { "\($0.vThreshold)" }.joined(separator: ", ")
      fields.append("\"parameters\": {\"tau_mem\": [\(constants)], \"v_th\": [\(thresholds)]}")
      return "{" + fields.joined(separator: ",\n") + "}"
    }
    let spikes = experiment.inputSpikes.map { "[\(seconds($0.time)), \($0.channel)]" }
    return """
      {"title": "\(experiment.title)", "t_max": \(seconds(experiment.horizon)), "max_events": 2000,
      "inputs": {"size": \(network.inputs), "spikes": [\(spikes.joined(separator: ",\n"))]},
      "layers": [\(layers.joined(separator: ",\n"))],
      "loss": {"kind": "voltage_integral",
      "coefficients": [\(network.layers.last?.parameters.map { _ in "1" }.joined(separator: ", ") ?? "")]}}
      """
  }

  /// Reads, runs, reports and saves an input.
  static func outcome(seed: UInt64, asJSON: Bool, draws: Bool = false) -> Outcome {
    var dice = Dice(seed: seed)
    let text = text(&dice, asJSON: asJSON)
    var arrays: [String: [UInt8]] = [:]
    var outcome = Outcome()
    let document: PresetDocument
    do throws(PresetComplaints) {
      document = try PresetReader.read(text, named: "p.yaml") { name in
        guard name.hasPrefix("a.np") else { return nil }
        if arrays[name] == nil { arrays[name] = ArrayMutation.file(named: name, &dice) }
        return arrays[name]
      }
    } catch {
      outcome.refusal = error.rendered
      if let fault = Law.fault(ofComplaint: error.rendered, named: "p.yaml") {
        outcome.findings.append(fault)
      }
      if error.diagnostics.contains(where: { $0.message.isEmpty }) {
        outcome.findings.append("an empty complaint")
      }
      return outcome
    }
    study(document, from: text, beside: arrays, draws: draws, &dice, &outcome)
    return outcome
  }

  /// Runs an experiment and asks for everything that a person reads of it.
  private static func study(
    _ document: PresetDocument, from text: String, beside files: [String: [UInt8]], draws: Bool,
    _ dice: inout Dice, _ outcome: inout Outcome
  ) {
    let experiment = document.experiment
    let saved = PresetWriter.write(experiment, samples: document.filedSamples)
    do throws(PresetComplaints) {
      let again = try PresetReader.read(
        saved, named: "saved.yaml", readingFile: { files[$0] })
      if again.experiment != experiment || again.filedSamples != document.filedSamples {
        outcome.findings.append("saved and loaded it is another experiment")
      }
    } catch {
      outcome.findings.append("what was saved cannot be loaded: \(error.rendered)")
    }
    let clock = Clock(seconds: 8)
    var session: Session
    do throws(SimulationError) {
      session = try Session(
        experiment, named: "p", samples: document.filedSamples, goesOn: { _ in clock.goesOn })
    } catch {
      outcome.isSlow = !clock.goesOn
      let sentence = Names(experiment, .full).sentence(for: error)
      outcome.refusal = sentence
      if sentence.isEmpty { outcome.findings.append("a run fails without a sentence") }
      if let unreal = Law.unreal(in: sentence, unless: text) { outcome.findings.append(unreal) }
      return
    }
    session.looks.settings.limit = 8
    let report = Self.report(of: session)
    if let unreal = Law.unreal(in: report, unless: text) {
      outcome.findings.append("the report " + unreal)
    }
    do {
      try session.writeReport { _ in }
    } catch is SimulationError {
    } catch {
      outcome.findings.append("the report as JSON: \(error)".prefix(300).description)
    }
    let words = ScriptMutation.line(&dice)
    for line in [
      "info warnings", "info grad", "why L", "near", "3 step", "bwd", "2 step", "equation", words,
    ] {
      let reply = session.apply(line)
      let answer = reply.lines.map(\.text).joined(separator: "\n")
      if let unreal = Law.unreal(in: answer, unless: text + line) {
        outcome.findings.append("\(line) " + unreal)
      }
      if !reply.succeeded, !reply.lines.contains(where: { $0.isComplaint && $0.sentence.count > 5 })
      {
        outcome.findings.append("\(line) fails without a sentence")
      }
    }
    ScriptMutation.testUndo(of: &session, &outcome)
    if draws {
      _ = session.apply("export csv t.csv traces")
      _ = Figure.svg(of: session)
      var app = App(session)
      _ = app.render(in: Size(columns: dice.number(0...160), rows: dice.number(0...50)))
    }
    outcome.isSlow = !clock.goesOn
  }

  /// The report of a session's run, without its warnings.
  static func report(of session: Session) -> String {
    TextReport.text(
      session.run.trajectory, adjoint: session.run.adjoint, loss: session.run.loss, warnings: [])
  }
}

/// A span of time that begins with its making.
struct Clock: Sendable {
  private let end: ContinuousClock.Instant

  init(seconds: Double) { end = .now + .seconds(seconds) }

  /// Whether the time is not over.
  var goesOn: Bool { .now < end }
}
