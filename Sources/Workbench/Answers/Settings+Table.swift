import Columns
import Language

extension Settings {
  /// Every setting with its value and its meaning in this terminal.
  var table: String {
    ["theme", "color", "ascii", "mouse", "auto", "confirm", "limit"].map(line).joined(
      separator: "\n")
  }

  /// One setting with its value and its meaning.
  func line(_ name: String) -> String {
    func onOff(_ value: Bool) -> String { value ? "on" : "off" }
    let (value, meaning): (String, String) =
      switch name {
      case "theme":
        (
          theme.rawValue,
          background == .auto
            ? "colours for a dark or a light screen" : "colours for a \(background.rawValue) screen"
        )
      case "color": (color.rawValue, colorMeaning)
      case "ascii":
        (
          ascii.map(onOff) ?? "auto",
          usesASCII ? "only ASCII characters" : "lines and braille"
        )
      case "mouse":
        (
          onOff(hasMouse),
          hasMouse ? "Shift selects text" : "left to the terminal"
        )
      case "confirm":
        (
          onOff(confirms),
          confirms ? "losing something asks first" : "nothing is asked"
        )
      case "limit":
        (
          limit.map { Quantity.displayTime($0) } ?? "off",
          limit == nil ? "a run may take any time" : "a run that takes longer is stopped"
        )
      default:
        (
          onOff(isAutomatic),
          isAutomatic ? "an edit runs at once" : "edits wait for run"
        )
      }
    return name.padded(to: 8) + value.padded(to: 8) + meaning
  }

  private var colorMeaning: String {
    guard let terminal = terminal else { return "no terminal here" }
    let refusal =
      color == .auto && terminal.refusesColor ? ", since NO_COLOR is set" : ""
    return colors == 0
      ? "no colours" + refusal : "\(colors) colours"
  }
}
