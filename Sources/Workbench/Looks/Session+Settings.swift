import Language

extension Session {
  /// Changes the behaviour of the program, and tells the effect in this terminal.
  mutating func change(_ setting: Setting, _ reply: inout Reply) throws(Diagnostic) {
    switch setting {
    case .theme(let theme): looks.settings.theme = theme
    case .color(let color): looks.settings.color = color
    case .ascii(let choice):
      guard choice == .on || looks.settings.terminal?.isUnicode ?? true else {
        throw Word("ascii").complaint(
          "this locale has only ASCII", remedy: "start with LC_ALL=C.UTF-8 for the rest")
      }
      looks.settings.ascii = choice == .on
    case .mouse(let choice): looks.settings.hasMouse = choice == .on
    case .confirm(let choice): looks.settings.confirms = choice == .on
    case .limit(let seconds): looks.settings.limit = seconds
    case .auto(let choice):
      looks.settings.isAutomatic = choice == .on
      if looks.settings.isAutomatic, bench.isPending { try runPending(&reply) }
    }
    reply.say(looks.settings.line(setting.name))
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
    case .limit: "limit"
    }
  }
}
