package import Language

/// The behaviour of the program, as `settings` lists it.
package struct Settings: Equatable, Sendable {
  /// The background against which the colours must be visible.
  package var theme = Setting.Theme.auto
  /// The number of colours to use.
  package var color = Setting.Color.auto
  /// Whether only ASCII characters are drawn; nil leaves it to the locale.
  package var ascii: Bool?
  /// Whether the program uses the mouse.
  package var hasMouse = true
  /// Whether an edit runs at once.
  package var isAutomatic = true
  /// Whether the program asks before something is lost.
  package var confirms = false
  /// The longest duration of one run or one walk back, in seconds; nil for any.
  package var limit: Double? = 30
  /// Whether answers are words only, for a screen reader or a log.
  package var isPlain = false
  /// The terminal, or nil without one.
  package var terminal: Terminal?

  /// The abilities of a terminal.
  package struct Terminal: Equatable, Sendable {
    /// The number of its colours.
    package let colors: Int
    /// Whether it can show all characters.
    package let isUnicode: Bool
    /// Whether NO_COLOR asks for no colours.
    package let refusesColor: Bool
    /// The background that the terminal tells; auto if it does not.
    package let theme: Setting.Theme

    /// A terminal that has `colors` colours.
    package init(
      colors: Int, isUnicode: Bool, refusesColor: Bool, theme: Setting.Theme = .auto
    ) {
      self.colors = colors
      self.isUnicode = isUnicode
      self.refusesColor = refusesColor
      self.theme = theme
    }
  }

  /// The default settings.
  package init() {}

  /// Whether only ASCII characters are drawn.
  package var usesASCII: Bool { ascii ?? !(terminal?.isUnicode ?? true) }

  /// The background in use; auto if it is not known.
  package var background: Setting.Theme {
    theme == .auto ? terminal?.theme ?? .auto : theme
  }

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
