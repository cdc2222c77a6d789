import EventProp
import Language
import Learning

/// The keys of a preset, for each kind of mapping in it.
package enum PresetKeys {
  /// The preset itself.
  static let preset = [
    "title", "about", "t_max", "max_events", "parameters", "inputs", "samples", "data", "encode",
    "batch", "layers", "network", "loss", "training",
  ]
  static let inputs = ["size", "spikes"]
  static let samples =
    ["file"] + sampleArrays + ["time_unit", "select"] + heldOut.map(\.rawValue)
  /// The keys that name an array of samples.
  static let sampleArrays = ["times", "values", "channels", "labels", "targets"]
  /// The parts of samples that take no part in a training.
  static let heldOut: [DataSettings.Part] = [.test, .validation]
  /// A part that is drawn from the samples, and one with arrays of its own.
  static let drawnPart = ["count", "seed"]
  static let ownPart = ["file"] + sampleArrays + ["select"]
  /// The keys of a data set, apart from the sizes of its parts.
  static let data = ["set", "seeds"]
  static let encode = ["from", "to", "bias", "mirror", "copies", "repeats"]
  /// The numbers of a file that are encoded.
  static let encodeValues = ["range", "silent"]
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
  /// The rules of a training.
  static let training = [
    "epochs", "batch", "optimizer", "rate", "decay", "clip", "skip_silent", "bump", "existence",
    "seed", "shuffle",
    "learn", "momentum",
    "beta1", "beta2", "epsilon",
  ]
  static let decay = ["per", "factor"]
  static let clip = ["norm", "value"]
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
      preset, LIFParameters.Field.allCases.map(\.rawValue), inputs, samples, drawnPart, data,
      DataSettings.Part.allCases.map(\.rawValue), encode, encodeValues, encodeTargets, layer,
      initial, matrix,
      normal, fanOut, delays, matrixFile, network, spikes(of: "channels"), spikes(of: "neurons"),
      loss,
      Loss.kinds.flatMap { $0.required + $0.optional }.map(\.key), early, term, training, decay,
      clip,
    ]
    var seen: Set<String> = []
    return lists.flatMap { $0 }.filter { seen.insert($0).inserted }
  }
}
