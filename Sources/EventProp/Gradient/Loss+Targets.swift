extension Loss.Rule {
  /// The targets in seconds, a list for each neuron that the loss reads; empty for a loss without targets.
  ///
  /// New targets must have the shape of the old ones.
  package var targets: [[Double]] {
    get {
      switch self {
      case .firstSpikeMSE(_, let targets, _, _), .targetTime(_, let targets, _):
        targets.map { [$0] }
      case .allSpikesMSE(_, let targets, _): targets
      case .linearSpikeTimes, .ttfsCrossEntropy, .voltageIntegral, .maxOverTimeCrossEntropy: []
      }
    }
    set {
      switch self {
      case .firstSpikeMSE(let neurons, _, let tau, let clip):
        self = .firstSpikeMSE(
          neurons: neurons, targets: newValue.map { $0[0] }, tau: tau, clip: clip)
      case .targetTime(let neurons, _, let tau):
        self = .targetTime(neurons: neurons, targets: newValue.map { $0[0] }, tau: tau)
      case .allSpikesMSE(let neurons, _, let tau):
        self = .allSpikesMSE(neurons: neurons, targets: newValue, tau: tau)
      case .linearSpikeTimes, .ttfsCrossEntropy, .voltageIntegral, .maxOverTimeCrossEntropy: break
      }
    }
  }
}

extension LossEvaluation {
  /// ∂L/∂target of each target of the loss of a run, in loss per second; empty where the loss has none.
  ///
  /// A loss depends on the differences t − target alone, so each derivative is the opposite of that by the spike's time. A
  /// silent neuron has no such time, but a `clip` that its target can come nearer to.
  func targetGradients(on trajectory: Trajectory) -> [[Double]] {
    guard let loss = trajectory.experiment.loss else { return [] }
    let offset = trajectory.circuit.offsets[loss.layer]
    switch loss.rule {
    case .firstSpikeMSE(let neurons, let targets, let tau, let clip):
      return zip(neurons, targets).map { neuron, target in
        let first = trajectory.event(ofSpike: 0, of: offset + neuron)
        let time = min(first.map { trajectory.events[$0].time } ?? clip, clip)
        return [-2 * (time - target) / (tau * tau)]
      }
    case .targetTime(let neurons, _, _), .allSpikesMSE(let neurons, _, _):
      return zip(neurons, loss.rule.targets).map { neuron, targets in
        targets.indices.map { spike in
          trajectory.event(ofSpike: spike, of: offset + neuron).map { -spikeTimeGradients[$0] } ?? 0
        }
      }
    case .linearSpikeTimes, .ttfsCrossEntropy, .voltageIntegral, .maxOverTimeCrossEntropy:
      return []
    }
  }
}
