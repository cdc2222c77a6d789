/// One matrix or list of parameters, as a report names it: `hidden.weights`, `out.tau_mem`, `input_times`, `tau_mem`.
package struct GradientPart: Hashable, Sendable {
  /// The layer; nil for input times, and for one value that all neurons share.
  package let layer: Int?
  /// The quantity of the parameters.
  package let quantity: Parameter.Quantity

  /// Names a part; synapses always belong to a layer.
  package init(layer: Int?, _ quantity: Parameter.Quantity) {
    precondition(layer != nil || !quantity.isSynaptic, "synapses belong to a layer")
    self.layer = layer
    self.quantity = quantity
  }

  /// Every part of the gradient of an experiment, in the order of the report.
  package static func all(of experiment: Experiment) -> [GradientPart] {
    let ofLayers = experiment.layers.indices.flatMap { layer in
      Parameter.Quantity.ofLayers.map { GradientPart(layer: layer, $0) }
    }
    let shared = Parameter.Quantity.ofNeurons.filter { $0.field != nil }
    return (ofLayers + ([.inputTimes] + shared).map { GradientPart(layer: nil, $0) })
      .filter { $0.exists(in: experiment) }
  }

  /// Whether an experiment has these parameters: recurrent synapses and delays may be absent.
  package func exists(in experiment: Experiment) -> Bool {
    switch quantity {
    case .recurrent: synapses(in: experiment) != nil
    case .delays, .recurrentDelays: synapses(in: experiment)?.delays != nil
    default: true
    }
  }

  /// The matrix to whose synapses the values belong, or nil.
  package func synapses(in experiment: Experiment) -> Synapses? {
    guard let layer, quantity.isSynaptic else { return nil }
    return experiment.layers[layer][recurrent: quantity.isRecurrent]
  }

  /// The lengths of the part's axes: two for a matrix, none for a single number.
  package func shape(in experiment: Experiment) -> [Int] {
    if let synapses = synapses(in: experiment) { return [synapses.rows, synapses.columns] }
    if quantity == .inputTimes { return [experiment.inputSpikes.count] }
    return layer.map { [experiment.layers[$0].size] } ?? []
  }

  /// The values of the part in a gradient: synapses in entry order, neurons and input spikes in
  /// their own order.
  package func values(in gradient: Gradient) -> [Double] {
    guard let layer else {
      return quantity.field.map { [gradient.shared($0)] } ?? gradient.inputTimes
    }
    let members = gradient.layers[layer]
    if quantity.isSynaptic {
      let matrix = members[recurrent: quantity.isRecurrent]
      return (quantity.dimension == .time ? matrix?.delays : matrix?.weights) ?? []
    }
    return members.parameters.indices.compactMap { parameter($0).map { gradient[$0] } }
  }

  /// The parameter at a position; nil for a shared value, which belongs to no single neuron, and
  /// for targets.
  package func parameter(_ entry: Int) -> Parameter? {
    guard let layer else { return quantity == .inputTimes ? .inputTime(entry) : nil }
    let synapse = SynapseIndex(layer: layer, isRecurrent: quantity.isRecurrent, entry: entry)
    return switch quantity {
    case .weights, .recurrent: .weight(synapse)
    case .delays, .recurrentDelays: .delay(synapse)
    case .initialV: .initialPotential(layer: layer, neuron: entry)
    case .initialI: .initialCurrent(layer: layer, neuron: entry)
    case .inputTimes, .targets: nil
    case .tauMem, .tauSyn, .vThreshold, .vLeak, .vReset:
      quantity.field.map { .field($0, layer: layer, neuron: entry) }
    }
  }

  /// The parameters of the part, in the order of its values; empty where the experiment does not
  /// have the part.
  package func parameters(in experiment: Experiment) -> [Parameter] {
    let count =
      quantity.isSynaptic
      ? synapses(in: experiment)?.weights.count : shape(in: experiment).first
    guard let count, exists(in: experiment) else { return [] }
    return (0..<count).compactMap { parameter($0) }
  }
}
