import EventProp
import Study
import ReferenceCases
import Testing

@Suite("Ties") struct TieTests {
  /// A neuron that spikes at a known time, and an input that reaches it at that very time.
  static func tied(_ weight: Double, by delay: Double = 0) throws -> Experiment {
    var experiment = Experiment(
      title: "an arrival at a spike",
      network: Network(
        inputs: 2,
        layers: [
          Layer(
            name: "out", parameters: [LIFParameters()],
            weights: Synapses(rows: 2, columns: 1, weights: [5, weight]))
        ]),
      inputSpikes: [InputSpike(time: 1e-3, channel: 0)], horizon: 20e-3)
    let first = try #require(Trajectory(of: experiment).spikeTimes[0].first)
    experiment.inputSpikes.append(InputSpike(time: first + delay, channel: 1))
    experiment.loss = Loss(
      layer: 0,
      rule: .linearSpikeTimes([Loss.SpikeTerm(neuron: 0, spike: 0, coefficient: 1)]))
    return experiment
  }

  /// Two equal neurons with an input each, of which the first excites the second.
  private func pair(_ weight: Double, shifting shift: [Double] = [0, 0]) -> Experiment {
    let input = 5.03
    return Experiment(
      title: "two spikes at once",
      network: Network(
        inputs: 2,
        layers: [
          Layer(
            name: "pair", parameters: [LIFParameters(), LIFParameters()],
            weights: Synapses(rows: 2, columns: 2, weights: [input, 0, 0, input]),
            recurrent: Synapses(rows: 2, columns: 2, weights: [0, weight, 0, 0]))
        ]),
      inputSpikes: [
        InputSpike(time: 1e-3 + shift[0], channel: 0),
        InputSpike(time: 1e-3 + shift[1], channel: 1),
      ], horizon: 20e-3,
      loss: Loss(
        layer: 0,
        rule: .linearSpikeTimes([
          Loss.SpikeTerm(neuron: 0, spike: 0, coefficient: 1.32),
          Loss.SpikeTerm(neuron: 1, spike: 0, coefficient: 10.08),
        ])))
  }

  private func both(_ experiment: Experiment) throws -> OneSidedGradients {
    let all = try OneSidedGradients.all(of: try Trajectory(of: experiment))
    #expect(all.count == 1)
    return try #require(all.first)
  }

  private func loss(_ experiment: Experiment) throws -> Double {
    try Trajectory(of: experiment).evaluateLoss().value
  }

  /// The derivative towards one side from three values, with an error in the square of the step.
  private func oneSided(_ step: Double, _ value: (Double) throws -> Double) throws -> Double {
    let (zero, one, two) = (try value(0), try value(step), try value(2 * step))
    return (4 * one - two - 3 * zero) / (2 * step)
  }

  @Test func `an arrival at a spike has the derivative of either order`() throws {
    let both = try both(try Self.tied(0.7))
    #expect(both.tie.first == 1 && both.tie.second == 2 && both.tie.delivering == 1)
    #expect(!both.jumps)
    let exchanged = try #require(both.exchanged)
    // The input before the crossing: w/(I⁻ + w + v_leak − v_th); after it, nothing.
    #expect(abs(both.processed.gradient.inputTimes[1] - 0.18407607) < 5e-9)
    #expect(exchanged.gradient.inputTimes[1] == 0)
    let before = try oneSided(-1e-7) { try loss(try Self.tied(0.7, by: $0)) }
    #expect(abs(before - both.processed.gradient.inputTimes[1]) < 1e-5)
    let after = try oneSided(1e-7) { try loss(try Self.tied(0.7, by: $0)) }
    #expect(abs(after) < 1e-5)
    // A central difference, blind to the kink, gives the mean of both.
    let across =
      try (loss(try Self.tied(0.7, by: 1e-8)) - loss(try Self.tied(0.7, by: -1e-8))) / 2e-8
    #expect(abs(across - both.processed.gradient.inputTimes[1] / 2) < 1e-5)
    let parameters = both.differences.map(\.parameter)
    #expect(parameters.contains(.inputTime(1)) && parameters.contains(.inputTime(0)))
    #expect(!parameters.contains(.weight(SynapseIndex(layer: 0, entry: 1))))
  }

  @Test func `each order is what the gradient tends to from its side`() throws {
    let both = try both(try Self.tied(0.7))
    let exchanged = try #require(both.exchanged)
    for (order, step) in [(both.processed, -1e-9), (exchanged, 1e-9)] {
      let experiment = try Self.tied(0.7, by: step)
      let near = try AdjointTrajectory(
        of: try Trajectory(of: experiment)
      ).gradient
      for parameter in Parameter.all(of: experiment) {
        let (one, other) = (order.gradient[parameter], near[parameter])
        #expect(abs(one - other) <= 1e-4 * max(abs(one), abs(other), 1e-3), "\(parameter)")
      }
    }
  }

  @Test func `the slope of the side with inhibition is steep, and beyond it the loss jumps`() throws
  {
    let steep = try both(try Self.tied(-3))
    #expect(abs(steep.processed.gradient.inputTimes[1] - -29.2) < 0.05)
    #expect(steep.exchanged?.gradient.inputTimes[1] == 0)

    var cancelled = try Self.tied(-3.2)
    cancelled.loss = Loss(
      layer: 0, rule: .firstSpikeMSE(neurons: [0], targets: [5e-3], tau: 1e-3, clip: 20e-3))
    let jump = try both(cancelled)
    #expect(jump.tie.spike == nil && jump.tie.second == nil)
    #expect(jump.jumps)
    let exchanged = try #require(jump.exchanged)
    // One nanosecond later the spike is there, one earlier it is not.
    for (order, step) in [(jump.processed, -1e-9), (exchanged, 1e-9)] {
      var moved = cancelled
      moved.inputSpikes[1].time += step
      #expect(abs(try loss(moved) - order.loss) <= 1e-6 * order.loss)
    }
  }

  @Test func `two coupled spikes at once have two gradients`() throws {
    let both = try both(pair(0.8))
    #expect(!both.jumps)
    let exchanged = try #require(both.exchanged)
    let found = [both.processed, exchanged].map(\.gradient.inputTimes)
    for (found, expected) in zip(found, [[3.37, 8.03], [1.32, 10.08]]) {
      for (one, other) in zip(found, expected) { #expect(abs(one - other) < 0.005) }
    }
    // The first input earlier, or the second later, keeps the first spike first.
    for (input, step, order) in [
      (0, -1e-7, both.processed), (1, 1e-7, both.processed), (0, 1e-7, exchanged),
      (1, -1e-7, exchanged),
    ] {
      let difference = try oneSided(step) { step in
        var shift = [0.0, 0]
        shift[input] = step
        return try loss(pair(0.8, shifting: shift))
      }
      #expect(abs(difference - order.gradient.inputTimes[input]) < 1e-4)
    }
  }

  @Test func `spikes that do not reach each other are no tie, in any order`() throws {
    let trajectory = try Trajectory(of: pair(0))
    #expect(trajectory.ties.isEmpty)
    let spikes = trajectory.events.indices.filter { trajectory.events[$0].spikingNeuron != nil }
    #expect(trajectory.events[spikes[0]].time == trajectory.events[spikes[1]].time)
  }

  @Test func `neurons that reach each other are one tie`() throws {
    var experiment = pair(0.8)
    experiment.network.layers[0].recurrent?.weights[2] = 0.3
    let trajectory = try Trajectory(of: experiment)
    #expect(trajectory.ties.count == 2)
    let both = try both(experiment)
    let exchanged = try #require(both.exchanged)
    #expect(both.processed.gradient.inputTimes != exchanged.gradient.inputTimes)
    let sum = { (order: OneSidedGradients.Order) in order.gradient.inputTimes.reduce(0, +) }
    #expect(abs(sum(both.processed) - sum(exchanged)) < 1e-12)
  }

  @Test func `a run that its event limit has cut has no gradient, and so no ties`() throws {
    var experiment = try Self.tied(5)
    let whole = try Trajectory(of: experiment)
    #expect(whole.ties.count == 1 && whole.events.count > 3)
    experiment.maxEvents = 3
    let cut = try Trajectory(of: experiment)
    #expect(cut.isCutShort && cut.events.count == 3)
    #expect(cut.ties.isEmpty)
  }

  @Test func `an input at the very instant of a spike is a tie, whichever engine found the spike`()
    throws
  {
    let parameters = LIFParameters(
      tauMem: 10e-3, tauSyn: 5e-3, vThreshold: 0.5, vLeak: 0, vReset: 0)
    for isSparse in [false, true] {
      let weights =
        isSparse
        ? Synapses(rows: 2, columns: 1, sparse: [(0, 0, 3), (1, 0, -1)])
        : Synapses(rows: 2, columns: 1, weights: [3, -1])
      var experiment = Experiment(
        title: "tie",
        network: Network(
          inputs: 2, layers: [Layer(name: "a", parameters: [parameters], weights: weights)]),
        inputSpikes: [InputSpike(time: 1e-3, channel: 0)], horizon: 40e-3)
      let spike = try #require(Trajectory(of: experiment).spikeTimes[0].first)
      for time in [spike, spike.nextDown, spike.nextUp] {
        experiment.inputSpikes = [
          InputSpike(time: 1e-3, channel: 0), InputSpike(time: time, channel: 1),
        ]
        let best = try Engine.best.trajectory(of: experiment)
        let stepped = try Engine.stepped.trajectory(of: experiment)
        #expect(best.events == stepped.events)
        #expect(best.ties == stepped.ties)
      }
      experiment.inputSpikes[1].time = spike
      let alone = try Engine.stepped.trajectory(of: experiment)
      #expect(alone.ties.count <= 1)
    }
  }

  @Test(arguments: [-8, -3, -1, 0, 1, 3, 8])
  func `events that rounding may exchange are a tie for the warning, for ties and for the check`(
    places: Double
  ) throws {
    var experiment = try Self.tied(3)
    let exact = experiment.inputSpikes[1].time
    experiment.inputSpikes[1].time = exact + places * exact.ulp
    let run = try Trajectory(of: experiment)
    #expect(run.ties.count == 1)
    #expect(Warning.all(in: run).contains { $0.kind == .tie })
    let sides = try #require(try OneSidedGradients.all(of: run).first)
    let exchanged = try #require(sides.exchanged)
    let times = [sides.processed, exchanged].map { $0.gradient.inputTimes[1] }
    // One order has a slope by the arrival; in the other the spike does not feel it.
    #expect(times.contains(0) && times.contains { $0 > 0.1 }, "\(times)")
    var check = try GradientCheck(
      of: AdjointTrajectory(of: run).gradient, on: run, parameters: [.inputTime(1)])
    let row = check.next()
    guard case .notComparable(.tie)? = row?.verdict else {
      Issue.record("\(String(describing: row))")
      return
    }
  }

  @Test(arguments: [-1e-9, 1e-9])
  func `events that rounding cannot exchange are none`(shift: Double) throws {
    #expect(try Trajectory(of: Self.tied(3, by: shift)).ties.isEmpty)
  }
}
