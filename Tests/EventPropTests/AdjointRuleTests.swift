import EventProp
import ReferenceCases
import Testing

@Suite("Wrong rules") struct AdjointRuleTests {
  private func gradients(
    _ experiment: Experiment, _ rule: AdjointRule, withInputTimes: Bool = false
  ) throws -> (exact: [Double], wrong: [Double]) {
    let trajectory = try Trajectory(of: experiment)
    func weights(_ rule: AdjointRule) throws -> [Double] {
      let gradient = try AdjointTrajectory(of: trajectory, rule: rule).gradient
      return gradient.layers.flatMap { $0.weights.weights + ($0.recurrent?.weights ?? []) }
        + (withInputTimes ? gradient.inputTimes : [])
    }
    return (try weights(.exact), try weights(rule))
  }

  @Test(arguments: Alteration.all) func `each changes the gradient, and names itself`(
    alteration: Alteration
  ) throws {
    var experiment = Experiment.random(seed: 4)
    var alteration = alteration
    // Values at which a term matters here: no slope is as small as the usual clamp, nor is the run that long.
    if case .clampedSlope = alteration { alteration = .clampedSlope(5) }
    if case .truncated = alteration { alteration = .truncated(4) }
    if alteration == .resetToZero { experiment.network.layers[0].parameters[0].vReset = -0.4 }
    if alteration == .sharedTies { experiment = .twins }
    let rule = AdjointRule(alteration)
    let (exact, wrong) = try gradients(experiment, rule, withInputTimes: true)
    let scale = exact.map { abs($0) }.max() ?? 0
    let change = zip(exact, wrong).map { abs($0 - $1) }.max() ?? 0
    #expect(change > 1e-5 * scale, "\(rule.name)")
    #expect(AdjointRule(rule.name) == rule)
    #expect(!rule.story.isEmpty)
  }

  @Test func `equal neurons that fire together share one gradient`() throws {
    let (exact, wrong) = try gradients(.twins, AdjointRule(.sharedTies))
    // The loss reads only the first of the two.
    #expect(exact[0] != 0 && exact[1] == 0)
    #expect(abs(wrong[0] - exact[0] / 2) <= 1e-15 * abs(exact[0]))
    #expect(abs(wrong[1] - exact[0] / 2) <= 1e-15 * abs(exact[0]))
  }

  @Test func `merged spikes give one gradient whichever spike the loss names`() throws {
    var experiment = Experiment.random(seed: 4)
    experiment.network.layers[0].recurrent = nil
    let counts = try Trajectory(of: experiment).spikeCounts
    let last = experiment.network.layers.count - 1
    let first = experiment.network.offsets[last]
    let neuron = try #require(counts[first...].indices.first { counts[$0] > 1 }) - first
    let found = try (0..<2).map { spike in
      experiment.loss = Loss(
        layer: last,
        rule:
          .linearSpikeTimes([Loss.SpikeTerm(neuron: neuron, spike: spike, coefficient: 1)]))
      return try gradients(experiment, AdjointRule(.mergedSpikes))
    }
    #expect(found[0].wrong == found[1].wrong)
    #expect(found[0].exact != found[1].exact)
  }

  @Test func `Euler steps tend to the exact flow in proportion to their length`() throws {
    let experiment = Experiment.random(seed: 4)
    let distances = try [1e-5, 1e-6, 1e-7].map { step in
      let (exact, wrong) = try gradients(experiment, AdjointRule(.euler(step)))
      return zip(exact, wrong).map { abs($0 - $1) }.max() ?? 0
    }
    #expect(distances[2] > 0)
    #expect(abs(distances[0] / distances[1] - 10) < 0.5)
    #expect(abs(distances[1] / distances[2] - 10) < 0.5)
  }

  @Test func `rules that alter an absent term change nothing`() throws {
    var experiment = Experiment.random(seed: 4)
    for layer in experiment.network.layers.indices {
      for neuron in experiment.network.layers[layer].parameters.indices {
        experiment.network.layers[layer].parameters[neuron].vLeak = 0
        experiment.network.layers[layer].parameters[neuron].vReset = 0
      }
      experiment.network.layers[layer].recurrent = nil
    }
    for alteration in [
      Alteration.noLeak, .resetToZero, .noRecurrence, .noSelf, .clampedSlope(1e-6),
    ] {
      let rule = AdjointRule(alteration)
      let (exact, wrong) = try gradients(experiment, rule)
      // The exact gradient is computed layer by layer, and the altered one an event at a time.
      let rounding = 1e-12 * exact.reduce(0) { max($0, abs($1)) }
      #expect(exact.count == wrong.count && rounding > 0)
      for (one, other) in zip(exact, wrong) {
        #expect(abs(one - other) <= rounding, "\(rule.name)")
      }
    }
  }

  @Test func `without tau_syn the weight gradient is larger by one over it`() throws {
    let (exact, wrong) = try gradients(Experiment.random(seed: 4), AdjointRule(.unscaled))
    #expect(exact.count == wrong.count && exact.contains { $0 != 0 })
    for (one, other) in zip(exact, wrong) {
      #expect(abs(other * 5e-3 - one) <= 1e-15 * abs(one) * 4)
    }
  }

  @Test func `two alterations make a pair, in one order`() throws {
    let pair = try #require(AdjointRule("no-self+no-leak"))
    #expect(pair == AdjointRule([.noLeak, .noSelf]))
    #expect(pair.name == "no-leak+no-self")
    #expect(AdjointRule([.noSelf, .noLeak]) == pair)
    let valued = try #require(AdjointRule("truncated:3+clamped-slope:0.25"))
    #expect(valued.name == "clamped-slope:0.25+truncated:3")
    #expect(AdjointRule(valued.name) == valued)
  }

  @Test func `a pair does what both do`() throws {
    let experiment = Experiment.random(seed: 4)
    let pair = try #require(AdjointRule([.noResetTerm, .unscaled]))
    let (_, both) = try gradients(experiment, pair)
    let (_, one) = try gradients(experiment, AdjointRule(.noResetTerm))
    for (both, one) in zip(both, one) {
      #expect(abs(both * 5e-3 - one) <= 1e-15 * abs(one) * 4)
    }
  }

  @Test func `what is wrong with a rule is named`() {
    func fault(_ text: String) -> AdjointRule.Fault? {
      do throws(AdjointRule.Fault) {
        _ = try AdjointRule(reading: text)
        return nil
      } catch { return error }
    }
    #expect(fault("no-leek") == .unknown("no-leek"))
    #expect(fault("no-leak+no-leek") == .unknown("no-leek"))
    #expect(fault("exact+no-leak") == .unknown("exact"))
    #expect(fault("truncated:-1") == .badValue("-1", of: "truncated"))
    #expect(fault("no-leak:3") == .badValue("3", of: "no-leak"))
    #expect(fault("no-reset-term+reset-to-zero") == .incompatible("no-reset-term", "reset-to-zero"))
    #expect(fault("no-leak+no-leak") == .incompatible("no-leak", "no-leak"))
  }

  @Test(
    arguments: [
      "truncated:x", "exact:1", "clamped-slope:0", "clamped-slope:nan", "quux", "", "no-leak+",
    ])
  func `a name that is none is none`(text: String) { #expect(AdjointRule(text) == nil) }

  @Test func `values follow a colon`() {
    #expect(AdjointRule("clamped-slope:0.25") == AdjointRule(.clampedSlope(0.25)))
    #expect(AdjointRule("TRUNCATED:3") == AdjointRule(.truncated(3)))
    #expect(AdjointRule("euler:0.1ms") == AdjointRule(.euler(1e-4)))
    #expect(AdjointRule("euler:2e-5") == AdjointRule(.euler(2e-5)))
    #expect(AdjointRule("euler:0ms") == nil && AdjointRule("euler:ms") == nil)
    #expect(AdjointRule("missing-channel:2") == AdjointRule(.missingChannel(2)))
  }
}

extension Experiment {
  /// Two equal neurons; the loss reads the first spike of the first.
  fileprivate static var twins: Experiment {
    let neuron = LIFParameters(tauMem: 20e-3, tauSyn: 5e-3, vThreshold: 1)
    let layer = Layer(
      name: "out", parameters: [neuron, neuron],
      weights: Synapses(rows: 1, columns: 2, weights: [9, 9]))
    return Experiment(
      title: "twins", network: Network(inputs: 1, layers: [layer]),
      inputSpikes: [InputSpike(time: 1e-3, channel: 0)], horizon: 0.04,
      loss: Loss(
        layer: 0, rule: .linearSpikeTimes([Loss.SpikeTerm(neuron: 0, spike: 0, coefficient: 1)])))
  }
}

@Suite("Given spikes") struct ImposedSpikeTests {
  @Test func `replaying the spikes of a run gives the run and its gradient`() throws {
    var experiment = Experiment.random(seed: 2)
    let found = try Trajectory(of: experiment)
    let gradient = try AdjointTrajectory(of: found).gradient
    experiment.network.layers[0].imposedSpikes = Array(found.spikeTimes[0..<4])
    let replayed = try Trajectory(of: experiment)
    #expect(replayed.spikeTimes == found.spikeTimes)
    for event in replayed.events.indices {
      guard let neuron = replayed.events[event].spikingNeuron, neuron < 4 else { continue }
      #expect(abs(try #require(replayed.distanceFromThreshold(of: event))) < 1e-13)
    }
    let again = try AdjointTrajectory(of: replayed).gradient
    #expect(again.layers[0].weights.weights == gradient.layers[0].weights.weights)
  }

  @Test func `a spike given at another time happens there and says how far V was`() throws {
    var experiment = Experiment.random(seed: 2)
    experiment.network.layers[0].imposedSpikes = [[5e-3], [], [6e-3, 41e-3], []]
    let trajectory = try Trajectory(of: experiment)
    #expect(Array(trajectory.spikeTimes[0..<4]) == [[5e-3], [], [6e-3], []])
    let event = try #require(trajectory.event(ofSpike: 0, of: 0))
    let distance = try #require(trajectory.distanceFromThreshold(of: event))
    #expect(abs(distance) > 1e-3)
    #expect(
      trajectory.state(of: 0, atEvent: event, side: .after).potential
        == experiment.network.layers[0].parameters[0].vReset)
  }
}
