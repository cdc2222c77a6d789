/// One layer of a pass, with its memory.
protocol LayerEngine: AnyObject {
  /// Prepares a layer.
  ///
  /// `readsInstants` tells whether the layer before has the same clock; `horizon` is in seconds.
  init(
    _ layer: borrowing Layer, scale: TimeScale, readsInstants: Bool, horizon: Double, _ arena: Arena
  )

  /// The number of neurons.
  var size: Int { get }
  /// The layer's spikes in the last pass.
  var train: SpikeTrain { get }

  /// Whether all states and currents of the last pass are finite.
  var isSound: Bool { get }

  /// Whether something reached a neuron in the last pass while V was at its threshold, up to
  /// rounding.
  var isDelicate: Bool { get }

  /// The number of arrivals of the last pass that are events of their own, because they are delayed.
  var arrivalCount: Int { get }

  /// Adds λ of each neuron at t = 0; the last backward pass must have had `everything`.
  func appendAdjointAtZero(to states: inout [AdjointState])

  /// Finds the spikes of the layer, at most `limit` events; returns whether the layer came to its
  /// end.
  ///
  /// Throws `SimulationError.stopped` where `pace` stops it.
  func forward(from source: SpikeTrain, limit: Int, pace: Pace) throws(SimulationError) -> Bool

  /// Walks the layer's events back; adds to the gradients of its weights, and to ∂L/∂t of the
  /// spikes that it read.
  ///
  /// ∂L/∂t of the layer's own spikes must already hold the parts of the loss and of the next layer.
  /// With `everything` the derivatives by parameters and initial states are added up too.
  ///
  /// Throws `SimulationError.stopped` where `pace` stops it.
  func backward(
    into source: SpikeTrain, everything: Bool, pace: Pace
  ) throws(SimulationError)

  /// Forgets the gradients collected so far.
  func clearGradients(everything: Bool)

  /// The derivatives added up since they were cleared.
  var gradient: LayerGradient { get }
}

extension LayerEngine {
  var arrivalCount: Int { 0 }
}
