import CLayer

/// The fastest way to the gradient of one network that is simulated over and over.
///
/// The engine goes layer by layer. It computes the gradient by weights and input times, or on
/// request the whole gradient. It makes its memory once, so that a pass allocates nothing.
/// ``Trajectory`` and ``AdjointTrajectory`` use an engine where possible. A network with an
/// ``Obstacle`` is simulated one event at a time instead.
///
/// - Complexity: per event some 12 operations forwards and 9 backwards for each neuron reached, and
///   as many bytes as its rows of weights have; in addition one root for each spike.
///
/// jaxsnn: construct_adjoint_apply_fn.
package final class LayerwiseEngine {
  /// The network, lowered.
  let circuit: Circuit
  let inputs: SpikeTrain
  let layers: [any LayerEngine]
  private let scale: TimeScale
  private let clock: UnsafePointer<clayer_clock>
  private let limit: Int
  /// Whether the loss of the last forward pass reads potentials.
  private var readsPotentials = false
  /// The maxima of V that the loss of the last forward pass read, in its layer; nil where it read none.
  private(set) var readMaxima: [Double]?

  /// The network.
  package var network: Network { circuit.experiment.network }
  /// The horizon in seconds.
  package var horizon: Double { circuit.experiment.horizon }

  /// Why a network cannot be simulated layer by layer; each case names the first layer concerned.
  package enum Obstacle: Equatable, Sendable {
    /// Synapses have delays in a layer that feeds itself or is sparse and large, that has an event limit, or
    /// whose neurons fire by themselves.
    case delays(layer: Int)
    /// The spikes of such a layer are given.
    case givenSpikes(layer: Int)
    /// Neurons of such a layer differ in their time constants.
    case unequalTimeConstants(layer: Int)
    /// The horizon is more than 2³⁰ epochs away, each of 8 time constants.
    case longHorizon(layer: Int)
    /// The loss reads potentials of a layer that is sparse, feeds itself or has times of its own, or maxima
    /// of neurons that spike.
    case potentials(layer: Int)
  }

  /// The reason why a network cannot be simulated layer by layer, or nil.
  package static func obstacle(for circuit: Circuit) -> Obstacle? {
    for (number, layer) in circuit.experiment.network.layers.enumerated() {
      if let obstacle = OwnTimesLayerEngine.obstacle(in: layer, number: number) { return obstacle }
      // Epochs are counted in 32 bits.
      if circuit.experiment.horizon / TimeScale(layer.parameters[0]).epochLength >= 0x1p30 {
        return .longHorizon(layer: number)
      }
    }
    return nil
  }

  /// Prepares a network; nil where it has an ``Obstacle``.
  ///
  /// The engine gives up a layer with more events than the experiment allows.
  package init?(_ circuit: Circuit) {
    guard Self.obstacle(for: circuit) == nil else { return nil }
    self.circuit = circuit
    let experiment = circuit.experiment
    limit = experiment.maxEvents ?? Experiment.defaultMaxEvents
    scale = TimeScale(experiment.network.layers[0].parameters[0])
    // The clock of the spikes that a layer reads, if they have one.
    var before: TimeScale? = scale
    let arena = Arena()
    clock = arena.clock(scale, largestGain: 0)
    inputs = SpikeTrain(arena)
    var layers: [any LayerEngine] = []
    layers.reserveCapacity(experiment.network.layers.count)
    for layer in experiment.network.layers {
      let own = TimeScale(layer.parameters[0])
      let engine: any LayerEngine.Type =
        if layer.needsOwnTimes {
          OwnTimesLayerEngine.self
        } else if !layer.isBetterDense {
          SparseLayerEngine.self
        } else if FeedForwardLayerEngine.fits(layer) {
          FeedForwardLayerEngine.self
        } else {
          DenseLayerEngine.self
        }
      layers.append(
        engine.init(
          layer, scale: own, readsInstants: own == before, horizon: experiment.horizon, arena))
      before = layer.needsOwnTimes ? nil : own
    }
    self.layers = layers
  }

  /// The number of events of the last forward pass: inputs before the horizon, delayed arrivals and spikes.
  package var eventCount: Int {
    inputs.count + layers.reduce(0) { $0 + $1.arrivalCount + $1.train.count }
  }

  /// Whether all states and currents of the last forward pass are finite.
  var isSound: Bool { layers.allSatisfy(\.isSound) }

  /// Whether rounding decided the order of events in the last forward pass.
  ///
  /// The caller then simulates one event at a time. There a state does not depend on other events,
  /// so that a tie is exact to the last bit.
  var isDelicate: Bool { layers.contains(where: \.isDelicate) }

  /// Finds all spikes and returns the loss; its explicit ∂L/∂t is kept for ``backward()``.
  ///
  /// The result is nil without a loss, and for a loss with the obstacle `potentials`. Throws a
  /// `SimulationError` where the loss names a spike that did not happen, or where a layer exceeds its
  /// event limit. `pace` is told the times of each layer.
  package func forward(
    _ queue: InputQueue, _ loss: Loss?, pace: Pace = .free
  ) throws(SimulationError) -> Double? {
    inputs.setInputs(queue, before: horizon)
    inputs.setInstants(clock, scale)
    var source = inputs
    for (number, layer) in layers.enumerated() {
      guard try layer.forward(from: source, limit: limit, pace: pace) else {
        throw .endless(layer: number, events: limit)
      }
      source = layer.train
    }
    readsPotentials = false
    readMaxima = nil
    guard let loss else { return nil }
    readsPotentials = loss.rule.kind.ofPotentials != nil
    if let kind = loss.rule.kind.ofPotentials {
      guard let layer = layers[loss.layer] as? FeedForwardLayerEngine,
        let slopes = kind.value(loss.rule.values, on: layer)
      else { return nil }
      layer.read(slopes)
      readMaxima = slopes.potentials
      return slopes.value
    }
    guard let kind = loss.rule.kind.ofSpikeTimes else { return nil }
    let train = layers[loss.layer].train
    var places: [Int] = []
    let spikes = LayerSpikes(
      train, size: layers[loss.layer].size, offset: circuit.offsets[loss.layer], places: &places)
    var gradients = [Double](filledWith: 0, count: spikes.count)
    let value = try kind.value(loss.rule.values, on: spikes, addingTo: &gradients)
    for (place, gradient) in zip(places, gradients) {
      train.spikes[place].gradient += gradient
    }
    return value
  }

  /// Walks the last forward pass back and adds to the gradients; each call needs its own
  /// ``forward(_:_:pace:)``.
  ///
  /// With `everything` the derivatives by parameters and initial states are computed too; a
  /// training step does not need them. They do not exist for a loss on potentials. Throws `SimulationError.stopped` where `pace` stops it; the
  /// gradients are then incomplete.
  package func backward(everything: Bool = false, pace: Pace = .free) throws(SimulationError) {
    precondition(
      !everything || !readsPotentials, "a loss on potentials has no derivatives by parameters here")
    for number in layers.indices.reversed() {
      let source = number == 0 ? inputs : layers[number - 1].train
      try layers[number].backward(into: source, everything: everything, pace: pace)
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

  /// ∂L/∂t of the input spikes of the last pass, in the order of the queue, loss per second.
  package var inputTimeGradients: [Double] {
    (0..<inputs.count).map { inputs.spikes[$0].gradient }
  }

  /// The spikes of a layer in the last pass, in order: time in seconds and neuron of the layer.
  package func spikes(ofLayer layer: Int) -> [(time: Double, neuron: Int)] {
    let train = layers[layer].train
    return (0..<train.count).map { (train.spikes[$0].time, Int(train.spikes[$0].neuron)) }
  }
}

extension TimeScale {
  init(_ parameters: LIFParameters) {
    self.init(tauMem: parameters.tauMem, tauSyn: parameters.tauSyn)
  }
}

extension Layer {
  /// Whether the layer is faster as a dense one, with zeros for the synapses that do not exist.
  ///
  /// The table `density` of engine-table shows from where on this is so. A layer of 1000 neurons as
  /// a sparse one takes 1.7 times as long as with zeros at 10 % of all synapses, and as long at 3 %.
  /// A layer of 4000 neurons, whose zeros do not fit into the caches, takes as long at 10 %. Small
  /// matrices stay as they are.
  fileprivate var isBetterDense: Bool {
    let matrices = [weights, recurrent].compactMap { $0 }
    if matrices.allSatisfy(\.isDense) { return true }
    let pairs = matrices.reduce(0) { $0 + $1.rows * $1.columns }
    let fewest = pairs <= 2_000_000 ? 12 : 5
    return pairs >= 10_000 && matrices.reduce(0) { $0 + $1.weights.count } * fewest >= pairs
  }
}
