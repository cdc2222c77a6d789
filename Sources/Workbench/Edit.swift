import EventProp
import Notation

/// Changes to an experiment by name: the names of `set` and `reset`.
enum Edit {
  /// Where a name leads.
  enum Target: Equatable, Sendable {
    /// A parameter of these neurons, counted across layers.
    case parameter(LIFParameters.Field, neurons: [Int])
    case weight(Names.SynapseName)
    case horizon
    /// An input spike, by its position in the experiment's list.
    case input(Int)
    case lossTarget(Int)
    /// How many events a layer may have, or nil for the whole run.
    case maxEvents(layer: Int?)
  }

  /// Sets a value and says what was set, with its unit.
  static func apply(
    _ name: Word, _ value: Word, to experiment: inout Experiment
  ) throws(Diagnostic) -> String {
    let target = try find(name, in: experiment)
    let names = Names(experiment)
    switch target {
    case .parameter(let field, let neurons):
      var old: [Double] = []
      for neuron in neurons {
        let place = experiment.network.place(of: neuron)
        let current = experiment.network.layers[place.layer].parameters[place.index][field]
        old.append(current)
        let new = try self.value(value, from: current, isTime: field.isTime)
        experiment.network.layers[place.layer].parameters[place.index][field] = new
        try check(experiment.network.layers[place.layer], place.index, field, value)
      }
      let place = experiment.network.place(of: neurons[0])
      let now = experiment.network.layers[place.layer].parameters[place.index][field]
      return "\(name.text) = \(shown(now, isTime: field.isTime, typed: value))"
        + " (was \(old.allSatisfy { $0 == old[0] } ? shown(old[0], isTime: field.isTime) : "several values"))"
    case .weight(let synapse):
      let old = weight(synapse, in: experiment)
      let new = try self.value(value, from: old, isTime: false)
      setWeight(synapse, to: new, in: &experiment)
      return "w \(names.canonical(synapse)) = \(Quantity.display(new, digits: 6))"
        + " (was \(Quantity.display(old, digits: 6)))"
    case .horizon:
      let old = experiment.horizon
      let new = try self.value(value, from: old, isTime: true)
      guard new > 0 else {
        throw value.complaint("t_max must be greater than 0", remedy: Self.exampleOfTime)
      }
      experiment.horizon = new
      return "t_max = \(shown(new, isTime: true, typed: value)) (was \(shown(old, isTime: true)))"
    case .input(let position):
      let old = experiment.inputSpikes[position].time
      let new = try self.value(value, from: old, isTime: true)
      guard new >= 0 else {
        throw value.complaint("an input spike comes at t >= 0", remedy: Self.exampleOfTime)
      }
      experiment.inputSpikes[position].time = new
      return
        "\(name.text) = \(shown(new, isTime: true, typed: value)) (was \(shown(old, isTime: true)))"
    case .lossTarget(let position):
      let old = lossTarget(position, in: experiment) ?? 0
      let new = try self.value(value, from: old, isTime: true)
      setLossTarget(position, to: new, in: &experiment)
      return
        "\(name.text) = \(shown(new, isTime: true, typed: value)) (was \(shown(old, isTime: true)))"
    case .maxEvents(let layer):
      let old = limit(ofLayer: layer, in: experiment)
      setLimit(ofLayer: layer, to: try count(value), in: &experiment)
      let new = limit(ofLayer: layer, in: experiment)
      return
        "\(names.canonical(target, in: experiment)) = \(shown(limit: new)) (was \(shown(limit: old)))"
    }
  }

  /// Copies a value back from the experiment as it was opened.
  static func restore(
    _ name: Word, from original: Experiment, in experiment: inout Experiment
  ) throws(Diagnostic) -> String {
    switch try find(name, in: experiment) {
    case .parameter(let field, let neurons):
      for neuron in neurons {
        let place = experiment.network.place(of: neuron)
        experiment.network.layers[place.layer].parameters[place.index][field] =
          original.network.layers[place.layer].parameters[place.index][field]
      }
    case .weight(let synapse):
      setWeight(synapse, to: weight(synapse, in: original), in: &experiment)
    case .horizon: experiment.horizon = original.horizon
    case .input(let position):
      experiment.inputSpikes[position].time = original.inputSpikes[position].time
    case .lossTarget(let position):
      if let value = lossTarget(position, in: original) {
        setLossTarget(position, to: value, in: &experiment)
      }
    case .maxEvents(let layer):
      setLimit(ofLayer: layer, to: limit(ofLayer: layer, in: original), in: &experiment)
    }
    return "\(name.text) is as in the preset"
  }

  /// Finds what a name means; a complaint points at the word and suggests one of the parameters, or of `others`.
  static func find(
    _ name: Word, in experiment: Experiment, alsoKnown others: [String] = []
  ) throws(Diagnostic) -> Target {
    let fields = LIFParameters.Field.allCases.map(\.rawValue) + others
    let network = experiment.network
    let names = Names(experiment)
    let folded = name.text.lowercased().filter { $0 != "_" }
    if folded == "tmax" { return .horizon }
    if folded == "maxevents" { return .maxEvents(layer: nil) }
    if let field = PresetReader.parameterField(named: name.text) {
      return .parameter(field, neurons: Array(0..<network.neuronCount))
    }
    if name.text.contains("<-") || name.text.contains("->") || folded.hasPrefix("w[") {
      return .weight(try names.synapse(name))
    }
    if folded.hasPrefix("in"), let position = Int(folded.dropFirst(2).drop { $0 == "." }) {
      // The first spike of a channel stands for it: the one that a person sees first.
      let first = experiment.inputSpikes.indices
        .filter { experiment.inputSpikes[$0].channel == position }
        .min { experiment.inputSpikes[$0].time < experiment.inputSpikes[$1].time }
      guard let first else {
        throw name.complaint("no input spike on channel \(position)", remedy: names.inventory)
      }
      return .input(first)
    }
    if folded.hasPrefix("target"),
      let position = folded == "target" ? 0 : Int(folded.dropFirst(6).drop { $0 == "." })
    {
      guard lossTarget(position, in: experiment) != nil else {
        throw noTarget(position, name, in: experiment)
      }
      return .lossTarget(position)
    }
    if let owned = try names.owned(name) {
      if owned.field.lowercased().filter({ $0 != "_" }) == "maxevents" {
        guard let layer = names.layer(named: owned.owner) else {
          throw name.complaint(
            "only a layer or the whole run has max_events",
            remedy: "set \(network.layers[0].name).max_events 1000, set max_events 1000")
        }
        return .maxEvents(layer: layer)
      }
      guard let field = PresetReader.parameterField(named: owned.field) else {
        throw name.complaint(
          "no parameter '\(name.text)'",
          remedy: Suggestion.nearest(to: owned.field, among: fields).map {
            "did you mean \(owned.owner).\($0)?  (info params)"
          } ?? "see (info params)")
      }
      return .parameter(field, neurons: owned.neurons)
    }
    throw name.complaint(
      "no parameter '\(name.text)'",
      remedy: (Suggestion.nearest(to: name.text, among: fields + ["t_max", "target", "max_events"])
        .map { "did you mean \($0)?  " } ?? "see ") + "(info params)")
  }

  /// A value as typed: a number with its unit, or relative to what is there (`+10%`, `*0.5`).
  private static func value(
    _ word: Word, from old: Double, isTime: Bool
  ) throws(Diagnostic) -> Double {
    let value: Double
    do throws(Quantity.Failure) {
      if word.text.hasSuffix("%") {
        value = old * (1 + (try Quantity.number(String(word.text.dropLast()))) / 100)
      } else if word.text.hasPrefix("*") {
        value = old * (try Quantity.number(String(word.text.dropFirst())))
      } else {
        value = isTime ? try Quantity.time(word.text) : try Quantity.number(word.text)
      }
    } catch {
      throw word.complaint(error.message, remedy: error.remedy)
    }
    guard value.isFinite else {
      throw word.complaint(
        "'\(word.text)' of \(shown(old, isTime: isTime)) is too large for a number",
        remedy: "a smaller part, such as +10% or *2")
    }
    return value
  }

  /// A time as a complaint about one proposes it.
  private static let exampleOfTime = "a time such as 20ms, or *0.5 for half of what it is"

  /// The complaint about a target that the loss does not have.
  private static func noTarget(
    _ position: Int, _ name: Word, in experiment: Experiment
  ) -> Diagnostic {
    let targets = (0...).prefix { lossTarget($0, in: experiment) != nil }
    guard let last = targets.last else {
      return experiment.loss == nil
        ? name.complaint("this experiment has no loss", remedy: "add a loss to the preset")
        : name.complaint("this loss has no target", remedy: "a preset with targets has some")
    }
    return name.complaint(
      "the loss has no target \(position)",
      remedy: last == 0 ? "it has target.0 alone" : "it has target.0 to target.\(last)")
  }

  private static func check(
    _ layer: Layer, _ index: Int, _ field: LIFParameters.Field, _ value: Word
  ) throws(Diagnostic) {
    let parameters = layer.parameters[index]
    switch parameters.violation {
    case nil: break
    case .notFinite:
      throw value.complaint(
        "\(field.rawValue) must be finite", remedy: "a finite number, such as 0.6 or 1e-05")
    case .notPositive:
      throw value.complaint("a time constant must be greater than 0", remedy: exampleOfTime)
    case .resetNotBelowThreshold:
      let (reset, threshold) = (
        Quantity.display(parameters.vReset), Quantity.display(parameters.vThreshold)
      )
      throw value.complaint(
        "v_reset must lie below v_th: v_reset is \(reset), v_th \(threshold)",
        remedy: field == .vReset
          ? "a value below \(threshold), or set v_th first"
          : "a value above \(reset), or set v_reset first")
    }
    let initial = layer.initial[index].potential
    if layer.kinds[index] == .lif, initial >= parameters.vThreshold {
      throw value.complaint(
        "the initial V must lie below v_th: it is \(Quantity.display(initial))",
        remedy: "a value above it")
    }
  }

  /// A value with its unit; a bare time above a second asks whether milliseconds were meant.
  static func shown(_ value: Double, isTime: Bool, typed: Word? = nil) -> String {
    guard isTime else { return Quantity.display(value, digits: 6) }
    let text = Quantity.displayTime(value, digits: 6)
    guard let typed, value >= 1, typed.text.last?.isNumber ?? false else { return text }
    return text + " (seconds; did you mean \(typed.text)ms?)"
  }

  /// A limit of events as it is shown.
  static func shown(limit: Int?) -> String { limit.map(String.init) ?? "none" }

  /// A number of events as typed, or nil for `none`.
  private static func count(_ word: Word) throws(Diagnostic) -> Int? {
    if word.text.lowercased() == "none" { return nil }
    guard let count = Int(word.text), count >= 1 else {
      throw word.complaint(
        "max_events is a whole number from 1, found '\(word.text)'",
        remedy: "none takes the limit away")
    }
    return count
  }

  /// How many events a layer, or the whole run, may have; nil for any number.
  static func limit(ofLayer layer: Int?, in experiment: Experiment) -> Int? {
    layer.map { experiment.network.layers[$0].maxEvents } ?? experiment.maxEvents
  }

  private static func setLimit(
    ofLayer layer: Int?, to limit: Int?, in experiment: inout Experiment
  ) {
    if let layer {
      experiment.network.layers[layer].maxEvents = limit
    } else {
      experiment.maxEvents = limit
    }
  }

  static func weight(_ synapse: Names.SynapseName, in experiment: Experiment) -> Double {
    let layer = experiment.network.layers[synapse.layer]
    return (synapse.isRecurrent ? layer.recurrent : layer.weights)?.weights[synapse.entry] ?? 0
  }

  private static func setWeight(
    _ synapse: Names.SynapseName, to value: Double, in experiment: inout Experiment
  ) {
    if synapse.isRecurrent {
      experiment.network.layers[synapse.layer].recurrent?.weights[synapse.entry] = value
    } else {
      experiment.network.layers[synapse.layer].weights.weights[synapse.entry] = value
    }
  }

  static func lossTarget(_ position: Int, in experiment: Experiment) -> Double? {
    switch experiment.loss?.rule {
    case .firstSpikeMSE(_, let targets, _, _), .targetTime(_, let targets, _):
      targets.indices.contains(position) ? targets[position] : nil
    default: nil
    }
  }

  private static func setLossTarget(
    _ position: Int, to value: Double, in experiment: inout Experiment
  ) {
    switch experiment.loss?.rule {
    case .firstSpikeMSE(let neurons, var targets, let tau, let clip):
      targets[position] = value
      experiment.loss?.rule = .firstSpikeMSE(
        neurons: neurons, targets: targets, tau: tau, clip: clip)
    case .targetTime(let neurons, var targets, let tau):
      targets[position] = value
      experiment.loss?.rule = .targetTime(neurons: neurons, targets: targets, tau: tau)
    default: break
    }
  }
}
