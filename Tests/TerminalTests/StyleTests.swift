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
    let palette = Palette(tier: .full256)
    #expect((0..<7).map { palette.color(of: .series($0)) } == [178, 74, 35, 175, 33, 166, 221])
    #expect(palette.color(of: .series(7)) == 178)
    #expect(palette.color(of: .series(-1)) == 221)
  }

  @Test(arguments: ColorTier.allCases, [Background.dark, .light])
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
    #expect(Palette(tier: .eight).substitute(for: .series(2).label) == .series(2).label)
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
