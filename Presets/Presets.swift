/// A preset that is compiled into the program.
public struct Preset: Sendable {
  /// Its name on the command line and at the prompt.
  public let name: String
  /// The text of its file.
  public let text: String

  /// What to look at: the first line of the file, a comment.
  public var summary: String {
    text.prefix { $0 != "\n" }.drop { $0 == "#" || $0 == " " }.description
  }

  init(_ name: String, _ bytes: [UInt8]) {
    self.name = name
    text = String(decoding: bytes, as: UTF8.self)
  }
}

extension Preset {
  /// The presets of this folder, the one that explains itself best first.
  public static let all: [Preset] = [
    Preset("single-neuron", PackageResources.single_neuron_yaml)
  ]
}
