import EventProp
import Language
import Study
import ReferenceCases
import Testing

@Suite("The check of a gradient") struct CheckingGradientTests {
  private func check(
    _ experiment: Experiment, _ parameters: [Parameter]? = nil,
    differences: Bool = true, change: (inout Gradient) -> Void = { _ in }
  ) throws -> (rows: [GradientCheck.Row], verdict: GradientCheck.Verdict) {
    let trajectory = try Trajectory(of: experiment)
    var gradient = try AdjointTrajectory(of: trajectory).gradient
    change(&gradient)
    var check = try GradientCheck(
      of: gradient, on: trajectory, parameters: parameters,
      differences: differences)
    var rows: [GradientCheck.Row] = []
    while let row = check.next() {
      rows.append(row)
      #expect(check.finished == rows.count)
    }
    return (rows, check.verdict)
  }

  @Test(arguments: try GoldenCase.all())
  func `nothing differs on the reference cases`(golden: GoldenCase) throws {
    let parameters = Parameter.all(of: golden.experiment).enumerated()
      .filter { $0.offset % 5 == 0 }.map(\.element)
    let (rows, verdict) = try check(golden.experiment, parameters)
    for row in rows where row.verdict == .differs {
      Issue.record("\(golden.name): \(row)")
    }
    #expect(verdict != .differs)
  }

  @Test func `a gradient with one altered entry is found, and the entry named`() throws {
    let experiment = Experiment.random(seed: 1)
    let altered = Parameter.weight(SynapseIndex(layer: 0, entry: 5))
    let (rows, verdict) = try check(experiment, differences: false) {
      $0[altered] += 1e-9 * $0.layers[0].weights.weights.map { abs($0) }.reduce(0, max)
    }
    #expect(verdict == .differs)
    #expect(rows.filter { $0.verdict == .differs }.map(\.parameter) == [altered])
  }

  @Test func `differences alone find an altered entry too`() throws {
    let experiment = Experiment.random(seed: 1)
    let altered = Parameter.field(.tauSyn, layer: 0, neuron: 1)
    let (rows, _) = try check(experiment, [altered]) { $0[altered] *= 1.001 }
    let row = try #require(rows.first)
    let difference = try #require(row.difference)
    #expect(abs(row.adjoint - difference) > 10 * (row.uncertainty ?? .infinity))
    #expect(abs(row.forwardMode - difference) <= 10 * (row.uncertainty ?? 0))
  }

  @Test func `a gradient that is not a number differs`() throws {
    let altered = Parameter.inputTime(2)
    let (_, verdict) = try check(
      Experiment.random(seed: 1), [altered], differences: false
    ) { $0[altered] = .nan }
    #expect(verdict == .differs)
  }

  @Test(
    arguments: [
      GradientPart(layer: nil, .tauMem), GradientPart(layer: nil, .vLeak),
      GradientPart(layer: 1, .weights), GradientPart(layer: 0, .recurrent),
      GradientPart(layer: nil, .inputTimes),
    ])
  func `the identities find an altered entry without references`(
    kind: GradientPart
  ) throws {
    let experiment = Experiment.random(seed: 1)
    let adjoint = try AdjointTrajectory(
      of: Trajectory(of: experiment))
    var gradient = adjoint.gradient
    let altered = try #require(
      Parameter.all(of: experiment).first { $0.kind == kind && gradient[$0] != 0 })
    gradient[altered] *= 1.001
    #expect(Identities(of: adjoint).hold())
    let identities = Identities(of: adjoint, gradient: gradient)
    #expect(!identities.hold())
    // The neuron in which it lies is named, except for what belongs to no single neuron.
    let worst = try #require(identities.worst)
    switch altered {
    case .field(.tauMem, _, _), .inputTime: #expect(worst.law == .timeDilation)
    case .field(_, let layer, let neuron):
      #expect(worst.neuron == experiment.network.offsets[layer] + neuron)
    case .weight(let synapse):
      #expect(
        worst.neuron
          == experiment.network.offsets[synapse.layer] + experiment.network.ends(of: synapse).column
      )
    default: break
    }
  }

  /// A network in which every term of the adjoint matters: leak, reset, recurrence with self-connections, a small slope.
  static let sensitive: Experiment = {
    var experiment = Experiment.random(seed: 3)
    experiment.network.layers[1].recurrent = Synapses(
      rows: 2, columns: 2, weights: [0.3, 0.2, -0.1, 0.25])
    return experiment
  }()

  @Test(
    arguments: [
      .noResetTerm, .resetToZero, .noLeak, .tauMemKernel, .clampedSlope(2), .noRecurrence,
      .noSelf, .unscaled, .truncated(10),
    ] as [Alteration])
  func `every wrong rule fails forward mode, the differences and the identities`(
    alteration: Alteration
  ) throws {
    let rule = AdjointRule(alteration)
    let experiment = Self.sensitive
    let trajectory = try Trajectory(of: experiment)
    let wrong = try AdjointTrajectory(of: trajectory, rule: rule)
    let check = try GradientCheck(
      of: wrong.gradient, on: trajectory, differences: false)
    let differing = check.filter { $0.verdict == .differs }
    let row = try #require(differing.first)
    let (rows, verdict) = try self.check(experiment, [row.parameter]) {
      $0[row.parameter] = row.adjoint
    }
    #expect(verdict == .differs, "\(rows)")
    let difference = try #require(rows.first?.difference)
    #expect(abs(difference - row.forwardMode) < abs(difference - row.adjoint))
    #expect(!Identities(of: wrong).hold())
    // Exactly computed, the same network passes all three.
    let exact = try AdjointTrajectory(of: trajectory)
    #expect(Identities(of: exact).hold())
  }

  @Test func `an arrival at the instant of a spike is a tie, and is not compared`() throws {
    let experiment = try TieTests.tied(0.7)
    let (rows, verdict) = try check(
      experiment, [.inputTime(0), .inputTime(1), .weight(SynapseIndex(layer: 0, entry: 0))])
    for row in rows {
      guard case .notComparable(.tie(let source, let neuron, let spike, _)) = row.verdict else {
        Issue.record("\(row)")
        continue
      }
      #expect(source == .input(1) && neuron == 0 && spike == 0)
      #expect(row.difference == nil)
    }
    guard case .notComparable(let reason) = verdict else {
      Issue.record("\(verdict)")
      return
    }
    #expect(
      Names(experiment, .full).sentence(for: reason).hasPrefix(
        "input spike 1 reaches out.0 at the instant of its spike 0"))
  }

  @Test func `a tie over a synapse of no weight is none`() throws {
    let (_, verdict) = try check(try TieTests.tied(0))
    #expect(verdict == .agrees)
  }

  /// Where an arrival ends a rise of V at its maximum over time, ∂L/∂t of the arrival has the term (∂L/∂V_max) dV/dt, and so has
  /// ∂L/∂d of the synapse.
  @Test(arguments: [0, 1e-3])
  func `the delay of an arrival that makes a maximum moves it`(delay: Double) throws {
    let experiment = Experiment(
      title: "kink",
      network: Network(
        inputs: 2,
        layers: [
          Layer(
            name: "out", parameters: [LIFParameters(), LIFParameters()],
            weights: Synapses(
              rows: 2, columns: 2, weights: [5, 4, -9, -3], delays: [0, 0, delay, 0]),
            kinds: [.li, .li])
        ]),
      inputSpikes: [InputSpike(time: 1e-3, channel: 0), InputSpike(time: 3e-3, channel: 1)],
      horizon: 20e-3,
      loss: Loss(layer: 0, rule: .maxOverTimeCrossEntropy(neurons: [0, 1], label: 0)))
    let (rows, verdict) = try check(experiment, [.delay(SynapseIndex(layer: 0, entry: 2))])
    #expect(verdict == .agrees, "\(rows)")
    let row = try #require(rows.first)
    let difference = try #require(row.difference)
    #expect(abs(row.forwardMode - difference) <= 1e-6 * abs(difference))
  }
}
