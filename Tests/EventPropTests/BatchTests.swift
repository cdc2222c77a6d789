import EventProp
import Testing

@Suite("Batches") struct BatchTests {
  /// Points on a line, told apart by the time of one spike.
  private static let network = Network(
    inputs: 3,
    layers: [
      layer("hidden", 3, 17, 3), layer("out", 17, 2, 0.5),
    ])

  private static func layer(_ name: String, _ before: Int, _ size: Int, _ mean: Double) -> Layer {
    let weights = (0..<before * size).map { entry -> Double in
      let spread = Double((entry * 37) % 29 - 14) / 14
      return mean * (1 + 0.9 * spread)
    }
    let parameters = LIFParameters(vThreshold: 1, vReset: -1)
    return Layer(
      name: name, parameters: Array(repeating: parameters, count: size),
      weights: Synapses(rows: before, columns: size, weights: weights))
  }

  private static func samples(_ count: Int) -> [Sample] {
    (0..<count).map { number in
      let place = Double(number) / Double(count)
      return Sample(
        inputs: InputQueue(
          [
            InputSpike(time: 8e-3 * place, channel: 0),
            InputSpike(time: 8e-3 * (1 - place), channel: 1), InputSpike(time: 0, channel: 2),
          ], before: 30e-3),
        loss: Loss(
          layer: 1,
          rule: .ttfsCrossEntropy(
            neurons: [0, 1], label: number % 2, tau: 2e-3, clip: 20e-3)))
    }
  }

  @Test func `threads do not change a bit of the sums`() throws {
    let samples = Self.samples(61)
    let one = try #require(Batch(Self.network, horizon: 30e-3, threads: 1))
    let alone = try one.gradient(of: samples)
    #expect(alone.loss > 0)
    #expect(alone.layers.contains { $0.weights.weights.contains { $0 != 0 } })
    for threads in [2, 3, 7] {
      let many = try #require(Batch(Self.network, horizon: 30e-3, threads: threads))
      for _ in 0..<3 {
        let together = try many.gradient(of: samples)
        #expect(together.loss == alone.loss)
        #expect(together.layers == alone.layers)
        #expect(together.events == alone.events)
      }
    }
  }

  @Test func `a batch is the sum of its examples`() throws {
    let samples = Self.samples(11)
    let batch = try #require(Batch(Self.network, horizon: 30e-3, threads: 2))
    let all = try batch.gradient(of: samples)
    var loss = 0.0
    var gradient = [Double](repeating: 0, count: 34)
    for sample in samples {
      let trajectory = try Trajectory(
        of: Experiment(
          title: "one", network: Self.network,
          inputSpikes: sample.inputs.spikes.map { InputSpike(time: $0.time, channel: $0.channel) },
          horizon: 30e-3, loss: sample.loss))
      let adjoint = try AdjointTrajectory(of: trajectory, loss: sample.loss)
      loss += adjoint.evaluation.value
      for (entry, value) in adjoint.gradient.layers[1].weights.weights.enumerated() {
        gradient[entry] += value
      }
    }
    #expect(abs(all.loss - loss) <= 1e-13 * loss)
    let largest = gradient.map { abs($0) }.max() ?? 0
    for (found, wanted) in zip(all.layers[1].weights.weights, gradient) {
      #expect(abs(found - wanted) <= 1e-12 * largest)
    }
  }

  @Test func `an empty batch has a gradient of zeros`() throws {
    let batch = try #require(Batch(Self.network, horizon: 30e-3, threads: 2))
    let nothing = try batch.gradient(of: [])
    #expect(nothing.loss == 0)
    #expect(nothing.layers.map(\.weights.weights.count) == [51, 34])
  }

  @Test func `a spike that did not happen is said, and of the first example that lacks it`() throws
  {
    let batch = try #require(Batch(Self.network, horizon: 30e-3, threads: 2))
    var samples = Self.samples(20)
    for (number, spike) in [(3, 40), (15, 50)] {
      samples[number].loss.rule = .linearSpikeTimes([
        Loss.SpikeTerm(neuron: 0, spike: spike, coefficient: 1)
      ])
    }
    let error = #expect(throws: SimulationError.self) { try batch.gradient(of: samples) }
    guard case .missingSpike(_, _, 40, _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }
}
