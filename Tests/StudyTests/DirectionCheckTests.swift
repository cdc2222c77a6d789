import EventProp
import Files
import Presets
import ReferenceCases
import Study
import Testing

@Suite("The check along directions") struct DirectionCheckTests {
  /// A run with its exact adjoint.
  private struct Run {
    let trajectory: Trajectory
    let adjoint: AdjointTrajectory

    init(of experiment: Experiment) throws {
      trajectory = try Trajectory(of: experiment)
      adjoint = try AdjointTrajectory(of: trajectory)
    }

    func largest(_ kind: GradientPart) -> Double {
      Parameter.all(of: trajectory.experiment).filter { $0.kind == kind }
        .map { abs(adjoint.gradient[$0]) }.max() ?? 0
    }
  }

  /// The finished check of a gradient, by default the exact one.
  private func check(
    _ run: Run, rule: AdjointRule = .exact, change: (inout Gradient) -> Void = { _ in }
  ) throws -> DirectionCheck {
    var gradient =
      rule == .exact
      ? run.adjoint.gradient : try AdjointTrajectory(of: run.trajectory, rule: rule).gradient
    change(&gradient)
    var check = try DirectionCheck(of: gradient, on: run.trajectory, adjoint: run.adjoint)
    while !check.isFinished { try check.advance() }
    return check
  }

  /// 100 inputs, 300 hidden neurons and 10 of the output: 35 270 derivatives.
  private static let broad = Result { try Run(of: layered(100, 300)) }
  /// 20 inputs, 40 hidden neurons and 10 of the output: 1 570 derivatives, for what does not depend on their number.
  private static let narrow = Result { try Run(of: layered(20, 40)) }

  private static func layered(_ inputs: Int, _ hidden: Int) -> Experiment {
    // Every hidden neuron gets as much in a small network as in a large one, and so does the output.
    let (gain, spread) = (100 / Double(inputs), 300 / Double(hidden))
    var random = SeededGenerator(seed: 5)
    func synapses(_ rows: Int, _ columns: Int, _ range: ClosedRange<Double>) -> Synapses {
      Synapses(
        rows: rows, columns: columns,
        weights: (0..<rows * columns).map { _ in .random(in: range, using: &random) })
    }
    func neurons(_ count: Int) -> [LIFParameters] {
      (0..<count).map { _ in
        LIFParameters(
          tauMem: .random(in: 9e-3...11e-3, using: &random), tauSyn: 5e-3, vThreshold: 1,
          vLeak: 0.1,
          vReset: -0.1)
      }
    }
    return Experiment(
      title: "layered",
      network: Network(
        inputs: inputs,
        layers: [
          Layer(
            name: "hidden", parameters: neurons(hidden),
            weights: synapses(inputs, hidden, -0.3 * gain...0.7 * gain)),
          Layer(
            name: "out", parameters: neurons(10),
            weights: synapses(hidden, 10, -0.1 * spread...0.2 * spread)),
        ]),
      inputSpikes: (0..<inputs).map {
        InputSpike(time: .random(in: 0...30e-3, using: &random), channel: $0)
      }, horizon: 40e-3,
      loss: Loss(
        layer: 1,
        rule: .firstSpikeMSE(
          neurons: Array(0..<10), targets: Array(repeating: 10e-3, count: 10), tau: 10e-3,
          clip: 40e-3)))
  }

  @Test func `forward mode agrees with a right gradient of 35270 derivatives`() throws {
    let run = try Self.broad.get()
    var check = try DirectionCheck(
      of: run.adjoint.gradient, on: run.trajectory, adjoint: run.adjoint)
    while !check.hasDirections { try check.advance() }
    #expect(check.count == 35270 && check.done == 1)
    #expect(check.verdict == .agrees && check.rows.isEmpty && check.leastWrong == 0)
    #expect(check.visibleError > 0 && check.visibleError < 3e-10)
  }

  @Test func `differences agree in each part of yin-yang`() throws {
    let preset = try #require(Preset.all.first { $0.name == "yin-yang" })
    let check = try check(
      Run(of: PresetReader.read(preset.text, named: "yin-yang").experiment))
    #expect(check.verdict == .agrees && check.rows.isEmpty)
    // The input times, and eight quantities of each layer.
    #expect(check.lines.count == 17)
    #expect(check.lines.allSatisfy { ($0.visible ?? 1) < 1e-4 && $0.untested == 0 })
  }

  @Test(arguments: [
    Parameter.weight(SynapseIndex(layer: 0, entry: 17_003)),
    .field(.tauSyn, layer: 1, neuron: 9), .inputTime(0),
  ])
  func `a single wrong entry of 35270 is found, and only this one`(altered: Parameter) throws {
    let run = try Self.broad.get()
    let size = 3e-10 * run.largest(altered.kind)
    let check = try check(run) { $0[altered] += size }
    #expect(check.rows.map(\.parameter) == [altered] && check.rows.first?.verdict == .differs)
    #expect(check.verdict == .differs && check.leastWrong == 1)
    #expect(check.differing == [altered.part])
  }

  @Test func `a few wrong entries are all found, opposite ones too`() throws {
    let altered: [Parameter] = [
      .weight(SynapseIndex(layer: 0, entry: 5)), .weight(SynapseIndex(layer: 0, entry: 6)),
      .field(.tauMem, layer: 1, neuron: 3), .inputTime(7),
    ]
    let check = try check(Self.narrow.get()) {
      for (place, parameter) in altered.enumerated() { $0[parameter] += place == 0 ? -0.5 : 0.5 }
    }
    #expect(Set(check.rows.map(\.parameter)) == Set(altered) && check.leastWrong == 4)
  }

  @Test func `an entry that is not a number is found`() throws {
    let altered = Parameter.field(.tauSyn, layer: 0, neuron: 7)
    let check = try check(Self.narrow.get()) { $0[altered] = .nan }
    #expect(check.rows.map(\.parameter) == [altered] && check.verdict == .differs)
  }

  @Test func `where very many are wrong, the search ends and counts what is left`() throws {
    let check = try check(Self.narrow.get(), rule: AdjointRule(.unscaled))
    #expect(check.verdict == .differs)
    #expect(check.rows.count >= DirectionCheck.mostWrong && check.rows.count < 16)
    #expect(check.leastWrong > check.rows.count)
    #expect(
      Set(check.differing)
        == [GradientPart(layer: 0, .weights), GradientPart(layer: 1, .weights)])
  }

  @Test(
    arguments: [
      .noResetTerm, .resetToZero, .noLeak, .tauMemKernel, .clampedSlope(2), .noRecurrence,
      .noSelf, .unscaled, .truncated(10),
    ] as [Alteration])
  func `directions find every wrong rule`(alteration: Alteration) throws {
    let check = try check(
      Run(of: CheckingGradientTests.sensitive), rule: AdjointRule(alteration))
    #expect(check.verdict == .differs && check.leastWrong >= check.rows.count)
    #expect(check.rows.allSatisfy { $0.verdict == .differs })
  }

  /// The check of every derivative has the same verdict, and the same rows where the directions have rows.
  private func compare(_ experiment: Experiment, _ comment: Comment) throws {
    guard try !Trajectory(of: experiment).isCutShort else { return }
    let run = try Run(of: experiment)
    var whole = try GradientCheck(
      of: run.adjoint.gradient, on: run.trajectory, adjoint: run.adjoint)
    var rows: [Parameter: GradientCheck.Row] = [:]
    while let row = whole.next() { rows[row.parameter] = row }
    let check = try check(run)
    #expect(check.verdict.name == whole.verdict.name, comment)
    for row in check.rows { #expect(rows[row.parameter]?.verdict == row.verdict, comment) }
  }

  @Test(arguments: Preset.all.map(\.name).filter { $0 != "yin-yang" })
  func `the verdict on a preset is that of the check of every derivative`(name: String) throws {
    let preset = try #require(Preset.all.first { $0.name == name })
    try compare(PresetReader.read(preset.text, named: name).experiment, "\(name)")
  }

  // Seeds of fourteen networks whose derivatives need few runs.
  @Test(arguments: [3, 4, 5, 6, 7, 8, 11, 12, 15, 16, 23, 24, 25, 29] as [UInt64])
  func `the verdict on a random network is that of the check of every derivative`(
    seed: UInt64
  ) throws {
    try compare(RandomNetwork(seed: seed).experiment, "seed \(seed)")
  }

  @Test(arguments: [0.7, -0.7]) func `a tie keeps its verdict`(weight: Double) throws {
    let experiment = try TieTests.tied(weight)
    try compare(experiment, "tied by \(weight)")
    let check = try check(Run(of: experiment))
    let row = try #require(check.rows.first)
    guard case .notComparable(.tie) = row.verdict else {
      Issue.record("\(row)")
      return
    }
  }

  @Test func `given spikes keep their verdict`() throws {
    var experiment = Experiment.random(seed: 1)
    let spikes = try Trajectory(of: experiment).spikeTimes
    experiment.network.layers[1].imposedSpikes = Array(spikes.suffix(2))
    let check = try check(Run(of: experiment))
    #expect(check.verdict == .notComparable(.imposed(layer: 1)))
  }

  @Test func `a wrong entry in a gradient of zeros is found`() throws {
    var experiment = Experiment.random(seed: 1)
    for layer in experiment.network.layers.indices {
      for neuron in experiment.network.layers[layer].parameters.indices {
        experiment.network.layers[layer].parameters[neuron].vThreshold = 1e3
      }
    }
    experiment.loss = Loss(
      layer: 1, rule: .firstSpikeMSE(neurons: [0], targets: [5e-3], tau: 1e-3, clip: 20e-3))
    let run = try Run(of: experiment)
    #expect(try check(run).verdict == .agrees)
    let altered = Parameter.weight(SynapseIndex(layer: 0, entry: 3))
    let check = try check(run) { $0[altered] = 1e-6 }
    #expect(check.rows.map(\.parameter) == [altered])
  }

  @Test func `a stop at any moment leaves a check that can go on`() throws {
    let run = try Run(of: CheckingGradientTests.sensitive)
    let gradient = try AdjointTrajectory(of: run.trajectory, rule: AdjointRule(.noSelf)).gradient
    let expected = try check(run, rule: AdjointRule(.noSelf))
    var check = try DirectionCheck(of: gradient, on: run.trajectory)
    var stops = 0
    while !check.isFinished {
      let done = check.done
      let pace = Pace { _ in false }
      do { try check.advance(pace: pace) } catch SimulationError.stopped {
        stops += 1
        #expect(check.done == done && check.done < check.total)
        try check.advance()
      }
    }
    #expect(stops > 0)
    #expect(check.rows == expected.rows && check.leastWrong == expected.leastWrong)
    #expect(check.visibleError == expected.visibleError && check.lines == expected.lines)
  }
}
