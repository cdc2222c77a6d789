/// A canvas of dots, two across and four down in every cell.
///
/// Dots off the canvas are dropped, so a curve may leave it. A cell has one style, set by its last
/// dot: draw the ghost first and the selected trace at the end.
package struct BrailleCanvas: Sendable {
  /// The extent in cells.
  package let size: Size

  private var patterns: [UInt8]
  private var styles: [Style]

  /// A canvas without dots.
  package init(_ size: Size) {
    self.size = size
    patterns = Array(repeating: 0, count: size.columns * size.rows)
    styles = Array(repeating: .plain, count: size.columns * size.rows)
  }

  /// The number of dot columns.
  package var dotColumns: Int { size.columns * 2 }

  /// The number of dot rows.
  package var dotRows: Int { size.rows * 4 }

  /// Sets one dot; (0, 0) is at the left top.
  package mutating func set(dotX: Int, dotY: Int, style: Style = .plain) {
    guard (0..<dotColumns).contains(dotX), (0..<dotRows).contains(dotY) else { return }
    let index = (dotY / 4) * size.columns + dotX / 2
    patterns[index] |= BrailleCanvas.bits[dotY % 4][dotX % 2]
    styles[index] = style
  }

  /// Sets the dots between two heights, both included, in either order.
  package mutating func verticalRun(dotX: Int, from: Int, to: Int, style: Style = .plain) {
    let top = max(0, min(from, to))
    let bottom = min(dotRows - 1, max(from, to))
    guard top <= bottom else { return }
    for dotY in top...bottom { set(dotX: dotX, dotY: dotY, style: style) }
  }

  /// Draws the cells that have dots, the left upper one at the given place.
  package func draw(into grid: inout Grid, x: Int, y: Int) {
    for row in 0..<size.rows {
      for column in 0..<size.columns {
        let index = row * size.columns + column
        guard patterns[index] != 0 else { continue }
        grid[x + column, y + row] = Cell(Unicode.Scalar(braille: patterns[index]), styles[index])
      }
    }
  }

  /// The bit of each dot in a cell, by row and column; Unicode numbers the lowest row last.
  static let bits: [[UInt8]] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]]
}

extension Unicode.Scalar {
  /// The Braille character with the given dots.
  init(braille pattern: UInt8) {
    // U+2800 plus a byte stays inside the Braille block, so it is never a surrogate.
    self = Unicode.Scalar(0x2800 + UInt16(pattern)) ?? " "
  }

  /// The dots of a Braille character, or nil for any other.
  var braillePattern: UInt8? {
    (0x2800...0x28FF).contains(value) ? UInt8(value - 0x2800) : nil
  }
}
