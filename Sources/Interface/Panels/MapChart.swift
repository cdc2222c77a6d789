import Columns
import EventProp
import Language
import Terminal
import Workbench
import Study

/// The loss over the values of two names as shades, with strokes where the spikes change.
struct MapChart {
  let map: SweepMap
  let column: Int
  let row: Int

  private static let gutter = 10
  private static let shades: [Unicode.Scalar] = [" ", "░", "▒", "▓", "█"]

  func draw(in area: Rect, into grid: inout Grid) {
    let (above, text) = area.split(bottom: 4)
    let (cells, labels) = above.split(bottom: 1)
    let plot = cells.inset(left: Self.gutter)
    guard !plot.isEmpty else { return drawText(in: area, into: &grid) }
    let losses = Set(map.points.compactMap(\.loss)).sorted()
    let width = min(max(2, plot.width / max(1, map.across.values.count)), 8)
    let height = min(max(1, plot.height / max(1, map.up.values.count)), 3)
    let columns = Self.window(map.across.values.count, plot.width / width, around: column)
    let rows = Self.window(map.up.values.count, plot.height / height, around: row)
    for y in rows {
      let top = plot.y + (rows.upperBound - 1 - y) * height
      for x in columns {
        draw(
          x, y,
          in: Rect(
            x: plot.x + (x - columns.lowerBound) * width, y: top, width: width, height: height),
          losses, into: &grid)
      }
      let label = map.up.text(map.up.values[y], digits: 4)
      grid.put(
        label, x: plot.x - 1 - label.columns, y: top + height / 2,
        style: y == row ? .accent.bold : .plain, limit: Self.gutter)
    }
    var taken: [Range<Int>] = []
    // The chosen column always has its label.
    for x in [column] + columns {
      let label = map.across.text(map.across.values[x], digits: 4)
      let place = min((x - columns.lowerBound) * width, plot.width - label.columns)
      let room = place - 1..<place + label.columns + 1
      guard place >= 0, !taken.contains(where: { $0.overlaps(room) }) else { continue }
      grid.put(
        label, x: plot.x + place, y: labels.y, style: x == column ? .accent.bold : .plain)
      taken.append(room)
    }
    drawText(in: text, into: &grid)
  }

  /// At most `room` of `all` places, with the chosen one among them.
  private static func window(_ all: Int, _ room: Int, around place: Int) -> Range<Int> {
    let count = max(1, min(room, all))
    let first = max(0, min(place - count / 2, all - count))
    return first..<first + count
  }

  private func draw(
    _ x: Int, _ y: Int, in cell: Rect, _ losses: [Double], into grid: inout Grid
  ) {
    let isChosen = x == column && y == row
    guard let point = map.point(x, y) else { return }
    // The shade is the rank: with a loss that jumps, values would use only one or two shades.
    let shade: Unicode.Scalar =
      point.loss.map { loss in
        let rank = losses.firstIndex { $0 >= loss } ?? 0
        return Self.shades[rank * Self.shades.count / losses.count]
      } ?? "?"
    grid.fill(cell, with: Cell(shade, isChosen ? .accent : .plain))
    let isRight = map.isBorder((x, y), (x + 1, y))
    if isRight {
      grid.verticalLine(
        x: cell.endX - 1, y: cell.y, height: cell.height, scalar: "│", style: .warning)
    }
    if map.isBorder((x, y), (x, y - 1)) {
      // In a cell of one row the stroke takes only the last column, so that the shade stays visible.
      let isFlat = cell.height == 1
      grid.horizontalLine(
        x: isFlat ? cell.endX - 1 : cell.x, y: cell.endY - 1,
        width: isFlat ? 1 : cell.width - 1, scalar: "▁", style: .warning)
      if isFlat, isRight { grid[cell.endX - 1, cell.endY - 1] = Cell("┘", .warning) }
    }
    let isCurrent =
      map.across.values[x] == map.across.current && map.up.values[y] == map.up.current
    if isChosen || isCurrent {
      grid[cell.x, cell.y] = Cell(
        isChosen ? "◆" : "▲", isChosen ? Style.accent.bold.reverse : Style.series(0).bold)
    }
  }

  private func drawText(in area: Rect, into grid: inout Grid) {
    let range = map.lossRange
    let chosen = map.point(column, row)
    let lines = [
      "\(map.across.name) = \(map.across.text(map.across.values[column]))   "
        + "\(map.up.name) = \(map.up.text(map.up.values[row]))   "
        + (chosen?.loss.map { "L = \(Quantity.display($0, digits: 7))" } ?? chosen.flatMap(
          map.sentence)
          ?? "not computed")
        + (chosen.map { "   \($0.spikeCount) spike\($0.spikeCount == 1 ? "" : "s")" } ?? ""),
      "L from \(range.map { Quantity.display($0.lowerBound) } ?? "-") to "
        + "\(range.map { Quantity.display($0.upperBound) } ?? "-"): blank ░▒▓█ by rank"
        + "   ◆ chosen   ▲ now",
      "│ ▁ ┘: spikes change somewhere between two values; no gradient crosses them",
    ]
    var y = area.y
    for line in lines {
      for part in line.wrapped(to: area.width - 2) where y < area.endY {
        grid.put(part, x: area.x + 1, y: y, limit: area.width - 1)
        y += 1
      }
    }
  }
}
