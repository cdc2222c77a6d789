/// One layer of a pass, with the memory that it needs.
protocol LayerEngine: AnyObject {
  /// The number of neurons.
  var size: Int { get }
  /// The layer's spikes in the last pass.
  var train: SpikeTrain { get }

  /// Whether no state and no current left the range of numbers in the last pass.
  var isSound: Bool { get }

  /// Whether in the last pass a neuron was at its threshold, up to rounding, when something reached it.
  var isDelicate: Bool { get }

  /// Adds λ of each neuron at t = 0, after a way back with everything.
  func appendAdjointAtZero(to states: inout [AdjointState])

  /// Finds the spikes of the layer, at most `limit` events, and says whether these are all.
  ///
  /// Throws `SimulationError.stopped` where `pace` stops it.
  func forward(from source: SpikeTrain, limit: Int, pace: Pace) throws(SimulationError) -> Bool

  /// Walks the layer's events back: adds to the gradients of its weights, and to ∂L/∂t of the spikes it read.
  ///
  /// ∂L/∂t of the layer's own spikes must hold the loss's part and what the layer after it sent back. With `everything`, the
  /// derivatives by parameters and initial states are added up too.
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
