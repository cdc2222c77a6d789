import Interface
import Terminal
import Testing
import Workbench

/// What lies beyond the cursor once the end has been reached, and names without colours.
@Suite struct CompletionTests {
  private let size = Size(columns: 80, rows: 24)

  /// The cells of curves in a block of rows, with their columns.
  private func curves(_ grid: Grid, rows: Range<Int>) -> [(column: Int, style: Style)] {
    rows.flatMap { y in
      grid.row(y).enumerated().compactMap { x, cell in
        guard x >= 7, (0x2801...0x28ff).contains(cell.scalar.value),
          cell.style.ink == .series(0)
        else { return nil }
        return (x, cell.style)
      }
    }
  }

  /// The column of the cursor on the time axis.
  private func cursor(_ grid: Grid) throws -> Int {
    let axis = try #require(grid.rowTexts.first { $0.hasPrefix("  ms") })
    return try #require(axis.firstIndex(of: "┻")).utf16Offset(in: axis)
  }

  /// The rows of the V pane, and those of the λ pane.
  private func panes(_ grid: Grid) throws -> (potential: Range<Int>, adjoint: Range<Int>) {
    let rows = grid.rowTexts
    let first = try #require(rows.firstIndex { $0.hasPrefix("   in ") })
    let last = try #require(rows.firstIndex { $0.hasPrefix("   n2 ") })
    let axis = try #require(rows.firstIndex { $0.hasPrefix("  ms") })
    return (1..<first, last + 1..<axis)
  }

  @Test func `before the end nothing lies beyond the cursor, after it V is dim there`() throws {
    var app = try app(after: ["select n0", "goto e5"])
    var grid = app.render(in: size).grid
    let column = try cursor(grid)
    let drawn = curves(grid, rows: try panes(grid).potential)
    #expect(drawn.count > 20 && drawn.allSatisfy { $0.column <= column })
    type("goto end", into: &app)
    type("fwd", into: &app)
    type("goto e5", into: &app)
    grid = app.render(in: size).grid
    #expect(try cursor(grid) == column)
    let cells = curves(grid, rows: try panes(grid).potential)
    let before = cells.filter { $0.column < column }
    let beyond = cells.filter { $0.column > column }
    #expect(before.count > 20 && before.allSatisfy { !$0.style.isDim })
    #expect(beyond.count > 20 && beyond.allSatisfy { $0.style.isDim })
    #expect(!grid.rowTexts.contains { $0.contains("not simulated yet") })
    // The adjoint is a thing of the way back, which is all still to come.
    let adjoint = curves(grid, rows: try panes(grid).adjoint)
    #expect(adjoint.count > 20 && adjoint.allSatisfy { $0.style.isDim })
  }

  @Test func `after the end λ is dim where the way back has not come`() throws {
    var app = try app(after: ["select n0", "bwd", "7 step"])
    let partial = curves(app.render(in: size).grid, rows: 0..<24).count
    type("goto end", into: &app)
    type("goto e5", into: &app)
    let grid = app.render(in: size).grid
    let column = try cursor(grid)
    let cells = curves(grid, rows: try panes(grid).adjoint)
    let walked = cells.filter { $0.column > column }
    let beyond = cells.filter { $0.column < column }
    #expect(walked.contains { !$0.style.isDim })
    #expect(beyond.count > 20 && beyond.allSatisfy { $0.style.isDim })
    #expect(curves(grid, rows: 0..<24).count > partial + 20)
    #expect(!grid.rowTexts.contains { $0.contains("not reached yet") })
  }

  @Test func `an edit and run begin again with nothing beyond the cursor`() throws {
    for line in ["set tau_syn 6ms", "run"] {
      var app = try app(after: ["select n0", "goto end", "fwd", line, "goto e5"])
      let grid = app.render(in: size).grid
      let column = try cursor(grid)
      let drawn = curves(grid, rows: try panes(grid).potential).filter { !$0.style.isDim }
      #expect(drawn.count > 20 && drawn.allSatisfy { $0.column <= column })
      #expect(curves(grid, rows: try panes(grid).adjoint).isEmpty)
    }
  }

  @Test func `without colours each name in the raster is told by its attributes`() throws {
    var app = try app(after: ["select n0"])
    let grid = app.render(in: size).grid
    let palette = Palette(tier: .none)
    let names = try ["n0", "n1", "n2"].map { name -> Style in
      let y = try #require(
        grid.rowTexts.firstIndex { $0.hasPrefix("   \(name)*") || $0.hasPrefix("   \(name) ") })
      return palette.substitute(for: grid[3, y].style)
    }
    #expect(names[0].isBold && !names[0].isUnderlined)
    #expect(!names[1].isBold && !names[1].isUnderlined && !names[1].isReverse)
    #expect(names[2].isUnderlined && !names[2].isBold)
  }
}
