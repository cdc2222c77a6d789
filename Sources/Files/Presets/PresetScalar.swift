internal import EventProp
import Language

/// The spelling of single values in a preset.
enum PresetScalar {
  /// A parameter in its unit.
  static func value(_ value: Double, of field: LIFParameters.Field) -> String {
    Quantity.exact(value, isTime: field.isTime)
  }

  /// A text, in double quotes unless it is plain words.
  static func text(_ text: String) -> String {
    let isPlain =
      text.first.map { $0.isASCII && $0.isLetter } ?? false
      && text.unicodeScalars.allSatisfy(isPlain) && text.last != " "
    guard !isPlain else { return text }
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case "\n": quoted += "\\n"
      case "\u{85}": quoted += "\\N"
      case "\u{2028}": quoted += "\\L"
      case "\u{2029}": quoted += "\\P"
      case "\u{FEFF}": quoted += "\\uFEFF"
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }

  /// Whether a character has no meaning in YAML at any place of a line.
  private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9", " ", "_", "-", ".", "(", ")", ";", "/", "+", "=": true
    default: false
    }
  }
}
