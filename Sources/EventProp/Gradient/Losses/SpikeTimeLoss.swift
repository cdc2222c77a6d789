import CLayer

/// A loss that is a function of the spike times of a layer.
package protocol SpikeTimeLoss: LossKind {
  /// L; the explicit ∂L/∂t of each spike, in loss per second, is added at its place.
  ///
  /// Throws `SimulationError.missingSpike` where the loss names a spike that did not happen.
  static func value(
    _ values: LossValues, on spikes: LayerSpikes, addingTo gradients: inout [Double]
  ) throws(SimulationError) -> Double

  /// The terms of L.
  static func terms(_ values: LossValues, on spikes: LayerSpikes) -> [LossTerm]

  /// What a person should know of the slope of the loss by a neuron, counted in its layer.
  static func remarks(
    _ values: LossValues, on spikes: LayerSpikes
  ) -> [(neuron: Int, remark: LossRemark)]

  /// For each neuron, which piece of the loss applies; empty for a loss of one piece.
  static func pieces(_ values: LossValues, on spikes: LayerSpikes) -> [Int]

  /// ∂L/∂target of each target, computed from ∂L/∂t of the spikes, both in loss per second.
  static func targetGradients(
    _ values: LossValues, on spikes: LayerSpikes, _ gradients: [Double]
  ) -> [[Double]]
}

extension SpikeTimeLoss {
  package static var ofSpikeTimes: (any SpikeTimeLoss.Type)? { self }

  package static func pieces(_ values: LossValues, on spikes: LayerSpikes) -> [Int] { [] }

  // Such a loss depends on t − target only, so ∂L/∂target = −∂L/∂t.
  package static func targetGradients(
    _ values: LossValues, on spikes: LayerSpikes, _ gradients: [Double]
  ) -> [[Double]] {
    zip(values.neurons, values.targets).map { neuron, targets in
      targets.indices.map { spike in
        spike < spikes.count(of: neuron) ? -gradients[spikes.place(of: spike, of: neuron)] : 0
      }
    }
  }

  package static func evaluation(
    _ values: LossValues, of layer: Int, on trajectory: Trajectory
  ) throws(SimulationError) -> LossEvaluation {
    let spikes = LayerSpikes(of: layer, in: trajectory)
    var gradients = [Double](filledWith: 0, count: spikes.count)
    let value = try self.value(values, on: spikes, addingTo: &gradients)
    var byEvent = [Double](filledWith: 0, count: trajectory.events.count)
    for place in 0..<spikes.count { byEvent[spikes.events[place]] = gradients[place] }
    return LossEvaluation(
      value: value, spikeTimeGradients: byEvent,
      drives: Array(filledWith: 0, count: trajectory.circuit.neuronCount), impulses: [:],
      targetGradients: targetGradients(values, on: spikes, gradients))
  }

  package static func terms(
    _ values: LossValues, of layer: Int, on trajectory: Trajectory
  ) -> [LossTerm] {
    terms(values, on: LayerSpikes(of: layer, in: trajectory))
  }

  package static func remarks(
    _ values: LossValues, on spikes: LayerSpikes
  ) -> [(neuron: Int, remark: LossRemark)] { [] }

  package static func remarks(
    _ values: LossValues, of layer: Int, on trajectory: Trajectory
  ) -> [(neuron: Int, remark: LossRemark)] {
    remarks(values, on: LayerSpikes(of: layer, in: trajectory))
  }

  package static func pieces(
    _ values: LossValues, of layer: Int, on trajectory: Trajectory, _ evaluation: LossEvaluation
  ) -> [Int] {
    pieces(values, on: LayerSpikes(of: layer, in: trajectory))
  }
}

/// The spikes of a layer as a loss reads them: by neuron of the layer, the spikes of each counted
/// from 0.
package struct LayerSpikes: Sendable {
  /// The number of the layer's first neuron.
  package let offset: Int
  /// The places of neuron n are `starts[n] ..< starts[n + 1]`.
  private let starts: [Int]
  /// The time of the spike at each place, in seconds.
  package let times: [Double]
  /// The event of the spike at each place; empty where the spikes belong to no trajectory.
  package let events: [Int]

  /// The spikes of a layer of a run.
  package init(of layer: Int, in trajectory: Trajectory) {
    let circuit = trajectory.circuit
    offset = circuit.offsets[layer]
    var starts = [0]
    var events: [Int] = []
    for neuron in offset..<circuit.offsets[layer + 1] {
      events += trajectory.spikes(of: neuron)
      starts.append(events.count)
    }
    self.starts = starts
    self.events = events
    times = events.map { trajectory.events[$0].time }
  }

  /// The spikes that an engine has found; `places` are their positions in the train, for each
  /// neuron.
  init(_ train: SpikeTrain, size: Int, offset: Int, places: inout [Int]) {
    self.offset = offset
    var starts = [Int](filledWith: 0, count: size + 2)
    for spike in 0..<train.count { starts[Int(train.spikes[spike].neuron) + 2] += 1 }
    for neuron in 0..<size { starts[neuron + 2] += starts[neuron + 1] }
    places = [Int](filledWith: 0, count: train.count)
    var times = [Double](filledWith: 0, count: train.count)
    for spike in 0..<train.count {
      let neuron = Int(train.spikes[spike].neuron)
      let place = starts[neuron + 1]
      places[place] = spike
      times[place] = train.spikes[spike].time
      starts[neuron + 1] += 1
    }
    self.starts = starts
    self.times = times
    events = []
  }

  /// The number of spikes of all neurons.
  package var count: Int { times.count }
  /// The number of spikes of a neuron.
  package func count(of neuron: Int) -> Int { starts[neuron + 1] - starts[neuron] }
  /// The place of a spike.
  package func place(of spike: Int, of neuron: Int) -> Int { starts[neuron] + spike }
  /// The place of the first spike of a neuron, or nil.
  package func first(of neuron: Int) -> Int? { count(of: neuron) > 0 ? starts[neuron] : nil }
  /// The place of the first spike of a neuron if it comes before `clip`, or nil.
  package func first(of neuron: Int, before clip: Double) -> Int? {
    first(of: neuron).flatMap { times[$0] < clip ? $0 : nil }
  }
}
