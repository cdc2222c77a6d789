import EventProp
import Study
import ReferenceCases
import Testing

@Suite("Identities") struct CheckingIdentityTests {
  @Test(arguments: try GoldenCase.all())
  func `every identity holds on the reference cases`(golden: GoldenCase) throws {
    let experiment = golden.experiment
    let adjoint = try AdjointTrajectory(
      of: Trajectory(of: experiment))
    let identities = Identities(of: adjoint)
    #expect(identities.hold(), "\(identities.residuals)")
  }

  @Test(arguments: try JaxsnnCase.undisputed())
  func `every identity holds on the runs of jaxsnn, cut ones included`(golden: JaxsnnCase) throws {
    for sample in golden.samples {
      let trajectory = try Trajectory(of: golden.experiment(sample))
      let (loss, _) = try golden.loss(sample, on: trajectory)
      let identities = Identities(of: try AdjointTrajectory(of: trajectory.read(by: loss)))
      #expect(identities.hold(), "\(identities.residuals)")
    }
  }

  @Test func `two synapses between the same neurons are one of their weights' sum`() throws {
    func experiment(_ triples: [(row: Int, column: Int, weight: Double)]) -> Experiment {
      var experiment = Experiment.random(seed: 3)
      experiment.network.layers[0].recurrent = Synapses(rows: 4, columns: 4, sparse: triples)
      return experiment
    }
    let one = experiment([(0, 1, 0.7), (1, 0, 0.3), (2, 2, 0.2)])
    let two = experiment([(0, 1, 0.5), (0, 1, 0.2), (1, 0, 0.3), (2, 2, 0.1), (2, 2, 0.1)])
    let single = try AdjointTrajectory(of: Trajectory(of: one))
    let double = try AdjointTrajectory(of: Trajectory(of: two))
    #expect(Identities(of: double).hold())
    let weights = try #require(single.gradient.layers[0].recurrent?.weights)
    let split = try #require(double.gradient.layers[0].recurrent?.weights)
    for (value, expected) in zip(split, [0, 0, 1, 2, 2].map { weights[$0] }) {
      #expect(abs(value - expected) <= 1e-13 * abs(expected))
    }
    for field in LIFParameters.Field.allCases {
      let (value, expected) = (double.gradient.shared(field), single.gradient.shared(field))
      #expect(abs(value - expected) <= 1e-12 * abs(expected), "\(field)")
    }
  }

  // MARK: - The judgement on every run

  @Test(arguments: 1...20) func `no run contradicts its equations`(seed: UInt64) throws {
    let experiment = try RandomNetwork(seed: seed).experiment
    let trajectory = try Trajectory(of: experiment)
    guard !trajectory.isCutShort else { return }
    #expect(Identities.violation(of: try AdjointTrajectory(of: trajectory)) == nil)
  }

  /// A loss on maxima of V over neurons that spike: each maximum is v_th, and no weight changes the loss.
  private static let maxima = Experiment(
    title: "maxima at the threshold",
    network: Network(
      inputs: 2,
      layers: [
        Layer(
          name: "hidden", parameters: Array(repeating: LIFParameters(), count: 2),
          weights: Synapses(rows: 2, columns: 2, weights: [4.5, 1.2, 2.0, 4.1])),
        Layer(
          name: "out", parameters: Array(repeating: LIFParameters(), count: 2),
          weights: Synapses(rows: 2, columns: 2, weights: [9.2, 6.6, 7.9, 8.4])),
      ]),
    inputSpikes: [InputSpike(time: 2e-3, channel: 0), InputSpike(time: 6e-3, channel: 1)],
    horizon: 30e-3,
    loss: Loss(layer: 1, rule: .maxOverTimeCrossEntropy(neurons: [0, 1], label: 0)))

  @Test(arguments: [1, 2.3, 0.83])
  func `where maxima lie at the threshold what is left is rounding, and judged as such`(
    factor: Double
  ) throws {
    var experiment = Self.maxima
    experiment.network.layers[0].weights.weights[0] *= factor
    experiment.network.layers[1].parameters[1].tauMem *= factor
    let trajectory = try Trajectory(of: experiment)
    #expect(trajectory.spikeCounts[2] > 0 && trajectory.spikeCounts[3] > 0)
    let adjoint = try AdjointTrajectory(of: trajectory)
    #expect(abs(adjoint.gradient.layers[1].weights.weights[0]) < 1e-15)
    #expect(Identities(of: adjoint).hold(), "\(Identities(of: adjoint).residuals)")
    var check = try GradientCheck(of: adjoint.gradient, on: trajectory)
    while let row = check.next() { #expect(row.verdict == .agrees, "\(row)") }
    // What is no rounding is still seen.
    var wrong = adjoint.gradient
    wrong.layers[0].weights.weights[0] += 1e-11
    var verdicts: [GradientCheck.Verdict] = []
    check = try GradientCheck(of: wrong, on: trajectory)
    while let row = check.next() { verdicts.append(row.verdict) }
    #expect(verdicts.count { $0 == .differs } == 1)
  }

  @Test func `what contradicts them is named with its neuron and place`() throws {
    var experiment = Experiment.random(seed: 4)
    // A wrong rule is not judged; its adjoint put forward as an exact one is.
    let trajectory = try Trajectory(of: experiment)
    let wrong = try #require(AdjointRule("no-reset-term"))
    let adjoint = try AdjointTrajectory(of: trajectory, rule: wrong)
    #expect(Identities.violation(of: adjoint) == nil)
    let worst = try #require(Identities(of: adjoint).worst)
    #expect(worst.relative > 1e-3 && worst.neuron != nil)
    // Nor is a run of given spikes, where V is not at the threshold.
    experiment.network.layers[0].imposedSpikes = [[5e-3], [6e-3], [7e-3], [8e-3]]
    let given = try AdjointTrajectory(of: Trajectory(of: experiment))
    #expect(!Identities(of: given).hold())
    #expect(Identities.violation(of: given) == nil)
  }
}
