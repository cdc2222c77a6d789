/// Layers of neurons: each layer reads the spikes of the layer before it, and the first one reads
/// the inputs.
public struct Network: Equatable, Sendable {
  /// The number of input channels.
  public var inputs: Int
  /// The layers, in order.
  public var layers: [Layer]

  /// Creates a network.
  public init(inputs: Int, layers: [Layer]) {
    self.inputs = inputs
    self.layers = layers
  }

  /// The most input channels: the engine counts them in 32 bits.
  package static let mostInputs = Int(Int32.max)

  /// The number of neurons of all layers.
  package var neuronCount: Int { layers.indices.reduce(0) { $0 + layers[$1].size } }

  /// The number of the first neuron of each layer when neurons are counted across layers, and the total.
  ///
  /// - Complexity: O(layers).
  public var offsets: [Int] {
    var offsets = [0]
    offsets.reserveCapacity(layers.count + 1)
    for number in layers.indices { offsets.append(offsets[number] + layers[number].size) }
    return offsets
  }

  /// The neurons of a layer, counted across layers.
  package func neurons(of layer: Int) -> Range<Int> {
    let first = layers[..<layer].reduce(0) { $0 + $1.size }
    return first..<first + layers[layer].size
  }

  /// The layer and the position in it of a neuron counted across layers; the neuron must exist.
  ///
  /// - Complexity: O(layers).
  public func place(of neuron: Int) -> (layer: Int, index: Int) {
    precondition(neuron >= 0, "neuron \(neuron) is negative")
    var index = neuron
    for (layer, members) in layers.enumerated() {
      if index < members.size { return (layer, index) }
      index -= members.size
    }
    preconditionFailure("neuron \(neuron) is outside a network of \(neuronCount)")
  }
}

/// One population of neurons and the synapses that reach it.
public struct Layer: Equatable, Sendable {
  /// The behaviour of a neuron at its threshold.
  public enum NeuronKind: String, CaseIterable, Sendable {
    /// A leaky integrate-and-fire neuron: it spikes and resets.
    case lif
    /// A leaky integrator: it never spikes.
    case li
  }

  /// The name, unique in the network.
  public var name: String
  /// The kind of each neuron.
  public var kinds: [NeuronKind]
  /// The parameters of each neuron.
  public var parameters: [LIFParameters]
  /// The state of each neuron at t = 0.
  public var initial: [LIFState]
  /// The synapses from the layer before, `[before × this]`.
  public var weights: Synapses
  /// The synapses within the layer, `[this × this]`, self-connections included.
  public var recurrent: Synapses?
  /// The most events of the layer itself, as `n_spikes` of jaxsnn; nil for no limit.
  ///
  /// The layer's own spikes count, and so does every arrival that is delayed or comes from outside.
  /// After the last counted event the layer takes no arrivals and does not spike.
  public var maxEvents: Int?

  /// The given spike times of each neuron, in seconds and in order; nil where the simulation finds
  /// them.
  ///
  /// Given times replay, for example, a recording from hardware. The neuron spikes and resets at
  /// these times whatever its V, and at no other time. Where V is not at the threshold, the
  /// gradient is approximate.
  ///
  /// jaxsnn: step_existing.
  public var imposedSpikes: [[Double]]?

  /// Whether each neuron spikes at most once: after its first spike V flows on and crosses the
  /// threshold without a spike.
  ///
  /// jaxsnn: the single-spike layers.
  public var spikesOnce = false

  /// The number of neurons.
  package var size: Int { parameters.count }

  /// Creates a layer; by default its neurons spike and start at rest.
  ///
  /// Nothing is checked here: a list or a matrix of the wrong size is one of the
  /// ``Experiment/faults``.
  public init(
    name: String, parameters: [LIFParameters], weights: Synapses, recurrent: Synapses? = nil,
    kinds: [NeuronKind]? = nil, initial: [LIFState]? = nil, maxEvents: Int? = nil
  ) {
    let size = parameters.count
    self.name = name
    self.parameters = parameters
    self.weights = weights
    self.recurrent = recurrent
    self.kinds = kinds ?? Array(repeating: .lif, count: size)
    self.initial = initial ?? Array(repeating: LIFState(), count: size)
    self.maxEvents = maxEvents
  }
}
