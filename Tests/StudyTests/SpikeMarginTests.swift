import EventProp
import Study
import ReferenceCases
import Testing

@Suite("Margins of spikes") struct SpikeMarginTests {
  /// Changes one weight of an experiment.
  private static func changed(
    _ experiment: Experiment, _ change: SpikeMargin.Change, by factor: Double
  ) throws -> Trajectory {
    var changed = experiment
    changed[.weight(change.synapse)] += factor * change.amount
    return try Trajectory(of: changed)
  }

  /// A margin is an affine function of a weight as far as its first order goes: half the change leaves half of it.
  @Test func `the nearest weight moves the margin as it says`() throws {
    let compared = try (1...63).reduce(0) { try $0 + comparedMargins(seed: $1) }
    #expect(compared > 15)
  }

  private func comparedMargins(seed: UInt64) throws -> Int {
    var compared = 0
    let experiment = try RandomNetwork(seed: seed).experiment
    let trajectory = try Trajectory(of: experiment)
    guard !trajectory.isCutShort else { return 0 }
    for margin in try SpikeMargin.all(in: trajectory, within: 0.1, most: 6) {
      let change = try #require(margin.nearest)
      #expect(margin.margin >= 0 && margin.relative <= 0.1 && margin.distance > 0)
      #expect(margin.distance <= abs(change.amount) * (1 + 1e-12))
      // A small part of the change, so that nothing else is created or deleted on the way.
      let part = 1e-4
      let near = try SpikeMargin.all(
        in: try Self.changed(experiment, change, by: part), within: 0.11, most: 40
      ).filter { $0.neuron == margin.neuron }
        .min { abs($0.time - margin.time) < abs($1.time - margin.time) }
      guard let near, abs(near.time - margin.time) < 1e-3 else { continue }
      let moved = near.margin / margin.margin
      #expect(abs(moved - (1 - part)) < 0.1 * part, "seed \(seed): \(margin)")
      compared += 1
    }
    return compared
  }

  /// What a way back for one peak alone finds: the derivative by the weight that moves it most, and the length of the gradient.
  private static func gradient(
    of margin: SpikeMargin, in trajectory: Trajectory
  ) throws -> (steepest: Double, length: Double)? {
    let circuit = trajectory.circuit
    let end: Int
    switch margin.kind {
    case .spike(_, let event): end = event
    case .missing:
      // The way begins at the first event after the neuron was touched, if that comes before the peak.
      guard
        let event = trajectory.events(touching: margin.neuron).last(where: {
          trajectory.events[$0].time <= margin.time
        }), trajectory.events.indices.contains(event + 1),
        trajectory.events[event + 1].time < margin.time
      else { return nil }
      end = event + 1
    }
    var final = [AdjointState](repeating: AdjointState(), count: circuit.neuronCount)
    let parameters = circuit.parameters(of: margin.neuron)
    final[margin.neuron] = AdjointFlow(LIFFlow(parameters).kernel).advanced(
      AdjointState(lambdaV: -1 / parameters.tauMem), by: margin.time - trajectory.events[end].time)
    let trajectory = try trajectory.read(by: Loss(layer: 0, rule: .linearSpikeTimes([])))
    var pass = BackwardPass(
      trajectory, try trajectory.evaluateLoss(), from: final, before: end)
    while try pass.next() != nil {}
    var squares = 0.0
    var steepest = 0.0
    for projection in circuit.projections {
      let layer = pass.gradient.layers[projection.target]
      let slopes = (projection.isRecurrent ? layer.recurrent : layer.weights)?.weights ?? []
      for (slope, weight) in zip(slopes, projection.synapses.weights) where weight != 0 {
        squares += slope * slope
        if abs(slope) > abs(steepest) { steepest = slope }
      }
    }
    return (steepest, squares.squareRoot())
  }

  @Test func `gradients found together are those found one at a time`() throws {
    var compared = (spikes: 0, missing: 0)
    for seed in 1...150 as ClosedRange<UInt64> {
      let trajectory = try Trajectory(of: try RandomNetwork(seed: seed).experiment)
      guard !trajectory.isCutShort else { continue }
      for margin in try SpikeMargin.all(in: trajectory, within: 0.5, most: 12) {
        guard let (steepest, length) = try Self.gradient(of: margin, in: trajectory) else {
          continue
        }
        let amount = margin.nearest?.amount ?? .infinity
        if margin.kind == .missing {
          // Carried to the peak over two stretches instead of one.
          #expect(abs(amount * steepest - margin.margin) <= 1e-11 * margin.margin, "seed \(seed)")
          #expect(abs(margin.distance * length - margin.margin) <= 1e-11 * margin.margin)
          compared.missing += 1
        } else {
          #expect(amount == -margin.margin / steepest, "seed \(seed)")
          #expect(margin.distance == margin.margin / length, "seed \(seed)")
          compared.spikes += 1
        }
      }
    }
    #expect(compared.spikes > 50)
    #expect(compared.missing > 20)
  }

  private static let one = Experiment(
    title: "one",
    network: Network(
      inputs: 2,
      layers: [
        Layer(
          name: "out", parameters: [LIFParameters(vLeak: 0.1, vReset: -0.1)],
          weights: Synapses(rows: 2, columns: 1, weights: [1.2, 0.5]))
      ]),
    inputSpikes: [InputSpike(time: 1e-3, channel: 0), InputSpike(time: 3e-3, channel: 1)],
    horizon: 30e-3)

  /// The weight of the first input at which the spike only just happens, by halving.
  private static func critical() throws -> Double {
    var low = 0.5
    var high = 3.0
    for _ in 0..<60 {
      let middle = (low + high) / 2
      var experiment = one
      experiment.network.layers[0].weights.weights[0] = middle
      if try Trajectory(of: experiment).spikeCounts[0] > 0 { high = middle } else { low = middle }
    }
    return high
  }

  @Test func `the change said creates a spike that is missing, and deletes one that grazes`() throws
  {
    let critical = try Self.critical()
    for offset in [-3e-3, -1e-5, 1e-5, 3e-3] {
      var experiment = Self.one
      experiment.network.layers[0].weights.weights[0] = critical + offset
      let trajectory = try Trajectory(of: experiment)
      let isMissing = offset < 0
      #expect(trajectory.spikeCounts[0] == (isMissing ? 0 : 1))
      let margin = try #require(try SpikeMargin.all(in: trajectory, within: 0.05).first)
      #expect((margin.kind == .missing) == isMissing)
      let change = try #require(margin.nearest)
      #expect(
        try Self.changed(experiment, change, by: 1.02).spikeCounts[0] == (isMissing ? 1 : 0))
      #expect(
        try Self.changed(experiment, change, by: 0.98).spikeCounts[0] == (isMissing ? 0 : 1))
      if change.synapse.entry == 0 { #expect(abs(change.amount + offset) < 0.02 * abs(offset)) }
    }
  }

  @Test func `a weight of zero is no synapse to change`() throws {
    var experiment = Self.one
    experiment.network.layers[0].weights.weights[0] = try Self.critical() - 1e-3
    let before = try #require(
      try SpikeMargin.all(in: Trajectory(of: experiment), within: 0.05).first)
    let nearest = try #require(before.nearest)
    experiment.network.layers[0].weights.weights[nearest.synapse.entry] = 0
    // Without that weight the peak is lower, so that all of v_th is looked at.
    let margin = try #require(try SpikeMargin.all(in: Trajectory(of: experiment), within: 1).first)
    #expect(margin.nearest?.synapse != nearest.synapse)
    #expect(margin.distance.isFinite == (margin.nearest != nil))
  }
}
