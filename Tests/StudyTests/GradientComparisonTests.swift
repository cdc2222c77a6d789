import EventProp
import Study
import ReferenceCases
import Testing

@Suite("Comparing gradients") struct GradientComparisonTests {
  /// A network in which every term of the adjoint matters: leak, reset, recurrence with self-connections, two tau_syn.
  static let sensitive: Experiment = {
    var experiment = Experiment.random(seed: 3)
    experiment.network.layers[1].recurrent = Synapses(
      rows: 2, columns: 2, weights: [-0.3, 0.2, -0.1, -0.25])
    experiment.horizon = 16e-3
    for entry in experiment.network.layers[1].weights.weights.indices {
      experiment.network.layers[1].weights.weights[entry] *= 0.3
    }
    experiment.loss = Loss(
      layer: 1,
      rule: .linearSpikeTimes([
        Loss.SpikeTerm(neuron: 0, spike: 2, coefficient: 1),
        Loss.SpikeTerm(neuron: 1, spike: 3, coefficient: -2),
        Loss.SpikeTerm(neuron: 1, spike: 4, coefficient: 3),
      ]))
    experiment.network.layers[0].parameters[1].tauSyn = 4e-3
    experiment.network.layers[1].parameters[0].tauSyn = 6e-3
    return experiment
  }()

  private let trajectory: Trajectory
  private let loss: Loss

  init() throws {
    trajectory = try Trajectory(of: Self.sensitive)
    loss = try #require(Self.sensitive.loss)
  }

  private func foreign(
    _ rule: AdjointRule = .exact, _ parts: [GradientPart]? = nil,
    changing change: (GradientPart, Int, Double) -> Double = { _, _, value in value }
  ) throws -> ForeignGradient {
    let gradient = try AdjointTrajectory(of: trajectory, rule: rule).gradient
    return ForeignGradient(
      (parts ?? GradientPart.all(of: Self.sensitive)).map { part in
        ForeignGradient.Part(
          part,
          part.values(in: gradient).enumerated().map { change(part, $0.offset, $0.element) })
      })
  }

  private func compare(_ foreign: ForeignGradient) throws -> GradientComparison {
    try GradientComparison(of: foreign, with: trajectory)
  }

  private static let weights = [
    GradientPart(layer: 0, .weights), GradientPart(layer: 0, .recurrent),
    GradientPart(layer: 1, .weights), GradientPart(layer: 1, .recurrent),
  ]

  @Test func `the exact gradient agrees, whole or in parts`() throws {
    for parts in [nil, Self.weights, [Self.weights[2]]] {
      let comparison = try compare(try foreign(.exact, parts))
      #expect(comparison.verdict == .agrees)
      #expect(comparison.explanations.isEmpty)
      #expect(!comparison.parts.contains { !$0.agrees })
      #expect(comparison.residual == 0)
    }
  }

  @Test(
    arguments: [
      .noResetTerm, .resetToZero, .noLeak, .tauMemKernel, .clampedSlope(2), .clampedSlope(2.8125),
      .noRecurrence, .noSelf, .unscaled, .truncated(10), .truncated(21),
    ] as [Alteration])
  func `every wrong rule is recognised, from the whole gradient and from weights alone`(
    alteration: Alteration
  ) throws {
    for parts in [nil, Self.weights] {
      let comparison = try compare(try foreign(AdjointRule(alteration), parts))
      #expect(comparison.verdict == .explained)
      let first = try #require(comparison.explanations.first)
      #expect(first.rule == AdjointRule(alteration), "\(comparison.explanations)")
      #expect(first.changes.isEmpty)
      #expect(first.residual <= 1e-14)
    }
  }

  @Test func `every compatible pair is recognised`() throws {
    let all: [Alteration] = [
      .noResetTerm, .resetToZero, .noLeak, .tauMemKernel, .noRecurrence, .noSelf, .unscaled,
    ]
    var pairs = 0
    for (number, one) in all.enumerated() {
      for other in all[..<number] {
        guard let pair = AdjointRule([one, other]) else { continue }
        pairs += 1
        let comparison = try compare(try foreign(pair, Self.weights))
        #expect(comparison.explanations.map(\.rule) == [pair])
        #expect(comparison.explanations.first?.changes == [])
      }
    }
    #expect(pairs == 19)
  }

  @Test(
    arguments: [
      [.noLeak, .clampedSlope(2)], [.tauMemKernel, .truncated(21)],
      [.clampedSlope(2), .truncated(21)],
    ] as [[Alteration]])
  func `values are fitted in a pair too`(alterations: [Alteration]) throws {
    let pair = try #require(AdjointRule(alterations))
    let comparison = try compare(try foreign(pair, Self.weights))
    #expect(comparison.explanations.first?.rule == pair)
    #expect(comparison.explanations.first?.changes == [])
  }

  @Test func `how many events were walked back is told as a range where it cannot be seen`() throws
  {
    let rule = AdjointRule(.truncated(12))
    let parts = [GradientPart(layer: 0, .recurrent)]
    let comparison = try compare(try foreign(rule, parts))
    let explanation = try #require(comparison.explanations.first)
    let range = try #require(explanation.eventRange)
    #expect(range.contains(12) && range.count > 1)
    for last in [range.lowerBound, range.upperBound] {
      let same = try foreign(AdjointRule(.truncated(last)), parts)
      #expect(same == (try foreign(rule, parts)))
    }
  }

  // MARK: - Scalings

  private func scaling(_ change: (inout Scaling) -> Void) -> Scaling {
    var scaling = Scaling()
    change(&scaling)
    return scaling
  }

  private func neuron(_ part: GradientPart, _ entry: Int) -> LIFParameters? {
    guard let layer = part.layer else { return nil }
    let members = Self.sensitive.network.layers[layer]
    return members.parameters[part.quantity.isSynaptic ? entry % members.size : entry]
  }

  /// Everything that is not input times or shared, for which no neuron's constant exists.
  private static let owned = GradientPart.all(of: sensitive).filter { $0.layer != nil }

  @Test func `a scaling of everything is named`() throws {
    let cases: [(Scaling, (GradientPart, Int, Double) -> Double)] = [
      (scaling { $0.isNegative = true }, { -$2 }),
      (scaling { $0.tauSyn = -1 }, { $2 / (self.neuron($0, $1)?.tauSyn ?? 1) }),
      (scaling { $0.tauMem = -1 }, { $2 / (self.neuron($0, $1)?.tauMem ?? 1) }),
      (scaling { $0.tauSyn = 1 }, { $2 * (self.neuron($0, $1)?.tauSyn ?? 1) }),
      (scaling { $0.tauMem = 1 }, { $2 * (self.neuron($0, $1)?.tauMem ?? 1) }),
      (
        scaling {
          $0.tauMem = -1
          $0.tauSyn = -1
        },
        { part, entry, value in
          self.neuron(part, entry).map { value / $0.tauMem / $0.tauSyn } ?? value
        }
      ),
      (scaling { $0.samples = 32 }, { $2 / 32 }), (scaling { $0.samples = 7 }, { $2 / 7 }),
      (scaling { $0.thousands = 1 }, { $2 * 1e3 }), (scaling { $0.thousands = 2 }, { $2 * 1e6 }),
      (
        scaling {
          $0.isNegative = true
          $0.samples = 3
        }, { -$2 / 3 }
      ),
    ]
    for (scaling, change) in cases {
      let comparison = try compare(try foreign(.exact, Self.owned, changing: change))
      let explanation = try #require(comparison.explanations.first, "\(scaling.names)")
      #expect(explanation.rule == .exact)
      #expect(explanation.changes.map(\.scaling) == [scaling])
      #expect(comparison.explanations.count == 1)
    }
  }

  @Test func `a scaling of one matrix is named with its matrix`() throws {
    let part = GradientPart(layer: 1, .weights)
    let comparison = try compare(
      try foreign { $0 == part ? $2 / (self.neuron($0, $1)?.tauMem ?? 1) : $2 })
    let change = try #require(comparison.explanations.first?.changes.first)
    #expect(change.parts == [part])
    #expect(change.scaling == scaling { $0.tauMem = -1 })
    #expect(comparison.parts.filter { !$0.agrees }.map(\.part) == [part])
  }

  @Test func `derivatives by times in milliseconds are named`() throws {
    let times: [Parameter.Quantity] = [.tauMem, .tauSyn, .inputTimes]
    let comparison = try compare(
      try foreign { times.contains($0.quantity) ? $2 * 1e-3 : $2 })
    let change = try #require(comparison.explanations.first?.changes.first)
    #expect(change.scaling == scaling { $0.thousands = -1 })
    #expect(Set((change.parts ?? []).map(\.quantity)) == Set(times))
  }

  @Test func `a transposed square is recognised`() throws {
    let part = GradientPart(layer: 0, .recurrent)
    let exact = part.values(
      in: try AdjointTrajectory(of: trajectory).gradient)
    let comparison = try compare(
      try foreign(.exact, Self.weights) { own, entry, value in
        own == part ? exact[entry % 4 * 4 + entry / 4] : value
      })
    let change = try #require(comparison.explanations.first?.changes.first)
    #expect(change.parts == [part])
    #expect(change.scaling == scaling { $0.isTransposed = true })
  }

  @Test func `a matrix that came the other way round never just agrees`() throws {
    let part = GradientPart(layer: 1, .weights)
    let values = part.values(in: try AdjointTrajectory(of: trajectory).gradient)
    let comparison = try compare(
      ForeignGradient([ForeignGradient.Part(part, values, isTransposed: true)]))
    #expect(comparison.verdict == .explained)
    #expect(comparison.explanations.first?.changes.first?.scaling.names == ["transposed"])
  }

  @Test func `a rule and a scaling together are named`() throws {
    for (alteration, factor) in [(Alteration.noResetTerm, -1.0), (.noLeak, 1.0 / 20)] {
      let comparison = try compare(
        try foreign(AdjointRule(alteration)) { $2 * factor })
      #expect(comparison.explanations.count == 1)
      let explanation = try #require(comparison.explanations.first)
      #expect(explanation.rule == AdjointRule(alteration))
      #expect(explanation.changes.map(\.scaling.count) == [1])
    }
  }

  @Test func `a factor without a name is the last resort`() throws {
    let comparison = try compare(try foreign { $2 * 3.7 })
    #expect(comparison.explanations.first?.changes.first?.scaling.constant == 3.7)
    #expect(comparison.explanations.count == 1)
  }

  // MARK: - Precision

  @Test(arguments: [Alteration?.none, .noLeak, .noResetTerm, .truncated(21), .clampedSlope(2)])
  func `float32 is enough to recognise a rule`(alteration: Alteration?) throws {
    let rule = alteration.map { AdjointRule($0) } ?? .exact
    let comparison = try compare(try foreign(rule) { Double(Float($2)) })
    #expect(comparison.isSinglePrecision)
    #expect(comparison.verdict == (alteration == nil ? .agrees : .explained))
    if alteration != nil { #expect(comparison.explanations.first?.rule == rule) }
  }

  @Test func `a computation in float32 is off by more than its storage, and agrees`() throws {
    var generator = SeededGenerator(seed: 5)
    let comparison = try compare(
      try foreign {
        Double(Float($2 * (1 + Double.random(in: -1e-5...1e-5, using: &generator))))
      })
    #expect(comparison.verdict == .agrees)
  }

  @Test func `rounding in another order agrees, a change of a millionth does not`() throws {
    #expect(try compare(try foreign { $2 * (1 + Double($1 % 3) * 1e-13) }).verdict == .agrees)
    let comparison = try compare(try foreign { $0.quantity == .weights ? $2 * (1 + 1e-6) : $2 })
    #expect(comparison.verdict != .agrees)
  }

  // MARK: - What nothing explains

  @Test func `random numbers differ, with the places of the largest differences`() throws {
    var generator = SeededGenerator(seed: 9)
    for parts in [nil, Self.weights] {
      let comparison = try compare(
        try foreign(.exact, parts) { _, _, _ in Double.random(in: -1...1, using: &generator) })
      #expect(comparison.verdict == .differs)
      #expect(comparison.explanations.isEmpty)
      #expect(comparison.differences.count == GradientComparison.mostDifferences)
      let relative = comparison.differences.map(\.relative)
      #expect(relative == relative.sorted(by: >))
    }
  }

  @Test func `one altered value is found`() throws {
    let part = GradientPart(layer: 0, .weights)
    let comparison = try compare(try foreign { $0 == part && $1 == 6 ? 2 * $2 : $2 })
    #expect(comparison.verdict == .differs)
    #expect(comparison.differences.map(\.entry) == [6])
    let difference = try #require(comparison.differences.first)
    #expect(difference.theirs == 2 * difference.ours)
  }

  @Test(arguments: [Double.nan, .infinity, -.infinity])
  func `what is no finite number differs, with its place`(value: Double) throws {
    let part = GradientPart(layer: 1, .tauSyn)
    let comparison = try compare(try foreign { $0 == part && $1 == 1 ? value : $2 })
    #expect(comparison.verdict == .differs)
    let bad = comparison.parts.flatMap(\.notFinite)
    #expect(bad.map(\.part) == [part] && bad.map(\.entry) == [1])
    #expect(comparison.differences.first?.part == part)
  }

  @Test func `what a run cannot tell apart is not told apart`() throws {
    var experiment = Self.sensitive
    for layer in experiment.network.layers.indices {
      for neuron in experiment.network.layers[layer].parameters.indices {
        experiment.network.layers[layer].parameters[neuron].vReset = 0
      }
      let size = experiment.network.layers[layer].size
      for neuron in 0..<size {
        experiment.network.layers[layer].recurrent?.weights[neuron * (size + 1)] = 0
      }
    }
    experiment.loss = Loss(
      layer: 1, rule: .linearSpikeTimes([Loss.SpikeTerm(neuron: 1, spike: 2, coefficient: 1)]))
    let trajectory = try Trajectory(of: experiment)
    for alterations in [[.resetToZero], [.noSelf], [.noLeak, .resetToZero]] as [[Alteration]] {
      let rule = try #require(AdjointRule(alterations))
      let gradient = try AdjointTrajectory(of: trajectory, rule: rule).gradient
      let comparison = try GradientComparison(
        of: ForeignGradient(
          Self.weights.map { ForeignGradient.Part($0, $0.values(in: gradient)) }),
        with: trajectory)
      #expect(
        comparison.explanations.map(\.rule)
          == (alterations.count > 1 ? [AdjointRule(.noLeak)] : []))
      #expect(comparison.verdict == (alterations.count > 1 ? .explained : .agrees))
    }
  }

  @Test func `equally good explanations stand side by side`() throws {
    var experiment = Self.sensitive
    for layer in experiment.network.layers.indices {
      for neuron in experiment.network.layers[layer].parameters.indices {
        experiment.network.layers[layer].parameters[neuron].tauMem = 8e-3
        experiment.network.layers[layer].parameters[neuron].tauSyn = 8e-3
      }
    }
    experiment.loss = Loss(
      layer: 1, rule: .linearSpikeTimes([Loss.SpikeTerm(neuron: 0, spike: 0, coefficient: 1)]))
    let trajectory = try Trajectory(of: experiment)
    let gradient = try AdjointTrajectory(of: trajectory).gradient
    let part = GradientPart(layer: 0, .weights)
    let comparison = try GradientComparison(
      of: ForeignGradient([
        ForeignGradient.Part(part, part.values(in: gradient).map { $0 * 8e-3 })
      ]), with: trajectory)
    let names = comparison.explanations.flatMap { $0.changes.flatMap(\.scaling.names) }
    #expect(names == ["times tau_mem", "times tau_syn", "averaged over 125 samples"])
  }
}
