package import EventProp

/// What a name means: a parameter, the same one of several neurons, or a limit of the run.
package enum Named: Equatable, Sendable {
  /// One parameter, or the same one of all neurons of a layer or of the network; never none.
  case parameters([Parameter])
  /// The horizon `t_max`.
  case horizon
  /// How many events a layer may have, or nil for the whole run.
  case maxEvents(layer: Int?)

  /// The parameters that are meant; none for what has no derivative.
  package var parameters: [Parameter] { if case .parameters(let all) = self { all } else { [] } }

  /// The synapse whose weight is meant, or nil.
  package var weight: SynapseIndex? {
    if case .parameters(let all) = self, case .weight(let synapse) = all[0] { synapse } else { nil }
  }

  /// Whether the values are times, in seconds.
  package var isTime: Bool {
    switch self {
    case .parameters(let all): all[0].quantity.isTime
    case .horizon: true
    case .maxEvents: false
    }
  }

  /// The value that an experiment has; nil for several neurons whose values differ.
  package func value(in experiment: Experiment) -> Double? {
    switch self {
    case .parameters(let all):
      let first = experiment[all[0]]
      return all.allSatisfy { experiment[$0] == first } ? first : nil
    case .horizon: return experiment.horizon
    case .maxEvents(let layer): return experiment[maxEventsOf: layer].map(Double.init) ?? .infinity
    }
  }

  /// Gives an experiment the value, which may make it invalid.
  package func set(_ value: Double, in experiment: inout Experiment) {
    switch self {
    case .parameters(let all): for parameter in all { experiment[parameter] = value }
    case .horizon: experiment.horizon = value
    case .maxEvents(let layer): experiment[maxEventsOf: layer] = Int(exactly: value)
    }
  }

  /// dL by the value; nil where a gradient has no derivative by it.
  package func derivative(in gradient: Gradient) -> Double? {
    guard case .parameters(let all) = self else { return nil }
    return all.reduce(0) { $0 + gradient[$1] }
  }
}

extension Experiment {
  /// How many events a layer, or the whole run, may have; nil for any number.
  package subscript(maxEventsOf layer: Int?) -> Int? {
    get { layer.map { layers[$0].maxEvents } ?? maxEvents }
    set {
      if let layer { layers[layer].maxEvents = newValue } else { maxEvents = newValue }
    }
  }
}
