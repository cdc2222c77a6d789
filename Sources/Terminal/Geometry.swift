/// How many columns and rows there are; never negative.
public struct Size: Hashable, Sendable {
  /// The number of columns.
  public let columns: Int

  /// The number of rows.
  public let rows: Int

  /// A size; negative numbers become 0, as some terminals report nonsense before their first resize.
  public init(columns: Int, rows: Int) {
    self.columns = max(0, columns)
    self.rows = max(0, rows)
  }

  /// Whether not even one cell fits.
  public var isEmpty: Bool { columns == 0 || rows == 0 }
}

/// A rectangle of cells: its left upper corner may lie off the screen, its extent is never negative.
///
/// Every way of cutting a rectangle gives pieces inside it, so a layout that runs out of space
/// ends in empty rectangles, into which nothing is drawn.
public struct Rect: Hashable, Sendable {
  /// The leftmost column.
  public let x: Int

  /// The topmost row.
  public let y: Int

  /// The number of columns.
  public let width: Int

  /// The number of rows.
  public let height: Int

  /// A rectangle; a negative width or height becomes 0.
  public init(x: Int, y: Int, width: Int, height: Int) {
    self.x = x
    self.y = y
    self.width = max(0, width)
    self.height = max(0, height)
  }

  /// The whole of a screen.
  public init(_ size: Size) {
    self.init(x: 0, y: 0, width: size.columns, height: size.rows)
  }

  /// The extent without the place.
  public var size: Size { Size(columns: width, rows: height) }

  /// Whether not even one cell fits.
  public var isEmpty: Bool { width == 0 || height == 0 }

  /// The first column to the right of the rectangle.
  public var endX: Int { x + width }

  /// The first row below the rectangle.
  public var endY: Int { y + height }

  /// Whether the cell lies in the rectangle.
  public func contains(x column: Int, y row: Int) -> Bool {
    x <= column && column < endX && y <= row && row < endY
  }
}

extension Rect {
  /// The rectangle without a frame of the given thickness; with 1, what is inside a box.
  public func inset(by thickness: Int) -> Rect {
    inset(left: thickness, top: thickness, right: thickness, bottom: thickness)
  }

  /// The rectangle without some columns and rows at its edges.
  public func inset(left: Int = 0, top: Int = 0, right: Int = 0, bottom: Int = 0) -> Rect {
    Rect(
      x: x + min(left, width), y: y + min(top, height),
      width: width - left - right, height: height - top - bottom)
  }

  /// The first `rows` rows, and what is left below them.
  public func split(top rows: Int) -> (top: Rect, rest: Rect) {
    let cut = min(max(0, rows), height)
    return (
      Rect(x: x, y: y, width: width, height: cut),
      Rect(x: x, y: y + cut, width: width, height: height - cut)
    )
  }

  /// The last `rows` rows, and what is left above them.
  public func split(bottom rows: Int) -> (rest: Rect, bottom: Rect) {
    let (rest, bottom) = split(top: height - min(max(0, rows), height))
    return (rest, bottom)
  }

  /// The first `columns` columns, and what is left beside them.
  public func split(left columns: Int) -> (left: Rect, rest: Rect) {
    let cut = min(max(0, columns), width)
    return (
      Rect(x: x, y: y, width: cut, height: height),
      Rect(x: x + cut, y: y, width: width - cut, height: height)
    )
  }

  /// The last `columns` columns, and what is left beside them.
  public func split(right columns: Int) -> (rest: Rect, right: Rect) {
    let (rest, right) = split(left: width - min(max(0, columns), width))
    return (rest, right)
  }

  /// The part that both rectangles cover.
  public func intersection(_ other: Rect) -> Rect {
    let left = max(x, other.x)
    let top = max(y, other.y)
    return Rect(
      x: left, y: top, width: min(endX, other.endX) - left, height: min(endY, other.endY) - top)
  }
}
