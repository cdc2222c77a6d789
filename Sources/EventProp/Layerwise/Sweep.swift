/// One network, swept over and over: the fastest way to a gradient, for training and for measuring.
///
/// A sweep goes layer by layer, and of the gradient it computes what is asked for: that of weights and input times for training, or all of it.
/// Its memory is made once and used again, so a sweep allocates nothing. ``Trajectory`` and ``AdjointTrajectory`` are made from one where that
/// is possible. Layers that need more than a sweep knows (delays, given spikes, neurons that differ,
/// integrators) are not taken: ``init(_:horizon:)`` answers nil, and the trajectory is the way.
///
/// - Complexity: per event some 8 operations for each neuron reached forwards, and 7 backwards; bytes as many rows of weights. The roots come
///   on top, one for each spike.
///
/// jaxsnn: construct_adjoint_apply_fn.
package final class Sweep {
  /// The network.
  package let network: Network
  /// The horizon in seconds.
  package let horizon: Double
  let inputs: SpikeTrain
  let layers: [any SweepLayer]
  private let scale: TimeScale

  private let limit: Int

  /// A sweep asks whether to go on where the number of a layer's events has none of these bits.
  package static let pause = 4095

  /// Lowers a network; nil where it has something that a sweep does not know.
  ///
  /// A layer that has more than `limit` events is taken for one that keeps itself firing.
  package init?(
    _ network: Network, horizon: Double, limit: Int = Experiment.defaultMaxEvents
  ) {
    self.limit = limit
    guard let first = network.layers.first else { return nil }
    self.network = network
    self.horizon = horizon
    var layers: [any SweepLayer] = []
    var before = TimeScale(first.parameters[0])
    scale = before
    let slab = Slab()
    inputs = SpikeTrain(slab)
    layers.reserveCapacity(network.layers.count)
    for layer in network.layers {
      guard layer.canBeSwept else { return nil }
      let own = TimeScale(layer.parameters[0])
      // Epochs are counted in 32 bits.
      guard horizon / own.epochLength < 0x1p30 else { return nil }
      layers.append(
        layer.isDense
          ? DenseSweep(layer, scale: own, readsInstants: own == before, horizon: horizon, slab)
          : SparseSweep(layer, scale: own, readsInstants: own == before, horizon: horizon, slab))
      before = own
    }
    self.layers = layers
  }

  /// The number of events of the last forward sweep: inputs before the horizon and spikes.
  package var eventCount: Int { inputs.count + layers.reduce(0) { $0 + $1.train.count } }

  /// Whether no state and no current left the range of numbers in the last forward sweep.
  var isSound: Bool { layers.allSatisfy(\.isSound) }

  /// Whether the order of the last forward sweep's events is a matter of rounding: then they are found one by one instead, from
  /// states that do not depend on what else happens, so that a tie is a tie to the last bit.
  var isDelicate: Bool { layers.contains(where: \.isDelicate) }

  /// Finds all spikes and returns the loss; its explicit ∂L/∂t is kept for ``backward()``.
  ///
  /// Throws a `SimulationError` when the loss names a spike that did not happen, or when a layer does not come to an end.
  ///
  /// `goesOn` is asked after every few thousand events of a layer, with the time reached in it, and has the sweep stopped when it answers false:
  /// `SimulationError.stopped`.
  package func forward(
    _ queue: InputQueue, _ loss: Loss?, goesOn: (Double) -> Bool = { _ in true }
  ) throws(SimulationError) -> Double? {
    inputs.removeAll()
    for spike in queue.spikes {
      inputs.append(
        SpikeTrain.Spike(scale.instant(at: spike.time), neuron: spike.channel, current: 0))
    }
    var source = inputs
    for (number, layer) in layers.enumerated() {
      switch layer.forward(from: source, limit: limit, goesOn: goesOn) {
      case .end: break
      case .limit: throw .endless(layer: number, events: limit)
      case .stopped(let time): throw .stopped(time: time)
      }
      source = layer.train
    }
    guard let loss else { return nil }
    let train = layers[loss.layer].train
    let spikes = IndexedSpikes(train, size: layers[loss.layer].size)
    let offset = network.offsets[loss.layer]
    return try loss.value(on: spikes, offset: offset) { neuron, spike, gradient in
      train.spikes[spikes[neuron, spike]].gradient += gradient
    }
  }

  /// Walks the last forward sweep back and adds to the gradients; ``forward(_:_:)`` starts each sweep.
  ///
  /// A training step needs the weights; with `everything`, the derivatives by parameters and initial states come along.
  package func backward(everything: Bool = false) {
    for number in layers.indices.reversed() {
      _ = layers[number].backward(
        into: number == 0 ? inputs : layers[number - 1].train, everything: everything
      ) { _ in true }
    }
  }

  /// The same, asking `goesOn` after every few thousand events of a layer, with the time reached in it.
  ///
  /// Throws `SimulationError.stopped` when it answers false; the gradients are then those of a part of the way.
  func backward(everything: Bool, goesOn: (Double) -> Bool) throws(SimulationError) {
    for number in layers.indices.reversed() {
      let source = number == 0 ? inputs : layers[number - 1].train
      if let time = layers[number].backward(into: source, everything: everything, goesOn: goesOn) {
        throw .stopped(time: time)
      }
    }
  }

  /// Forgets the gradients collected so far.
  package func clearGradients(everything: Bool = false) {
    for layer in layers { layer.clearGradients(everything: everything) }
  }

  /// The gradient of a layer, added up since it was cleared.
  package func gradient(ofLayer layer: Int) -> LayerGradient {
    layers[layer].gradient
  }

  /// ∂L/∂t of the input spikes of the last sweep, in the order of the queue, loss per second.
  package var inputTimeGradients: [Double] {
    (0..<inputs.count).map { inputs.spikes[$0].gradient }
  }

  /// The spikes of a layer in the last sweep, in order: time in seconds and neuron of the layer.
  package func spikes(ofLayer layer: Int) -> [(time: Double, neuron: Int)] {
    let train = layers[layer].train
    return (0..<train.count).map { (train.spikes[$0].time, Int(train.spikes[$0].neuron)) }
  }
}

extension TimeScale {
  fileprivate init(_ parameters: LIFParameters) {
    self.init(tauMem: parameters.tauMem, tauSyn: parameters.tauSyn)
  }
}

extension Layer {
  fileprivate var isDense: Bool { weights.isDense && recurrent?.isDense ?? true }

  /// Whether the layer is one of spiking neurons with the same parameters, without delays.
  fileprivate var canBeSwept: Bool {
    guard let first = parameters.first else { return false }
    return parameters.allSatisfy { $0 == first } && kinds.allSatisfy { $0 == .lif }
      && imposedSpikes == nil && weights.delays == nil && recurrent?.delays == nil
  }
}

/// The spikes of a train by neuron.
private struct IndexedSpikes: LayerSpikes {
  private let train: SpikeTrain
  private let starts: [Int32]
  private let positions: [Int32]

  init(_ train: SpikeTrain, size: Int) {
    self.train = train
    var starts = [Int32](repeating: 0, count: size + 2)
    for spike in 0..<train.count { starts[Int(train.spikes[spike].neuron) + 2] += 1 }
    for neuron in 0..<size { starts[neuron + 2] += starts[neuron + 1] }
    var positions = [Int32](repeating: 0, count: train.count)
    for spike in 0..<train.count {
      let neuron = Int(train.spikes[spike].neuron)
      positions[Int(starts[neuron + 1])] = Int32(spike)
      starts[neuron + 1] += 1
    }
    self.starts = starts
    self.positions = positions
  }

  subscript(neuron: Int, spike: Int) -> Int { Int(positions[Int(starts[neuron]) + spike]) }
  func spikeCount(of neuron: Int) -> Int { Int(starts[neuron + 1] - starts[neuron]) }
  func time(ofSpike spike: Int, of neuron: Int) -> Double { train.spikes[self[neuron, spike]].time }
}
