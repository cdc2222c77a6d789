package import EventProp

/// Where the gradient of a run cannot be trusted, and how far it can be.
package struct Trust: Equatable, Sendable {
  /// The reach of a name on both sides.
  package struct Radius: Equatable, Sendable {
    /// The name.
    package let named: Named
    /// Its value.
    package let value: Double
    /// The scale of a relative radius: the value, or a natural scale where the value is 0.
    package let scale: Double
    /// How far it may fall; nil for a learning rate, which only grows.
    package internal(set) var down: Reach?
    /// How far it may grow.
    package internal(set) var up: Reach?

    /// The nearer of the two ends, as a part of the scale.
    package var relative: Double {
      min(down?.distance ?? .infinity, up?.distance ?? .infinity) / scale
    }
    /// Whether a border was found on a side.
    package var hasBorder: Bool { down?.border != nil || up?.border != nil }
  }

  /// What is asked.
  package enum Scope: Equatable, Sendable {
    /// The dangers, the whole step, and the names with the smallest radii.
    case summary
    /// The dangers, the whole step, and every name.
    case all
    /// One name.
    case name(Named)
  }

  /// What was asked.
  package let scope: Scope
  /// The dangers, the worst first.
  package internal(set) var dangers: [Danger] = []
  /// The number of warnings about spikes and potentials on which the loss does not depend.
  package internal(set) var apart = 0
  /// The learning rate of the whole step; nil where the gradient of all weights is 0, or where it
  /// was not asked for.
  package internal(set) var step: Radius?
  /// The length of the step at rate 1 relative to the length of the weights.
  package internal(set) var stepLength = 0.0
  /// The names with their radii, the smallest first.
  package internal(set) var radii: [Radius] = []
  /// The number of names that were judged by their derivatives alone.
  package internal(set) var unsearched = 0
  /// The number of exact runs.
  package internal(set) var runs = 0
  /// Whether a run is too large for margins.
  package internal(set) var isLarge = false

  /// Whether every border was searched with margins.
  package var reaches: [Reach] {
    ([step].compactMap { $0 } + radii).flatMap { [$0.down, $0.up].compactMap { $0 } }
  }
}

extension Trust {
  /// The names of an experiment: each weight and each delay that is not 0, and each quantity of the
  /// neurons, for all of them together where they have one value.
  package static func names(of experiment: Experiment) -> [Named] {
    let network = experiment.network
    var names: [Named] = Parameter.all(of: experiment).compactMap { parameter in
      switch parameter {
      case .weight, .delay: experiment[parameter] == 0 ? nil : .parameters([parameter])
      default: nil
      }
    }
    for field in LIFParameters.Field.allCases {
      guard let quantity = Parameter.Quantity(rawValue: field.rawValue) else { continue }
      let offsets = network.offsets
      let layers = network.layers.indices.map { layer in
        Parameter.each(quantity, of: offsets[layer]..<offsets[layer + 1], in: network)
      }
      names += shared(layers.flatMap { $0 }, else: layers, in: experiment)
    }
    return names
  }

  private static func shared(
    _ all: [Parameter], else layers: [[Parameter]], in experiment: Experiment
  ) -> [Named] {
    func isOne(_ parameters: [Parameter]) -> Bool {
      !parameters.isEmpty && Set(parameters.map { experiment[$0] }).count == 1
    }
    if isOne(all) { return [.parameters(all)] }
    return layers.flatMap { layer in
      isOne(layer) ? [.parameters(layer)] : layer.map { Named.parameters([$0]) }
    }
  }

  /// Every name: those of ``names(of:)``, and every parameter of the gradient alone.
  static func everyName(of experiment: Experiment) -> [Named] {
    var names = names(of: experiment)
    for parameter in Parameter.all(of: experiment) where !names.contains(.parameters([parameter])) {
      if case .weight = parameter, experiment[parameter] == 0 { continue }
      names.append(.parameters([parameter]))
    }
    return names
  }
}

extension Named {
  /// The scale of a relative change: the value, or where it is 0 a natural scale of its quantity.
  func scale(in experiment: Experiment) -> Double {
    let value = abs(value(in: experiment) ?? 0)
    if value > 0 { return value }
    if isTime { return experiment.horizon / 10 }
    guard let first = parameters.first else { return 1 }
    if case .weight(let synapse) = first {
      let largest = experiment.network.matrix(of: synapse)?.weights.map(abs).max() ?? 0
      return largest > 0 ? largest : 1
    }
    let neuron = first.neuron(in: experiment.network) ?? 0
    let place = experiment.network.place(of: neuron)
    let parameters = experiment.network.layers[place.layer].parameters[place.index]
    let height = abs(parameters.vThreshold - parameters.vLeak)
    return height > 0 ? height : 1
  }

  /// The ends of a search: the value minus and plus its scale, inside the possible values.
  package func limits(in experiment: Experiment) -> (low: Double, high: Double) {
    let (value, scale) = (value(in: experiment) ?? 0, scale(in: experiment))
    let isTau =
      if case .field(.tauMem, _, _)? = parameters.first {
        true
      } else if case .field(.tauSyn, _, _)? = parameters.first { true } else { false }
    let low = isTau ? value * 0.01 : isTime ? max(0, value - scale) : value - scale
    // Between v_reset and v_th some room remains, or a neuron fires without end.
    guard case .field(let field, let layer, let neuron)? = parameters.first else {
      return (low, value + scale)
    }
    let values = experiment.network.layers[layer].parameters[neuron]
    let room = 0.9 * (values.vThreshold - values.vReset)
    return (
      field == .vThreshold ? max(low, value - room) : low,
      field == .vReset ? min(value + scale, value + room) : value + scale
    )
  }
}
