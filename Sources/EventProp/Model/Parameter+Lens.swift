/// A number for each synapse of a matrix, in entry order: its weights and delays, or the derivatives by them.
package protocol SynapseValues {
  /// The weights, or the derivatives by them.
  var weights: [Double] { get set }
  /// The delays, or the derivatives by them; nil for a matrix without delays.
  var delays: [Double]? { get set }
}

extension SynapseValues {
  /// The delay of an entry; a matrix without delays reads as 0 and gets delays with the first one that is set.
  package subscript(delay entry: Int) -> Double {
    get { delays?[entry] ?? 0 }
    set {
      if delays == nil { delays = Array(repeating: 0, count: weights.count) }
      delays?[entry] = newValue
    }
  }
}

/// A number for each of the five parameters of a neuron: the parameter, or the derivative by it.
package protocol FieldValues {
  /// The number of tau_mem.
  var tauMem: Double { get set }
  /// The number of tau_syn.
  var tauSyn: Double { get set }
  /// The number of v_th.
  var vThreshold: Double { get set }
  /// The number of v_leak.
  var vLeak: Double { get set }
  /// The number of v_reset.
  var vReset: Double { get set }
}

extension FieldValues {
  /// The number that belongs to a parameter.
  package subscript(field: LIFParameters.Field) -> Double {
    get {
      switch field {
      case .tauMem: tauMem
      case .tauSyn: tauSyn
      case .vThreshold: vThreshold
      case .vLeak: vLeak
      case .vReset: vReset
      }
    }
    set {
      switch field {
      case .tauMem: tauMem = newValue
      case .tauSyn: tauSyn = newValue
      case .vThreshold: vThreshold = newValue
      case .vLeak: vLeak = newValue
      case .vReset: vReset = newValue
      }
    }
  }
}

/// A number for each parameter of a layer: the layer itself, or its gradient.
package protocol LayerValues {
  associatedtype Matrix: SynapseValues
  associatedtype Neuron: FieldValues
  var weights: Matrix { get set }
  var recurrent: Matrix? { get set }
  var parameters: [Neuron] { get set }
  var initial: [LIFState] { get set }
}

extension LayerValues {
  /// The matrix of the synapses within the layer, or of the synapses from the layer before.
  package subscript(recurrent isRecurrent: Bool) -> Matrix? { isRecurrent ? recurrent : weights }
}

/// A number for each parameter of an experiment: the experiment itself, or its gradient.
package protocol ParameterValues {
  associatedtype Values: LayerValues
  /// The numbers of each layer.
  var layers: [Values] { get set }
  /// The numbers of the targets of the loss: a list for each neuron that has targets.
  var targets: [[Double]] { get set }
  /// The number of the time of an input spike.
  subscript(inputTime position: Int) -> Double { get set }
}

extension ParameterValues {
  /// The number for a parameter; 0 where its matrix, its delays or its target do not exist.
  fileprivate subscript(of parameter: Parameter) -> Double {
    get {
      switch parameter {
      case .weight(let synapse):
        layers[synapse.layer][recurrent: synapse.isRecurrent]?.weights[synapse.entry] ?? 0
      case .delay(let synapse):
        layers[synapse.layer][recurrent: synapse.isRecurrent]?[delay: synapse.entry] ?? 0
      case .field(let field, let layer, let neuron): layers[layer].parameters[neuron][field]
      case .initialPotential(let layer, let neuron): layers[layer].initial[neuron].potential
      case .initialCurrent(let layer, let neuron): layers[layer].initial[neuron].current
      case .inputTime(let position): self[inputTime: position]
      case .target(let position, let spike):
        targets.indices.contains(position) && targets[position].indices.contains(spike)
          ? targets[position][spike] : 0
      }
    }
    set {
      switch parameter {
      case .weight(let synapse) where synapse.isRecurrent:
        layers[synapse.layer].recurrent?.weights[synapse.entry] = newValue
      case .weight(let synapse): layers[synapse.layer].weights.weights[synapse.entry] = newValue
      case .delay(let synapse) where synapse.isRecurrent:
        layers[synapse.layer].recurrent?[delay: synapse.entry] = newValue
      case .delay(let synapse): layers[synapse.layer].weights[delay: synapse.entry] = newValue
      case .field(let field, let layer, let neuron):
        layers[layer].parameters[neuron][field] = newValue
      case .initialPotential(let layer, let neuron):
        layers[layer].initial[neuron].potential = newValue
      case .initialCurrent(let layer, let neuron):
        layers[layer].initial[neuron].current = newValue
      case .inputTime(let position): self[inputTime: position] = newValue
      case .target(let position, let spike):
        guard targets.indices.contains(position), targets[position].indices.contains(spike) else {
          return
        }
        targets[position][spike] = newValue
      }
    }
  }
}

extension LIFParameters: FieldValues {}
extension ParameterGradient: FieldValues {}
extension Synapses: SynapseValues {}
extension SynapseGradient: SynapseValues {}
extension Layer: LayerValues {}
extension LayerGradient: LayerValues {}

extension Experiment: ParameterValues {
  /// The value of a parameter; times in seconds.
  ///
  /// The value is 0 where its matrix, its delays or its target do not exist, and a value written there
  /// is dropped. The layer, the neuron, the entry of a matrix and the input spike must exist.
  public subscript(parameter: Parameter) -> Double {
    get { self[of: parameter] }
    set { self[of: parameter] = newValue }
  }

  /// The layers of the network.
  package var layers: [Layer] {
    get { network.layers }
    _modify { yield &network.layers }
  }

  /// The targets of the loss, in seconds; empty where the loss has none.
  package var targets: [[Double]] {
    get { loss?.rule.targets ?? [] }
    set { loss?.rule.targets = newValue }
  }

  /// The time of an input spike, in seconds.
  package subscript(inputTime position: Int) -> Double {
    get { inputSpikes[position].time }
    set { inputSpikes[position].time = newValue }
  }
}

extension Gradient: ParameterValues {
  /// The derivative of the loss by a parameter; loss per second where the parameter is a time.
  ///
  /// The value is 0 where its matrix, its delays or its target do not exist, and a value written there
  /// is dropped. The layer, the neuron, the entry of a matrix and the input spike must exist.
  public subscript(parameter: Parameter) -> Double {
    get { self[of: parameter] }
    set { self[of: parameter] = newValue }
  }

  /// ∂L/∂t of an input spike, in loss per second.
  package subscript(inputTime position: Int) -> Double {
    get { inputTimes[position] }
    set { inputTimes[position] = newValue }
  }
}
