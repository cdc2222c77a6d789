extension NIRWriter.Refusal {
  /// The fact, as a sentence without a capital or a full stop.
  package var message: String {
    switch self {
    case .delays(let layer, let isRecurrent):
      "the \(isRecurrent ? "recurrent " : "")delays of '\(layer)' differ from synapse to synapse, and NIR has one delay for each neuron"
    case .mixedKinds(let layer): "'\(layer)' has lif and li neurons, and a node of NIR has one kind"
    case .integrators(let layer):
      "the li neurons of '\(layer)' reach other neurons, to which they never spike"
    case .imposedSpikes(let layer):
      "the spikes of '\(layer)' are given, and NIR has no form for that"
    case .maxEvents(let layer):
      "\(layer.map { "'\($0)'" } ?? "the experiment") has max_events, and NIR has no limit of events"
    case .initialPotential(let layer): "'\(layer)' has a V at t = 0, and NIR begins with V = 0"
    case .name(let name): "two nodes would be called '\(name)'"
    }
  }

  /// The remedy.
  package var remedy: String {
    switch self {
    case .delays: "one delay for each neuron before, or one for each neuron of the layer"
    case .maxEvents(nil): "save the experiment without max_events, and load that"
    case .name: "rename the layer"
    case .mixedKinds, .integrators, .imposedSpikes, .maxEvents, .initialPotential:
      "save FILE writes it as a preset"
    }
  }
}

extension NIRWriter.Loss {
  /// What the file does not say, as a sentence without a capital or a full stop.
  package var message: String {
    switch self {
    case .dense(let layer, let isRecurrent):
      "the \(isRecurrent ? "recurrent weights" : "weights") of '\(layer)' are sparse: synapses that do not exist have the weight 0 in the file"
    case .bias(let layer):
      "I at t = 0 of '\(layer)' is written as a bias, which reads back as the same"
    }
  }
}
