import EventProp
import Foundation
import ReferenceCases
import Testing

/// The term of a cross-entropy that pulls the spike of the label to early times.
@Suite struct EarlyTests {
  private static let early = Loss.Early(tau: 6.4e-3, alpha: 0.3)

  /// L and ∂L/∂t of each event, without the term and with it.
  private static func evaluations(
    _ experiment: Experiment, clip: Double
  ) throws -> (without: LossEvaluation, with: LossEvaluation, trajectory: Trajectory) {
    func evaluation(_ early: Loss.Early?) throws -> (LossEvaluation, Trajectory) {
      var experiment = experiment
      experiment.loss?.rule = .ttfsCrossEntropy(
        neurons: [0, 1], label: 1, tau: 5e-3, clip: clip, early: early)
      let trajectory = try Trajectory(of: experiment)
      return (try AdjointTrajectory(of: trajectory).evaluation, trajectory)
    }
    let (without, trajectory) = try evaluation(nil)
    return (without, try evaluation(early).0, trajectory)
  }

  @Test func `it is added to L and to the slope of the first spike of the label alone`() throws {
    let (without, with, trajectory) = try Self.evaluations(.random(seed: 1), clip: 40e-3)
    let neuron = trajectory.circuit.offsets[1] + 1
    let event = try #require(trajectory.event(ofSpike: 0, of: neuron))
    let ratio = trajectory.events[event].time / 6.4e-3
    #expect(ratio > 0.1)
    #expect(abs(with.value - without.value - 0.3 * (exp(ratio) - 1)) < 1e-14 * with.value)
    for other in trajectory.events.indices {
      let slope = other == event ? 0.3 / 6.4e-3 * exp(ratio) : 0
      let added = with.spikeTimeGradients[other] - without.spikeTimeGradients[other]
      #expect(abs(added - slope) <= 1e-13 * slope)
    }
  }

  @Test func `a label without a spike in time counts as clip, without a slope`() throws {
    let (without, with, _) = try Self.evaluations(.random(seed: 1), clip: 1e-6)
    #expect(abs(with.value - without.value - 0.3 * 1e-6 / 6.4e-3) < 1e-8)
    #expect(with.value > without.value)
    #expect(with.spikeTimeGradients == without.spikeTimeGradients)
  }
}
