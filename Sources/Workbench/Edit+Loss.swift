import EventProp

extension Edit {
  /// The targets that the loss has, in their order.
  static func lossTargets(of experiment: Experiment) -> [Target] {
    switch experiment.loss?.rule {
    case .firstSpikeMSE(_, let targets, _, _), .targetTime(_, let targets, _):
      targets.indices.map { .lossTarget($0, spike: 0) }
    case .allSpikesMSE(_, let targets, _):
      targets.indices.flatMap { position in
        targets[position].indices.map { .lossTarget(position, spike: $0) }
      }
    default: []
    }
  }

  /// The value of a target, or nil where the loss has none there.
  static func lossTarget(_ position: Int, _ spike: Int, in experiment: Experiment) -> Double? {
    switch experiment.loss?.rule {
    case .firstSpikeMSE(_, let targets, _, _), .targetTime(_, let targets, _):
      spike == 0 && targets.indices.contains(position) ? targets[position] : nil
    case .allSpikesMSE(_, let targets, _):
      targets.indices.contains(position) && targets[position].indices.contains(spike)
        ? targets[position][spike] : nil
    default: nil
    }
  }

  /// Gives a target that the loss has another value.
  static func setLossTarget(
    _ position: Int, _ spike: Int, to value: Double, in experiment: inout Experiment
  ) {
    switch experiment.loss?.rule {
    case .firstSpikeMSE(let neurons, var targets, let tau, let clip):
      targets[position] = value
      experiment.loss?.rule = .firstSpikeMSE(
        neurons: neurons, targets: targets, tau: tau, clip: clip)
    case .targetTime(let neurons, var targets, let tau):
      targets[position] = value
      experiment.loss?.rule = .targetTime(neurons: neurons, targets: targets, tau: tau)
    case .allSpikesMSE(let neurons, var targets, let tau):
      targets[position][spike] = value
      experiment.loss?.rule = .allSpikesMSE(neurons: neurons, targets: targets, tau: tau)
    default: break
    }
  }
}
