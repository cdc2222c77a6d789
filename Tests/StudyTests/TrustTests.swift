import EventProp
import Files
import Presets
import ReferenceCases
import Study
import Testing

@Suite("trust") struct TrustTests {
  private static func preset(_ name: String) throws -> Experiment {
    let preset = try #require(Preset.all.first { $0.name == name })
    return try PresetReader.read(preset.text, named: name).experiment
  }

  /// An experiment, its run and its gradient.
  private func adjoint(_ name: String) throws -> AdjointTrajectory {
    let experiment =
      if let seed = UInt64(name) { Experiment.random(seed: seed) } else {
        try Self.preset(name)
      }
    return try AdjointTrajectory(of: Trajectory(of: experiment))
  }

  /// The answer of a search.
  private func trust(_ scope: Trust.Scope, _ adjoint: AdjointTrajectory) throws -> Trust {
    var search = TrustSearch(scope, of: adjoint)
    while !search.isFinished { try search.advance { _ in .free } }
    return search.trust
  }

  @Test(arguments: [
    "reference", "grazing", "yin-yang", "delays", "recurrent-pair", "readout", "integral", "7",
    "11",
  ]) func `just inside a radius the order of events is the same, and just outside it is another`(
    name: String
  ) throws {
    let adjoint = try adjoint(name)
    let trust = try trust(.summary, adjoint)
    let radii = ([trust.step].compactMap { $0 } + trust.radii.filter(\.hasBorder)).prefix(7)
    #expect(radii.count > 3)
    var generator = SeededGenerator(seed: 1)
    for radius in radii {
      for reach in [radius.down, radius.up] {
        guard let reach else { continue }
        #expect(try ReachSearch.holds(radius.named, at: reach.inside, in: adjoint.trajectory))
        if let outside = reach.outside {
          #expect(
            outside == (outside > reach.inside ? reach.inside.nextUp : reach.inside.nextDown))
          #expect(try !ReachSearch.holds(radius.named, at: outside, in: adjoint.trajectory))
        }
        for _ in 0..<20 {
          let part = Double.random(in: 0...1, using: &generator)
          let value = reach.start + part * (reach.inside - reach.start)
          #expect(try ReachSearch.holds(radius.named, at: value, in: adjoint.trajectory))
        }
      }
    }
  }

  @Test func `the near tie of the reference comes first, with the change that crosses it`() throws {
    let adjoint = try adjoint("reference")
    let trust = try trust(.summary, adjoint)
    guard
      case .near(.order(.input(6), neuron: 1, spike: 0, isBefore: true), let gap, _)? =
        trust.dangers.first?.kind
    else {
      Issue.record("\(String(describing: trust.dangers.first))")
      return
    }
    #expect(abs(gap - 2.75e-6) < 0.01e-6)
    let crossing = try #require(trust.dangers.first?.crossing)
    #expect(crossing.isFound)
    #expect(
      try !ReachSearch.holds(
        crossing.named, at: crossing.value + crossing.change, in: adjoint.trajectory))
  }

  @Test func `a spike on which the loss does not depend bounds no radius`() throws {
    // The loss reads the first spike alone, and v_reset matters only after it.
    let adjoint = try adjoint("single-neuron")
    let resets = Parameter.each(.vReset, of: 0..<1, in: adjoint.trajectory.experiment.network)
    let trust = try trust(.name(.parameters(resets)), adjoint)
    let radius = try #require(trust.radii.first)
    #expect(radius.up?.border == nil && radius.down?.border == nil)
  }

  @Test func `a step down the gradient is the step of a descent`() throws {
    let adjoint = try adjoint("reference")
    let experiment = adjoint.trajectory.experiment
    let step = try #require(GradientStep(of: experiment, down: adjoint.gradient))
    var moved = experiment
    Named.rate(step).set(1e-4, in: &moved)
    var descent = Descent(adjoint, steps: 1, rate: 1e-4)
    try descent.advance(running: .free, walkingBack: .free)
    #expect(moved == descent.experiment)
    let trust = try trust(.summary, adjoint)
    #expect(trust.step?.up?.runs ?? 0 > 0)
  }

  @Test func `at a tie a step is safe nowhere`() throws {
    var experiment = try Self.preset("reference")
    // The spike as it is without the last input, which then comes at the same instant.
    experiment.inputSpikes[6].time = 20e-3
    experiment.inputSpikes[6].time = try Trajectory(of: experiment).spikeTimes[1][0]
    let adjoint = try AdjointTrajectory(of: Trajectory(of: experiment))
    let trust = try trust(.summary, adjoint)
    #expect(
      trust.dangers.first.map { if case .warning(.tie) = $0.kind { true } else { false } } ?? false)
    let smallest = try #require(trust.radii.first)
    #expect(smallest.relative < 1e-9)
  }
}
