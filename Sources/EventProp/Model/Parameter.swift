/// One number of an experiment that a gradient has a derivative by.
///
/// Layers, neurons of a layer and input spikes are counted from 0, as in ``Gradient``. The subscripts
/// `experiment[parameter]` and `gradient[parameter]` read and write the number and the derivative by it.
public enum Parameter: Hashable, Sendable {
  /// The weight of a synapse.
  case weight(SynapseIndex)
  /// The delay of a synapse, in seconds.
  case delay(SynapseIndex)
  /// One of the five parameters of a neuron.
  case field(LIFParameters.Field, layer: Int, neuron: Int)
  /// V(0) of a neuron.
  case initialPotential(layer: Int, neuron: Int)
  /// I(0) of a neuron.
  case initialCurrent(layer: Int, neuron: Int)
  /// The time of an input spike in seconds, by the position of the spike in the experiment's list.
  case inputTime(Int)
  /// A target of the loss in seconds, by the position of its neuron in the loss and the number of
  /// the spike, from 0.
  case target(Int, spike: Int)

  /// The kind of a parameter; the raw values are the keys of a report.
  package enum Quantity: String, CaseIterable, Sendable {
    case weights, recurrent, delays
    case recurrentDelays = "recurrent_delays"
    case tauMem = "tau_mem"
    case tauSyn = "tau_syn"
    case vThreshold = "v_th"
    case vLeak = "v_leak"
    case vReset = "v_reset"
    case initialV = "initial_v"
    case initialI = "initial_i"
    case inputTimes = "input_times"
    case targets

    /// The quantities that each layer has for itself: all but input times and targets.
    package static let ofLayers = allCases.filter { $0 != .inputTimes && $0 != .targets }
    /// The quantities with one value per neuron, by the names of presets.
    package static let ofNeurons = ofLayers.filter { !$0.isSynaptic }

    /// The parameter of a neuron; nil for other quantities.
    package var field: LIFParameters.Field? { LIFParameters.Field(rawValue: rawValue) }

    /// Whether each synapse of a matrix has a value.
    package var isSynaptic: Bool { isRecurrent || self == .weights || self == .delays }

    /// Whether the synapses lie within the layer.
    package var isRecurrent: Bool { self == .recurrent || self == .recurrentDelays }

    /// Whether the values are times, in seconds.
    package var isTime: Bool { dimension == .time }

    /// The unit of the values; derivatives by values of one dimension are sums of the same λ.
    package enum Dimension: Hashable, Sendable {
      case time, potential, current
    }

    /// The dimension of the values.
    package var dimension: Dimension {
      switch self {
      case .weights, .recurrent, .initialI: .current
      case .delays, .recurrentDelays, .tauMem, .tauSyn, .inputTimes, .targets: .time
      case .vThreshold, .vLeak, .vReset, .initialV: .potential
      }
    }
  }

  /// The kind of the parameter.
  package var quantity: Quantity {
    switch self {
    case .weight(let synapse): synapse.isRecurrent ? .recurrent : .weights
    case .delay(let synapse): synapse.isRecurrent ? .recurrentDelays : .delays
    case .field(.tauMem, _, _): .tauMem
    case .field(.tauSyn, _, _): .tauSyn
    case .field(.vThreshold, _, _): .vThreshold
    case .field(.vLeak, _, _): .vLeak
    case .field(.vReset, _, _): .vReset
    case .initialPotential: .initialV
    case .initialCurrent: .initialI
    case .inputTime: .inputTimes
    case .target: .targets
    }
  }

  /// Parameters whose derivatives are measured on one scale: one matrix, or one quantity of all
  /// neurons.
  package var kind: GradientPart {
    switch self {
    case .weight(let synapse), .delay(let synapse): GradientPart(layer: synapse.layer, quantity)
    default: GradientPart(layer: nil, quantity)
    }
  }

  /// The part of a report to which the derivative belongs: one matrix, or one quantity of the neurons of a layer.
  package var part: GradientPart {
    switch self {
    case .weight, .delay: kind
    case .field(_, let layer, _), .initialPotential(let layer, _), .initialCurrent(let layer, _):
      GradientPart(layer: layer, quantity)
    case .inputTime, .target: GradientPart(layer: nil, quantity)
    }
  }

  /// Every parameter of an experiment except the targets of its loss, input times first.
  ///
  /// - Complexity: O(neurons + synapses + input spikes).
  public static func all(of experiment: Experiment) -> [Parameter] {
    let quantities: [Quantity] =
      [.weights, .delays, .recurrent, .recurrentDelays] + Quantity.ofNeurons
    let parts = experiment.network.layers.indices.flatMap { layer in
      quantities.map { GradientPart(layer: layer, $0) }
    }
    return ([GradientPart(layer: nil, .inputTimes)] + parts).flatMap {
      $0.parameters(in: experiment)
    }
  }

  /// The targets of the loss of an experiment, in their order; none where it has no loss.
  ///
  /// - Complexity: O(targets).
  public static func targets(of experiment: Experiment) -> [Parameter] {
    experiment.targets.enumerated().flatMap { position, targets in
      targets.indices.map { .target(position, spike: $0) }
    }
  }

  /// The parameters of one quantity for some neurons, counted across layers; the quantity is one of
  /// ``Quantity/ofNeurons``.
  package static func each(
    _ quantity: Quantity, of neurons: some Sequence<Int>, in network: Network
  ) -> [Parameter] {
    neurons.compactMap { neuron in
      let place = network.place(of: neuron)
      return GradientPart(layer: place.layer, quantity).parameter(place.index)
    }
  }

  /// The neuron that the parameter belongs to, counted across layers; nil for synapses, input times and targets.
  package func neuron(in network: Network) -> Int? {
    switch self {
    case .field(_, let layer, let neuron), .initialPotential(let layer, let neuron),
      .initialCurrent(let layer, let neuron):
      network.offsets[layer] + neuron
    case .weight, .delay, .inputTime, .target: nil
    }
  }
}
