import EventProp
import ReferenceCases
import Testing

@Suite("Neurons that spike once") struct SpikesOnceTests {
  /// A random network whose neurons spike once, and the same one simulated one event at a time.
  private func runs(seed: UInt64) throws -> (
    layerwise: Trajectory, stepped: Trajectory, free: Trajectory
  ) {
    var experiment = Experiment.random(seed: seed)
    let free = try Trajectory(of: experiment)
    for layer in experiment.network.layers.indices {
      experiment.network.layers[layer].spikesOnce = true
    }
    var pass = ForwardPass(try Circuit(experiment))
    while try pass.next() != nil {}
    return (try Trajectory(of: experiment), Trajectory(pass), free)
  }

  @Test(arguments: 1...20) func `each neuron spikes at its first time and never again`(
    seed: UInt64
  ) throws {
    let (layerwise, stepped, free) = try runs(seed: seed)
    #expect(stepped.spikeCounts.allSatisfy { $0 <= 1 })
    #expect(layerwise.spikeCounts == stepped.spikeCounts)
    for (one, other) in zip(layerwise.spikeTimes, stepped.spikeTimes) {
      #expect(zip(one, other).allSatisfy { abs($0 - $1) <= 1e-13 * abs($1) })
    }
    // Until the first neuron would spike a second time, nothing differs.
    let second = free.spikeTimes.compactMap { $0.count > 1 ? $0[1] : nil }.min() ?? .infinity
    for (one, other) in zip(stepped.spikeTimes, free.spikeTimes) {
      #expect(one.filter { $0 < second } == other.filter { $0 < second })
    }
  }
}
