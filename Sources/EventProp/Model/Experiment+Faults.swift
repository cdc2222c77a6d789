extension Experiment {
  /// Every reason why the experiment cannot be run; empty for a valid one.
  ///
  /// - Complexity: O(neurons + synapses + input spikes).
  public var faults: [ExperimentFault] {
    var faults = FaultList()
    network.addFaults(to: &faults)
    faults.add(Rules.positive(horizon), at: .horizon)
    if let maxEvents { faults.add(Rules.atLeast(1, maxEvents), at: .maxEvents(layer: nil)) }
    faults.add(spikes: inputSpikes, channels: network.inputs)
    if let loss { loss.addFaults(to: &faults, in: network) }
    return faults.all
  }
}

/// Collects the faults.
struct FaultList {
  private(set) var all: [ExperimentFault] = []

  mutating func add(_ violation: ExperimentFault.Violation?, at place: ExperimentFault.Place) {
    if let violation { all.append(ExperimentFault(violation, at: place)) }
  }

  /// The faults of input spikes, by their positions.
  mutating func add(spikes: some Sequence<InputSpike>, channels: Int) {
    for (position, spike) in spikes.enumerated() {
      add(Rules.notNegative(spike.time), at: .parameter(.inputTime(position)))
      add(Rules.index(spike.channel, of: channels), at: .inputChannel(position))
    }
  }
}

extension Network {
  /// The faults of a network by itself, as a batch uses it.
  package var faults: [ExperimentFault] {
    var faults = FaultList()
    addFaults(to: &faults)
    return faults.all
  }

  /// The faults of one neuron, counted in its layer.
  package func faults(ofNeuron neuron: Int, inLayer layer: Int) -> [ExperimentFault] {
    var faults = FaultList()
    layers[layer].addFaults(of: neuron, to: &faults, number: layer)
    return faults.all
  }

  fileprivate func addFaults(to faults: inout FaultList) {
    if layers.isEmpty { faults.add(.noLayers, at: .network) }
    faults.add(
      Rules.atLeast(0, inputs) ?? Rules.index(inputs, of: Self.mostInputs + 1), at: .network)
    var before = inputs
    for (number, layer) in layers.enumerated() {
      layer.addFaults(to: &faults, number: number, before: before)
      before = layer.size
    }
  }
}

extension Layer {
  fileprivate func addFaults(to faults: inout FaultList, number: Int, before: Int) {
    for count in [kinds.count, initial.count, imposedSpikes?.count ?? size] {
      faults.add(Rules.count(count, size), at: .layer(number))
    }
    faults.add(Rules.atLeast(1, size), at: .layer(number))
    if let maxEvents { faults.add(Rules.atLeast(1, maxEvents), at: .maxEvents(layer: number)) }
    weights.addFaults(to: &faults, layer: number, isRecurrent: false, rows: before, columns: size)
    recurrent?.addFaults(to: &faults, layer: number, isRecurrent: true, rows: size, columns: size)
    for neuron in parameters.indices { addFaults(of: neuron, to: &faults, number: number) }
    for (neuron, (times, kind)) in zip(imposedSpikes ?? [], kinds).enumerated() {
      guard let fault = Rules.imposedSpikes(times, of: kind) else { continue }
      faults.add(
        fault.violation, at: .imposedSpike(layer: number, neuron: neuron, spike: fault.spike))
    }
  }
}

extension Layer {
  fileprivate func addFaults(of neuron: Int, to faults: inout FaultList, number: Int) {
    let parameters = parameters[neuron]
    for field in LIFParameters.Field.allCases {
      faults.add(
        field.violation(parameters[field]),
        at: .parameter(.field(field, layer: number, neuron: neuron)))
    }
    faults.add(
      Rules.reset(parameters), at: .parameter(.field(.vReset, layer: number, neuron: neuron)))
    guard initial.indices.contains(neuron), kinds.indices.contains(neuron) else { return }
    let state = initial[neuron]
    faults.add(
      Rules.finite(state.potential)
        ?? Rules.start(kinds[neuron], state, parameters, hasGivenSpikes: imposedSpikes != nil),
      at: .parameter(.initialPotential(layer: number, neuron: neuron)))
    faults.add(
      Rules.finite(state.current), at: .parameter(.initialCurrent(layer: number, neuron: neuron)))
  }
}

extension Synapses {
  fileprivate func addFaults(
    to faults: inout FaultList, layer: Int, isRecurrent: Bool, rows: Int, columns: Int
  ) {
    let matrix = ExperimentFault.Place.matrix(layer: layer, isRecurrent: isRecurrent)
    func synapse(_ entry: Int) -> SynapseIndex {
      SynapseIndex(layer: layer, isRecurrent: isRecurrent, entry: entry)
    }
    if self.rows != rows || self.columns != columns {
      faults.add(
        .wrongShape(
          rows: self.rows, columns: self.columns, expectedRows: rows, expectedColumns: columns),
        at: matrix)
    }
    for stray in pattern?.strays ?? [] {
      faults.add(
        Rules.index(stray.row, of: self.rows) ?? Rules.index(stray.column, of: self.columns),
        at: matrix)
    }
    faults.add(Rules.count(weights.count, entryCount), at: matrix)
    faults.add(Rules.count(delays?.count ?? weights.count, weights.count), at: matrix)
    // One NaN makes the sum NaN, so a single sum passes most matrices at the speed of memory.
    if !weights.isFinite {
      for (entry, weight) in weights.enumerated() {
        faults.add(
          Rules.finite(weight), at: .parameter(.weight(synapse(entry))))
      }
    }
    for (entry, delay) in (delays ?? []).enumerated() {
      faults.add(
        Rules.notNegative(delay), at: .parameter(.delay(synapse(entry))))
    }
  }
}

extension [Double] {
  /// Whether all values are finite.
  fileprivate var isFinite: Bool {
    withUnsafeBufferPointer { values in
      var sums: SIMD8<Double> = .zero
      var index = 0
      while index + 8 <= values.count {
        for lane in 0..<8 { sums[lane] += values[index + lane] * 0 }
        index += 8
      }
      while index < values.count {
        sums[0] += values[index] * 0
        index += 1
      }
      return sums.sum() == 0
    }
  }
}
