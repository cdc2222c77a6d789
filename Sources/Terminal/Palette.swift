/// The number of colours of a terminal, in steps that change the drawing.
package enum ColorTier: Int, Hashable, Sendable, CaseIterable {
  /// No colours: attributes, labels and positions carry the information.
  case none

  /// The eight colours of the Linux console.
  case eight

  /// Eight colours and their bright versions.
  case sixteen

  /// The 256 colours of xterm.
  case full256

  /// The tier of a terminal that reports `colors` colours.
  package init(colors: Int) {
    self =
      switch colors {
      case 256...: .full256
      case 16...: .sixteen
      case 8...: .eight
      default: .none
      }
  }

  /// The poorer of two tiers, for example of the wish and of the terminal.
  package func limited(to other: ColorTier) -> ColorTier {
    rawValue <= other.rawValue ? self : other
  }
}

/// The background of the text.
package enum Background: Hashable, Sendable, CaseIterable {
  /// A terminal that does not say: the text has contrast on white and on black.
  case unknown

  /// Light text on a dark screen.
  case dark

  /// Dark text on a light screen.
  case light

  /// The background that the variable COLORFGBG tells, as rxvt and Konsole set it: the number of the
  /// foreground, perhaps a word, and the number of the background.
  package init(colorFGBG text: String?) {
    let last = text?.split(separator: ";", omittingEmptySubsequences: false).last ?? ""
    self =
      switch Int(last) {
      case .some(0...6), 8: .dark
      case 7, .some(9...15): .light
      default: .unknown
      }
  }
}

/// The colour of each ink on a terminal.
///
/// The neurons have the colours of Okabe and Ito (2008), which colour-blind eyes can tell apart,
/// mapped to the nearest of xterm's 256. A neighbour replaces a colour with a contrast below 3:1
/// against the background, against white and black if it is not known; the colour of the terminal's
/// own text replaces it where no neighbour is left. The two-ended scale runs from blue to orange, or
/// to red where there are few colours, so nothing depends on the difference of red and green.
package struct Palette: Hashable, Sendable {
  /// The number of available colours, as a tier.
  package let tier: ColorTier

  /// The background against which the colours must be visible.
  package let background: Background

  /// The palette of a terminal.
  package init(tier: ColorTier, background: Background = .dark) {
    self.tier = tier
    self.background = background
  }

  /// The number of neuron colours, which then repeat.
  package static let seriesCount = 7

  /// The colour number of an ink, or nil for the terminal's own foreground.
  package func color(of ink: Ink) -> Int? {
    switch (tier, background) {
    case (.none, _): nil
    case (.eight, .unknown): Palette.pick(ink, series: [1, nil, nil, 5, nil, 1, 5], others: .any8)
    case (.eight, .dark): Palette.pick(ink, series: [3, 6, 2, 5, 4, 1, 7], others: .dark8)
    case (.eight, .light): Palette.pick(ink, series: [1, 4, nil, 5, nil, 4, 0], others: .light8)
    case (.sixteen, .unknown):
      Palette.pick(ink, series: [1, 12, nil, 5, 13, 9, nil], others: .any16)
    case (.sixteen, .dark): Palette.pick(ink, series: [3, 14, 2, 5, 12, 1, 11], others: .dark16)
    case (.sixteen, .light):
      Palette.pick(ink, series: [1, 4, 8, 5, 12, 13, 0], others: .light16)
    case (.full256, .unknown):
      Palette.pick(ink, series: [136, 67, 29, 133, 27, 166, 95], others: .any256)
    case (.full256, .dark):
      Palette.pick(ink, series: [178, 74, 35, 175, 33, 166, 221], others: .dark256)
    case (.full256, .light):
      Palette.pick(ink, series: [166, 25, 28, 133, 94, 130, 58], others: .light256)
    }
  }

  /// The style with attributes in place of a missing colour, so that faint and urgent text still
  /// differ.
  package func substitute(for style: Style) -> Style {
    guard color(of: style.ink) == nil else { return style }
    switch style.ink {
    case .faint: return style.dim
    case .accent, .warning: return style.bold
    case .series(let index): return Palette.substitute(for: style, ofSeries: index)
    case .plain, .threshold, .positive, .negative: return style
    }
  }

  /// The style of a neuron without colours.
  ///
  /// The first neuron is bold, and so is its curve. The second is plain. The names of the third and
  /// the fourth are underlined and reversed. Only their labels distinguish the others.
  private static func substitute(for style: Style, ofSeries index: Int) -> Style {
    switch ((index % seriesCount) + seriesCount) % seriesCount {
    case 0: style.isDim ? style : style.bold
    case 2 where style.isLabel: style.underlined
    case 3 where style.isLabel: style.reverse
    default: style
    }
  }

  private struct Others {
    var faint: Int?
    var accent: Int?
    var threshold: Int?
    var warning: Int?
    var positive: Int?
    var negative: Int?

    static let any8 = Others(warning: 1, positive: 1, negative: 5)
    static let dark8 = Others(accent: 7, warning: 1, positive: 3, negative: 6)
    static let light8 = Others(accent: 0, warning: 1, positive: 1, negative: 4)
    static let any16 = Others(faint: 8, threshold: 8, warning: 9, positive: 9, negative: 12)
    static let dark16 = Others(
      faint: 8, accent: 15, threshold: 7, warning: 9, positive: 3, negative: 12)
    static let light16 = Others(
      faint: 8, accent: 0, threshold: 8, warning: 1, positive: 1, negative: 4)
    static let any256 = Others(
      faint: 244, threshold: 243, warning: 160, positive: 130, negative: 26)
    static let dark256 = Others(
      faint: 244, accent: 231, threshold: 250, warning: 203, positive: 215, negative: 75)
    static let light256 = Others(
      faint: 244, accent: 16, threshold: 240, warning: 124, positive: 130, negative: 26)
  }

  private static func pick(_ ink: Ink, series: [Int?], others: Others) -> Int? {
    switch ink {
    case .plain: nil
    case .series(let index): series[((index % seriesCount) + seriesCount) % seriesCount]
    case .faint: others.faint
    case .accent: others.accent
    case .threshold: others.threshold
    case .warning: others.warning
    case .positive: others.positive
    case .negative: others.negative
    }
  }
}
