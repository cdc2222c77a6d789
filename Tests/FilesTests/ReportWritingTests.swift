import EventProp
import Files
import Foundation
import Presets
import Study
import Testing

/// The report that is written a piece at a time is the one that is made as a whole.
@Suite struct ReportWritingTests {
  private func report(of experiment: Experiment) throws -> (Report, AdjointTrajectory?) {
    let trajectory = try Trajectory(of: experiment)
    let adjoint = try experiment.loss.map { loss in
      try AdjointTrajectory(of: trajectory)
    }
    return (
      try Report(
        trajectory, adjoint: adjoint, loss: adjoint?.evaluation.value,
        warnings: Warning.all(in: trajectory)), adjoint
    )
  }

  private func pieces(_ report: Report) throws -> [[UInt8]] {
    var pieces: [[UInt8]] = []
    try report.write { pieces.append($0) }
    return pieces
  }

  @Test(arguments: Preset.all.map(\.name))
  func `piece by piece it is byte for byte the same`(name: String) throws {
    let preset = try #require(Preset.named(name))
    let (report, _) = try report(
      of: PresetReader.read(preset.text, named: preset.name).experiment)
    #expect(try Data(pieces(report).joined()) == report.json())
  }

  @Test func `layers of any name stand where the encoder puts them`() throws {
    let preset = try #require(Preset.named("yin-yang"))
    var experiment = try PresetReader.read(preset.text, named: preset.name).experiment
    for names in [["out10", "out2"], ["b", "B"], ["a\"b,:{", "é/\n"]] {
      for layer in names.indices { experiment.network.layers[layer].name = names[layer] }
      let (report, _) = try report(of: experiment)
      let pieces = try pieces(report)
      #expect(pieces.count > 2)
      #expect(try Data(pieces.joined()) == report.json())
    }
  }

  @Test func `λ of all neurons is what each says by itself`() throws {
    for name in ["reference", "recurrent-pair", "integral", "readout", "delays"] {
      let preset = try #require(Preset.named(name))
      let (_, found) = try report(
        of: PresetReader.read(preset.text, named: preset.name).experiment)
      let adjoint = try #require(found)
      var events: [Int] = []
      adjoint.forEachEventBackwards { event, states in
        events.append(event)
        for (neuron, state) in states.enumerated() {
          #expect(state == adjoint.state(of: neuron, atEvent: event, side: .before))
        }
      }
      #expect(events == Array(adjoint.trajectory.events.indices.reversed()))
    }
  }

  @Test func `a state that is lost after the last event is named, with its neuron and the end`()
    throws
  {
    let preset = try #require(Preset.named("race"))
    var experiment = try PresetReader.read(preset.text, named: preset.name).experiment
    experiment.network.layers[0].kinds = [.li]
    experiment.network.layers[0].parameters = [
      LIFParameters(tauMem: 1e-3, tauSyn: 20e-3, vThreshold: 1, vLeak: 1.7e308)
    ]
    experiment.network.layers[0].weights.weights = [0, 0, 1.7e308]
    experiment.loss = nil
    let trajectory = try Trajectory(of: experiment)
    #expect(throws: SimulationError.nonFiniteState(neuron: 0, time: experiment.horizon)) {
      try Report(trajectory, adjoint: nil, loss: nil, warnings: [])
    }
  }

  @Test func `it can be stopped`() throws {
    let preset = try #require(Preset.named("reference"))
    let (report, _) = try report(
      of: PresetReader.read(preset.text, named: preset.name).experiment)
    #expect(throws: SimulationError.self) {
      try report.write(pace: Pace { $0 > 20e-3 }, to: { _ in })
    }
  }
}
