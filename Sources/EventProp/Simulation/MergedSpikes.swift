/// What each spike gets under the wrong rule `merged-spikes`: ∂L/∂t of all spikes of its neuron added
/// up, times the gain of the resets before it.
///
/// The gain of spike k is Π (I⁻ + v_leak − v_reset)/(I⁻ + v_leak − v_th) over the spikes before it.
/// A layer needs the sums of the layers after it, so there is one pass for each layer. Recurrent
/// synapses count as far as these passes carry them.
///
/// It is the backward pass of ExactMultiSpike in exact-snn-nn 3.2.3.
struct MergedSpikes: Sendable {
  private var sums: [Double]
  private let gains: [Double]

  /// Finds the sums.
  ///
  /// - Complexity: one backward pass for each layer.
  init(_ trajectory: Trajectory, _ evaluation: LossEvaluation, rule: AdjointRule) {
    let circuit = trajectory.circuit
    var sums = [Double](repeating: 0, count: circuit.neuronCount)
    var gain = [Double](repeating: 1, count: circuit.neuronCount)
    var gains = [Double](repeating: 0, count: trajectory.events.count)
    for (number, event) in trajectory.events.enumerated() {
      guard case .spike(let neuron, _, let current) = event.kind else { continue }
      let parameters = circuit.flows[neuron].parameters
      sums[neuron] += evaluation.spikeTimeGradients[number]
      gains[number] = gain[neuron]
      let slope = current + parameters.vLeak - parameters.vThreshold
      gain[neuron] *= (current + parameters.vLeak - parameters.vReset) / slope
    }
    self.sums = sums
    self.gains = gains
    for _ in circuit.experiment.network.layers.indices.dropFirst() {
      var pass = BackwardPass(
        trajectory, evaluation, rule: rule, keepsRecord: false, merging: self)
      // Where λ is no finite number, the pass that follows says so.
      while let _ = try? pass.next() {}
      self.sums = pass.spikeSums
    }
  }

  /// What a spike gets in place of its own ∂L/∂t.
  func share(of neuron: Int, in event: Int) -> Double { sums[neuron] * gains[event] }
}
