/// A horizontal axis: the column and the dot of a value, and the places of the labels.
///
/// The ends of the range lie at the centres of the first and the last dot. A value therefore leads
/// to a dot, and the dot back to the value.
package struct Axis: Hashable, Sendable {
  /// The values from the left edge to the right edge.
  package let range: ClosedRange<Double>

  /// The number of columns.
  package let columns: Int

  /// The least distance of two ticks, in columns.
  package static let tickDistance = 8

  /// An axis over a range of finite values; an empty range puts every value into the first column.
  package init(range: ClosedRange<Double>, columns: Int) {
    self.range = range
    self.columns = max(0, columns)
  }

  /// The number of dots, two in each column.
  package var dots: Int { columns * 2 }

  /// The dot nearest to a value, or nil outside the range.
  package func dot(of value: Double) -> Int? {
    guard columns > 0, range.contains(value) else { return nil }
    return Int((range.part(below: value) * Double(dots - 1)).rounded())
  }

  /// The column nearest to a value, or nil outside the range.
  package func column(of value: Double) -> Int? { dot(of: value).map { $0 / 2 } }

  /// The value at the centre of a dot; dots off the axis give values outside the range.
  package func value(atDot dot: Int) -> Double {
    guard dots > 1 else { return range.lowerBound }
    // The last dot is exactly the upper bound, so that a search finds it inside the range.
    guard dot != dots - 1 else { return range.upperBound }
    return range.value(above: Double(dot) / Double(dots - 1))
  }

  /// The value in the middle of a column.
  package func value(atColumn column: Int) -> Double {
    (value(atDot: 2 * column)...value(atDot: 2 * column + 1)).value(above: 0.5)
  }

  /// A labelled column.
  package struct Tick: Hashable, Sendable {
    /// The value.
    package let value: Double

    /// The column nearest to it.
    package let column: Int

    /// The value in decimal notation.
    package let label: String

    /// The first column of the label, which is centred on the tick where the edges allow it.
    package let labelColumn: Int

    /// The columns of the label.
    var labelColumns: Range<Int> { labelColumn..<labelColumn + label.unicodeScalars.count }
  }

  /// The ticks, at least ``tickDistance`` columns apart and with two blanks between their labels.
  package var ticks: [Tick] {
    guard columns > 0, range.extent > 0 else { return [] }
    var distance = Axis.tickDistance
    while distance < columns {
      let ticks = ticks(apart: distance)
      let overlap = zip(ticks, ticks.dropFirst()).contains { left, right in
        left.labelColumns.upperBound + 2 > right.labelColumn
      }
      if !overlap, ticks.allSatisfy({ $0.label.unicodeScalars.count <= columns }) { return ticks }
      distance += 1
    }
    return Array(ticks(apart: max(1, columns)).prefix(1)).filter { $0.label.count <= columns }
  }

  private func ticks(apart distance: Int) -> [Tick] {
    let perColumn = range.extent / Double(max(1, dots - 1)) * 2
    return Ticks(in: range, minimumStep: perColumn * Double(distance)).all.map { tick in
      let bounded = min(max(tick.value, range.lowerBound), range.upperBound)
      let column = column(of: bounded) ?? 0
      let width = tick.label.unicodeScalars.count
      return Tick(
        value: tick.value, column: column, label: tick.label,
        labelColumn: max(0, min(column - width / 2, columns - width)))
    }
  }
}

extension Axis {
  /// Draws the axis in two rows: a line with its ticks, and the labels below.
  ///
  /// ```text
  ///   ms └┴────────┴────────┴─────┻──┴────────┴
  ///       0        5       10       15       20
  /// ```
  ///
  /// - Parameters:
  ///   - grid: What to draw into.
  ///   - x: The first column of the axis; the corner and the unit stand left of it.
  ///   - y: The row of the line.
  ///   - cursor: The column of the cursor line, or nil if the cursor is not on the axis.
  ///   - unit: The unit of the labels.
  package func draw(into grid: inout Grid, x: Int, y: Int, cursor: Int? = nil, unit: String = "") {
    guard columns > 0 else { return }
    grid.put(unit, x: x - 2 - unit.unicodeScalars.count, y: y, style: .faint)
    grid[x - 1, y] = Cell("└", .faint)
    grid.horizontalLine(x: x, y: y, width: columns)
    for tick in ticks {
      grid[x + tick.column, y] = Cell("┴", .faint)
      grid.put(tick.label, x: x + tick.labelColumn, y: y + 1)
    }
    if let cursor, (0..<columns).contains(cursor) { grid[x + cursor, y] = Cell("┻", .accent) }
  }
}
