import Terminal
import Testing

@Suite struct BrailleCanvasTests {
  @Test func `each of the eight dots has its place`() {
    var canvas = BrailleCanvas(Size(columns: 8, rows: 1))
    for dot in 0..<8 { canvas.set(dotX: 2 * dot + dot % 2, dotY: dot / 2) }
    var grid = Grid(columns: 8, rows: 1)
    canvas.draw(into: &grid, x: 0, y: 0)
    #expect(grid.rowTexts == ["⠁⠈⠂⠐⠄⠠⡀⢀"])
  }

  @Test func `dots off the canvas are dropped`() {
    var canvas = BrailleCanvas(Size(columns: 1, rows: 1))
    for (x, y) in [(-1, 0), (0, -1), (2, 0), (0, 4), (.max, .min)] { canvas.set(dotX: x, dotY: y) }
    canvas.verticalRun(dotX: 0, from: 9, to: 7)
    canvas.verticalRun(dotX: 5, from: 0, to: 3)
    var grid = Grid(columns: 1, rows: 1)
    canvas.draw(into: &grid, x: 0, y: 0)
    #expect(grid[0, 0] == .blank)
  }

  @Test func `a vertical run includes both ends, in either order`() {
    var canvas = BrailleCanvas(Size(columns: 2, rows: 2))
    canvas.verticalRun(dotX: 0, from: 5, to: 1)
    canvas.verticalRun(dotX: 3, from: -10, to: 100)
    var grid = Grid(columns: 2, rows: 2)
    canvas.draw(into: &grid, x: 0, y: 0)
    #expect(grid.rowTexts == ["⡆⢸", "⠃⢸"])
  }

  @Test func `the last dot gives its cell the style, and empty cells leave the grid alone`() {
    var canvas = BrailleCanvas(Size(columns: 2, rows: 1))
    canvas.set(dotX: 0, dotY: 0, style: .faint)
    canvas.set(dotX: 1, dotY: 3, style: .series(4))
    var grid = Grid(columns: 3, rows: 1)
    grid.put("│││", x: 0, y: 0)
    canvas.draw(into: &grid, x: 0, y: 0)
    #expect(grid.rowTexts == ["⢁││"])
    #expect(grid[0, 0].style == .series(4))
  }
}

@Suite struct AxisTests {
  @Test func `the axis of 40 ms on 80 columns`() {
    let axis = Axis(range: 0...40, columns: 74)
    var grid = Grid(columns: 80, rows: 2)
    axis.draw(into: &grid, x: 6, y: 0, cursor: axis.column(of: 13.083), unit: "ms")
    #expect(
      grid.rowTexts == [
        "  ms └┴────────┴────────┴─────┻──┴─────────┴────────┴────────┴────────┴────────┴",
        "      0        5       10       15        20       25       30       35       40",
      ])
  }

  @Test(arguments: [
    (0.0...40.0, 130, "0 2.5 5 7.5 10 12.5 15 17.5 20 22.5 25 27.5 30 32.5 35 37.5 40"),
    (0.0...1.0, 40, "0 0.25 0.5 0.75 1"),
    (-3.0...3.0, 60, "-3 -2 -1 0 1 2 3"),
    (13.00269...13.0027, 60, "13.00269 13.0026925 13.002695 13.0026975 13.0027"),
    (0.0...0.00003, 40, "0 1e-5 2e-5 3e-5"),
    (0.0...4_000_000.0, 50, "0 1e6 2e6 3e6 4e6"),
    (12.0...14.0, 20, "12 13 14"),
  ])
  func `ticks are round numbers`(range: ClosedRange<Double>, columns: Int, labels: String) {
    let ticks = Axis(range: range, columns: columns).ticks
    #expect(ticks.map(\.label).joined(separator: " ") == labels)
  }

  @Test func `labels never overlap nor leave the axis, at any zoom and width`() {
    var lower = -7.3
    var width = 1e-7
    var seen = 0
    while width < 1e9 {
      for columns in 1...90 {
        let ticks = Axis(range: lower...(lower + width), columns: columns).ticks
        for tick in ticks {
          #expect(tick.labelColumn >= 0)
          #expect(tick.labelColumn + tick.label.count <= columns)
        }
        for (left, right) in zip(ticks, ticks.dropFirst()) {
          #expect(right.column - left.column >= Axis.tickDistance - 1)
          #expect(right.labelColumn >= left.labelColumn + left.label.count + 2)
        }
        // Some place for a label there is on every axis that has room for two.
        if columns >= 40 { seen += ticks.count >= 2 ? 1 : 0 }
      }
      lower = -lower / 2
      width *= 3.7
    }
    #expect(seen > 1000)
  }

  @Test func `a value and its dot lead to each other`() {
    let axis = Axis(range: -2.5...17.5, columns: 31)
    for dot in 0..<axis.dots { #expect(axis.dot(of: axis.value(atDot: dot)) == dot) }
    for column in 0..<31 { #expect(axis.column(of: axis.value(atColumn: column)) == column) }
    #expect(axis.column(of: -2.5) == 0)
    #expect(axis.column(of: 17.5) == 30)
  }

  @Test func `values off the axis have no column`() {
    let axis = Axis(range: 0...1, columns: 10)
    for value in [-0.001, 1.001, .nan, .infinity, -.infinity] {
      #expect(axis.dot(of: value) == nil)
    }
    #expect(Axis(range: 0...1, columns: 0).column(of: 0.5) == nil)
    #expect(Axis(range: 3...3, columns: 5).column(of: 3) == 0)
    #expect(Axis(range: 3...3, columns: 5).ticks.isEmpty)
  }
}

@Suite struct ValueScaleTests {
  @Test func `larger values are further up, and the ends are the outermost dots`() {
    let scale = ValueScale(range: 0...1, rows: 5)
    #expect(scale.dot(of: 1) == 0)
    #expect(scale.dot(of: 0) == 19)
    #expect(scale.row(of: 0.5) == 2)
    #expect(scale.dot(of: 1.01) == nil)
    #expect(scale.nearestDot(of: 1.01) == 0)
    #expect(scale.nearestDot(of: -.infinity) == 19)
    #expect(scale.nearestDot(of: .nan) == nil)
    for dot in 0..<20 { #expect(scale.dot(of: scale.value(atDot: dot)) == dot) }
  }

  @Test func `the gutter shows labels, the threshold and the name`() {
    var grid = Grid(columns: 8, rows: 5)
    ValueScale(range: 0...1.05, rows: 5)
      .drawGutter(
        into: &grid, x: 0, y: 0, width: 6, name: "V n0", nameStyle: .series(0),
        labels: [.init("1.0", at: 1, isLine: true), .init("0.0", at: 0), .init("hidden", at: 0.01)])
    #expect(grid.rowTexts == [" 1.0┄┤", "     │", " V n0│", "     │", " 0.0 ┤"])
    #expect(grid[2, 2].style == .series(0))
  }
}
