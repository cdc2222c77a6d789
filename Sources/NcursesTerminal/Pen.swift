import CNcurses
import Terminal

/// Converts cells for the C code.
///
/// Neighbouring cells mostly share a style, so the colours of the latest style are kept.
struct Pen {
  private let palette: Palette
  private var style = Style.plain
  private var cell = CNCell(blankWith: .plain, color: nil)

  init(_ palette: Palette) { self.palette = palette }

  mutating func draw(_ source: Cell) -> CNCell {
    if source.style != style {
      style = source.style
      cell = CNCell(blankWith: palette.substitute(for: style), color: palette.color(of: style.ink))
    }
    cell.scalar = source.scalar.value
    cell.marks = (source.marks.first?.value ?? 0, source.marks.second?.value ?? 0)
    cell.isWide = source.part == .left
    cell.isRest = source.part == .rest
    return cell
  }
}

extension CNCell {
  fileprivate init(blankWith style: Style, color: Int?) {
    self.init(
      scalar: 0x20, marks: (0, 0), isWide: false, isRest: false, color: Int32(color ?? -1),
      isBold: style.isBold, isDim: style.isDim, isReverse: style.isReverse,
      isUnderlined: style.isUnderlined)
  }
}
