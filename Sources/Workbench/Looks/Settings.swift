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

    /// A terminal that has `colors` colours.
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
