package import EventProp

/// One number of an experiment of which the derivative can be checked.
///
/// Layers, entries of synapses, neurons of a layer and input spikes are counted from 0, as in ``Gradient``.
package enum CheckedParameter: Hashable, Sendable {
  /// A weight of the synapses from the layer before.
  case weight(layer: Int, entry: Int)
  /// A weight of the synapses within the layer.
  case recurrent(layer: Int, entry: Int)
  /// A delay of the synapses from the layer before.
  case delay(layer: Int, entry: Int)
  /// A delay of the synapses within the layer.
  case recurrentDelay(layer: Int, entry: Int)
  /// The time of an input spike, by its position in the experiment's list.
  case inputTime(Int)
  /// One of the five parameters of a neuron.
  case parameter(layer: Int, neuron: Int, field: LIFParameters.Field)
  /// V(0) of a neuron.
  case initialPotential(layer: Int, neuron: Int)
  /// I(0) of a neuron.
  case initialCurrent(layer: Int, neuron: Int)

  /// What parameters have in common whose derivatives are measured on one scale: same unit, same place.
  package enum Kind: Hashable, Sendable {
    /// Weights into a layer.
    case weights(layer: Int)
    /// Weights within a layer.
    case recurrent(layer: Int)
    /// Delays into a layer.
    case delays(layer: Int)
    /// Delays within a layer.
    case recurrentDelays(layer: Int)
    /// Input times.
    case inputTimes
    /// One parameter of all neurons.
    case parameters(LIFParameters.Field)
    /// V(0) of all neurons.
    case initialPotentials
    /// I(0) of all neurons.
    case initialCurrents

    /// What the derivative is one by: those of one dimension are sums of the same λ.
    enum Dimension: Hashable {
      case time, potential, current
    }

    var dimension: Dimension {
      switch self {
      case .weights, .recurrent, .initialCurrents: .current
      case .delays, .recurrentDelays, .inputTimes, .parameters(.tauMem), .parameters(.tauSyn): .time
      case .parameters, .initialPotentials: .potential
      }
    }
  }

  /// The kind of the parameter.
  package var kind: Kind {
    switch self {
    case .weight(let layer, _): .weights(layer: layer)
    case .recurrent(let layer, _): .recurrent(layer: layer)
    case .delay(let layer, _): .delays(layer: layer)
    case .recurrentDelay(let layer, _): .recurrentDelays(layer: layer)
    case .inputTime: .inputTimes
    case .parameter(_, _, let field): .parameters(field)
    case .initialPotential: .initialPotentials
    case .initialCurrent: .initialCurrents
    }
  }

  /// Every parameter that an experiment has, in the order of its gradient.
  package static func all(of experiment: Experiment) -> [CheckedParameter] {
    var all = experiment.inputSpikes.indices.map { CheckedParameter.inputTime($0) }
    for (layer, members) in experiment.network.layers.enumerated() {
      all += members.weights.weights.indices.map { .weight(layer: layer, entry: $0) }
      all += (members.weights.delays ?? []).indices.map { .delay(layer: layer, entry: $0) }
      all += (members.recurrent?.weights ?? []).indices.map {
        .recurrent(layer: layer, entry: $0)
      }
      all += (members.recurrent?.delays ?? []).indices.map {
        .recurrentDelay(layer: layer, entry: $0)
      }
      for field in LIFParameters.Field.allCases {
        all += (0..<members.size).map { .parameter(layer: layer, neuron: $0, field: field) }
      }
      all += (0..<members.size).map { .initialPotential(layer: layer, neuron: $0) }
      all += (0..<members.size).map { .initialCurrent(layer: layer, neuron: $0) }
    }
    return all
  }
}

extension Gradient {
  /// The derivative with respect to one parameter; a matrix that the gradient lacks counts as 0.
  package subscript(parameter: CheckedParameter) -> Double {
    get {
      switch parameter {
      case .weight(let layer, let entry): layers[layer].weights.weights[entry]
      case .recurrent(let layer, let entry): layers[layer].recurrent?.weights[entry] ?? 0
      case .delay(let layer, let entry): layers[layer].weights.delays?[entry] ?? 0
      case .recurrentDelay(let layer, let entry): layers[layer].recurrent?.delays?[entry] ?? 0
      case .inputTime(let position): inputTimes[position]
      case .parameter(let layer, let neuron, let field): layers[layer].parameters[neuron][field]
      case .initialPotential(let layer, let neuron): layers[layer].initial[neuron].potential
      case .initialCurrent(let layer, let neuron): layers[layer].initial[neuron].current
      }
    }
    set {
      switch parameter {
      case .weight(let layer, let entry): layers[layer].weights.weights[entry] = newValue
      case .recurrent(let layer, let entry): layers[layer].recurrent?.weights[entry] = newValue
      case .delay(let layer, let entry): layers[layer].weights.delays?[entry] = newValue
      case .recurrentDelay(let layer, let entry):
        layers[layer].recurrent?.delays?[entry] = newValue
      case .inputTime(let position): inputTimes[position] = newValue
      case .parameter(let layer, let neuron, let field):
        switch field {
        case .tauMem: layers[layer].parameters[neuron].tauMem = newValue
        case .tauSyn: layers[layer].parameters[neuron].tauSyn = newValue
        case .vThreshold: layers[layer].parameters[neuron].vThreshold = newValue
        case .vLeak: layers[layer].parameters[neuron].vLeak = newValue
        case .vReset: layers[layer].parameters[neuron].vReset = newValue
        }
      case .initialPotential(let layer, let neuron):
        layers[layer].initial[neuron].potential = newValue
      case .initialCurrent(let layer, let neuron):
        layers[layer].initial[neuron].current = newValue
      }
    }
  }
}

extension Experiment {
  /// The value of a parameter; a delay that was not given counts as 0.
  package subscript(parameter: CheckedParameter) -> Double {
    get {
      switch parameter {
      case .weight(let layer, let entry): network.layers[layer].weights.weights[entry]
      case .recurrent(let layer, let entry): network.layers[layer].recurrent?.weights[entry] ?? 0
      case .delay(let layer, let entry): network.layers[layer].weights.delays?[entry] ?? 0
      case .recurrentDelay(let layer, let entry):
        network.layers[layer].recurrent?.delays?[entry] ?? 0
      case .inputTime(let position): inputSpikes[position].time
      case .parameter(let layer, let neuron, let field):
        network.layers[layer].parameters[neuron][field]
      case .initialPotential(let layer, let neuron):
        network.layers[layer].initial[neuron].potential
      case .initialCurrent(let layer, let neuron): network.layers[layer].initial[neuron].current
      }
    }
    set {
      switch parameter {
      case .weight(let layer, let entry): network.layers[layer].weights.weights[entry] = newValue
      case .recurrent(let layer, let entry):
        network.layers[layer].recurrent?.weights[entry] = newValue
      case .delay(let layer, let entry): network.layers[layer].weights.delays?[entry] = newValue
      case .recurrentDelay(let layer, let entry):
        network.layers[layer].recurrent?.delays?[entry] = newValue
      case .inputTime(let position): inputSpikes[position].time = newValue
      case .parameter(let layer, let neuron, let field):
        network.layers[layer].parameters[neuron][field] = newValue
      case .initialPotential(let layer, let neuron):
        network.layers[layer].initial[neuron].potential = newValue
      case .initialCurrent(let layer, let neuron):
        network.layers[layer].initial[neuron].current = newValue
      }
    }
  }
}
