/// How many columns and rows there are; never negative.
package struct Size: Hashable, Sendable {
  /// The number of columns.
  package let columns: Int

  /// The number of rows.
  package let rows: Int

  /// Creates a size; negative numbers become 0, because some terminals report wrong sizes at first.
  package init(columns: Int, rows: Int) {
    self.columns = max(0, columns)
    self.rows = max(0, rows)
  }

  /// Whether no cell fits.
  package var isEmpty: Bool { columns == 0 || rows == 0 }
}

/// A rectangle of cells; its left upper corner may lie off the screen, and its extent is never
/// negative.
///
/// Every cut of a rectangle gives pieces inside it. A layout without enough space therefore ends in
/// empty rectangles, into which nothing is drawn.
package struct Rect: Hashable, Sendable {
  /// The leftmost column.
  package let x: Int

  /// The topmost row.
  package let y: Int

  /// The number of columns.
  package let width: Int

  /// The number of rows.
  package let height: Int

  /// A rectangle; a negative width or height becomes 0.
  package init(x: Int, y: Int, width: Int, height: Int) {
    self.x = x
    self.y = y
    self.width = max(0, width)
    self.height = max(0, height)
  }

  /// The whole of a screen.
  package init(_ size: Size) {
    self.init(x: 0, y: 0, width: size.columns, height: size.rows)
  }

  /// The extent without the place.
  package var size: Size { Size(columns: width, rows: height) }

  /// Whether no cell fits.
  package var isEmpty: Bool { width == 0 || height == 0 }

  /// The first column to the right of the rectangle.
  package var endX: Int { x + width }

  /// The first row below the rectangle.
  package var endY: Int { y + height }

  /// Whether the cell lies in the rectangle.
  package func contains(x column: Int, y row: Int) -> Bool {
    x <= column && column < endX && y <= row && row < endY
  }
}

extension Rect {
  /// The rectangle without a frame of the given thickness; 1 gives the inside of a box.
  package func inset(by thickness: Int) -> Rect {
    inset(left: thickness, top: thickness, right: thickness, bottom: thickness)
  }

  /// The rectangle without some columns and rows at its edges.
  package func inset(left: Int = 0, top: Int = 0, right: Int = 0, bottom: Int = 0) -> Rect {
    Rect(
      x: x + min(left, width), y: y + min(top, height),
      width: width - left - right, height: height - top - bottom)
  }

  /// The first `rows` rows, and the rest below them.
  package func split(top rows: Int) -> (top: Rect, rest: Rect) {
    let cut = min(max(0, rows), height)
    return (
      Rect(x: x, y: y, width: width, height: cut),
      Rect(x: x, y: y + cut, width: width, height: height - cut)
    )
  }

  /// The last `rows` rows, and the rest above them.
  package func split(bottom rows: Int) -> (rest: Rect, bottom: Rect) {
    let (rest, bottom) = split(top: height - min(max(0, rows), height))
    return (rest, bottom)
  }

  /// The first `columns` columns, and the rest to the right of them.
  package func split(left columns: Int) -> (left: Rect, rest: Rect) {
    let cut = min(max(0, columns), width)
    return (
      Rect(x: x, y: y, width: cut, height: height),
      Rect(x: x + cut, y: y, width: width - cut, height: height)
    )
  }

  /// The last `columns` columns, and the rest to the left of them.
  package func split(right columns: Int) -> (rest: Rect, right: Rect) {
    let (rest, right) = split(left: width - min(max(0, columns), width))
    return (rest, right)
  }

  /// The part that both rectangles cover.
  package func intersection(_ other: Rect) -> Rect {
    let left = max(x, other.x)
    let top = max(y, other.y)
    return Rect(
      x: left, y: top, width: min(endX, other.endX) - left, height: min(endY, other.endY) - top)
  }
}
