import EventProp
import Language

/// A network from a NIR file as a preset, with its matrices in a file beside it.
///
/// A preset needs inputs and an end. Each channel gets one spike, one channel after the other through
/// the first half of the run, and the run lasts ten times the largest time constant.
package enum NetworkImport {
  /// The most channels whose spikes stand in the text.
  private static let mostLines = 32

  /// The files of an import.
  package struct Files {
    /// The text of the preset.
    package let preset: String
    /// The bytes of the `.npz` file.
    package let matrices: [UInt8]
  }

  /// Makes the files; `source` is the file of the network, and `matrices` the name of the other one.
  package static func files(
    _ read: NIRNetwork, from source: String, titled title: String, matrices: String
  ) -> Files {
    let network = read.network
    let horizon = horizon(of: network)
    let step = horizon / 2 / Double(network.inputs + 1)
    let spikes = (0..<network.inputs).map {
      InputSpike(time: rounded(step * Double($0 + 1)), channel: $0)
    }
    let isShort = spikes.count <= mostLines
    let experiment = Experiment(
      title: title, network: network, inputSpikes: isShort ? spikes : [], horizon: horizon)
    var file: PresetWriter.Matrices? = PresetWriter.Matrices(file: matrices)
    var lines = PresetWriter.write(experiment, &file).split(
      separator: "\n", omittingEmptySubsequences: false
    ).map(String.init)
    var arrays = file?.arrays ?? []
    if !isShort, let place = lines.firstIndex(of: "  spikes: []") {
      lines[place] =
        "  spikes: { file: \(PresetScalar.text(matrices)), times: input_times, channels: input_channels }"
      arrays += [
        ("input_times", NumberArray(shape: [spikes.count], values: spikes.map(\.time))),
        (
          "input_channels",
          NumberArray(
            shape: [spikes.count], values: spikes.map { Double($0.channel) }, element: .int64)
        ),
      ]
    }
    insert("# chosen: ten times the largest time constant", above: "t_max:", in: &lines)
    insert(
      "# chosen: one spike for each channel, one after the other; write your own here",
      above: "inputs:", in: &lines)
    let end = [
      "# Without a loss there is no gradient; help losses names all of them:",
      "# loss: { kind: first_spike_mse, targets: [12 ms, …], tau: 1 ms }", "",
    ]
    let text = comments(read, source) + lines + end
    return Files(preset: text.joined(separator: "\n"), matrices: ArrayWriter.npz(arrays))
  }

  /// How the file was read, as comments.
  private static func comments(_ read: NIRNetwork, _ source: String) -> [String] {
    var comments = ["# A network from \(source.unmasked)"]
    for reading in read.readings(of: source) {
      comments.append("# " + reading.sentence.unmasked)
    }
    for (layer, population) in zip(read.network.layers, read.populations) {
      let weights = population.matrices.weights.map { "'\($0.unmasked)'" } ?? "no matrix"
      let recurrent = population.matrices.recurrent.map { ", recurrent: '\($0.unmasked)'" } ?? ""
      comments.append(
        "# \(layer.name): node '\(population.node.unmasked)', weights: \(weights)\(recurrent)")
    }
    return comments + [
      "# Numbers below and in the other file are in the units of a preset, [before][this].", "",
    ]
  }

  private static func insert(_ comment: String, above key: String, in lines: inout [String]) {
    if let place = lines.firstIndex(where: { $0.hasPrefix(key) }) {
      lines.insert(comment, at: place)
    }
  }

  private static func horizon(of network: Network) -> Double {
    let times = network.layers.flatMap { layer in
      layer.parameters.flatMap { [$0.tauMem, $0.tauSyn] } + (layer.weights.delays ?? [])
        + (layer.recurrent?.delays ?? [])
    }
    return rounded(10 * (times.max() ?? 0.01))
  }

  /// A time of two digits, for a text that is read by people.
  private static func rounded(_ time: Double) -> Double {
    (try? Quantity.time(Quantity.displayTime(time, digits: 2))) ?? time
  }
}
