package import EventProp

extension Warning {
  /// The distance of V from the threshold above which a given spike makes the gradient approximate.
  private static let thresholdTolerance = 1e-9

  /// The event limit from which a run that reaches it counts as one that does not end.
  private static let runawayEvents = 100_000

  /// All warnings of a run.
  ///
  /// Throws `SimulationError.stopped` where `pace` stops it.
  package static func all(
    in trajectory: Trajectory, pace: Pace
  ) throws(SimulationError) -> [Warning] {
    // In a run that was cut as a whole, nobody knows which peaks would have been spikes.
    if trajectory.isCutShort {
      return late(in: trajectory) + grazing(in: trajectory) + ties(in: trajectory)
        + truncated(in: trajectory)
    }
    var all =
      late(in: trajectory) + ofLoss(in: trajectory) + grazing(in: trajectory)
      + approximate(in: trajectory) + ties(in: trajectory)
    for (neuron, peak) in try missedPeaks(in: trajectory, pace: pace) {
      try pace.reach(peak.time)
      all.append(nearMiss(neuron, peak, trajectory))
    }
    return all + silent(in: trajectory) + truncated(in: trajectory)
  }

  /// All warnings of a run, found without a pace.
  package static func all(in trajectory: Trajectory) -> [Warning] {
    (try? all(in: trajectory, pace: .free)) ?? []
  }

  /// The reasons for which a gradient is zero or does not exist, or is one of several.
  package static func reasons(in trajectory: Trajectory) -> [Warning] {
    trajectory.isCutShort ? [] : ofLoss(in: trajectory) + ties(in: trajectory)
  }

  /// The first tie of a run, or nil.
  package static func firstTie(in trajectory: Trajectory) -> Warning? {
    ties(in: trajectory).first
  }

  // MARK: - Warnings that are not about silent neurons

  /// The most touches of a run whose stretches are examined without a request; it takes some 50 ms.
  private static let mostTouches = 2_000_000

  /// Whether a run is too large for near misses in ``firstGrave(in:)`` and ``graveCount(in:)``.
  package static func leavesOut(_ trajectory: Trajectory) -> Bool {
    trajectory.touchCount > mostTouches
  }

  /// The first warning of a run that is not about a silent neuron, or nil; the most expensive
  /// search comes last.
  package static func firstGrave(in trajectory: Trajectory) -> Warning? {
    if let first = grazing(in: trajectory).first { return first }
    if trajectory.isCutShort {
      return (ties(in: trajectory) + truncated(in: trajectory)).first
    }
    return (late(in: trajectory) + ofLoss(in: trajectory)).first
      ?? approximate(in: trajectory).first ?? ties(in: trajectory).first
      ?? truncated(in: trajectory).first
      ?? (leavesOut(trajectory)
        ? nil
        : missedPeaks(in: trajectory).first.map { nearMiss($0.neuron, $0.peak, trajectory) })
  }

  /// The number of warnings of a run that are not about a silent neuron; this is less work than to
  /// find all of them.
  package static func graveCount(in trajectory: Trajectory) -> Int {
    late(in: trajectory).count + (trajectory.isCutShort ? 0 : ofLoss(in: trajectory).count)
      + grazing(in: trajectory).count + approximate(in: trajectory).count
      + ties(in: trajectory).count
      + (leavesOut(trajectory) ? 0 : missedPeaks(in: trajectory).count)
      + truncated(in: trajectory).count
  }

  // MARK: - Kind by kind

  /// The times that take no part because the run ends before them, if there are any.
  private static func late(in trajectory: Trajectory) -> [Warning] {
    let experiment = trajectory.experiment
    let horizon = experiment.horizon
    func warning(_ subject: Late, _ times: [Double], _ isLate: (Double) -> Bool) -> Warning? {
      let count = times.count(where: isLate)
      return count == 0 ? nil : .late(subject, count: count, total: times.count)
    }
    let delays = experiment.network.layers.flatMap {
      ($0.weights.delays ?? []) + ($0.recurrent?.delays ?? [])
    }
    let targets = experiment.loss?.rule.values.targets.flatMap { $0 } ?? []
    return [
      warning(.inputs, experiment.inputSpikes.map(\.time)) { $0 >= horizon },
      warning(.delays, delays) { $0 >= horizon }, warning(.targets, targets) { $0 > horizon },
    ].compactMap { $0 }
  }

  /// Why a gradient is zero or does not exist, although the run itself shows nothing.
  private static func ofLoss(in trajectory: Trajectory) -> [Warning] {
    guard let loss = trajectory.experiment.loss else { return [] }
    let offset = trajectory.circuit.offsets[loss.layer]
    let remarks = loss.rule.kind.remarks(loss.rule.values, of: loss.layer, on: trajectory)
      .map { Warning.loss(neuron: offset + $0.neuron, $0.remark) }
    let layers = trajectory.experiment.network.layers.prefix(loss.layer + 1)
    let unweighted = layers.indices.filter { layer in
      let weights = layers[layer].weights.weights
      return !weights.isEmpty && weights.allSatisfy { $0 == 0 }
    }
    return remarks + unweighted.map { .unweighted(layer: $0) }
  }

  /// The spikes that only just reach the threshold.
  private static func grazing(in trajectory: Trajectory) -> [Warning] {
    trajectory.events.indices.compactMap { event in
      guard case .spike(let neuron, let ordinal, _) = trajectory.events[event].kind,
        let overshoot = trajectory.overshoot(ofSpike: event), overshoot.isGrazing
      else { return nil }
      return .grazing(neuron: neuron, spike: ordinal, event: event, overshoot)
    }
  }

  private static func approximate(in trajectory: Trajectory) -> [Warning] {
    trajectory.events.indices.compactMap { event in
      guard case .spike(let neuron, let ordinal, _) = trajectory.events[event].kind,
        let distance = trajectory.distanceFromThreshold(of: event),
        abs(distance) > thresholdTolerance
      else { return nil }
      return .approximate(neuron: neuron, spike: ordinal, distance: distance)
    }
  }

  private static func ties(in trajectory: Trajectory) -> [Warning] {
    trajectory.ties.map { tie in
      guard let event = tie.spike, case .spike(_, let ordinal, _) = trajectory.events[event].kind
      else { return .tie(tie, spike: nil) }
      return .tie(tie, spike: ordinal)
    }
  }

  private static func missedPeaks(in trajectory: Trajectory) -> [(neuron: Int, peak: Peak)] {
    (try? missedPeaks(in: trajectory, pace: .free)) ?? []
  }

  /// For each neuron the highest maximum of V that comes near the threshold without a spike;
  /// neurons without one are left out.
  private static func missedPeaks(
    in trajectory: Trajectory, pace: Pace
  ) throws(SimulationError) -> [(neuron: Int, peak: Peak)] {
    let levels = (0..<trajectory.circuit.neuronCount).map {
      NearMiss.level(of: $0, in: trajectory.circuit)
    }
    return try trajectory.highestPeaks(above: levels, pace: pace).enumerated().compactMap {
      neuron, peak in
      guard let peak, NearMiss.margin(of: peak, neuron, in: trajectory.circuit) != nil
      else { return nil }
      return (neuron, peak)
    }
  }

  private static func nearMiss(
    _ neuron: Int, _ peak: Peak, _ trajectory: Trajectory
  ) -> Warning {
    let margin = NearMiss.margin(of: peak, neuron, in: trajectory.circuit) ?? 0
    let best = trajectory.largestGain(of: neuron, at: peak.time)
    return .nearMiss(
      neuron: neuron, peak, margin: margin,
      change: best.flatMap { best in
        best.gain > 0 ? Change(event: best.event, amount: margin / best.gain) : nil
      })
  }

  private static func silent(in trajectory: Trajectory) -> [Warning] {
    let layers = trajectory.experiment.network.layers
    let kinds = layers.flatMap(\.kinds)
    return trajectory.spikeCounts.indices.compactMap { neuron in
      trajectory.spikeCounts[neuron] == 0 && kinds[neuron] == .lif ? .silent(neuron: neuron) : nil
    }
  }

  private static func truncated(in trajectory: Trajectory) -> [Warning] {
    trajectory.truncations.flatMap { cut -> [Warning] in
      cut.layer == nil && cut.limit >= runawayEvents
        ? [.truncated(cut), .runaway(limit: cut.limit)] : [.truncated(cut)]
    }
  }
}
