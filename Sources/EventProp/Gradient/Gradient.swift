/// The derivatives of a loss with respect to all parameters of an experiment.
///
/// Every part has the shape of its parameters. Synapse values are in entry order. Neuron parameters
/// and initial states have one value per neuron. Input spikes have one value each, in the order of
/// the experiment.
public struct Gradient: Equatable, Sendable {
  /// The gradient of each layer.
  public var layers: [LayerGradient]
  /// ∂L/∂t of each input spike, in loss per second; 0 for spikes at or after the horizon.
  public var inputTimes: [Double]
  /// ∂L/∂target of each target of the loss, in loss per second; empty for a loss without targets.
  ///
  /// These values are known before the backward pass begins.
  public var targets: [[Double]] = []

  package init(layers: [LayerGradient], inputTimes: [Double] = []) {
    self.layers = layers
    self.inputTimes = inputTimes
  }

  /// A gradient of zeros in the shape of an experiment.
  package init(zeroFor experiment: Experiment) {
    layers = experiment.network.layers.map { LayerGradient(zeroFor: $0) }
    inputTimes = Array(repeating: 0, count: experiment.inputSpikes.count)
  }

  /// Whether every derivative is a finite number.
  ///
  /// - Complexity: O(parameters).
  package var isFinite: Bool {
    func areFinite(_ values: [Double]) -> Bool { values.allSatisfy(\.isFinite) }
    return areFinite(inputTimes) && targets.allSatisfy(areFinite)
      && layers.allSatisfy { layer in
        [layer.weights, layer.recurrent].compactMap { $0 }.allSatisfy {
          areFinite($0.weights) && areFinite($0.delays ?? [])
        }
          && layer.parameters.allSatisfy { neuron in
            LIFParameters.Field.allCases.allSatisfy { neuron[$0].isFinite }
          }
          && layer.initial.allSatisfy { $0.potential.isFinite && $0.current.isFinite }
      }
  }

  /// The derivative with respect to one value of a parameter that every neuron of the network uses.
  ///
  /// - Complexity: O(neurons).
  public func shared(_ field: LIFParameters.Field) -> Double {
    layers.reduce(0) { $0 + $1.parameters.reduce(0) { $0 + $1[field] } }
  }
}

/// The derivative of a loss with respect to one layer.
public struct LayerGradient: Equatable, Sendable {
  /// ∂L/∂w of the synapses from the layer before.
  public var weights: SynapseGradient
  /// ∂L/∂w of the synapses within the layer, where there are any.
  public var recurrent: SynapseGradient?
  /// ∂L/∂ of the five parameters of each neuron.
  public var parameters: [ParameterGradient]
  /// ∂L/∂V(0) and ∂L/∂I(0) of each neuron.
  public var initial: [LIFState]

  init(
    weights: SynapseGradient, recurrent: SynapseGradient?, parameters: [ParameterGradient],
    initial: [LIFState]
  ) {
    self.weights = weights
    self.recurrent = recurrent
    self.parameters = parameters
    self.initial = initial
  }

  /// A gradient of zeros in the shape of a layer.
  package init(zeroFor layer: Layer) {
    weights = SynapseGradient(zeroFor: layer.weights)
    recurrent = layer.recurrent.map { SynapseGradient(zeroFor: $0) }
    parameters = Array(repeating: ParameterGradient(), count: layer.size)
    initial = Array(repeating: LIFState(), count: layer.size)
  }
}

/// The derivative of a loss with respect to one matrix of synapses, in entry order.
public struct SynapseGradient: Equatable, Sendable {
  /// ∂L/∂w of each synapse.
  public var weights: [Double]
  /// ∂L/∂d of each synapse, loss per second, where the matrix has delays; the right derivative at a delay of 0.
  public var delays: [Double]?

  init(weights: [Double], delays: [Double]? = nil) {
    self.weights = weights
    self.delays = delays
  }

  init(zeroFor synapses: Synapses) {
    weights = Array(repeating: 0, count: synapses.weights.count)
    delays = synapses.delays.map { Array(repeating: 0, count: $0.count) }
  }
}

/// The derivative of a loss with respect to the five parameters of one neuron.
public struct ParameterGradient: Equatable, BitwiseCopyable, Sendable {
  /// ∂L/∂tau_mem, loss per second.
  public var tauMem = 0.0
  /// ∂L/∂tau_syn, loss per second.
  public var tauSyn = 0.0
  /// ∂L/∂v_th.
  public var vThreshold = 0.0
  /// ∂L/∂v_leak.
  public var vLeak = 0.0
  /// ∂L/∂v_reset.
  public var vReset = 0.0
}

extension LayerGradient {
  /// The sum of two gradients of one layer.
  package static func + (one: Self, other: Self) -> Self {
    var sum = one
    sum += other
    return sum
  }

  /// Adds a gradient of the same layer.
  package static func += (sum: inout Self, other: Self) {
    sum.weights.add(other.weights)
    if let recurrent = other.recurrent { sum.recurrent?.add(recurrent) }
    for neuron in sum.parameters.indices {
      sum.parameters[neuron].tauMem += other.parameters[neuron].tauMem
      sum.parameters[neuron].tauSyn += other.parameters[neuron].tauSyn
      sum.parameters[neuron].vThreshold += other.parameters[neuron].vThreshold
      sum.parameters[neuron].vLeak += other.parameters[neuron].vLeak
      sum.parameters[neuron].vReset += other.parameters[neuron].vReset
      sum.initial[neuron].potential += other.initial[neuron].potential
      sum.initial[neuron].current += other.initial[neuron].current
    }
  }

  /// The gradient with every derivative divided by a number.
  package static func / (gradient: Self, divisor: Double) -> Self {
    var part = gradient
    part.weights.divide(by: divisor)
    part.recurrent?.divide(by: divisor)
    for neuron in part.parameters.indices {
      part.parameters[neuron].tauMem /= divisor
      part.parameters[neuron].tauSyn /= divisor
      part.parameters[neuron].vThreshold /= divisor
      part.parameters[neuron].vLeak /= divisor
      part.parameters[neuron].vReset /= divisor
      part.initial[neuron].potential /= divisor
      part.initial[neuron].current /= divisor
    }
    return part
  }
}

extension SynapseGradient {
  fileprivate mutating func add(_ other: Self) {
    for entry in weights.indices { weights[entry] += other.weights[entry] }
    guard let more = other.delays else { return }
    for entry in more.indices { delays?[entry] += more[entry] }
  }

  fileprivate mutating func divide(by divisor: Double) {
    for entry in weights.indices { weights[entry] /= divisor }
    for entry in (delays ?? []).indices { delays?[entry] /= divisor }
  }
}
