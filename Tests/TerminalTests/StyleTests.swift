import Glibc
import Terminal
import Testing

@Suite struct StyleTests {
  @Test func `styles are built word by word`() {
    let style = Style.series(2).bold.reverse
    #expect(style.ink == .series(2))
    #expect(style.isBold && style.isReverse && !style.isDim && !style.isUnderlined)
    #expect("\(Style.accent.dim)" == "accent dim")
  }

  @Test func `neurons beyond the seventh use the colours again`() {
    let palette = Palette(tier: .full256, background: .dark)
    #expect((0..<7).map { palette.color(of: .series($0)) } == [178, 74, 35, 175, 33, 166, 221])
    #expect(palette.color(of: .series(7)) == 178)
    #expect(palette.color(of: .series(-1)) == 221)
  }

  @Test(arguments: ColorTier.allCases, Background.allCases)
  func `a palette never names a colour that the terminal lacks`(
    tier: ColorTier, background: Background
  ) {
    let limit = [ColorTier.none: 0, .eight: 8, .sixteen: 16, .full256: 256][tier] ?? 0
    let inks: [Ink] =
      (0..<8).map { .series($0) } + [
        .plain, .faint, .accent, .threshold, .warning, .positive, .negative,
      ]
    let palette = Palette(tier: tier, background: background)
    for ink in inks {
      if let color = palette.color(of: ink) { #expect((0..<limit).contains(color)) }
    }
    #expect(palette.color(of: .plain) == nil)
    if tier != .none { #expect(palette.color(of: .positive) != palette.color(of: .negative)) }
  }

  /// The contrast of two luminances, as the Web Content Accessibility Guidelines define it.
  private func contrast(_ one: Double, _ other: Double) -> Double {
    (max(one, other) + 0.05) / (min(one, other) + 0.05)
  }

  /// The luminance of one of xterm's 256 colours.
  private func luminance(_ number: Int) -> Double {
    let base: [[Double]] = [
      [0, 0, 0], [205, 0, 0], [0, 205, 0], [205, 205, 0], [0, 0, 238], [205, 0, 205],
      [0, 205, 205],
      [229, 229, 229], [127, 127, 127], [255, 0, 0], [0, 255, 0], [255, 255, 0], [92, 92, 255],
      [255, 0, 255], [0, 255, 255], [255, 255, 255],
    ]
    let levels: [Double] = [0, 95, 135, 175, 215, 255]
    let place = number - 16
    let rgb =
      number < 16
      ? base[number]
      : number < 232
        ? [levels[place / 36], levels[place / 6 % 6], levels[place % 6]]
        : Array(repeating: Double(8 + (number - 232) * 10), count: 3)
    let linear = rgb.map {
      $0 / 255 <= 0.03928 ? $0 / 255 / 12.92 : pow(($0 / 255 + 0.055) / 1.055, 2.4)
    }
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
  }

  @Test(arguments: ColorTier.allCases, Background.allCases)
  func `every ink has a contrast of 3, on white and on black if the background is not known`(
    tier: ColorTier, background: Background
  ) {
    let inks: [Ink] =
      (0..<7).map { .series($0) } + [.faint, .accent, .threshold, .warning, .positive, .negative]
    let palette = Palette(tier: tier, background: background)
    for ink in inks {
      // Eight colours are too few for seven neurons on black without the dark blue.
      let isSpared = tier == .eight && background == .dark && ink == .series(4)
      guard let color = palette.color(of: ink), !isSpared else { continue }
      if background != .dark { #expect(contrast(luminance(color), 1) >= 3, "\(ink) on white") }
      if background != .light { #expect(contrast(luminance(color), 0) >= 3, "\(ink) on black") }
    }
  }

  @Test(arguments: [
    ("15;0", Background.dark), ("0;15", .light), ("0;7", .light), ("7;8", .dark),
    ("15;default;0", .dark), ("0;default;15", .light), ("default;default", .unknown),
    ("", .unknown),
    ("0;", .unknown), ("0;99", .unknown), ("0;-1", .unknown), ("12;11", .light),
  ])
  func `COLORFGBG tells the background by its last number`(text: String, background: Background) {
    #expect(Background(colorFGBG: text) == background)
    #expect(Background(colorFGBG: nil) == .unknown)
  }

  @Test func `without colours faint is dim and urgent is bold`() {
    let palette = Palette(tier: .none)
    #expect(palette.substitute(for: .faint).isDim)
    #expect(palette.substitute(for: .warning).isBold)
    #expect(palette.substitute(for: .series(1)) == .series(1))
    #expect(!Palette(tier: .full256).substitute(for: .faint).isDim)
  }

  @Test func `without colours the first four names differ by attributes, and only the first curve`()
  {
    let palette = Palette(tier: .none)
    let names = (0..<5).map { palette.substitute(for: .series($0).label) }
    #expect(names.map(\.isBold) == [true, false, false, false, false])
    #expect(names.map(\.isUnderlined) == [false, false, true, false, false])
    #expect(names.map(\.isReverse) == [false, false, false, true, false])
    let curves = (0..<5).map { palette.substitute(for: .series($0)) }
    #expect(curves.map(\.isBold) == [true, false, false, false, false])
    #expect(curves.allSatisfy { !$0.isUnderlined && !$0.isReverse })
    #expect(palette.substitute(for: .series(7).label) == .series(7).label.bold)
    #expect(!palette.substitute(for: .series(0).dim).isBold)
    #expect(
      Palette(tier: .eight, background: .dark).substitute(for: .series(2).label) == .series(2).label
    )
  }

  @Test func `tiers follow the number of colours, and the poorer one wins`() {
    #expect(
      [0, 2, 8, 15, 16, 88, 256, 1 << 24].map { ColorTier(colors: $0) } == [
        .none, .none, .eight, .eight, .sixteen, .sixteen, .full256, .full256,
      ])
    #expect(ColorTier.full256.limited(to: .eight) == .eight)
    #expect(ColorTier.none.limited(to: .eight) == .none)
  }
}
