import EventProp
import Testing

@Suite("The rounding of a gradient") struct GradientRoundingTests {
  @Test(arguments: try GoldenCase.all(), Engine.allCases)
  func `the bounds hold against 64 digits, and are a small part of what they are bounds of`(
    golden: GoldenCase, engine: Engine
  ) throws {
    let trajectory = try engine.trajectory(of: golden.experiment)
    let adjoint = try engine.adjoint(
      of: trajectory, loss: try #require(golden.experiment.loss))
    let rounding = try GradientRounding(of: adjoint)
    let part = golden.isGrazing ? 1e-8 : 1e-11
    let (loss, reference) = (adjoint.evaluation.value, golden.expected.loss)
    // The references have been rounded, too, when they were written down.
    #expect(abs(loss - reference) <= rounding.loss + reference.ulp)
    #expect(rounding.loss <= part * max(abs(reference), 1))

    let layer = adjoint.gradient.layers[0]
    let ours = [layer.weights.weights, layer.recurrent?.weights ?? []]
    let exact = [golden.expected.gradients.wIn, golden.expected.gradients.wRec]
      .map { $0.flatMap { $0 } }
    #expect(rounding.weights.map(\.count) == exact.map(\.count))
    for (matrix, bounds) in rounding.weights.enumerated() {
      for (entry, bound) in bounds.enumerated() {
        let (value, reference) = (ours[matrix][entry], exact[matrix][entry])
        #expect(abs(value - reference) <= bound + reference.ulp, "\(matrix) \(entry)")
      }
    }
    let largest = exact.joined().map { abs($0) }.max() ?? 0
    #expect((rounding.weights.joined().max() ?? 0) <= part * largest)
  }

  @Test func `the bounds are the same each time, and a walk is stopped where it is told to`() throws
  {
    let golden = try #require(try GoldenCase.all().first { $0.name.contains("many_events") })
    let trajectory = try Trajectory(of: golden.experiment)
    let adjoint = try AdjointTrajectory(
      of: trajectory, loss: try #require(golden.experiment.loss))
    let (one, other) = (try GradientRounding(of: adjoint), try GradientRounding(of: adjoint))
    #expect(one.weights == other.weights && one.loss == other.loss)
    #expect(throws: SimulationError.self) {
      try GradientRounding(of: adjoint) { _ in false }
    }
  }
}
