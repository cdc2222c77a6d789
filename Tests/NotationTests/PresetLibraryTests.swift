import EventProp
import Foundation
import Notation
import Presets
import Testing

struct PresetLibraryTests {
  @Test func `every file of the folder is listed`() throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(
      path: "../../Presets")
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.standardizedFileURL.path)
    let names = files.filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }
    #expect(Set(names) == Set(Preset.all.map(\.name)))
    #expect(Preset.all.first?.name == "reference")
  }

  @Test(arguments: Preset.all)
  func `every preset reads, runs and reads back`(preset: Preset) throws {
    let experiment = try PresetReader.read(preset.text, named: preset.name).experiment
    #expect(experiment.title.count <= 20)
    #expect(preset.text.hasPrefix("# ") && !preset.summary.isEmpty)
    let written = PresetWriter.write(experiment)
    #expect(try PresetReader.read(written, named: "written").experiment == experiment)
    let trajectory = try Trajectory(of: experiment)
    let loss = try experiment.loss?.evaluate(on: trajectory)
    print(
      "@@", preset.name, loss?.value ?? 0, trajectory.events.count, trajectory.ending,
      experiment.network.layers.indices.map {
        trajectory.spikes(ofLayer: $0).map { $0.map { Quantity.displayTime($0, digits: 6) } }
      })
  }
}
