import Columns

/// The characters of a box.
private struct BoxGlyphs {
  let horizontal: Unicode.Scalar
  let vertical: Unicode.Scalar
  let corners: (Unicode.Scalar, Unicode.Scalar, Unicode.Scalar, Unicode.Scalar)

  static let light = BoxGlyphs(horizontal: "─", vertical: "│", corners: ("┌", "┐", "└", "┘"))
  static let heavy = BoxGlyphs(horizontal: "━", vertical: "┃", corners: ("┏", "┓", "┗", "┛"))
}

extension Grid {
  /// Draws a line of one character from left to right.
  package mutating func horizontalLine(
    x: Int, y: Int, width: Int, scalar: Unicode.Scalar = "─", style: Style = .faint
  ) {
    fill(Rect(x: x, y: y, width: width, height: 1), with: Cell(scalar, style))
  }

  /// Draws a line of one character from top to bottom.
  package mutating func verticalLine(
    x: Int, y: Int, height: Int, scalar: Unicode.Scalar = "│", style: Style = .faint
  ) {
    fill(Rect(x: x, y: y, width: 1, height: height), with: Cell(scalar, style))
  }

  /// Draws the frame of a pane, with its title in the top line.
  ///
  /// The frame of the focused pane is heavy, so that the focus is visible without colours.
  package mutating func box(_ rect: Rect, title: String = "", isFocused: Bool = false) {
    guard rect.width >= 2, rect.height >= 2 else { return }
    let glyphs = isFocused ? BoxGlyphs.heavy : .light
    let style = isFocused ? Style.accent : .faint
    let (right, bottom) = (rect.endX - 1, rect.endY - 1)
    for y in [rect.y, bottom] {
      horizontalLine(x: rect.x, y: y, width: rect.width, scalar: glyphs.horizontal, style: style)
    }
    for x in [rect.x, right] {
      verticalLine(x: x, y: rect.y, height: rect.height, scalar: glyphs.vertical, style: style)
    }
    self[rect.x, rect.y] = Cell(glyphs.corners.0, style)
    self[right, rect.y] = Cell(glyphs.corners.1, style)
    self[rect.x, bottom] = Cell(glyphs.corners.2, style)
    self[right, bottom] = Cell(glyphs.corners.3, style)

    // A line segment must remain before the title and after it.
    let room = rect.width - 6
    guard room > 0, !title.isEmpty else { return }
    let shown = " " + title.abbreviated(to: room) + " "
    put(shown, x: rect.x + 2, y: rect.y, style: isFocused ? style.bold : .plain)
  }
}
