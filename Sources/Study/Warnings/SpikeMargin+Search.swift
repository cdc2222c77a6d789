package import EventProp

extension SpikeMargin {
  /// A peak that is near the threshold, before its gradient is known.
  struct Candidate {
    var kind: Kind
    var neuron: Int
    var time: Double
    var margin: Double
    var relative: Double
    var place: PeakGradients.Start.Place
  }

  /// The search for the margins of a run, piece by piece: first the candidates, then their
  /// gradients, several at a time.
  package struct Search: Sendable {
    private let trajectory: Trajectory
    private let part: Double
    private let most: Int
    private var candidates: [Candidate]?
    /// The margins found so far, the smallest first.
    package private(set) var margins: [SpikeMargin] = []

    /// Prepares the search for the `most` smallest margins below a part of v_th − v_leak.
    package init(in trajectory: Trajectory, within part: Double, most: Int = 20) {
      self.trajectory = trajectory
      self.part = part
      self.most = most
    }

    /// Whether all candidates are known.
    package var isListed: Bool { candidates != nil }
    /// The number of margins to find, as far as it is known.
    package var total: Int { candidates?.count ?? most }
    /// Whether nothing is left to do.
    package var isFinished: Bool { margins.count == candidates?.count }

    /// Does the next piece; returns false when there was none.
    ///
    /// `pace` hears now and then which time is reached, and may stop the work; the search then
    /// stays as it is.
    @discardableResult
    package mutating func advance(
      pace: Pace = .free
    ) throws(SimulationError) -> Bool {
      guard let candidates else {
        var found = try SpikeMargin.missing(in: trajectory, part, pace)
        found += SpikeMargin.spikes(in: trajectory, part)
        found.sort { ($0.relative, $0.time) < ($1.relative, $1.time) }
        candidates = Array(found.prefix(most))
        return true
      }
      guard margins.count < candidates.count else { return false }
      let circuit = trajectory.circuit
      let next = candidates[margins.count...].prefix(PeakGradients.atOnce(most, on: circuit))
      var gradients = PeakGradients(
        of: next.map { PeakGradients.Start(neuron: $0.neuron, time: $0.time, place: $0.place) },
        on: trajectory)
      try gradients.walk(pace: pace)
      for (peak, candidate) in next.enumerated() {
        margins.append(
          SpikeMargin(candidate, in: circuit) { projection, entry in
            gradients.slope(peak, projection: projection, entry: entry)
          })
      }
      return true
    }
  }

  /// The peak of a run that is nearest to the threshold as a part of v_th − v_leak, or the spike that
  /// is, with the ordinal of the spike; nil where no neuron can spike by itself.
  ///
  /// - Complexity: O(synapses that deliver in the run).
  static func smallest(
    in trajectory: Trajectory
  ) throws(SimulationError) -> (neuron: Int, spike: Int?, time: Double, relative: Double)? {
    let all = try missing(in: trajectory, 1, .free) + spikes(in: trajectory, .infinity)
    let least = all.min { ($0.relative, $0.time) < ($1.relative, $1.time) }
    return least.map { candidate in
      guard case .spike(let ordinal, _) = candidate.kind else {
        return (candidate.neuron, nil, candidate.time, candidate.relative)
      }
      return (candidate.neuron, ordinal, candidate.time, candidate.relative)
    }
  }

  /// The peaks below the threshold, by neuron.
  private static func missing(
    in trajectory: Trajectory, _ part: Double, _ pace: Pace
  ) throws(SimulationError) -> [Candidate] {
    let circuit = trajectory.circuit
    let levels = circuit.flows.indices.map { NearMiss.level(of: $0, within: part, in: circuit) }
    var found: [Candidate] = []
    try trajectory.forEachPeak(above: levels, pace: pace) { neuron, peak, place in
      guard let margin = NearMiss.margin(of: peak, neuron, in: circuit) else { return }
      let parameters = circuit.flows[neuron].parameters
      let start: PeakGradients.Start.Place =
        switch place {
        case .after(let event?): .after(event: event)
        case .after(nil): .beginning
        case .kink(let event, let slope): .kink(event: event, slope: slope)
        }
      found.append(
        Candidate(
          kind: .missing, neuron: neuron, time: peak.time, margin: margin,
          relative: margin / (parameters.vThreshold - parameters.vLeak), place: start))
    }
    // Of equal margins the lowest neuron comes first, whatever the order of touches.
    found.sort { $0.neuron < $1.neuron }
    return found
  }

  /// The spikes whose peak without a reset is near the threshold.
  private static func spikes(in trajectory: Trajectory, _ part: Double) -> [Candidate] {
    trajectory.events.enumerated().compactMap { event, happened in
      guard case .spike(let neuron, let ordinal, _) = happened.kind,
        let overshoot = trajectory.overshoot(ofSpike: event),
        overshoot.height >= 0, overshoot.relative < part
      else { return nil }
      return Candidate(
        kind: .spike(ordinal: ordinal, event: event), neuron: neuron,
        time: happened.time + overshoot.delay, margin: overshoot.height,
        relative: overshoot.relative, place: .without(spike: event))
    }
  }
}
