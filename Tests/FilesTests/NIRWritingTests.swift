import EventProp
import Files
import Language
import Presets
import Testing

@Suite("Networks as NIR files") struct NIRWritingTests {
  private func experiment(_ name: String) throws -> Experiment {
    let preset = try #require(Preset.all.first { $0.name == name })
    return try PresetReader.read(preset.text, named: name).experiment
  }

  /// The experiment with its network written and read back.
  private func roundTrip(_ experiment: Experiment) throws -> Experiment {
    var back = experiment
    back.network = try NIRNetworkReader.read(try NIRWriter.write(experiment).bytes).get().network
    return back
  }

  @Test(arguments: [
    "reference", "single-neuron", "race", "recurrent-pair", "xor", "leaky", "identical-twins",
    "yin-yang",
  ])
  func `a network reads back with the same spikes and gradients to the last bits`(
    name: String
  ) throws {
    let experiment = try experiment(name)
    let back = try roundTrip(experiment)
    #expect(back.network.layers.map(\.name) == experiment.network.layers.map(\.name))
    for (a, b) in zip(experiment.network.layers, back.network.layers) {
      #expect(a.parameters == b.parameters)
      for (x, y) in zip(a.weights.weights, b.weights.weights) { #expect(abs(x - y) <= x.ulp) }
    }
    let (one, two) = (
      try AdjointTrajectory(of: Trajectory(of: experiment)),
      try AdjointTrajectory(of: Trajectory(of: back))
    )
    #expect(abs(one.evaluation.value - two.evaluation.value) <= 1e-12 * abs(one.evaluation.value))
    for (a, b) in zip(one.gradient.layers, two.gradient.layers) {
      let most = a.weights.weights.map(abs).max() ?? 0
      for (x, y) in zip(a.weights.weights, b.weights.weights) { #expect(abs(x - y) <= 1e-9 * most) }
    }
  }

  @Test func `delays of rows or of columns are written, a current at the start is a bias`() throws {
    var experiment = try experiment("reference")
    let first = experiment.network.layers[0].weights
    experiment.network.layers[0].weights.delays = first.weights.indices.map {
      Double($0 / first.columns) / 1000
    }
    experiment.network.layers[1].weights.delays = experiment.network.layers[1].weights.weights.map {
      _ in 0.002
    }
    experiment.network.layers[0].initial[0].current = 0.5
    let written = try NIRWriter.write(experiment)
    #expect(written.losses == [.bias(layer: experiment.network.layers[0].name)])
    let back = try NIRNetworkReader.read(written.bytes).get().network
    for (a, b) in zip(experiment.network.layers, back.layers) {
      #expect(a.weights.delays == b.weights.delays && a.initial == b.initial)
    }
  }

  @Test func `what NIR has no form for is refused, and what it loses is said`() throws {
    let reference = try experiment("reference")
    let name = reference.network.layers[0].name
    func refusal(_ change: (inout Experiment) -> Void) -> NIRWriter.Refusal? {
      var changed = reference
      change(&changed)
      do throws(NIRWriter.Refusal) {
        _ = try NIRWriter.write(changed)
        return nil
      } catch {
        return error
      }
    }
    #expect(refusal { $0.maxEvents = 5 } == .maxEvents(layer: nil))
    #expect(refusal { $0.network.layers[0].maxEvents = 5 } == .maxEvents(layer: name))
    #expect(refusal { $0.network.layers[0].kinds[0] = .li } == .mixedKinds(layer: name))
    #expect(
      refusal { $0.network.layers[0].initial[0].potential = 0.1 } == .initialPotential(layer: name))
    #expect(
      refusal {
        $0.network.layers[0].imposedSpikes = $0.network.layers[0].parameters.map { _ in [] }
      }
        == .imposedSpikes(layer: name))
    #expect(
      refusal {
        $0.network.layers[0].weights.delays = $0.network.layers[0].weights.weights.indices.map {
          Double($0)
        }
      } == .delays(layer: name, isRecurrent: false))
    #expect(
      refusal { $0.network.layers[0].kinds = $0.network.layers[0].kinds.map { _ in .li } }
        == .integrators(layer: name))

    var sparse = reference
    let weights = reference.network.layers[0].weights
    sparse.network.layers[0].weights = Synapses(
      rows: weights.rows, columns: weights.columns, sparse: [(0, 1, 0.5)])
    let written = try NIRWriter.write(sparse)
    #expect(written.losses == [.dense(layer: name, isRecurrent: false)])
    let back = try NIRNetworkReader.read(written.bytes).get().network.layers[0].weights
    #expect(back.isDense && back.weights.count(where: { $0 != 0 }) == 1)
  }
}
