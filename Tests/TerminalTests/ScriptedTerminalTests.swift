import Terminal
import Testing

@Suite struct ScriptedTerminalTests {
  @Test func `keys come in order, then the input ends`() {
    var terminal = ScriptedTerminal(
      size: Size(columns: 3, rows: 1), keys: [.up, nil, .resize, .enter],
      laterSizes: [Size(columns: 5, rows: 2)])
    let early = [terminal.nextKey(waiting: 5), terminal.nextKey(waiting: 5)]
    #expect(early == [.up, nil])
    #expect(terminal.size.columns == 3)
    let resize = terminal.nextKey(waiting: nil)
    #expect(resize == .resize)
    #expect(terminal.size == Size(columns: 5, rows: 2))
    let late = [nil, 5, nil].map { terminal.nextKey(waiting: $0) }
    #expect(late == [.enter, nil, .endOfInput])
  }

  @Test func `what was shown is remembered`() {
    var terminal = ScriptedTerminal(size: Size(columns: 3, rows: 1))
    terminal.present(Grid(terminal.size), cursor: nil)
    var grid = Grid(terminal.size)
    grid.put("abc", x: 0, y: 0)
    terminal.present(grid, cursor: (1, 0))
    #expect(terminal.grids.count == 2)
    #expect(terminal.grid == grid)
    #expect(terminal.cursor?.x == 1)
  }
}
