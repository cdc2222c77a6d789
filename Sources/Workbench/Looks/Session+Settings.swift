import EventProp
package import Language

/// How the program behaves: what `settings` lists.
package struct Settings: Equatable, Sendable {
  /// What the colours must stand out from.
  package var theme = Setting.Theme.dark
  /// How many colours are used.
  package var color = Setting.Color.auto
  /// Whether only ASCII characters are drawn; nil leaves it to the locale.
  package var ascii: Bool?
  /// Whether the mouse belongs to the program.
  package var hasMouse = true
  /// Whether an edit runs at once.
  package var isAutomatic = true
  /// Whether losing something asks first.
  package var confirms = false
  /// The terminal that there is, or nil where there is none.
  package var terminal: Terminal?

  /// What a terminal can do.
  package struct Terminal: Equatable, Sendable {
    /// The number of its colours.
    package let colors: Int
    /// Whether it can be sent all characters.
    package let isUnicode: Bool
    /// Whether NO_COLOR asks for none.
    package let refusesColor: Bool

    /// A terminal with so many colours.
    package init(colors: Int, isUnicode: Bool, refusesColor: Bool) {
      self.colors = colors
      self.isUnicode = isUnicode
      self.refusesColor = refusesColor
    }
  }

  /// The settings of someone who asked for nothing.
  package init() {}

  /// Whether only ASCII characters are drawn.
  package var usesASCII: Bool { ascii ?? !(terminal?.isUnicode ?? true) }

  /// The number of colours in use.
  package var colors: Int {
    let most =
      switch color {
      case .auto: terminal?.refusesColor ?? false ? 0 : 256
      case .always, .full256: 256
      case .never: 0
      case .eight: 8
      case .sixteen: 16
      }
    return min(most, terminal?.colors ?? 0)
  }
}

extension Session {
  mutating func change(_ setting: Setting, _ reply: inout Reply) throws(Diagnostic) {
    switch setting {
    case .theme(let theme): settings.theme = theme
    case .color(let color): settings.color = color
    case .ascii(let choice):
      guard choice == .on || settings.terminal?.isUnicode ?? true else {
        throw Word("ascii").complaint(
          "this locale has only ASCII", remedy: "start with LC_ALL=C.UTF-8 for the rest")
      }
      settings.ascii = choice == .on
    case .mouse(let choice): settings.hasMouse = choice == .on
    case .confirm(let choice): settings.confirms = choice == .on
    case .auto(let choice):
      settings.isAutomatic = choice == .on
      if settings.isAutomatic, isPending { try runPending(&reply) }
    }
    reply.say(settingLine(setting.name))
  }

  /// Every setting with its value and what it means here.
  var settingsTable: String {
    ["theme", "color", "ascii", "mouse", "auto", "confirm"].map(settingLine).joined(separator: "\n")
  }

  private func settingLine(_ name: String) -> String {
    func onOff(_ value: Bool) -> String { value ? "on" : "off" }
    let (value, meaning): (String, String) =
      switch name {
      case "theme": (settings.theme.rawValue, "colours for a \(settings.theme.rawValue) screen")
      case "color": (settings.color.rawValue, colorMeaning)
      case "ascii":
        (
          settings.ascii.map(onOff) ?? "auto",
          settings.usesASCII ? "only ASCII characters" : "lines and braille"
        )
      case "mouse":
        (
          onOff(settings.hasMouse),
          settings.hasMouse ? "Shift selects text" : "left to the terminal"
        )
      case "confirm":
        (
          onOff(settings.confirms),
          settings.confirms ? "losing something asks first" : "nothing is asked"
        )
      default:
        (
          onOff(settings.isAutomatic),
          settings.isAutomatic ? "an edit runs at once" : "edits wait for run"
        )
      }
    return name.padded(to: 8) + value.padded(to: 8) + meaning
  }

  private var colorMeaning: String {
    guard let terminal = settings.terminal else { return "no terminal here" }
    let refusal =
      settings.color == .auto && terminal.refusesColor ? ", since NO_COLOR is set" : ""
    return settings.colors == 0
      ? "no colours" + refusal : "\(settings.colors) colours"
  }
}

extension Setting {
  fileprivate var name: String {
    switch self {
    case .theme: "theme"
    case .color: "color"
    case .ascii: "ascii"
    case .mouse: "mouse"
    case .auto: "auto"
    case .confirm: "confirm"
    }
  }
}
