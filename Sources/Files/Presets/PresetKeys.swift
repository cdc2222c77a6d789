import EventProp
import Language
import Learning

/// The keys of a preset, for each kind of mapping in it.
package enum PresetKeys {
  /// The preset itself.
  static let preset = [
    "title", "about", "t_max", "max_events", "parameters", "inputs", "samples", "data", "encode",
    "batch", "layers", "network", "loss",
  ]
  static let inputs = ["size", "spikes"]
  static let samples = ["file"] + sampleArrays + ["time_unit", "select"]
  /// The keys that name an array of samples.
  static let sampleArrays = ["times", "channels", "labels", "targets"]
  /// The keys of a data set, apart from the sizes of its parts.
  static let data = ["set", "seeds"]
  static let encode = ["from", "to", "bias", "mirror", "copies", "repeats"]
  /// The targets of an encoder, for a set with labels.
  static let encodeTargets = ["right", "wrong"]
  static let layer = [
    "name", "size", "neurons", "parameters", "initial", "weights", "recurrent", "delays",
    "recurrent_delays", "max_events", "spikes",
  ]
  static let initial = ["v", "i"]
  /// The forms of a matrix that is not written out.
  static let matrix = ["normal", "sparse", "fan_out", "file"]
  static let normal = ["mean", "std", "seed"]
  static let fanOut = ["count", "mean", "std", "seed"]
  static let delays = ["sparse", "file"]
  static let file = ["file", "array"]
  /// A file of a matrix.
  static let matrixFile = file + ["transpose", "factor"]
  static let network = ["file", "weights", "dt", "time_unit"]
  /// The keys of a loss that do not depend on its kind.
  static let loss = ["kind", "layer"]
  static let early = ["tau", "alpha"]
  static let term = ["neuron", "spike", "coefficient"]

  /// A file of spikes, whose numbers are `channels` or `neurons`.
  static func spikes(of what: String) -> [String] { ["file", "times", what] }

  /// Every key that has a meaning anywhere in a preset, each once and in the order of a preset.
  package static var all: [String] {
    let lists = [
      preset, LIFParameters.Field.allCases.map(\.rawValue), inputs, samples, data,
      DataSettings.Part.allCases.map(\.rawValue), encode, encodeTargets, layer, initial, matrix,
      normal, fanOut, delays, matrixFile, network, spikes(of: "channels"), spikes(of: "neurons"),
      loss,
      Loss.kinds.flatMap { $0.required + $0.optional }.map(\.key), early, term,
    ]
    var seen: Set<String> = []
    return lists.flatMap { $0 }.filter { seen.insert($0).inserted }
  }
}
