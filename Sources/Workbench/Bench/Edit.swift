import EventProp
import Language
import Study

/// Changes to an experiment by name: `set` and `reset`.
enum Edit {
  /// Sets a value and returns the name and the value with its unit.
  static func apply(
    _ name: Word, _ value: Word, to experiment: inout Experiment
  ) throws(Diagnostic) -> String {
    let named = try Names(experiment).find(name)
    let old = named.value(in: experiment)
    switch named {
    case .parameters(let all):
      for parameter in all {
        experiment[parameter] = try value.quantity(
          from: experiment[parameter], isTime: parameter.quantity.isTime)
      }
    case .horizon:
      experiment.horizon = try value.quantity(from: experiment.horizon, isTime: true)
    case .maxEvents(let layer): experiment[maxEventsOf: layer] = try count(value)
    case .rate: preconditionFailure("no name of an experiment means a rate")
    }
    try check(experiment, after: named, at: value)
    // A new value is the same for all neurons, unless it is computed from old ones that differ.
    let first = named.parameters.first.map { experiment[$0] }
    let new = named.value(in: experiment) ?? first ?? 0
    let was = old.map { shown($0, of: named) } ?? "several values"
    return
      "\(echoed(named, as: name, in: experiment)) = \(shown(new, of: named, typed: value)) (was \(was))"
  }

  /// Restores a value from the experiment as opened.
  static func restore(
    _ name: Word, from original: Experiment, in experiment: inout Experiment
  ) throws(Diagnostic) -> String {
    let named = try Names(experiment).find(name)
    switch named {
    case .parameters(let all):
      for parameter in all {
        experiment[parameter] = original[parameter]
        if case .delay(let synapse) = parameter {
          experiment.network.dropZeroDelays(of: synapse, unlessIn: original.network)
        }
      }
    case .horizon: experiment.horizon = original.horizon
    case .maxEvents(let layer): experiment[maxEventsOf: layer] = original[maxEventsOf: layer]
    case .rate: preconditionFailure("no name of an experiment means a rate")
    }
    try check(experiment, after: named, at: name)
    return "\(name.text) is as in the preset"
  }

  /// Throws a `Diagnostic` at a word if another value of `named` has made a valid experiment
  /// invalid.
  private static func check(
    _ experiment: Experiment, after named: Named, at word: Word
  ) throws(Diagnostic) {
    guard let fault = experiment.faults.first else { return }
    throw word.complaint(
      Names(experiment).sentence(for: fault, afterSetting: named),
      remedy: fault.remedy(afterSetting: named))
  }

  /// The name in an echo: the canonical name of a synapse, other names as typed.
  private static func echoed(_ named: Named, as name: Word, in experiment: Experiment) -> String {
    switch named.parameters.first {
    case .weight(let synapse)?: "w \(Names(experiment).name(of: synapse))"
    case .delay?: Names(experiment).name(of: named)
    default:
      if case .maxEvents = named { Names(experiment).name(of: named) } else { name.text }
    }
  }

  /// A value with its unit; for a bare time above a second, a question whether milliseconds were
  /// meant.
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
    guard let count = Int(word.text) else {
      throw word.complaint(
        ExperimentFault.notALimit(word.text), remedy: ExperimentFault.remedyForLimit)
    }
    return count
  }
}

extension Network {
  /// Removes the delays of a synapse's matrix once all are 0, unless the same matrix of `original`
  /// has delays.
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
