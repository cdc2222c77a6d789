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
  /// All presets, in an order for a newcomer; the first is the one that explains itself best.
  public static let all = [
    Preset("reference", PackageResources.reference_yaml),
    Preset("single-neuron", PackageResources.single_neuron_yaml),
    Preset("race", PackageResources.race_yaml),
    Preset("silent", PackageResources.silent_yaml),
    Preset("grazing", PackageResources.grazing_yaml),
    Preset("recurrent-pair", PackageResources.recurrent_pair_yaml),
    Preset("xor", PackageResources.xor_yaml),
    Preset("leaky", PackageResources.leaky_yaml),
    Preset("identical-twins", PackageResources.identical_twins_yaml),
    Preset("delays", PackageResources.delays_yaml),
    Preset("readout", PackageResources.readout_yaml),
    Preset("integral", PackageResources.integral_yaml),
    Preset("yin-yang", PackageResources.yin_yang_yaml),
  ]

  /// The preset of a name, or nil.
  public static func named(_ name: String) -> Preset? { all.first { $0.name == name } }
}
