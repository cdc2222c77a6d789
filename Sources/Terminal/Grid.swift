/// A screen of cells to draw into.
///
/// Everything is drawn into a grid, and only a ``TerminalDevice`` shows it. A grid clips on all
/// sides: any coordinates are allowed, even on an empty grid.
package struct Grid: Hashable, Sendable {
  /// How many columns and rows there are.
  package let size: Size

  private var cells: [Cell]

  /// A grid of blanks.
  package init(_ size: Size) {
    self.size = size
    cells = Array(repeating: .blank, count: size.columns * size.rows)
  }

  /// A grid of blanks.
  package init(columns: Int, rows: Int) {
    self.init(Size(columns: columns, rows: rows))
  }

  /// The rectangle of all cells.
  package var bounds: Rect { Rect(size) }

  /// The cell at a place; off the grid it reads as blank, and writing does nothing.
  ///
  /// If a cell replaces one half of a wide character, the other half becomes blank.
  package subscript(x: Int, y: Int) -> Cell {
    get { bounds.contains(x: x, y: y) ? cells[y * size.columns + x] : .blank }
    set {
      guard bounds.contains(x: x, y: y) else { return }
      let place = y * size.columns + x
      let old = cells[place]
      cells[place] = newValue
      guard old.part != .whole, !old.hasSameShape(as: newValue) else { return }
      let other = old.part == .left ? x + 1 : x - 1
      cells[y * size.columns + other] = Cell(" ", old.style)
    }
  }

  /// The cells of one row from the left; empty for a row off the grid.
  package func row(_ y: Int) -> ArraySlice<Cell> {
    guard (0..<size.rows).contains(y) else { return [] }
    return cells[y * size.columns..<(y + 1) * size.columns]
  }
}

extension Grid {
  /// Writes one line of text and returns how many columns it took.
  ///
  /// - Parameters:
  ///   - text: The text; a wide character takes two columns, a mark none.
  ///   - x: The column of the first character, possibly off the grid.
  ///   - y: The row.
  ///   - style: The style of the text.
  ///   - limit: The most columns for the text; nil for no limit except the edges.
  /// - Returns: The columns the text advanced, including those clipped at the edges of the grid, so
  ///   that the next piece continues at `x` plus the result.
  @discardableResult
  package mutating func put(
    _ text: some StringProtocol, x: Int, y: Int, style: Style = .plain, limit: Int? = nil
  ) -> Int {
    let row = Cell.row(of: text, style)
    let count = min(row.count, max(0, limit ?? .max))
    for (offset, cell) in row[..<count].enumerated() {
      let column = x + offset
      // A wide character of which one half has no room becomes blank.
      let isCut =
        switch cell.part {
        case .whole: false
        case .left: offset + 1 == count || column + 1 >= size.columns
        case .rest: column <= 0
        }
      self[column, y] = isCut ? Cell(" ", style) : cell
    }
    return count
  }

  /// Fills a rectangle with one cell.
  package mutating func fill(_ rect: Rect, with cell: Cell = .blank) {
    let visible = rect.intersection(bounds)
    for y in visible.y..<visible.endY {
      for x in visible.x..<visible.endX { self[x, y] = cell }
    }
  }

  /// Gives a rectangle another style and keeps its text.
  package mutating func restyle(_ rect: Rect, _ change: (Style) -> Style) {
    let visible = rect.intersection(bounds)
    for y in visible.y..<visible.endY {
      for x in visible.x..<visible.endX { self[x, y].style = change(self[x, y].style) }
    }
  }

  /// Copies another grid into this one, its left upper corner at the given place.
  package mutating func blit(_ other: Grid, x: Int, y: Int) {
    let target = Rect(x: x, y: y, width: other.size.columns, height: other.size.rows)
    let visible = target.intersection(bounds)
    for row in visible.y..<visible.endY {
      for column in visible.x..<visible.endX {
        let cell = other[column - x, row - y]
        let isCut =
          cell.part == .rest && column == visible.x
          || cell.part == .left && column == visible.endX - 1
        self[column, row] = isCut ? Cell(" ", cell.style) : cell
      }
    }
  }
}
