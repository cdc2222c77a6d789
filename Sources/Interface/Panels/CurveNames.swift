import Columns
import Terminal

extension Scene {
  /// A curve with the name that stands beside it.
  struct NamedCurve {
    var name: String
    var trace: Trace
    var style: Style
  }

  /// Writes the name of each curve just above or below it, where the cells are free and no other
  /// curve is as near; a curve without such a place stays without a name.
  ///
  /// One curve alone needs no name.
  func drawNames(
    of curves: [NamedCurve], _ scale: ValueScale, in plot: Rect, into grid: inout Grid
  ) {
    guard curves.count > 1 else { return }
    let rows = curves.map { curve in
      (0..<plot.width).map { column -> [Int] in
        let dots = (2 * column...2 * column + 1).filter { curve.trace.columns.indices.contains($0) }
        return dots.flatMap { curve.trace.columns[$0] }
          .compactMap { scale.row(of: $0) }
      }
    }
    for (number, curve) in curves.enumerated() {
      let width = curve.name.columns
      search: for column in (1..<max(1, plot.width - width)).reversed() {
        for offset in [-1, 1] {
          let middle = column + width / 2
          // A steep curve crosses several rows, and a name beside it tells little.
          guard let row = rows[number][middle].first, Set(rows[number][middle]).count == 1,
            (0..<plot.height).contains(row + offset)
          else { continue }
          let y = row + offset
          let isFree = (column - 1...column + width).allSatisfy { x in
            x >= plot.width || grid[plot.x + x, plot.y + y] == .blank
          }
          let isNearest = rows.indices.allSatisfy { other in
            other == number
              || (column..<column + width).allSatisfy { x in
                rows[other][x].allSatisfy { abs($0 - y) > 1 }
              }
          }
          guard isFree, isNearest else { continue }
          grid.put(curve.name, x: plot.x + column, y: plot.y + y, style: curve.style)
          break search
        }
      }
    }
  }
}
