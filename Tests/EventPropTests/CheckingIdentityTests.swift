import EventProp
import Testing

@Suite("Identities") struct CheckingIdentityTests {
  @Test(arguments: try GoldenCase.all())
  func `every identity holds on the reference cases`(golden: GoldenCase) throws {
    let experiment = golden.experiment
    let adjoint = try AdjointTrajectory(
      of: Trajectory(of: experiment), loss: try #require(experiment.loss))
    let identities = Identities(of: adjoint)
    #expect(identities.hold(), "\(identities.residuals)")
  }

  @Test(arguments: try JaxsnnCase.undisputed())
  func `every identity holds on the runs of jaxsnn, cut ones included`(golden: JaxsnnCase) throws {
    for sample in golden.samples {
      let trajectory = try Trajectory(of: golden.experiment(sample))
      let (loss, _) = try golden.loss(sample, on: trajectory)
      let identities = Identities(of: try AdjointTrajectory(of: trajectory, loss: loss))
      #expect(identities.hold(), "\(identities.residuals)")
    }
  }

  // MARK: - The judgement on every run

  @Test(arguments: 1...20) func `no run contradicts its equations`(seed: UInt64) throws {
    let experiment = try RandomNetwork(seed: seed).experiment
    let trajectory = try Trajectory(of: experiment)
    guard !trajectory.isCutShort else { return }
    let loss = try #require(experiment.loss)
    #expect(Identities.violation(of: try AdjointTrajectory(of: trajectory, loss: loss)) == nil)
  }

  @Test func `what contradicts them is named with its neuron and place`() throws {
    var experiment = PassTests.experiment(seed: 4)
    let loss = try #require(experiment.loss)
    // A wrong rule is not judged; its adjoint put forward as an exact one is.
    let trajectory = try Trajectory(of: experiment)
    let wrong = try #require(AdjointRule("no-reset-term"))
    let adjoint = try AdjointTrajectory(of: trajectory, loss: loss, rule: wrong)
    #expect(Identities.violation(of: adjoint) == nil)
    let worst = try #require(Identities(of: adjoint).worst)
    #expect(worst.relative > 1e-3 && worst.neuron != nil)
    // Nor is a run of given spikes, where V is not at the threshold.
    experiment.network.layers[0].imposedSpikes = [[5e-3], [6e-3], [7e-3], [8e-3]]
    let given = try AdjointTrajectory(of: Trajectory(of: experiment), loss: loss)
    #expect(!Identities(of: given).hold())
    #expect(Identities.violation(of: given) == nil)
  }
}
