import Columns
import Terminal
import Testing

@Suite struct GridTests {
  @Test func `text is clipped at all four sides`() {
    var grid = Grid(columns: 5, rows: 3)
    #expect(grid.put("abcdefgh", x: -2, y: 0) == 8)
    #expect(grid.put("xyz", x: 3, y: 1) == 3)
    grid.put("no", x: 0, y: -1)
    grid.put("no", x: 0, y: 3)
    grid.put("no", x: 9, y: 2)
    #expect(grid.rowTexts == ["cdefg", "   xy", ""])
  }

  @Test func `a limit clips before the edge`() {
    var grid = Grid(columns: 8, rows: 1)
    #expect(grid.put("threshold", x: 1, y: 0, limit: 3) == 3)
    #expect(grid.put("x", x: 6, y: 0, limit: -1) == 0)
    #expect(grid.description == "│ thr    │")
  }

  @Test(arguments: [
    Size(columns: 0, rows: 0), Size(columns: 1, rows: 1), Size(columns: 0, rows: 4),
  ])
  func `nothing is too small to draw on`(size: Size) {
    var grid = Grid(size)
    grid.put("text", x: -1, y: 0)
    grid.fill(Rect(x: -5, y: -5, width: 20, height: 20), with: Cell("#"))
    grid.box(grid.bounds, title: "title", isFocused: true)
    grid.box(Rect(x: -1, y: -1, width: 3, height: 3), title: "title")
    grid.horizontalLine(x: -3, y: 0, width: 9)
    grid.verticalLine(x: 0, y: -3, height: 9)
    grid.blit(Grid(columns: 3, rows: 3), x: -1, y: -1)
    grid.restyle(Rect(x: -1, y: -1, width: 9, height: 9)) { $0.bold }
    Axis(range: 0...40, columns: size.columns).draw(into: &grid, x: 0, y: 0, cursor: 0, unit: "ms")
    ValueScale(range: 0...1, rows: size.rows)
      .drawGutter(into: &grid, x: 0, y: 0, width: 6, name: "V", labels: [.init("1", at: 1)])
    BrailleCanvas(size).draw(into: &grid, x: -1, y: -1)
    #expect(grid.asciiOnly().size == size)
    #expect(grid.rowTexts.count == size.rows)
  }

  @Test func `boxes show their titles and the focus`() {
    var grid = Grid(columns: 22, rows: 6)
    grid.box(Rect(x: 0, y: 0, width: 22, height: 3), title: "1 V (membrane)", isFocused: true)
    grid.box(Rect(x: 0, y: 3, width: 22, height: 3), title: "much too long for a title")
    #expect(
      grid.description == """
        │┏━ 1 V (membrane) ━━━┓│
        │┃                    ┃│
        │┗━━━━━━━━━━━━━━━━━━━━┛│
        │┌─ much too long f… ─┐│
        ││                    ││
        │└────────────────────┘│
        """)
  }

  @Test func `a title without room is left out`() {
    var grid = Grid(columns: 6, rows: 2)
    grid.box(grid.bounds, title: "V")
    #expect(grid.rowTexts == ["┌────┐", "└────┘"])
  }

  @Test func `one grid is copied into another, and clipped`() {
    var small = Grid(columns: 2, rows: 2)
    small.put("ab", x: 0, y: 0)
    small.put("cd", x: 0, y: 1, style: .warning)
    var grid = Grid(columns: 3, rows: 3)
    grid.fill(grid.bounds, with: Cell("."))
    grid.blit(small, x: -1, y: -1)
    grid.blit(small, x: 2, y: 1)
    #expect(grid.rowTexts == ["d..", "..a", "..c"])
    #expect(grid[0, 0].style == .warning)
    #expect(grid[9, 9] == .blank)
  }

  @Test func `a control character is replaced, a mark has no column, a wide character two`() {
    var grid = Grid(columns: 8, rows: 1)
    #expect(grid.put("a\u{301}漢\t🙂λ\u{7}", x: 0, y: 0) == 8)
    #expect(grid.rowTexts == ["a\u{301}漢\u{FFFD}🙂λ\u{FFFD}"])
  }

  @Test func `a snapshot holds the picture and the styles`() {
    var grid = Grid(columns: 6, rows: 2)
    grid.put("n0", x: 0, y: 0, style: .series(0).bold)
    grid.put(" V", x: 2, y: 0)
    grid.put("!", x: 5, y: 1, style: .warning.reverse.underlined)
    #expect(
      grid.snapshot == """
        │n0 V  │
        │     !│

        0: 0-1 series 0 bold
        1: 5 warning reverse underlined
        """)
  }

  @Test func `a text too long ends in an ellipsis`() {
    #expect("threshold".abbreviated(to: 9) == "threshold")
    #expect("threshold".abbreviated(to: 4) == "thr…")
    #expect("threshold".abbreviated(to: 1) == "…")
    #expect("threshold".abbreviated(to: 0) == "")
  }
}
