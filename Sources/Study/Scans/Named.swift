package import EventProp

/// The meaning of a name: a parameter, one quantity of several neurons, or a limit of the run.
package enum Named: Equatable, Sendable {
  /// One parameter, or one quantity of all neurons of a layer or of the network; never empty.
  case parameters([Parameter])
  /// The horizon `t_max`.
  case horizon
  /// The most events of a layer, or of the whole run for nil.
  case maxEvents(layer: Int?)
  /// The learning rate of one step down a gradient.
  case rate(GradientStep)

  /// The parameters of the name; empty for a limit, which has no derivative.
  package var parameters: [Parameter] {
    switch self {
    case .parameters(let all): all
    case .rate(let step): step.parameters
    case .horizon, .maxEvents: []
    }
  }

  /// The speed of each parameter when the value grows by 1 per unit.
  var speeds: [(parameter: Parameter, speed: Double)] {
    if case .rate(let step) = self {
      return zip(step.parameters, step.slopes).map { ($0, -$1) }
    }
    return parameters.map { ($0, 1) }
  }

  /// The synapse of a weight, or nil.
  package var weight: SynapseIndex? {
    if case .parameters(let all) = self, case .weight(let synapse) = all[0] { synapse } else { nil }
  }

  /// Whether the values are times, in seconds.
  package var isTime: Bool {
    switch self {
    case .parameters(let all): all[0].quantity.isTime
    case .horizon: true
    case .maxEvents, .rate: false
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
    case .rate: return 0
    }
  }

  /// Sets the value in an experiment, which may become invalid.
  package func set(_ value: Double, in experiment: inout Experiment) {
    switch self {
    case .parameters(let all): for parameter in all { experiment[parameter] = value }
    case .horizon: experiment.horizon = value
    case .maxEvents(let layer): experiment[maxEventsOf: layer] = Int(exactly: value)
    case .rate(let step): step.make(value, in: &experiment)
    }
  }

  /// dL by the value; nil where the gradient does not have it.
  package func derivative(in gradient: Gradient) -> Double? {
    let speeds = speeds
    return speeds.isEmpty ? nil : speeds.reduce(0) { $0 + $1.speed * gradient[$1.parameter] }
  }
}

extension Experiment {
  /// The most events of a layer, or of the whole run for nil; the value nil means no limit.
  package subscript(maxEventsOf layer: Int?) -> Int? {
    get { layer.map { layers[$0].maxEvents } ?? maxEvents }
    set {
      if let layer { layers[layer].maxEvents = newValue } else { maxEvents = newValue }
    }
  }
}
