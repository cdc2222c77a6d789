import EventProp

/// A setting of the program; it changes no result.
package enum Setting: Equatable, Sendable {
  /// The background against which the colours must be visible.
  case theme(Theme)
  /// The number of colours to use.
  case color(Color)
  /// Whether only ASCII characters are drawn.
  case ascii(Switch)
  /// Whether the program uses the mouse.
  case mouse(Switch)
  /// Whether an edit runs at once.
  case auto(Switch)
  /// Whether the program asks before something is lost.
  case confirm(Switch)

  /// The longest duration of one run, in seconds; nil for any.
  case limit(Double?)

  /// The background of the text.
  package enum Theme: String, CaseIterable, Sendable {
    /// The background that the terminal tells, else colours for both.
    case auto
    case dark, light
  }

  /// The number of colours to use, at most the number of the terminal.
  package enum Color: String, CaseIterable, Sendable {
    /// All colours of the terminal, unless NO_COLOR is set.
    case auto
    /// All colours of the terminal.
    case always
    /// No colours.
    case never
    case eight = "8"
    case sixteen = "16"
    case full256 = "256"
  }

  /// Yes or no.
  package enum Switch: String, CaseIterable, Sendable {
    case on, off
  }
}

extension CommandTable {
  static let settingRows: [CommandRow] = [
    CommandRow(
      "auto", arguments: "on | off", summary: "whether an edit runs at once",
      details: "Off, edits are collected and run computes them together.", example: "auto off",
      completes: .words(Setting.Switch.allCases.map(\.rawValue))
    ) { (line) throws(Diagnostic) in
      .setting(.auto(try line.choice(Setting.Switch.self, "a choice")))
    },
    CommandRow(
      "theme", arguments: "auto | dark | light",
      summary: "the colours for a dark or a light screen",
      details: "auto follows COLORFGBG; where it is not set, the colours suit both.",
      example: "theme light", completes: .words(Setting.Theme.allCases.map(\.rawValue))
    ) { (line) throws(Diagnostic) in
      .setting(.theme(try line.choice(Setting.Theme.self, "a background")))
    },
    CommandRow(
      "color", arguments: "auto | always | never | 8 | 16 | 256", summary: "how many colours",
      details: "auto refuses colours where NO_COLOR is set; never more than the terminal has.",
      example: "color never", completes: .words(Setting.Color.allCases.map(\.rawValue))
    ) { (line) throws(Diagnostic) in
      .setting(.color(try line.choice(Setting.Color.self, "a number of colours")))
    },
    CommandRow(
      "ascii", arguments: "on | off", summary: "whether only ASCII characters are drawn",
      details: "topic display shows a pattern that tells whether the terminal can do more.",
      example: "ascii on", completes: .words(Setting.Switch.allCases.map(\.rawValue))
    ) { (line) throws(Diagnostic) in
      .setting(.ascii(try line.choice(Setting.Switch.self, "a choice")))
    },
    CommandRow(
      "mouse", arguments: "on | off", summary: "whether the mouse belongs to the program",
      details: "The terminal's own selection stays available with Shift.", example: "mouse off",
      completes: .words(Setting.Switch.allCases.map(\.rawValue))
    ) { (line) throws(Diagnostic) in
      .setting(.mouse(try line.choice(Setting.Switch.self, "a choice")))
    },
    CommandRow(
      "confirm", arguments: "on | off", summary: "whether losing something asks first",
      details: """
        On, quit and load ask where edits are not saved or breakpoints and marks would go, delete all where there are
        several. y goes on, any other key does not. Scripts are not asked.
        """, example: "confirm on", completes: .words(Setting.Switch.allCases.map(\.rawValue))
    ) { (line) throws(Diagnostic) in
      .setting(.confirm(try line.choice(Setting.Switch.self, "a choice")))
    },
    CommandRow(
      "limit", arguments: "TIME | off", summary: "how long one run may take",
      details: """
        A run or a walk back that takes longer is stopped, and everything stays as it was. Ctrl-C stops it earlier. The
        number of events has a limit of its own, max_events of the preset, by default 2 000 000.
        """, example: "limit 120s", completes: .words(["off"])
    ) { (line) throws(Diagnostic) in
      if line.take("off") { return .setting(.limit(nil)) }
      let word = try line.one("a duration, such as 120s")
      let seconds = try word.quantity(isTime: true)
      guard seconds > 0 else {
        throw word.complaint("a limit must be greater than 0", remedy: "off for none")
      }
      return .setting(.limit(seconds))
    },
    CommandRow("settings", summary: "the settings with their values") { _ in .ask(.settings) },
  ]
}
