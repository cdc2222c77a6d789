internal import EventProp

extension PresetReading {
  /// The settings of a layer about its neurons, and the settings for all layers.
  struct Settings {
    var node: PresetNode
    var own: ParameterValues
    var shared: ParameterValues
    var kinds: [Layer.NeuronKind]
    var initial: (v: PerNeuron?, i: PerNeuron?)?
    var hasGivenSpikes: Bool

    /// The place where a parameter of a neuron is set.
    func place(of field: LIFParameters.Field, _ neuron: Int) -> PresetNode? {
      own[field]?.node(of: neuron)
    }
  }

  struct Neuron {
    var kind: Layer.NeuronKind
    var parameters: LIFParameters
    var state: LIFState
  }

  /// The neurons of a layer, checked one by one against their thresholds.
  mutating func neurons(_ count: Int, _ settings: Settings) -> [Neuron] {
    (0..<count).map { index in
      var neuron = Neuron(
        kind: settings.kinds.count == 1 ? settings.kinds[0] : settings.kinds[index],
        parameters: LIFParameters(), state: LIFState())
      for field in LIFParameters.Field.allCases {
        let values = settings.own[field] ?? settings.shared[field]
        if let value = values?.value(of: index) { neuron.parameters[field] = value }
      }
      if let v = settings.initial?.v { neuron.state.potential = v.value(of: index) }
      if let i = settings.initial?.i { neuron.state.current = i.value(of: index) }
      check(neuron, index, settings)
      return neuron
    }
  }

  private mutating func check(_ neuron: Neuron, _ index: Int, _ settings: Settings) {
    if let violation = Rules.reset(neuron.parameters) {
      let place =
        settings.place(of: .vReset, index) ?? settings.place(of: .vThreshold, index)
        ?? settings.shared[.vReset]?.node(of: 0) ?? settings.shared[.vThreshold]?.node(of: 0)
      complain(.rule(violation, .value("v_reset")), at: place ?? settings.node)
    }
    if let violation = Rules.start(
      neuron.kind, neuron.state, neuron.parameters, hasGivenSpikes: settings.hasGivenSpikes)
    {
      let place =
        settings.initial?.v?.node(of: index) ?? settings.place(of: .vThreshold, index)
        ?? settings.shared[.vThreshold]?.node(of: 0)
      complain(.rule(violation, .value("V")), at: place ?? settings.node)
    }
  }
}
