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
}
