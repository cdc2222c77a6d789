import EventProp
import Files
import Language
import ReferenceCases
import Study
import Testing

@Suite("Checking neurons that spike once") struct SpikesOnceCheckTests {
  @Test(arguments: 1...12) func `the gradient holds in all three ways`(seed: UInt64) throws {
    var experiment = Experiment.random(seed: seed)
    for layer in experiment.network.layers.indices {
      experiment.network.layers[layer].spikesOnce = true
    }
    let trajectory = try Trajectory(of: experiment)
    guard let adjoint = try? AdjointTrajectory(of: trajectory) else { return }
    var check = try GradientCheck(of: adjoint.gradient, on: trajectory)
    while let row = check.next() {
      #expect(row.verdict != .differs, "seed \(seed): \(row)")
    }
    #expect(check.verdict != .differs)
    #expect(Identities.violation(of: adjoint) == nil)
  }

  @Test func `V above the threshold after the only spike is no near miss`() throws {
    let text = """
      title: Once
      t_max: 40 ms
      inputs: { size: 1, spikes: [[1 ms, 0], [2 ms, 0], [12 ms, 0]] }
      layers: [{ size: 1, weights: [[4]], spikes: once }]
      loss:
        kind: linear_spike_times
        terms: [{ neuron: 0, coefficient: 2 }]
      """
    let experiment = try PresetReader.read(text, named: "once.yaml").experiment
    let once = try Trajectory(of: experiment)
    #expect(once.spikeCounts == [1])
    var free = experiment
    free.network.layers[0].spikesOnce = false
    #expect(try Trajectory(of: free).spikeCounts[0] > 1)
    let highest = once.peaks(of: 0, above: 0).map(\.potential).max() ?? 0
    #expect(highest > 0.6)
    #expect(Warning.all(in: once).isEmpty)
    // A term without the number of a spike reads all spikes.
    #expect(try once.evaluateLoss().value == 2 * once.spikeTimes[0][0])
    let all = try Trajectory(of: free)
    let sum = all.spikeTimes[0].reduce(0, +)
    #expect(abs(try all.evaluateLoss().value - 2 * sum) <= 1e-15)
    // The text of the preset keeps both.
    let again = try PresetReader.read(PresetWriter.write(experiment), named: "again.yaml")
      .experiment
    #expect(again == experiment)
  }
}
