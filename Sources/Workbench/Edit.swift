import EventProp
import Notation

/// Changes to an experiment by name: the names of `set` and `reset`.
enum Edit {
  /// Where a name leads.
  enum Target: Equatable, Sendable {
    /// A parameter of these neurons, counted across layers.
    case parameter(LIFParameters.Field, neurons: [Int])
    case weight(Names.SynapseName)
    case delay(Names.SynapseName)
    /// V(0) or I(0) of these neurons, counted across layers.
    case initial(InitialState, neurons: [Int])
    case horizon
    /// An input spike, by its position in the experiment's list.
    case input(Int)
    /// A target of the loss, by its position, and which of that neuron's spikes it is for.
    case lossTarget(Int, spike: Int)
    /// How many events a layer may have, or nil for the whole run.
    case maxEvents(layer: Int?)
  }

  /// A part of the state that a neuron starts from, by the name of `set`.
  enum InitialState: String, CaseIterable, Sendable {
    case potential = "initial_v"
    case current = "initial_i"
  }

  /// Sets a value and says what was set, with its unit.
  static func apply(
    _ name: Word, _ value: Word, to experiment: inout Experiment
  ) throws(Diagnostic) -> String {
    let target = try find(name, in: experiment)
    let names = Names(experiment)
    func echo(_ old: Double?) -> String {
      let new = shown(target.value(in: experiment), isTime: target.isTime, typed: value)
      let was = old.map { shown($0, isTime: target.isTime) } ?? "several values"
      return "\(names.echoed(target, as: name)) = \(new) (was \(was))"
    }
    switch target {
    case .parameter, .weight, .delay, .initial, .input:
      var old: [Double] = []
      for number in target.numbers(in: experiment.network) {
        old.append(experiment[number])
        let new = try self.value(value, from: experiment[number], isTime: target.isTime)
        try set(number, to: new, typed: value, in: &experiment)
      }
      return echo(old.allSatisfy { $0 == old[0] } ? old[0] : nil)
    case .horizon:
      let old = experiment.horizon
      experiment.horizon = try self.value(value, from: old, isTime: true)
      guard experiment.horizon > 0 else {
        throw value.complaint("t_max must be greater than 0", remedy: Self.exampleOfTime)
      }
      return echo(old)
    case .lossTarget(let position, let spike):
      let old = target.value(in: experiment)
      setLossTarget(
        position, spike, to: try self.value(value, from: old, isTime: true), in: &experiment)
      return echo(old)
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
    let target = try find(name, in: experiment)
    switch target {
    case .parameter, .weight, .delay, .initial, .input:
      for number in target.numbers(in: experiment.network) {
        setNumber(number, to: original[number], in: &experiment)
      }
      if case .delay(let synapse) = target {
        dropDelays(of: synapse, unlessIn: original, &experiment)
      }
    case .horizon: experiment.horizon = original.horizon
    case .lossTarget(let position, let spike):
      if let value = lossTarget(position, spike, in: original) {
        setLossTarget(position, spike, to: value, in: &experiment)
      }
    case .maxEvents(let layer):
      setLimit(ofLayer: layer, to: limit(ofLayer: layer, in: original), in: &experiment)
    }
    return "\(name.text) is as in the preset"
  }

  /// Finds what a name means; a complaint points at the word and suggests one of the parameters.
  static func find(_ name: Word, in experiment: Experiment) throws(Diagnostic) -> Target {
    let fields =
      LIFParameters.Field.allCases.map(\.rawValue) + InitialState.allCases.map(\.rawValue)
    let network = experiment.network
    let names = Names(experiment)
    let folded = name.text.lowercased().filter { $0 != "_" }
    if folded == "tmax" { return .horizon }
    if folded == "maxevents" { return .maxEvents(layer: nil) }
    if let field = PresetReader.parameterField(named: name.text) {
      return .parameter(field, neurons: Array(0..<network.neuronCount))
    }
    if let synapse = name.after("delay ") { return .delay(try names.synapse(synapse)) }
    if let number = name.after("time of input ") {
      return .input(try inputSpike(number, in: experiment))
    }
    if name.text.contains("<-") || name.text.contains("->") || folded.hasPrefix("w[") {
      return .weight(try names.synapse(name))
    }
    if let initial = initialState(named: name.text) {
      return .initial(initial, neurons: Array(0..<network.neuronCount))
    }
    if let place = numbers(in: folded, after: "in"), let channel = place.first {
      return .input(try inputSpike(of: channel, place.dropFirst().first ?? 0, name, in: experiment))
    }
    if folded == "target" || numbers(in: folded, after: "target") != nil {
      let place = numbers(in: folded, after: "target") ?? [0]
      let spike = place.dropFirst().first ?? 0
      guard lossTarget(place[0], spike, in: experiment) != nil else {
        throw noTarget(name, in: experiment)
      }
      return .lossTarget(place[0], spike: spike)
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
      if let initial = initialState(named: owned.field) {
        return .initial(initial, neurons: owned.neurons)
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

  private static func initialState(named text: String) -> InitialState? {
    InitialState.allCases.first { Suggestion.areAlike($0.rawValue, text) }
  }

  /// One or two numbers after a word: `in2`, `in.2.1`, `target.0`.
  private static func numbers(in text: String, after word: String) -> [Int]? {
    guard text.hasPrefix(word) else { return nil }
    let parts = text.dropFirst(word.count).split(separator: ".", omittingEmptySubsequences: true)
    let numbers = parts.compactMap { Int($0) }
    return (1...2).contains(parts.count) && numbers.count == parts.count ? numbers : nil
  }

  /// An input spike by the number that reports give it.
  static func inputSpike(_ word: Word, in experiment: Experiment) throws(Diagnostic) -> Int {
    let count = experiment.inputSpikes.count
    guard let position = Int(word.text), (0..<count).contains(position) else {
      throw word.complaint(
        "no input spike \(word.text)",
        remedy: count == 0 ? "this run has none" : "they are numbered 0 to \(count - 1)")
    }
    return position
  }

  /// The position of a spike of a channel, counted in the order in which a person sees them.
  private static func inputSpike(
    of channel: Int, _ number: Int, _ name: Word, in experiment: Experiment
  ) throws(Diagnostic) -> Int {
    let spikes = experiment.inputSpikes(ofChannel: channel)
    guard !spikes.isEmpty else {
      throw name.complaint(
        "no input spike on channel \(channel)", remedy: Names(experiment).inventory)
    }
    guard spikes.indices.contains(number) else {
      throw name.complaint(
        "in\(channel) has no spike \(number)",
        remedy: spikes.count == 1
          ? "its only one is in.\(channel)"
          : "they are in.\(channel).0 to in.\(channel).\(spikes.count - 1)")
    }
    return spikes[number]
  }

  /// The complaint about a target that the loss does not have.
  private static func noTarget(_ name: Word, in experiment: Experiment) -> Diagnostic {
    let targets = lossTargets(of: experiment)
    guard let last = targets.last else {
      return experiment.loss == nil
        ? name.complaint("this experiment has no loss", remedy: "add a loss to the preset")
        : name.complaint("this loss has no target", remedy: "a preset with targets has some")
    }
    let names = Names(experiment)
    let first = names.canonical(targets[0], in: experiment)
    return name.complaint(
      "the loss has no \(name.text)",
      remedy: targets.count == 1
        ? "it has \(first) alone" : "it has \(first) to \(names.canonical(last, in: experiment))")
  }

  /// Gives a number a value that it may have.
  private static func set(
    _ number: CheckedParameter, to new: Double, typed: Word, in experiment: inout Experiment
  ) throws(Diagnostic) {
    setNumber(number, to: new, in: &experiment)
    switch number {
    case .parameter(let layer, let neuron, let field):
      try check(experiment.network.layers[layer], neuron, field, typed)
    case .inputTime where new < 0:
      throw typed.complaint("an input spike comes at t >= 0", remedy: exampleOfTime)
    case .delay where new < 0, .recurrentDelay where new < 0:
      throw typed.complaint("a delay is at least 0", remedy: exampleOfTime)
    case .initialPotential(let layer, let neuron):
      let layer = experiment.network.layers[layer]
      guard layer.kinds[neuron] == .lif, new >= layer.parameters[neuron].vThreshold else { return }
      let threshold = Quantity.display(layer.parameters[neuron].vThreshold)
      throw typed.complaint(
        "the initial V must lie below v_th: it is \(threshold)", remedy: "a value below it")
    case .weight, .recurrent, .delay, .recurrentDelay, .inputTime, .initialCurrent: break
    }
  }

  /// Gives a number a value; a matrix that had no delays gets some with its first.
  private static func setNumber(
    _ number: CheckedParameter, to value: Double, in experiment: inout Experiment
  ) {
    func withDelays(_ synapses: Synapses?) -> [Double]? {
      synapses.map { $0.delays ?? [Double](repeating: 0, count: $0.weights.count) }
    }
    switch number {
    case .delay(let layer, _):
      let delays = withDelays(experiment.network.layers[layer].weights)
      experiment.network.layers[layer].weights.delays = delays
    case .recurrentDelay(let layer, _):
      let delays = withDelays(experiment.network.layers[layer].recurrent)
      experiment.network.layers[layer].recurrent?.delays = delays
    default: break
    }
    experiment[number] = value
  }

  /// Takes away the delays of a matrix that had none, once none is left.
  private static func dropDelays(
    of synapse: Names.SynapseName, unlessIn original: Experiment, _ experiment: inout Experiment
  ) {
    let layer = original.network.layers[synapse.layer]
    guard (synapse.isRecurrent ? layer.recurrent : layer.weights)?.delays == nil else { return }
    if synapse.isRecurrent {
      let delays = experiment.network.layers[synapse.layer].recurrent?.delays ?? []
      if delays.allSatisfy({ $0 == 0 }) {
        experiment.network.layers[synapse.layer].recurrent?.delays = nil
      }
    } else if experiment.network.layers[synapse.layer].weights.delays?.allSatisfy({ $0 == 0 })
      ?? true
    {
      experiment.network.layers[synapse.layer].weights.delays = nil
    }
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

  /// The targets that the loss has, in their order.
  static func lossTargets(of experiment: Experiment) -> [Target] {
    switch experiment.loss?.rule {
    case .firstSpikeMSE(_, let targets, _, _), .targetTime(_, let targets, _):
      targets.indices.map { .lossTarget($0, spike: 0) }
    case .allSpikesMSE(_, let targets, _):
      targets.indices.flatMap { position in
        targets[position].indices.map { .lossTarget(position, spike: $0) }
      }
    default: []
    }
  }

  static func lossTarget(_ position: Int, _ spike: Int, in experiment: Experiment) -> Double? {
    guard lossTargets(of: experiment).contains(.lossTarget(position, spike: spike)) else {
      return nil
    }
    return switch experiment.loss?.rule {
    case .firstSpikeMSE(_, let targets, _, _), .targetTime(_, let targets, _): targets[position]
    case .allSpikesMSE(_, let targets, _): targets[position][spike]
    default: nil
    }
  }

  private static func setLossTarget(
    _ position: Int, _ spike: Int, to value: Double, in experiment: inout Experiment
  ) {
    switch experiment.loss?.rule {
    case .firstSpikeMSE(let neurons, var targets, let tau, let clip):
      targets[position] = value
      experiment.loss?.rule = .firstSpikeMSE(
        neurons: neurons, targets: targets, tau: tau, clip: clip)
    case .targetTime(let neurons, var targets, let tau):
      targets[position] = value
      experiment.loss?.rule = .targetTime(neurons: neurons, targets: targets, tau: tau)
    case .allSpikesMSE(let neurons, var targets, let tau):
      targets[position][spike] = value
      experiment.loss?.rule = .allSpikesMSE(neurons: neurons, targets: targets, tau: tau)
    default: break
    }
  }
}

extension Experiment {
  /// The positions of the spikes of a channel, in the order of their times.
  func inputSpikes(ofChannel channel: Int) -> [Int] {
    inputSpikes.indices.filter { inputSpikes[$0].channel == channel }
      .sorted { (inputSpikes[$0].time, $0) < (inputSpikes[$1].time, $1) }
  }
}
