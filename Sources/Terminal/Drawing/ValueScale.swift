import Columns

/// A vertical scale: the row and the dot of a value; larger values are higher.
///
/// As on an ``Axis``, the ends of the range lie at the centres of the outermost dots.
package struct ValueScale: Hashable, Sendable {
  /// The values from the lower edge to the upper edge.
  package let range: ClosedRange<Double>

  /// The number of rows.
  package let rows: Int

  /// A scale over a range of finite values; an empty range puts every value into the middle.
  package init(range: ClosedRange<Double>, rows: Int) {
    self.range = range
    self.rows = max(0, rows)
  }

  /// The number of dots, four in each row.
  package var dots: Int { rows * 4 }

  /// The dot nearest to a value, counted from the top, or nil outside the range.
  package func dot(of value: Double) -> Int? {
    guard rows > 0, range.contains(value) else { return nil }
    let extent = range.upperBound - range.lowerBound
    guard extent > 0 else { return dots / 2 }
    let part = extent.isFinite ? (range.upperBound - value) / extent : 1 - range.part(below: value)
    return Int((part * Double(dots - 1)).rounded())
  }

  /// The dot nearest to a value, the outermost one for values outside; nil for NaN.
  package func nearestDot(of value: Double) -> Int? {
    guard !value.isNaN else { return nil }
    return dot(of: min(max(value, range.lowerBound), range.upperBound))
  }

  /// The row nearest to a value, counted from the top, or nil outside the range.
  package func row(of value: Double) -> Int? { dot(of: value).map { $0 / 4 } }

  /// The value at the centre of a dot.
  package func value(atDot dot: Int) -> Double {
    guard dots > 1 else { return range.lowerBound }
    let fraction = Double(dot) / Double(dots - 1)
    let extent = range.upperBound - range.lowerBound
    return extent.isFinite
      ? range.upperBound - extent * fraction : range.value(above: 1 - fraction)
  }
}

extension ValueScale {
  /// A label of the gutter beside one value.
  package struct Label: Hashable, Sendable {
    /// The value.
    package let value: Double

    /// The text.
    package let text: String

    /// Whether a line leads from the label into the plot, as for the threshold.
    package let isLine: Bool

    /// A label.
    package init(_ text: String, at value: Double, isLine: Bool = false) {
      self.text = text
      self.value = value
      self.isLine = isLine
    }
  }

  /// Draws the gutter: a vertical line with a tick beside each label, and the name in the middle.
  ///
  /// ```text
  ///  1.0┄┤
  ///      │
  ///  V n0│
  ///      │
  ///  0.0 ┤
  /// ```
  ///
  /// - Parameters:
  ///   - grid: What to draw into.
  ///   - x: The first column of the gutter.
  ///   - y: The row at the upper end of the range.
  ///   - width: The columns of the gutter, the line included.
  ///   - name: What the values are; left out where a label has its row.
  ///   - nameStyle: How the name looks, usually in the colour of its neuron.
  ///   - labels: The labels; of two in one row the first is drawn.
  package func drawGutter(
    into grid: inout Grid, x: Int, y: Int, width: Int, name: String = "",
    nameStyle: Style = .plain, labels: [Label]
  ) {
    guard width > 0 else { return }
    let line = x + width - 1
    grid.verticalLine(x: line, y: y, height: rows)
    var taken: Set<Int> = []
    for label in labels {
      guard let row = row(of: label.value), taken.insert(row).inserted else { continue }
      let text = label.text.abbreviated(to: width - 2)
      grid.put(text, x: line - 1 - text.columns, y: y + row)
      if label.isLine, width > 1 { grid[line - 1, y + row] = Cell("┄", .threshold) }
      grid[line, y + row] = Cell("┤", .faint)
    }
    let middle = rows / 2
    guard rows > 0, !taken.contains(middle) else { return }
    let text = name.abbreviated(to: width - 1)
    grid.put(text, x: line - text.columns, y: y + middle, style: nameStyle)
  }
}
