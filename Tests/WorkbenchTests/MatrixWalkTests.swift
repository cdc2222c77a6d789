import EventProp
import Presets
import Testing
import Workbench

/// The walk back that collects only the derivatives by weights and delays.
@Suite struct MatrixWalkTests {
  @Test(arguments: Preset.all.map(\.name))
  func `it finds bit for bit what the whole walk finds, under every rule`(name: String) throws {
    let trajectory = try SessionTests.session(name).run.trajectory
    let evaluation = try trajectory.evaluateLoss()
    for rule in [.exact] + AdjointRule.wrong {
      var whole = BackwardPass(trajectory, evaluation, rule: rule, keepsRecord: false)
      var matrices = BackwardPass(
        trajectory, evaluation, rule: rule, keepsRecord: false, collectsParameters: false)
      while let event = try whole.next() {
        #expect(try matrices.next() == event)
        #expect(
          MatrixGradients(matrices.gradient) == MatrixGradients(whole.gradient),
          "\(name) at e\(event): \(rule)")
      }
      #expect(try matrices.next() == nil)
    }
  }
}
