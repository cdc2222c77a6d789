/// An experiment prepared for simulation: neurons are counted across layers, synapses are
/// deliveries.
///
/// A circuit never changes; everything that belongs to a run shares one.
package final class Circuit: Sendable {
  /// The experiment that was lowered.
  package let experiment: Experiment
  /// The first neuron of each layer, and the total at the end.
  package let offsets: [Int]
  /// The layer of each neuron.
  package let layerOf: [Int]
  /// The matrices, in the order in which an event delivers through them.
  package let projections: [Projection]
  package let flows: Shared<LIFFlow>
  let crossings: Shared<ThresholdCrossing>
  /// Whether the circuit has delayed deliveries.
  package let hasDelays: Bool
  /// Whether the simulation finds the spikes of each neuron; otherwise they are given or absent.
  package let isFree: [Bool]
  /// Whether each neuron spikes at most once.
  package let spikesOnce: [Bool]
  private let fromInputs: [Int]
  private let fromLayer: [[Int]]

  /// A matrix with its source, its target, and the groups of synapses of a row that share a delay.
  package struct Projection: Sendable {
    /// The source of a matrix.
    package enum Source: Equatable, Sendable {
      /// The input channels.
      case inputs
      /// The neurons of a layer.
      case layer(Int)
    }

    /// The population that sends the spikes.
    package let source: Source
    /// The layer that receives them.
    package let target: Int
    /// The number of the first neuron of that layer.
    package let targetOffset: Int
    /// The matrix itself.
    package let synapses: Synapses
    /// The groups of equal delay in each row; nil for a matrix without delays.
    let groups: [[DelayGroup]]?

    /// Whether the matrix stays inside one layer.
    package var isRecurrent: Bool { source == .layer(target) }
  }

  struct DelayGroup: Sendable {
    let delay: Double
    let entries: [Int]
  }

  /// Prepares an experiment; there is no other way to simulate one.
  ///
  /// Throws `SimulationError.invalid` for an experiment with ``Experiment/faults``.
  ///
  /// - Complexity: O(neurons + synapses + input spikes).
  package init(_ experiment: Experiment) throws(SimulationError) {
    let faults = experiment.faults
    guard faults.isEmpty else { throw .invalid(faults) }
    let network = experiment.network
    self.experiment = experiment
    let offsets = network.offsets
    self.offsets = offsets
    let size = offsets[network.layers.count]
    var layerOf: [Int] = []
    layerOf.reserveCapacity(size)
    var isFree: [Bool] = []
    isFree.reserveCapacity(size)
    var spikesOnce: [Bool] = []
    spikesOnce.reserveCapacity(size)
    var projections: [Projection] = []
    projections.reserveCapacity(2 * network.layers.count)
    var fromLayer: [[Int]] = []
    fromLayer.reserveCapacity(network.layers.count)
    for layer in network.layers.indices {
      let isImposed = network.layers[layer].imposedSpikes != nil
      for kind in network.layers[layer].kinds {
        layerOf.append(layer)
        isFree.append(kind == .lif && !isImposed)
        spikesOnce.append(network.layers[layer].spikesOnce)
      }
      func add(_ source: Projection.Source, _ synapses: Synapses) {
        projections.append(
          Projection(
            source: source, target: layer, targetOffset: offsets[layer], synapses: synapses,
            groups: Self.delayGroups(synapses)))
      }
      add(layer == 0 ? .inputs : .layer(layer - 1), network.layers[layer].weights)
      // The recurrent matrix of a layer comes first, so that deliveries go from near to far.
      if layer > 0 { fromLayer[layer - 1].append(projections.count - 1) }
      if let recurrent = network.layers[layer].recurrent {
        add(.layer(layer), recurrent)
        fromLayer.append([projections.count - 1])
      } else {
        fromLayer.append([])
      }
    }
    self.layerOf = layerOf
    self.isFree = isFree
    self.spikesOnce = spikesOnce
    self.projections = projections
    self.fromLayer = fromLayer
    fromInputs = network.layers.isEmpty ? [] : [0]
    hasDelays = projections.contains { $0.groups != nil }
    flows = Shared(network.layers.indices.lazy.map { network.layers[$0].parameters }) {
      LIFFlow($0)
    }
    crossings = flows.map { ThresholdCrossing($0) }
  }

  /// The parameters of a neuron, counted across layers.
  package func parameters(of neuron: Int) -> LIFParameters { flows[neuron].parameters }

  /// Whether a neuron can spike.
  package func spikes(_ neuron: Int) -> Bool {
    let layer = layerOf[neuron]
    return experiment.network.layers[layer].kinds[neuron - offsets[layer]] == .lif
  }

  /// The given spike times of a neuron; nil where the simulation finds them.
  package func imposedSpikes(of neuron: Int) -> [Double]? {
    let layer = layerOf[neuron]
    return experiment.network.layers[layer].imposedSpikes?[neuron - offsets[layer]]
  }

  /// The state of a neuron at t = 0.
  func initialState(of neuron: Int) -> LIFState {
    let layer = layerOf[neuron]
    return experiment.network.layers[layer].initial[neuron - offsets[layer]]
  }

  /// The number of synapses that deliver in an event at its own instant.
  func reach(of kind: Event.Kind) -> Int {
    var count = 0
    forEachDelivery(of: kind) { delivery in
      let projection = projections[delivery.projection]
      count +=
        projection.groups?[delivery.row][delivery.group].entries.count
        ?? projection.synapses.entries(ofRow: delivery.row).count
    }
    return count
  }

  /// The number of neurons of all layers.
  package var neuronCount: Int { layerOf.count }

  private static func delayGroups(_ synapses: Synapses) -> [[DelayGroup]]? {
    guard let delays = synapses.delays else { return nil }
    return (0..<synapses.rows).map { row in
      Dictionary(grouping: synapses.entries(ofRow: row)) { delays[$0] }
        .sorted { $0.key < $1.key }.map { DelayGroup(delay: $0.key, entries: $0.value) }
    }
  }

  /// The matrices through which a source delivers, and its row in them.
  func outgoing(of kind: Event.Kind) -> (projections: [Int], row: Int) {
    switch kind {
    case .input(let channel, _): (fromInputs, channel)
    case .spike(let neuron, _, _): (fromLayer[layerOf[neuron]], neuron - offsets[layerOf[neuron]])
    case .arrival: ([], 0)
    }
  }

  /// The deliveries of an event at its own instant: groups of its row without delay, or the group
  /// of a delayed arrival.
  package func deliveries(of event: Event) -> [Delivery] {
    var found: [Delivery] = []
    forEachDelivery(of: event.kind) { found.append($0) }
    return found
  }

  /// Calls `body` with each delivery of an event at its own instant.
  @inline(__always)
  package func forEachDelivery(of kind: Event.Kind, _ body: (Delivery) -> Void) {
    if case .arrival(_, let delivery) = kind { return body(delivery) }
    let (through, row) = outgoing(of: kind)
    for projection in through {
      if let groups = projections[projection].groups {
        guard groups[row].first?.delay == 0 else { continue }
      } else if projections[projection].synapses.entries(ofRow: row).isEmpty {
        continue
      }
      body(Delivery(projection: projection, row: row, group: 0))
    }
  }

  /// The delayed deliveries of an event, each with its delay in seconds.
  func delayedDeliveries(of event: Event) -> [(delay: Double, delivery: Delivery)] {
    guard hasDelays else { return [] }
    let (through, row) = outgoing(of: event.kind)
    return through.flatMap { projection -> [(delay: Double, delivery: Delivery)] in
      guard let groups = projections[projection].groups else { return [] }
      return groups[row].enumerated().filter { $0.element.delay > 0 }.map {
        ($0.element.delay, Delivery(projection: projection, row: row, group: $0.offset))
      }
    }
  }

  /// Calls `body` with each entry of a delivery and the neuron that it reaches, counted across layers.
  @inline(__always)
  package func forEachSynapse(
    of delivery: Delivery, _ body: (_ entry: Int, _ neuron: Int) -> Void
  ) {
    let projection = projections[delivery.projection]
    let offset = projection.targetOffset
    if let groups = projection.groups {
      for entry in groups[delivery.row][delivery.group].entries {
        body(entry, offset + projection.synapses.column(ofEntry: entry, row: delivery.row))
      }
    } else if let pattern = projection.synapses.pattern {
      pattern.columns.withUnsafeBufferPointer { columns in
        for entry in projection.synapses.entries(ofRow: delivery.row) {
          body(entry, offset + columns[entry])
        }
      }
    } else {
      let start = delivery.row * projection.synapses.columns
      for column in 0..<projection.synapses.columns { body(start + column, offset + column) }
    }
  }

  /// Calls `body` as the other method does, but only for neurons of a range.
  @inline(__always)
  package func forEachSynapse(
    of delivery: Delivery, within range: Range<Int>, _ body: (_ entry: Int, _ neuron: Int) -> Void
  ) {
    let projection = projections[delivery.projection]
    let offset = projection.targetOffset
    let columns = projection.synapses.columns
    let wanted = range.clamped(to: offset..<offset + columns)
    guard !wanted.isEmpty else { return }
    if projection.groups == nil, projection.synapses.isDense {
      let start = delivery.row * columns - offset
      for neuron in wanted { body(start + neuron, neuron) }
    } else if wanted.count == columns {
      forEachSynapse(of: delivery, body)
    } else if projection.groups == nil, let pattern = projection.synapses.pattern,
      pattern.isAscending
    {
      var entry = pattern.firstEntry(ofRow: delivery.row, from: wanted.lowerBound - offset)
      let end = pattern.rowStarts[delivery.row + 1]
      while entry < end, pattern.columns[entry] < wanted.upperBound - offset {
        body(entry, offset + pattern.columns[entry])
        entry += 1
      }
    } else {
      forEachSynapse(of: delivery) { entry, neuron in
        if wanted.contains(neuron) { body(entry, neuron) }
      }
    }
  }

  /// Whether a delivery reaches a neuron, counted across layers.
  package func reaches(_ neuron: Int, _ delivery: Delivery) -> Bool {
    let projection = projections[delivery.projection]
    guard layerOf[neuron] == projection.target else { return false }
    if projection.groups != nil {
      return synapses(of: delivery).contains { $0.neuron == neuron }
    }
    return projection.synapses.entry(
      row: delivery.row, column: neuron - projection.targetOffset) != nil
  }

  /// The synapses of a delivery: the entry in its matrix and the neuron reached, counted across layers.
  package func synapses(of delivery: Delivery) -> [(entry: Int, neuron: Int)] {
    var found: [(entry: Int, neuron: Int)] = []
    forEachSynapse(of: delivery) { found.append(($0, $1)) }
    return found
  }
}
