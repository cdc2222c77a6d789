import Terminal
import TestSupport
import Testing

/// One picture with everything this room draws, as a user would see it.
@Suite struct SnapshotTests {
  @Test func `a pane with a curve, its gutter and its axis`() {
    let grid = picture(Size(columns: 60, rows: 12))
    assertSnapshot(grid.snapshot, named: "pane")
    assertSnapshot(grid.asciiOnly().description, named: "pane-ascii")
  }

  @Test(.enabled(if: !recordsSnapshots))
  func `a missing snapshot is a failure`() {
    withKnownIssue { assertSnapshot("text", named: "no-such-snapshot") }
  }

  private func picture(_ size: Size) -> Grid {
    var grid = Grid(size)
    let (pane, axisRows) = grid.bounds.split(top: size.rows - 2)
    grid.box(pane, title: "1 V (membrane)", isFocused: true)
    let plot = pane.inset(by: 1).split(left: 6).rest
    let time = Axis(range: 0...20, columns: plot.width)
    let scale = ValueScale(range: 0...1.05, rows: plot.height)
    scale.drawGutter(
      into: &grid, x: plot.x - 6, y: plot.y, width: 6, name: "V n0", nameStyle: .series(0),
      labels: [.init("1.0", at: 1, isLine: true), .init("0.0", at: 0)])
    let cursor = time.column(of: 13)
    grid.verticalLine(
      x: plot.x + (cursor ?? 0), y: plot.y, height: plot.height, scalar: "┊", style: .accent)

    var canvas = BrailleCanvas(plot.size)
    for dot in stride(from: 0, to: time.dots, by: 4) {
      canvas.set(dotX: dot, dotY: scale.nearestDot(of: 1) ?? 0, style: .threshold)
    }
    var previous = scale.nearestDot(of: 0) ?? 0
    for dot in 0..<time.dots {
      // A ramp with one reset: a curve, a jump, and a curve again.
      let value = time.value(atDot: dot) / 13
      let height = scale.nearestDot(of: value < 1 ? value * value : (value - 1) / 2) ?? 0
      canvas.verticalRun(dotX: dot, from: previous, to: height, style: .series(0))
      previous = height
    }
    canvas.draw(into: &grid, x: plot.x, y: plot.y)
    time.draw(into: &grid, x: plot.x, y: axisRows.y, cursor: cursor, unit: "ms")
    return grid
  }
}
