import EventProp
import Testing

/// States of one neuron, made from what reaches it alone, are those of a walk through the whole run.
@Suite("States of single neurons") struct LaneTests {
  private static func experiment(seed: UInt64, delays: Bool) -> Experiment {
    var state = seed
    func next(_ bound: UInt64) -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return (state >> 33) % bound
    }
    func sparse(_ rows: Int, _ columns: Int, _ mean: Double) -> Synapses {
      var triples: [(Int, Int, Double)] = []
      for row in 0..<rows {
        for column in 0..<columns where next(3) == 0 && (row != column || rows != columns) {
          triples.append((row, column, mean * (0.5 + Double(next(1000)) / 1000)))
        }
      }
      var synapses = Synapses(rows: rows, columns: columns, sparse: triples)
      if delays { synapses.delays = triples.map { _ in Double(next(4)) * 1e-3 } }
      return synapses
    }
    let parameters = [LIFParameters](repeating: LIFParameters(vLeak: 0.05), count: 12)
    return Experiment(
      title: "sparse",
      network: Network(
        inputs: 5,
        layers: [
          Layer(
            name: "a", parameters: parameters, weights: sparse(5, 12, 1.2),
            recurrent: sparse(12, 12, 0.2)),
          Layer(name: "b", parameters: parameters, weights: sparse(12, 12, 0.8), maxEvents: 60),
        ]),
      inputSpikes: (0..<60).map { InputSpike(time: Double($0) * 2e-3, channel: Int(next(5))) },
      horizon: 0.15)
  }

  @Test(arguments: [false, true]) func `they are the same to the last bit`(delays: Bool) throws {
    for seed in 1...8 as ClosedRange<UInt64> {
      let trajectory = try Trajectory(of: Self.experiment(seed: seed, delays: delays))
      let neurons = 0..<trajectory.circuit.neuronCount
      #expect(trajectory.spikeCount > 20)
      #expect(
        try trajectory.finalStates()
          == neurons.map { trajectory.state(of: $0, at: trajectory.experiment.horizon) })
      // A run of which no state is known yet.
      let fresh = try Trajectory(of: Self.experiment(seed: seed, delays: delays))
      for neuron in neurons {
        for event in trajectory.events.indices.filter({ ($0 + neuron) % 7 == 0 }) {
          let sides = fresh.sides(of: neuron, atEvent: event)
          #expect(sides.before == trajectory.state(of: neuron, atEvent: event, side: .before))
          #expect(sides.after == trajectory.state(of: neuron, atEvent: event, side: .after))
        }
      }
      let levels = neurons.map { trajectory.circuit.parameters(of: $0).vThreshold - 0.9 }
      let peaks = try trajectory.highestPeaks(above: levels)
      #expect(peaks == neurons.map { trajectory.highestPeak(of: $0, above: levels[$0]) })
      #expect(peaks.contains { $0 != nil })
      let touches = neurons.reduce(0) { $0 + trajectory.events(touching: $1).count }
      let closed = trajectory.truncations.contains { $0.layer != nil }
      #expect(closed ? touches < trajectory.touchCount : touches == trajectory.touchCount)
    }
  }
}
