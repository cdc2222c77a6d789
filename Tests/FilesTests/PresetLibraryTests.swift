import EventProp
import Files
import Foundation
import Language
import Presets
import Testing

struct PresetLibraryTests {
  private func experiment(_ name: String) throws -> Experiment {
    let preset = try #require(Preset.named(name))
    return try PresetReader.read(preset.text, named: name).experiment
  }

  @Test func `every file of the folder is listed`() throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../Presets").standardizedFileURL
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    let names = files.filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }
    #expect(names.sorted() == Preset.known.map(\.name).sorted())
    #expect(Preset.named(Preset.opening) != nil)
  }

  @Test(arguments: Preset.known.map(\.name))
  func `every preset says what to look at, reads and reads back`(name: String) throws {
    let preset = try #require(Preset.named(name))
    #expect(
      preset.text.hasPrefix("# ")
        && (preset.summary.hasSuffix(".") || preset.summary.hasSuffix("?")))
    let document = try PresetReader.read(
      preset.text, named: name, readingFile: { Preset.file(named: $0) })
    #expect(document.experiment.title.count <= 20)
    #expect(document.experiment.about?.isEmpty == false)
    let written = PresetWriter.write(document.experiment, samples: document.filedSamples)
    let again = try PresetReader.read(
      written, named: "written", readingFile: { Preset.file(named: $0) })
    #expect(again.experiment == document.experiment)
    #expect(again.filedSamples == document.filedSamples)
    #expect((document.training != nil) == Preset.trainings.contains(preset))
  }

  /// Losses are in the unit of each loss; spike counts go over all neurons.
  @Test(arguments: [
    ("reference", 80.742698, 5), ("single-neuron", 0.0069895, 1), ("race", 12.129324, 2),
    ("silent", 484, 0), ("grazing", 0.70661278, 1), ("recurrent-pair", 4.5049817, 8),
    ("xor", 0.19618332, 7), ("leaky", 0.027488722, 4), ("identical-twins", 0.018494212, 2),
    ("delays", 0.92686130, 9), ("readout", 0.59898545, 10), ("integral", 0.00096453380, 4),
    ("yin-yang", 0.044153674, 123),
  ])
  func `every preset does what it says`(name: String, loss: Double, spikes: Int) throws {
    let experiment = try experiment(name)
    let trajectory = try Trajectory(of: experiment)
    let value = try trajectory.evaluateLoss().value
    // The losses above have eight digits at most, and five at least.
    #expect(abs(value - loss) <= 1e-6 * loss)
    #expect(trajectory.isComplete)
    #expect(trajectory.spikeTimes.map(\.count).reduce(0, +) == spikes)
  }

  @Test func `the reference spikes where the sketches say`() throws {
    let trajectory = try Trajectory(of: experiment("reference"))
    let times = trajectory.spikeTimes.map { $0.map { Quantity.displayTime($0, digits: 6) } }
    #expect(
      times == [["13.0831 ms", "24.1229 ms"], ["13.0027 ms", "25.7246 ms"], ["26.7077 ms"]])
  }

  @Test func `grazing grazes, and a little less weight is silence`() throws {
    var experiment = try experiment("grazing")
    let trajectory = try Trajectory(of: experiment)
    let spike = try #require(trajectory.event(ofSpike: 0, of: 0))
    let slope = try #require(trajectory.slopeAtThreshold(of: spike))
    #expect(slope > 0 && slope < 0.02)
    experiment.network.layers[0].weights.weights[0] = 2.3999
    #expect(try Trajectory(of: experiment).spikeTimes == [[]])
  }

  @Test func `the twins spike together`() throws {
    let times = try Trajectory(of: experiment("identical-twins")).spikeTimes
    #expect(times[0] == times[1])
  }
}
