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
        inputSpikes: [
          InputSpike(time: 8e-3 * place, channel: 0),
          InputSpike(time: 8e-3 * (1 - place), channel: 1), InputSpike(time: 0, channel: 2),
        ],
        loss: Loss(
          layer: 1,
          rule: .ttfsCrossEntropy(
            neurons: [0, 1], label: number % 2, tau: 2e-3, clip: 20e-3)))
    }
  }

  @Test func `threads do not change a bit of the sums`() throws {
    let samples = Self.samples(61)
    let one = try Batch(Self.network, horizon: 30e-3, threads: 1)
    let alone = try one.gradient(of: samples)
    #expect(alone.loss > 0)
    #expect(alone.layers.contains { $0.weights.weights.contains { $0 != 0 } })
    for threads in [2, 3, 7] {
      let many = try Batch(Self.network, horizon: 30e-3, threads: threads)
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
    let batch = try Batch(Self.network, horizon: 30e-3, threads: 2)
    let all = try batch.gradient(of: samples)
    var loss = 0.0
    var gradient = [Double](repeating: 0, count: 34)
    for sample in samples {
      let trajectory = try Trajectory(
        of: Experiment(
          title: "one", network: Self.network,
          inputSpikes: sample.inputs.spikes.map { InputSpike(time: $0.time, channel: $0.channel) },
          horizon: 30e-3, loss: sample.loss))
      let adjoint = try AdjointTrajectory(of: trajectory)
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
    let batch = try Batch(Self.network, horizon: 30e-3, threads: 2)
    let nothing = try batch.gradient(of: [])
    #expect(nothing.loss == 0)
    #expect(nothing.layers.map(\.weights.weights.count) == [51, 34])
  }

  @Test func `a spike that did not happen is said, and of the first example that lacks it`() throws
  {
    let batch = try Batch(Self.network, horizon: 30e-3, threads: 2)
    var samples = Self.samples(20)
    for (number, spike) in [(3, 40), (15, 50)] {
      samples[number].loss.rule = .linearSpikeTimes([
        Loss.SpikeTerm(neuron: 0, spike: spike, coefficient: 1)
      ])
    }
    let error = #expect(throws: Batch.Failure.self) { try batch.gradient(of: samples) }
    guard case .missingSpike(_, _, 40, _) = error?.reason, error?.sample == 3 else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test func `a network or an example that breaks a rule is answered with its faults`() throws {
    var network = Self.network
    network.layers[0].weights.weights[0] = .nan
    #expect(throws: SimulationError.invalid(network.faults)) {
      try Batch(network, horizon: 30e-3)
    }
    #expect(throws: SimulationError.self) { try Batch(Self.network, horizon: -1) }
    let batch = try Batch(Self.network, horizon: 30e-3)
    let loss = Self.samples(1)[0].loss
    var off = loss
    off.layer = 7
    let bad: [(Sample, ExperimentFault)] = [
      (
        Sample(inputSpikes: [InputSpike(time: 0, channel: 3)], loss: loss),
        ExperimentFault(.outOfRange(3, count: 3), at: .inputChannel(0))
      ),
      (
        Sample(inputSpikes: [InputSpike(time: .nan, channel: 0)], loss: loss),
        ExperimentFault(.notFinite, at: .parameter(.inputTime(0)))
      ),
      (
        Sample(inputSpikes: [], loss: off),
        ExperimentFault(.outOfRange(7, count: 2), at: .loss("layer"))
      ),
    ]
    for (sample, fault) in bad {
      #expect(throws: Batch.Failure(sample: 2, reason: .invalid([fault]))) {
        try batch.gradient(of: Self.samples(2) + [sample])
      }
    }
  }

  @Test func `a network that is not simulated layer by layer has batches, too`() throws {
    var slow = Self.network
    slow.layers[0].weights.delays = Array(repeating: 0, count: 51)
    let samples = Self.samples(20)
    let one = try Batch(slow, horizon: 30e-3).gradient(of: samples)
    let two = try Batch(slow, horizon: 30e-3, threads: 2).gradient(of: samples)
    let fast = try Batch(Self.network, horizon: 30e-3).gradient(of: samples)
    #expect(one.loss == two.loss && one.layers == two.layers && one.events == fast.events)
    #expect(abs(one.loss - fast.loss) <= 1e-13 * fast.loss)
    let largest = fast.layers[1].weights.weights.map { abs($0) }.max() ?? 0
    for (found, wanted) in zip(one.layers[1].weights.weights, fast.layers[1].weights.weights) {
      #expect(abs(found - wanted) <= 1e-12 * largest)
    }
  }

  @Test func `a state that leaves the range of numbers is answered with neuron and time`() throws {
    var network = Self.network
    network.layers[0].weights.weights = Array(repeating: 1e308, count: 51)
    let spikes = [InputSpike(time: 1e-3, channel: 0), InputSpike(time: 1e-3, channel: 1)]
    let loss = Self.samples(1)[0].loss
    let samples = [Sample(inputSpikes: [], loss: loss), Sample(inputSpikes: spikes, loss: loss)]
    let batch = try Batch(network, horizon: 30e-3)
    #expect(
      throws: Batch.Failure(sample: 1, reason: .nonFiniteState(neuron: 0, time: 1e-3))
    ) { try batch.gradient(of: samples) }
  }

  @Test func `derivatives by parameters come where they are asked for`() throws {
    var slow = Self.network
    slow.layers[0].weights.delays = Array(repeating: 0, count: 51)
    let samples = Self.samples(5)
    let sums = try [Self.network, slow].map { network in
      let batch = try Batch(network, horizon: 30e-3)
      let sum = try batch.gradient(of: samples, withParameters: true)
      let without = try batch.gradient(of: samples)
      for (layer, members) in without.layers.enumerated() {
        let zero = LayerGradient(zeroFor: network.layers[layer])
        #expect(members.parameters == zero.parameters && members.initial == zero.initial)
        #expect(members.parameters != sum.layers[layer].parameters)
      }
      return sum.layers[0].parameters.map(\.tauMem)
    }
    let largest = sums[0].map { abs($0) }.max() ?? 0
    for (fast, slow) in zip(sums[0], sums[1]) { #expect(abs(fast - slow) <= 1e-12 * largest) }
  }
}

extension BatchTests {
  /// The outcomes of an engine are what a trajectory shows.
  @Test(arguments: [1, 3], [false, true])
  func `each example has the outcome that its own run shows`(
    threads: Int, hasDelays: Bool
  ) throws {
    var network = Self.network
    if hasDelays {
      network.layers[1].weights.delays = (0..<34).map { Double($0 % 5) * 1e-4 }
    }
    // Even neurons carry the first input to the first class, odd ones the second to the second; one is
    // silent.
    for neuron in 0..<17 {
      for channel in 0..<3 {
        network.layers[0].weights.weights[17 * channel + neuron] =
          channel == neuron % 2 && neuron != 3 ? 4 + 0.01 * Double(neuron) : 0
      }
      network.layers[1].weights.weights[2 * neuron + neuron % 2] = 1
      network.layers[1].weights.weights[2 * neuron + 1 - neuron % 2] = 0
    }
    let samples = Self.samples(61)
    let batch = try Batch(network, horizon: 30e-3, threads: threads)
    let outcomes = try batch.gradient(of: samples).outcomes
    var forward = outcomes
    for place in forward.indices { forward[place].slope = nil }
    #expect(try batch.outcomes(of: samples) == forward)
    #expect(Set(outcomes.map(\.chosen)).isSuperset(of: [0, 1]))
    #expect(outcomes.count { $0.slope != nil } > 30)
    for (sample, outcome) in zip(samples, outcomes) {
      let trajectory = try Trajectory(
        of: Experiment(
          title: "one", network: network,
          inputSpikes: sample.inputs.spikes.map { InputSpike(time: $0.time, channel: $0.channel) },
          horizon: 30e-3, loss: sample.loss))
      let adjoint = try AdjointTrajectory(of: trajectory)
      #expect(abs(outcome.loss - adjoint.loss) < 1e-12)
      #expect(outcome.silentCount(0..<17) == trajectory.spikeCounts[..<17].count { $0 == 0 })
      #expect(outcome.silentCount(17..<19) == trajectory.spikeCounts[17...].count { $0 == 0 })
      #expect(outcome.silentCount(0..<17) > 0)
      let first = [17, 18].map {
        trajectory.spikes(of: $0).first.map { trajectory.events[$0].time }
      }
      let chosen = (first[0] ?? .infinity) < (first[1] ?? .infinity) ? 0 : 1
      #expect(outcome.chosen == (first == [nil, nil] ? nil : chosen))
      let slope = Outcome.Slope(flattestOf: adjoint)
      #expect((outcome.slope == nil) == (slope == nil))
      guard let slope, let found = outcome.slope else { continue }
      #expect((found.neuron, found.spike) == (slope.neuron, slope.spike))
      #expect(abs(found.value - slope.value) < 1e-10)
    }
  }

  @Test(arguments: [false, true])
  func `each example has the scores that its own run shows`(readsPotentials: Bool) throws {
    var network = Self.network
    for neuron in 0..<17 {
      for channel in 0..<3 { network.layers[0].weights.weights[17 * channel + neuron] = 4 }
      network.layers[1].weights.weights[2 * neuron] = 0.5
      network.layers[1].weights.weights[2 * neuron + 1] = readsPotentials ? 0.3 : -0.5
    }
    var samples = Self.samples(20)
    if readsPotentials {
      network.layers[1].kinds = [.li, .li]
      for place in samples.indices {
        samples[place].loss = Loss(
          layer: 1, rule: .maxOverTimeCrossEntropy(neurons: [1, 0], label: 0))
      }
    }
    let batch = try Batch(network, horizon: 30e-3, threads: 2)
    let scores = try batch.scores(of: samples)
    #expect(scores.count == 20)
    #expect(Set(scores.joined().map(\.isFinite)) == (readsPotentials ? [true] : [true, false]))
    for (sample, own) in zip(samples, scores) {
      let trajectory = try Trajectory(
        of: Experiment(
          title: "one", network: network,
          inputSpikes: sample.inputs.spikes.map { InputSpike(time: $0.time, channel: $0.channel) },
          horizon: 30e-3, loss: sample.loss))
      for (one, other) in zip(own, sample.loss.scores(on: trajectory)) {
        #expect(one == other || abs(one - other) < 1e-12)
      }
    }
  }
}
