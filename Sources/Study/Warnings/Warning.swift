package import EventProp
import Language
import RealModule
import Study

/// Something about a run that its gradient does not say by itself.
package struct Warning: Encodable, Equatable, Sendable {
  /// The kinds of warning.
  package enum Kind: String, Encodable, Sendable {
    case grazing, tie, silent, truncated, runaway, approximate
    case nearMiss = "near-miss"
  }

  /// What it is about.
  package var kind: Kind
  /// The layer, where it concerns one.
  package var layer: String?
  /// The neuron in the layer.
  package var neuron: Int?
  /// The spike of the neuron.
  package var spike: Int?
  /// What it means for the gradient, in one sentence.
  package var message: String
}

extension Warning {
  /// A spike grazes when without its reset V would have risen less than this part of v_th − v_reset above the
  /// threshold: there the gradient grows like one over the square root of the rest.
  static let grazingMargin = 1e-3

  /// Everything worth a warning in a run.
  ///
  /// Throws `SimulationError.stopped` where `goesOn`, asked now and then with the time reached, answers false.
  package static func all(
    in trajectory: Trajectory, goesOn: (Double) -> Bool
  ) throws(SimulationError) -> [Warning] {
    // Of a run that was cut as a whole nobody knows which peaks would have been spikes.
    if trajectory.isCutShort {
      return grazing(in: trajectory) + ties(in: trajectory) + truncated(in: trajectory)
    }
    var all =
      grazing(in: trajectory) + approximate(in: trajectory) + ties(in: trajectory)
    for (neuron, peak) in try missedPeaks(in: trajectory, goesOn: goesOn) {
      guard goesOn(peak.time) else { throw .stopped(time: peak.time) }
      all.append(nearMiss(neuron, peak, trajectory))
    }
    return all + silent(in: trajectory) + truncated(in: trajectory)
  }

  /// The same, which nothing stops.
  package static func all(in trajectory: Trajectory) -> [Warning] {
    (try? all(in: trajectory) { _ in true }) ?? []
  }

  /// The first tie of a run, or nil.
  package static func firstTie(in trajectory: Trajectory) -> Warning? {
    ties(in: trajectory).first
  }

  /// The most touches of a run whose stretches are all looked at unasked: some 50 ms.
  private static let mostTouches = 2_000_000

  /// Whether a run is so large that ``firstGrave(in:)`` and ``graveCount(in:)`` leave near misses out.
  package static func leavesOut(_ trajectory: Trajectory) -> Bool {
    trajectory.touchCount > mostTouches
  }

  /// The first warning of a run that is not about a silent neuron, or nil; what costs most is looked for last.
  package static func firstGrave(in trajectory: Trajectory) -> Warning? {
    if let first = grazing(in: trajectory).first { return first }
    if trajectory.isCutShort {
      return (ties(in: trajectory) + truncated(in: trajectory)).first
    }
    return approximate(in: trajectory).first ?? ties(in: trajectory).first
      ?? truncated(in: trajectory).first
      ?? (leavesOut(trajectory)
        ? nil
        : missedPeaks(in: trajectory).first.map { nearMiss($0.neuron, $0.peak, trajectory) })
  }

  private static func warning(
    _ kind: Kind, _ neuron: Int, _ trajectory: Trajectory, spike: Int? = nil, _ message: String
  ) -> Warning {
    let place = trajectory.experiment.network.place(of: neuron)
    return Warning(
      kind: kind, layer: trajectory.experiment.network.layers[place.layer].name,
      neuron: place.index, spike: spike, message: message)
  }

  /// The spikes that only just reach the threshold.
  package static func grazing(in trajectory: Trajectory) -> [Warning] {
    let network = trajectory.experiment.network
    return trajectory.events.indices.compactMap { number in
      guard case .spike(let neuron, let ordinal, let current) = trajectory.events[number].kind
      else { return nil }
      let place = network.place(of: neuron)
      let parameters = network.layers[place.layer].parameters[place.index]
      // Where V without a reset would have turned: there U = I.
      let state = LIFState(potential: parameters.vThreshold, current: current)
      guard let peak = LIFFlow(parameters).turningPoint(from: state) else { return nil }
      let overshoot =
        current * .exp(-peak / parameters.tauSyn) - (parameters.vThreshold - parameters.vLeak)
      guard overshoot < grazingMargin * (parameters.vThreshold - parameters.vReset) else {
        return nil
      }
      return warning(
        .grazing, neuron, trajectory, spike: ordinal,
        "V only just reaches the threshold (\(Quantity.display(overshoot)) above it without the reset): "
          + "the gradient through this spike is exact but explodes, and a small change deletes the spike"
      )
    }
  }

  /// Given spikes at which V is not at the threshold: the jump divides by a slope that belongs to a crossing.
  private static func approximate(in trajectory: Trajectory) -> [Warning] {
    trajectory.events.indices.compactMap { number in
      guard case .spike(let neuron, let ordinal, _) = trajectory.events[number].kind,
        let distance = trajectory.distanceFromThreshold(of: number), abs(distance) > 1e-9
      else { return nil }
      return warning(
        .approximate, neuron, trajectory, spike: ordinal,
        "V is \(Quantity.display(abs(distance))) \(distance < 0 ? "below" : "above") the threshold at this given spike: "
          + "the gradient through it is approximate")
    }
  }

  /// Events at one instant of which one delivers to the neuron of another's spike.
  private static func ties(in trajectory: Trajectory) -> [Warning] {
    trajectory.ties.map { tie in
      guard let spike = tie.spike, case .spike(_, let ordinal, _) = trajectory.events[spike].kind
      else {
        return warning(
          .tie, tie.neuron, trajectory,
          "e\(tie.delivering) cancels a spike of this neuron at the very instant of its crossing: the loss jumps "
            + "here, and the gradient is that without the spike; see ties")
      }
      return warning(
        .tie, tie.neuron, trajectory, spike: ordinal,
        "e\(tie.delivering) reaches this neuron at the very instant of its spike e\(spike): the gradient does not "
          + "exist, and the one shown is one-sided, for the order e\(min(tie.delivering, spike)) then "
          + "e\(max(tie.delivering, spike)); see ties")
    }
  }

  /// A peak misses the threshold nearly when it comes this close, as a part of v_th − v_leak.
  static let nearMissMargin = 0.05

  /// How many warnings of a run are not about a silent neuron; less work than to word them.
  package static func graveCount(in trajectory: Trajectory) -> Int {
    grazing(in: trajectory).count + approximate(in: trajectory).count
      + ties(in: trajectory).count
      + (leavesOut(trajectory) ? 0 : missedPeaks(in: trajectory).count)
      + truncated(in: trajectory).count
  }

  private static func missedPeaks(in trajectory: Trajectory) -> [(neuron: Int, peak: Peak)] {
    (try? missedPeaks(in: trajectory) { _ in true }) ?? []
  }

  /// The highest maximum of V that comes near the threshold without a spike, of each neuron that has one.
  private static func missedPeaks(
    in trajectory: Trajectory, goesOn: (Double) -> Bool
  ) throws(SimulationError) -> [(neuron: Int, peak: Peak)] {
    let levels = trajectory.experiment.network.layers.flatMap { layer in
      layer.parameters.indices.map { index -> Double in
        let parameters = layer.parameters[index]
        let height = parameters.vThreshold - parameters.vLeak
        guard layer.imposedSpikes == nil, layer.kinds[index] == .lif, height > 0 else {
          return .infinity
        }
        return parameters.vThreshold - nearMissMargin * height
      }
    }
    return try trajectory.highestPeaks(above: levels, goesOn: goesOn).enumerated().compactMap {
      neuron, peak in
      guard let peak,
        peak.potential <= trajectory.circuit.parameters(of: neuron).vThreshold
      else { return nil }
      return (neuron, peak)
    }
  }

  private static func nearMiss(
    _ neuron: Int, _ peak: Peak, _ trajectory: Trajectory
  ) -> Warning {
    let margin = trajectory.circuit.parameters(of: neuron).vThreshold - peak.potential
    var message =
      "V comes within \(Quantity.display(margin)) of the threshold at \(Quantity.displayTime(peak.time)) "
      + "without a spike: the gradient does not see the spike that a small change would create"
    if let best = trajectory.largestGain(of: neuron, at: peak.time), best.gain > 0 {
      message +=
        " (about +\(Quantity.display(margin / best.gain, digits: 2)) on the weight of e\(best.event))"
    }
    return warning(.nearMiss, neuron, trajectory, message)
  }

  private static func silent(in trajectory: Trajectory) -> [Warning] {
    let network = trajectory.experiment.network
    return trajectory.spikeCounts.indices.compactMap { neuron in
      let place = network.place(of: neuron)
      guard trajectory.spikeCounts[neuron] == 0,
        network.layers[place.layer].kinds[place.index] == .lif
      else { return nil }
      return warning(
        .silent, neuron, trajectory,
        "this neuron never spikes: no gradient of a loss on spikes goes through it, and none can make it spike"
      )
    }
  }

  /// A run that reaches this many events was not meant to be cut, but does not end.
  static let runawayEvents = 100_000

  private static func truncated(in trajectory: Trajectory) -> [Warning] {
    trajectory.truncations.flatMap { cut -> [Warning] in
      guard let layer = cut.layer else {
        let truncated = Warning(
          kind: .truncated,
          message:
            "max_events cut the run at \(cut.limit) events, with at least \(cut.missing) more to come: there is no "
            + "gradient of it")
        guard cut.limit >= runawayEvents else { return [truncated] }
        let runaway = Warning(
          kind: .runaway,
          message:
            "the network was still active after \(cut.limit) events: if its recurrent weights keep it firing, a "
            + "higher limit only moves the cut")
        return [truncated, runaway]
      }
      return [
        Warning(
          kind: .truncated, layer: trajectory.experiment.network.layers[layer].name,
          message:
            "the layer's max_events cut it at \(cut.limit) events, at least \(cut.missing) are missing: "
            + "the gradient is that of the cut run")
      ]
    }
  }
}
