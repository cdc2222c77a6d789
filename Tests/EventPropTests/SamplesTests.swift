import EventProp
import Testing

/// Samples: the compact lists give each sample its own spikes, label and targets.
@Suite struct SamplesTests {
  /// Samples 3, 5 and 9 of 10, of which 5 has no spikes.
  private let samples = Samples(
    numbers: [3, 5, 9], countInFile: 10, starts: [0, 2, 2, 3], times: [0.001, 0.003, 0.002],
    channels: [1, 0, 1], labels: [1, 0, 1],
    targets: Samples.Targets(
      values: [0.01, .nan, 0.02, 0.03, .nan, .nan, 0.04, 0.05, 0.06, 0.07, 0.08, .nan],
      neurons: 2, longest: 2))

  private func experiment(_ rule: Loss.Rule) -> Experiment {
    let layer = Layer(
      name: "out", parameters: Array(repeating: LIFParameters(), count: 2),
      weights: Synapses(rows: 2, columns: 2, weights: [1, 2, 3, 4]))
    return Experiment(
      title: "t", network: Network(inputs: 2, layers: [layer]), inputSpikes: [], horizon: 0.1,
      loss: Loss(layer: 0, rule: rule))
  }

  @Test func `a sample is found by its number in the file`() {
    #expect((0..<10).map { samples.place(of: $0) } == [nil, nil, nil, 0, nil, 1, nil, nil, nil, 2])
    #expect(samples.count == 3 && !samples.isWhole && samples.spikeCount == 3)
    #expect(samples.spikeCount(from: 0.002) == 2)
  }

  @Test func `an experiment takes the inputs and the label of a sample, and nothing else`() {
    let base = experiment(.ttfsCrossEntropy(neurons: [0, 1], label: 0, tau: 1, clip: 1))
    let ninth = samples.experiment(ofSample: 9, in: base)
    #expect(ninth.sample == 9 && ninth.inputSpikes == [InputSpike(time: 0.002, channel: 1)])
    var expected = base
    expected.sample = 9
    expected.inputSpikes = ninth.inputSpikes
    expected.loss?.rule = .ttfsCrossEntropy(neurons: [0, 1], label: 1, tau: 1, clip: 1)
    expected.loss?.rule.targets = [[0.06, 0.07], [0.08]]
    #expect(ninth == expected)
    // From sample to sample nothing of the one before stays.
    #expect(samples.experiment(ofSample: 5, in: ninth).inputSpikes.isEmpty)
    #expect(
      samples.experiment(ofSample: 3, in: ninth) == samples.experiment(ofSample: 3, in: base))
  }

  @Test func `lists of targets end where the file has none`() {
    let base = experiment(.allSpikesMSE(neurons: [0, 1], targets: [[], []], tau: 1))
    let targets = [3, 5, 9].map { samples.experiment(ofSample: $0, in: base).loss?.rule.targets }
    #expect(targets == [[[0.01], [0.02, 0.03]], [[], [0.04, 0.05]], [[0.06, 0.07], [0.08]]])
  }

  @Test func `a gradient is added and divided part by part`() throws {
    var base = experiment(.firstSpikeMSE(neurons: [0, 1], targets: [0.01, 0.02], tau: 1, clip: 1))
    base.inputSpikes = [InputSpike(time: 0.001, channel: 0), InputSpike(time: 0.002, channel: 1)]
    let gradient = try AdjointTrajectory(of: Trajectory(of: base)).gradient.layers[0]
    #expect(gradient.weights.weights.contains { $0 != 0 })
    var sum = gradient
    sum += gradient
    #expect(sum == gradient + gradient && sum / 2 == gradient && sum != gradient)
  }
}
