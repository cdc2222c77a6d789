import EventProp
import Study
import Testing

@Suite("Where a number comes from") struct ProvenanceTests {
  private static func explainer(seed: UInt64, rule: AdjointRule = .exact) throws -> Explainer? {
    let experiment = try RandomNetwork(seed: seed).experiment
    let trajectory = try Trajectory(of: experiment)
    guard !trajectory.isCutShort else { return nil }
    // A wrong rule may let λ leave the range of numbers; then there is nothing to explain.
    guard let adjoint = try? AdjointTrajectory(of: trajectory, rule: rule) else {
      return nil
    }
    return Explainer(trajectory, adjoint: adjoint)
  }

  /// Everything that can be asked about, at events, between them, and at both ends.
  private static func subjects(_ explainer: Explainer) -> [Provenance.Subject] {
    let trajectory = explainer.trajectory
    let events = trajectory.events.indices
    let horizon = trajectory.experiment.horizon
    var places: [Provenance.Place] = [
      .time(0, .before), .time(0, .after), .time(horizon / 3, .after),
      .time(horizon * 0.7, .after), .time(horizon, .after),
    ]
    for event in stride(from: 0, to: events.count, by: max(1, events.count / 8)) {
      places += [.event(event, .before), .event(event, .after)]
    }
    var subjects: [Provenance.Subject] = events.filter {
      trajectory.events[$0].spikingNeuron != nil
    }.prefix(12).map { .spike(event: $0) }
    for neuron in 0..<trajectory.circuit.neuronCount {
      for place in places {
        subjects += [
          .potential(neuron: neuron, at: place), .current(neuron: neuron, at: place),
          .adjoint(.lambdaV, neuron: neuron, at: place),
          .adjoint(.lambdaI, neuron: neuron, at: place),
          .adjoint(.difference, neuron: neuron, at: place),
        ]
      }
    }
    for (projection, matrix) in trajectory.circuit.projections.enumerated() {
      for entry in matrix.synapses.weights.indices {
        subjects.append(.weightGradient(trajectory.circuit.synapse(projection, entry), from: 0))
      }
    }
    return subjects
  }

  /// Over lengths of a hundred time constants and more the exponentials themselves are no better than 1e-11.
  private func expectSums(
    _ explainer: Explainer, _ name: String, within tolerance: Double = 1e-12
  ) throws {
    for subject in Self.subjects(explainer) {
      let provenance = try #require(explainer.explain(subject))
      let sum = provenance.terms.reduce(0) { $0 + $1.value }
      let scale = max(abs(provenance.value), abs(provenance.terms.first?.value ?? 0))
      #expect(abs(sum - provenance.value) <= tolerance * scale, "\(name): \(subject)")
    }
  }

  @Test(arguments: 1...63) func `the terms add up to the number`(seed: UInt64) throws {
    guard let explainer = try Self.explainer(seed: seed) else { return }
    let isExtreme = abs(RandomNetwork.ratios[Int(seed) % RandomNetwork.ratios.count] - 1) > 9
    try expectSums(explainer, "seed \(seed)", within: isExtreme ? 1e-11 : 1e-12)
  }

  @Test(arguments: AdjointRule.wrong) func `the terms of a wrong rule add up to its number`(
    rule: AdjointRule
  ) throws {
    var explained = 0
    for seed: UInt64 in [2, 3, 4, 9, 10, 12] {
      guard let explainer = try Self.explainer(seed: seed, rule: rule) else { continue }
      explained += 1
      try expectSums(explainer, "\(rule.name), seed \(seed)")
    }
    #expect(explained >= 5)
  }

  @Test(arguments: 1...14)
  func `following the largest term ends at the loss, an input or the start`(seed: UInt64) throws {
    guard let explainer = try Self.explainer(seed: seed) else { return }
    for subject in Self.subjects(explainer) {
      var steps = 0
      var next: Provenance.Subject? = subject
      while let subject = next {
        next = try #require(explainer.explain(subject)).terms.first?.origin
        steps += 1
        // The question itself is no step, and a gradient's first term is still at its own event.
        guard steps <= explainer.trajectory.events.count + 2 else {
          Issue.record("seed \(seed): \(subject) goes on and on")
          return
        }
      }
    }
  }

  @Test(arguments: 1...35)
  func `the arrivals of a synapse add up to the gradient wherever the pass stands`(seed: UInt64)
    throws
  {
    guard let explainer = try Self.explainer(seed: seed) else { return }
    let adjoint = try #require(explainer.adjoint)
    let trajectory = explainer.trajectory
    var pass = BackwardPass(trajectory, adjoint.evaluation)
    var all: [(layer: Int, isRecurrent: Bool, entry: Int, terms: WeightContributions)] = []
    for (number, projection) in trajectory.circuit.projections.enumerated() {
      for entry in projection.synapses.weights.indices {
        all.append(
          (
            projection.target, projection.isRecurrent, entry,
            WeightContributions(of: adjoint, through: trajectory.circuit.synapse(number, entry))
          ))
      }
    }
    while let event = try pass.next() {
      for (layer, isRecurrent, entry, terms) in all {
        let gradient = pass.gradient.layers[layer]
        let value =
          (isRecurrent ? gradient.recurrent : gradient.weights)?.weights[entry] ?? .nan
        let scale = terms.terms.map { abs($0.value) }.max() ?? 0
        #expect(abs(terms.sum(from: event) - value) <= 1e-12 * scale, "seed \(seed), e\(event)")
      }
    }
  }

  @Test(arguments: 1...14) func `paths and remainder add up to the gradient`(seed: UInt64) throws {
    guard let explainer = try Self.explainer(seed: seed) else { return }
    for (number, projection) in explainer.trajectory.circuit.projections.enumerated() {
      for entry in stride(from: 0, to: projection.synapses.weights.count, by: 4) {
        let subject = Provenance.Subject.weightGradient(
          explainer.trajectory.circuit.synapse(number, entry), from: 0)
        let gradient = try #require(explainer.explain(subject))
        for (precision, steps) in [(0, 300), (1e-3, 300), (0, 5)] {
          let paths = try #require(
            try LossPaths(of: subject, in: explainer, precision: precision, steps: steps))
          let sum = paths.paths.reduce(paths.remainder) { $0 + $1.value }
          let scale = max(
            gradient.terms.map { abs($0.value) }.max() ?? 0,
            paths.paths.first.map { abs($0.value) } ?? 0)
          #expect(abs(sum - gradient.value) <= 1e-11 * scale, "seed \(seed), \(subject)")
          for path in paths.paths {
            #expect(path.events == path.events.sorted())
          }
        }
      }
    }
  }

  @Test func `the time of a spike moves with a weight as differences say`() throws {
    func run(_ weights: [Double]) throws -> Trajectory {
      try Trajectory(
        of: Experiment(
          title: "one",
          network: Network(
            inputs: 2,
            layers: [
              Layer(
                name: "out", parameters: [LIFParameters(vLeak: 0.1)],
                weights: Synapses(rows: 2, columns: 1, weights: weights))
            ]),
          inputSpikes: [InputSpike(time: 1e-3, channel: 0), InputSpike(time: 2e-3, channel: 1)],
          horizon: 20e-3))
    }
    let terms = try #require(
      Explainer(try run([1.3, 1.1]), adjoint: nil).explain(.spike(event: 2))
    ).terms
    #expect(terms.filter { $0.origin == nil }.count == terms.count)
    for entry in 0..<2 {
      let slope = try #require(
        terms.compactMap { term -> Double? in
          guard case .arrival(let synapse, _, _) = term.cause, synapse.entry == entry else {
            return nil
          }
          return term.timePerWeight
        }.first)
      let times = try [-1e-6, 1e-6].map { change in
        var weights = [1.3, 1.1]
        weights[entry] += change
        return try #require(try run(weights).spikeTimes[0].first)
      }
      #expect(abs((times[1] - times[0]) / 2e-6 - slope) <= 1e-6 * abs(slope))
    }
  }
}
