import EventProp
import Files
import Presets
import Study
import Testing

/// What is worth a warning does not depend on what has nothing to do with it.
@Suite struct WarningTests {
  private func grazing(
    in name: String, _ edit: (inout LIFParameters) -> Void = { _ in }
  ) throws -> [Warning] {
    let preset = try #require(Preset.named(name))
    var experiment = try PresetReader.read(preset.text, named: preset.name).experiment
    for layer in experiment.network.layers.indices {
      for neuron in experiment.network.layers[layer].parameters.indices {
        edit(&experiment.network.layers[layer].parameters[neuron])
      }
    }
    return Warning.all(in: try Trajectory(of: experiment)).filter { $0.kind == .grazing }
  }

  @Test(arguments: [0, -1, -1000] as [Double])
  func `a low reset makes no spike graze`(reset: Double) throws {
    #expect(try grazing(in: "yin-yang") { $0.vReset = reset }.isEmpty)
    #expect(try grazing(in: "grazing") { $0.vReset = reset } == grazing(in: "grazing"))
  }

  @Test func `a spike that only just reaches the threshold grazes, and says by how little`() throws
  {
    let found = try grazing(in: "grazing")
    guard case .grazing(_, _, _, let overshoot)? = found.first else {
      Issue.record("\(found)")
      return
    }
    #expect(overshoot.height > 0 && overshoot.relative < 1e-3 && overshoot.delay > 0)
  }

  @Test func `where V ends above the threshold by itself no spike grazes`() throws {
    #expect(try grazing(in: "grazing") { $0.vLeak = $0.vThreshold + 0.1 }.isEmpty)
  }

  /// A readout of two integrators on two inputs, 2 s apart.
  private func readout(_ weights: [Double], _ rule: Loss.Rule, times: [Double] = [1e-3, 2])
    -> Experiment
  {
    Experiment(
      title: "readout",
      network: Network(
        inputs: 2,
        layers: [
          Layer(
            name: "out", parameters: Array(repeating: LIFParameters(), count: 2),
            weights: Synapses(rows: 2, columns: 2, weights: weights), kinds: [.li, .li])
        ]),
      inputSpikes: times.enumerated().map { InputSpike(time: $1, channel: $0) }, horizon: 3,
      loss: Loss(layer: 0, rule: rule))
  }

  private func remarks(_ experiment: Experiment) throws -> [Warning] {
    Warning.all(in: try Trajectory(of: experiment)).filter {
      [.flat, .kink, .late].contains($0.kind)
    }
  }

  @Test func `readouts whose V is never above 0 have no gradient, and say so`() throws {
    let rule = Loss.Rule.maxOverTimeCrossEntropy(neurons: [0, 1], label: 0)
    let found = try remarks(readout([-1, -0.5, -1, -0.5], rule))
    #expect(found == [.loss(neuron: 0, .neverPositive), .loss(neuron: 1, .neverPositive)])
    #expect(found.map(\.kind) == [.flat, .flat])
  }

  @Test func `two equal maxima have no gradient, and say so`() throws {
    let rule = Loss.Rule.maxOverTimeCrossEntropy(neurons: [0, 1], label: 0)
    let found = try remarks(readout([1, 0.2, 1, 0.1], rule))
    #expect(found.map(\.kind) == [.kink])
    guard case .loss(0, .equalMaxima(let times))? = found.first else {
      Issue.record("\(found)")
      return
    }
    #expect(times.count == 2 && abs(times[1] - times[0] - 1.999) < 1e-9)
    #expect(try remarks(readout([1, 0.2, 1.001, 0.1], rule)).isEmpty)
  }

  @Test func `weights that are all 0 let no gradient pass`() throws {
    let found = try remarks(readout([0, 0, 0, 0], .voltageIntegral([1, 1])))
    #expect(found == [.unweighted(layer: 0)])
  }

  @Test func `input spikes at t_max or later are counted`() throws {
    let rule = Loss.Rule.voltageIntegral([1, 1])
    #expect(try remarks(readout([1, 1, 1, 1], rule)).isEmpty)
    #expect(
      try remarks(readout([1, 1, 1, 1], rule, times: [1e-3, 3])) == [
        .late(.inputs, count: 1, total: 2)
      ])
  }

  @Test func `a spike at its target and one after clip are told`() throws {
    var experiment = try TieTests.tied(0)
    let time = try #require(Trajectory(of: experiment).spikeTimes[0].first)
    let rules: [(Loss.Rule, LossRemark?)] = [
      (
        .firstSpikeMSE(neurons: [0], targets: [time], tau: 1, clip: 20e-3),
        .met(spike: 0, isCusp: false)
      ),
      (.allSpikesMSE(neurons: [0], targets: [[time]], tau: 1), .met(spike: 0, isCusp: false)),
      (.targetTime(neurons: [0], targets: [time], tau: 1), .met(spike: 0, isCusp: true)),
      (.targetTime(neurons: [0], targets: [time + 1e-9], tau: 1), nil),
      (
        .firstSpikeMSE(neurons: [0], targets: [time], tau: 1, clip: time / 2),
        .clipped(time: time, clip: time / 2)
      ),
      (
        .ttfsCrossEntropy(neurons: [0], label: 0, tau: 1, clip: time),
        .clipped(time: time, clip: time)
      ),
    ]
    for (rule, remark) in rules {
      experiment.loss = Loss(layer: 0, rule: rule)
      #expect(try remarks(experiment) == (remark.map { [.loss(neuron: 0, $0)] } ?? []))
    }
  }

  @Test func `a loss or a derivative that is no finite number is refused with its place`() throws {
    var experiment = try TieTests.tied(0)
    let time = try #require(Trajectory(of: experiment).spikeTimes[0].first)
    experiment.loss = Loss(
      layer: 0, rule: .firstSpikeMSE(neurons: [0], targets: [1e308], tau: 1e-3, clip: 20e-3))
    #expect(throws: SimulationError.nonFiniteLoss(neuron: 0, time: time)) {
      try AdjointTrajectory(of: Trajectory(of: experiment))
    }
    // λ is finite, but tau_mem λ is not.
    experiment.loss = Loss(
      layer: 0,
      rule: .linearSpikeTimes([Loss.SpikeTerm(neuron: 0, spike: 0, coefficient: 1e303)]))
    experiment.network.layers[0].parameters[0].tauMem = 1e6
    experiment.network.layers[0].parameters[0].tauSyn = 1e6
    experiment.horizon = 1e7
    #expect(
      throws: SimulationError.nonFiniteDerivative(.field(.vThreshold, layer: 0, neuron: 0))
    ) { try AdjointTrajectory(of: Trajectory(of: experiment)) }
  }
}
