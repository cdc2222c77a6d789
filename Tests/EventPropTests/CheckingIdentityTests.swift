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
}
