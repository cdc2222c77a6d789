/// A preset that is compiled in, so that the program finds it from any working directory.
public struct Preset: Equatable, Sendable {
  /// The name, that of its file without the ending.
  public let name: String
  /// The whole text of the file.
  public let text: String

  init(_ name: String, _ bytes: [UInt8]) {
    self.name = name
    text = String(decoding: bytes, as: UTF8.self)
  }

  /// What to look at: the comment in the first line.
  public var summary: String {
    String(text.prefix { !$0.isNewline }.drop { $0 == "#" || $0 == " " })
  }
}

extension Preset {
  /// The presets of a course, in its order: one neuron first, then an idea at a time, a whole network last.
  public static let all = [
    Preset("single-neuron", PackageResources.single_neuron_yaml),
    Preset("silent", PackageResources.silent_yaml),
    Preset("grazing", PackageResources.grazing_yaml),
    Preset("race", PackageResources.race_yaml),
    Preset("leaky", PackageResources.leaky_yaml),
    Preset("reference", PackageResources.reference_yaml),
    Preset("recurrent-pair", PackageResources.recurrent_pair_yaml),
    Preset("identical-twins", PackageResources.identical_twins_yaml),
    Preset("delays", PackageResources.delays_yaml),
    Preset("integral", PackageResources.integral_yaml),
    Preset("readout", PackageResources.readout_yaml),
    Preset("xor", PackageResources.xor_yaml),
    Preset("yin-yang", PackageResources.yin_yang_yaml),
  ]

  /// The presets that are trained on the samples of a data set.
  public static let trainings = [
    Preset("exploding", PackageResources.exploding_yaml),
    Preset("digits", PackageResources.digits_yaml),
    Preset("yin-yang-100", PackageResources.yin_yang_100_yaml),
    Preset("yin-yang-200", PackageResources.yin_yang_200_yaml),
    Preset("yin-yang-delays", PackageResources.yin_yang_delays_yaml),
  ]

  /// The bytes of a file of samples that a compiled-in preset names; nil where there is no such file.
  public static func file(named name: String) -> [UInt8]? {
    name == "digits.npz" ? PackageResources.digits_npz : nil
  }

  /// Every preset that is compiled in.
  public static let known = all + trainings

  /// The preset that opens where none is named: the one that explains itself best.
  public static let opening = "reference"

  /// The preset of a name, or nil.
  public static func named(_ name: String) -> Preset? { known.first { $0.name == name } }

  /// A line for each preset, at most 80 columns wide: its name, and what to look at.
  public static var list: String {
    let width = known.map(\.name.count).max() ?? 0
    return known.map { preset in
      preset.name + String(repeating: " ", count: width - preset.name.count) + "  "
        + preset.summary
    }.joined(separator: "\n")
  }
}
