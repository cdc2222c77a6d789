package import EventProp

/// One matrix or list of a gradient, as a report names it: `hidden.weights`, `out.tau_mem`, `input_times`, `tau_mem`.
package struct GradientPart: Hashable, Sendable {
  /// What the derivatives are with respect to; the raw values are the keys of the report.
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

    /// The parameter of a neuron, where it is one.
    package var field: LIFParameters.Field? { LIFParameters.Field(rawValue: rawValue) }

    /// Whether there is a value for each synapse of a matrix.
    package var isSynaptic: Bool {
      self == .weights || self == .recurrent || self == .delays || self == .recurrentDelays
    }

    /// What the derivatives are per.
    enum Unit { case weight, time, potential }

    var unit: Unit {
      switch self {
      case .weights, .recurrent: .weight
      case .delays, .recurrentDelays, .tauMem, .tauSyn, .inputTimes: .time
      case .vThreshold, .vLeak, .vReset, .initialV, .initialI: .potential
      }
    }
  }

  /// The layer; nil for input times, and for one value of a parameter that all neurons share.
  package let layer: Int?
  /// The quantity.
  package let quantity: Quantity

  /// Names a part; one without a layer is the input times or a shared parameter.
  package init(layer: Int?, _ quantity: Quantity) {
    precondition(
      layer != nil || quantity == .inputTimes || quantity.field != nil,
      "only input times and shared parameters belong to no layer")
    self.layer = layer
    self.quantity = quantity
  }

  /// Every part of the gradient of an experiment, in the order of the report.
  package static func all(of experiment: Experiment) -> [GradientPart] {
    var all: [GradientPart] = []
    for layer in experiment.network.layers.indices {
      all += Quantity.allCases.filter { $0 != .inputTimes }.map {
        GradientPart(layer: layer, $0)
      }
    }
    all.append(GradientPart(layer: nil, .inputTimes))
    all += LIFParameters.Field.allCases.compactMap {
      Quantity(rawValue: $0.rawValue).map { GradientPart(layer: nil, $0) }
    }
    return all.filter { $0.exists(in: experiment) }
  }

  /// Whether an experiment has what the part is about: recurrent synapses, delays.
  package func exists(in experiment: Experiment) -> Bool {
    switch quantity {
    case .recurrent: synapses(in: experiment) != nil
    case .delays, .recurrentDelays: synapses(in: experiment)?.delays != nil
    default: true
    }
  }

  /// The matrix to whose synapses the values belong, or nil.
  package func synapses(in experiment: Experiment) -> Synapses? {
    guard let layer else { return nil }
    return switch quantity {
    case .weights, .delays: experiment.network.layers[layer].weights
    case .recurrent, .recurrentDelays: experiment.network.layers[layer].recurrent
    default: nil
    }
  }

  /// The lengths of the part's axes: two for a matrix, none for a single number.
  package func shape(in experiment: Experiment) -> [Int] {
    if let synapses = synapses(in: experiment) { return [synapses.rows, synapses.columns] }
    if quantity == .inputTimes { return [experiment.inputSpikes.count] }
    return layer.map { [experiment.network.layers[$0].size] } ?? []
  }

  /// The values of the part in a gradient: synapses in entry order, neurons and input spikes in theirs.
  package func values(in gradient: Gradient) -> [Double] {
    guard let layer else {
      return quantity.field.map { [gradient.shared($0)] } ?? gradient.inputTimes
    }
    let members = gradient.layers[layer]
    switch quantity {
    case .weights: return members.weights.weights
    case .recurrent: return members.recurrent?.weights ?? []
    case .delays: return members.weights.delays ?? []
    case .recurrentDelays: return members.recurrent?.delays ?? []
    case .initialV: return members.initial.map(\.potential)
    case .initialI: return members.initial.map(\.current)
    case .inputTimes: return gradient.inputTimes
    case .tauMem, .tauSyn, .vThreshold, .vLeak, .vReset:
      return quantity.field.map { field in members.parameters.map { $0[field] } } ?? []
    }
  }

  /// The parameter of one value; nil for a shared one, which belongs to no single neuron.
  package func parameter(_ entry: Int) -> CheckedParameter? {
    guard let layer else { return quantity == .inputTimes ? .inputTime(entry) : nil }
    return switch quantity {
    case .weights: .weight(layer: layer, entry: entry)
    case .recurrent: .recurrent(layer: layer, entry: entry)
    case .delays: .delay(layer: layer, entry: entry)
    case .recurrentDelays: .recurrentDelay(layer: layer, entry: entry)
    case .initialV: .initialPotential(layer: layer, neuron: entry)
    case .initialI: .initialCurrent(layer: layer, neuron: entry)
    case .inputTimes: .inputTime(entry)
    case .tauMem, .tauSyn, .vThreshold, .vLeak, .vReset:
      quantity.field.map { .parameter(layer: layer, neuron: entry, field: $0) }
    }
  }
}
