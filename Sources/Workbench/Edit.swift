import EventProp
import Language
import Study

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
    switch field.violation(parameters[field]) ?? Rules.reset(parameters) {
    case .notFinite:
      throw value.complaint(
        "\(field.rawValue) must be finite", remedy: "a finite number, such as 0.6 or 1e-05")
    case .notPositive:
      throw value.complaint("a time constant must be greater than 0", remedy: exampleOfTime)
    case .resetNotBelowThreshold(let reset, let threshold):
      let (reset, threshold) = (Quantity.display(reset), Quantity.display(threshold))
      throw value.complaint(
        "v_reset must lie below v_th: v_reset is \(reset), v_th \(threshold)",
        remedy: field == .vReset
          ? "a value below \(threshold), or set v_th first"
          : "a value above \(reset), or set v_reset first")
    default: break
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
}
