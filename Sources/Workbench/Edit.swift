import EventProp
import Language

/// Changes to an experiment by name: `set` and `reset`.
enum Edit {
  /// Sets a value and says what was set, with its unit.
  static func apply(
    _ name: Word, _ value: Word, to experiment: inout Experiment
  ) throws(Diagnostic) -> String {
    let named = try Names(experiment).find(name)
    let old = named.value(in: experiment)
    switch named {
    case .parameters(let all):
      for parameter in all { try set(parameter, to: value, in: &experiment) }
    case .horizon:
      experiment.horizon = try value.quantity(from: experiment.horizon, isTime: true)
      guard experiment.horizon > 0 else {
        throw value.complaint("t_max must be greater than 0", remedy: exampleOfTime)
      }
    case .maxEvents(let layer): experiment[maxEventsOf: layer] = try count(value)
    }
    // A new value cannot differ between neurons unless it is a part of old ones that do.
    let first = named.parameters.first.map { experiment[$0] }
    let new = named.value(in: experiment) ?? first ?? 0
    let was = old.map { shown($0, of: named) } ?? "several values"
    return
      "\(echoed(named, as: name, in: experiment)) = \(shown(new, of: named, typed: value)) (was \(was))"
  }

  /// Copies a value back from the experiment as it was opened.
  static func restore(
    _ name: Word, from original: Experiment, in experiment: inout Experiment
  ) throws(Diagnostic) -> String {
    switch try Names(experiment).find(name) {
    case .parameters(let all):
      for parameter in all {
        experiment[parameter] = original[parameter]
        if case .delay(let synapse) = parameter {
          experiment.network.dropZeroDelays(of: synapse, unlessIn: original.network)
        }
      }
    case .horizon: experiment.horizon = original.horizon
    case .maxEvents(let layer): experiment[maxEventsOf: layer] = original[maxEventsOf: layer]
    }
    return "\(name.text) is as in the preset"
  }

  /// How an echo calls what a name means: synapses by their canonical names, the rest as it was typed.
  private static func echoed(_ named: Named, as name: Word, in experiment: Experiment) -> String {
    switch named.parameters.first {
    case .weight(let synapse)?: "w \(Names(experiment).name(of: synapse))"
    case .delay?: Names(experiment).name(of: named)
    default:
      if case .maxEvents = named { Names(experiment).name(of: named) } else { name.text }
    }
  }

  /// A time as a complaint about one proposes it.
  private static let exampleOfTime = "a time such as 20ms, or *0.5 for half of what it is"

  /// Gives a parameter a value that it may have.
  private static func set(
    _ parameter: Parameter, to typed: Word, in experiment: inout Experiment
  ) throws(Diagnostic) {
    let new = try typed.quantity(
      from: experiment[parameter], isTime: parameter.quantity.isTime)
    experiment[parameter] = new
    switch parameter {
    case .field(let field, let layer, let neuron):
      try check(experiment.network.layers[layer], neuron, field, typed)
    case .inputTime where new < 0:
      throw typed.complaint("an input spike comes at t >= 0", remedy: exampleOfTime)
    case .delay where new < 0:
      throw typed.complaint("a delay is at least 0", remedy: exampleOfTime)
    case .initialPotential(let layer, let neuron):
      let layer = experiment.network.layers[layer]
      guard layer.kinds[neuron] == .lif, new >= layer.parameters[neuron].vThreshold else { return }
      let threshold = Quantity.display(layer.parameters[neuron].vThreshold)
      throw typed.complaint(
        "the initial V must lie below v_th: it is \(threshold)", remedy: "a value below it")
    case .weight, .delay, .inputTime, .initialCurrent, .target: break
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
  private static func shown(_ value: Double, of named: Named, typed: Word? = nil) -> String {
    if case .maxEvents = named { return shown(limit: Int(exactly: value)) }
    let text = Quantity.display(value, isTime: named.isTime, digits: 6)
    guard named.isTime, let typed, value >= 1, typed.text.last?.isNumber ?? false else {
      return text
    }
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
}

extension Network {
  /// Takes away the delays of a synapse's matrix once all are 0, unless the same matrix of another network has delays.
  fileprivate mutating func dropZeroDelays(of synapse: SynapseIndex, unlessIn original: Network) {
    guard original.matrix(of: synapse)?.delays == nil,
      matrix(of: synapse)?.delays?.allSatisfy({ $0 == 0 }) ?? true
    else { return }
    if synapse.isRecurrent {
      layers[synapse.layer].recurrent?.delays = nil
    } else {
      layers[synapse.layer].weights.delays = nil
    }
  }
}
