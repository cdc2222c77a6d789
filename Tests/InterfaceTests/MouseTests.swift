import EventProp
import Interface
import Language
import Terminal
import Testing
import Workbench

/// Clicks, drags and the wheel.
@Suite struct MouseTests {
  private let size = Size(columns: 120, rows: 40)

  private func screen(after lines: [String] = [], size: Size? = nil) throws -> App {
    var app = try app(after: lines)
    _ = app.render(in: size ?? self.size)
    return app
  }

  @discardableResult
  private func click(_ x: Int, _ y: Int, in app: inout App) -> [Effect] {
    drag(from: (x, y), to: (x, y), in: &app)
  }

  @discardableResult
  private func drag(from: (Int, Int), to: (Int, Int), in app: inout App) -> [Effect] {
    app.handle(.mouse(MouseEvent(.press(button: 1), x: from.0, y: from.1)))
      + app.handle(.mouse(MouseEvent(.release(button: 1), x: to.0, y: to.1)))
  }

  /// The place of a text on the screen.
  private func place(of text: String, in app: inout App) throws -> (x: Int, y: Int) {
    let rows = app.render(in: size).grid.rowTexts
    let y = try #require(rows.firstIndex { $0.contains(text) })
    let range = try #require(rows[y].firstRange(of: text))
    return (rows[y].distance(from: rows[y].startIndex, to: range.lowerBound), y)
  }

  @Test(arguments: [(9, 0), (24, 2), (29, 3), (46, 6), (76, 11)])
  func `a click in a plot goes to the nearest event, in the phase where the cursor is`(
    column: Int, event: Int
  ) throws {
    var forwards = try screen(after: ["step"])
    click(column, 5, in: &forwards)
    #expect(forwards.session.point == .forward(event))
    var backwards = try screen(after: ["goto end"])
    click(column, 30, in: &backwards)
    #expect(backwards.session.point == .backward(event))
  }

  @Test func `a click focuses its pane and leaves the prompt alone`() throws {
    var app = try screen()
    for scalar in "set tau".unicodeScalars { _ = app.handle(.character(scalar)) }
    click(90, 20, in: &app)
    #expect(app.session.looks.view.focus == .inspector)
    #expect(app.editor.text == "set tau")
  }

  @Test func `rows of the raster, the event list and the matrix are selected by a click`() throws {
    var app = try screen(after: ["goto end"])
    let row = try place(of: " n2 ┤", in: &app)
    click(row.x + 1, row.y, in: &app)
    #expect(app.session.selected == 2)
    let event = try place(of: "e6   21", in: &app)
    click(event.x, event.y, in: &app)
    #expect(app.session.point == .backward(6))
    type("goto end", into: &app)
    type("select n0", into: &app)
    let cell = try place(of: "-7.88", in: &app)
    click(cell.x, cell.y, in: &app)
    #expect(app.session.selectedSynapse.map { app.session.names.name(of: $0) } == "n1<-in2")
    let spike = try place(of: " n0 ┤", in: &app)
    let tick = try #require(
      (spike.x + 6..<78).first { app.render(in: size).grid[$0, spike.y].scalar == "┃" })
    click(tick, spike.y, in: &app)
    #expect(app.session.selected == 0)
    #expect(app.session.point == .backward(5))
  }

  @Test func `a lane's label selects its neuron, a parameter is selected by its row`() throws {
    let large = Size(columns: 200, rows: 60)
    var app = try screen(size: large)
    let rows = app.render(in: large).grid.rowTexts
    let lane = try #require(rows.firstIndex { $0.contains("V n2│") })
    click(3, lane, in: &app)
    #expect(app.session.selected == 2)
    let parameter = try #require(rows.firstIndex { $0.contains(" v_th ") })
    click(140, parameter, in: &app)
    #expect(app.session.selectedParameter == "v_th")
  }

  @Test func `the wheel zooms around the pointer and keeps what is under it`() throws {
    var app = try screen()
    // Column 43 of the plot is the middle of its 70 columns.
    for _ in 0..<4 { _ = app.handle(.mouse(MouseEvent(.wheelUp, x: 26, y: 5))) }
    let window = app.session.looks.window
    let length = window.upperBound - window.lowerBound
    #expect(abs(length - 40e-3 * 0.75 * 0.75 * 0.75 * 0.75) < 1e-6)
    let before = 18.5 / 69.5 * 40e-3
    let part = (before - window.lowerBound) / length
    #expect(abs(part - 18.5 / 69.5) < 0.02)
    _ = app.handle(.mouse(MouseEvent(.wheelDown, x: 26, y: 5, isShifted: true)))
    #expect(abs(app.session.looks.window.lowerBound - window.lowerBound - length / 4) < 1e-9)
    for _ in 0..<9 { _ = app.handle(.mouse(MouseEvent(.wheelDown, x: 26, y: 5))) }
    #expect(app.session.looks.window == 0...40e-3)
  }

  @Test func `a drag zooms to its range, whichever way it goes`() throws {
    var right = try screen()
    drag(from: (20, 5), to: (50, 9), in: &right)
    let window = right.session.looks.window
    #expect(window.lowerBound > 5e-3 && window.lowerBound < 8e-3)
    #expect(window.upperBound > 22e-3 && window.upperBound < 27e-3)
    #expect(right.session.point == .start)
    var left = try screen()
    drag(from: (50, 30), to: (20, 9), in: &left)
    #expect(left.session.looks.window == window)
  }

  @Test func `a drag out of the plots is no zoom`() throws {
    var app = try screen()
    drag(from: (20, 5), to: (100, 5), in: &app)
    #expect(app.session.looks.window == 0...40e-3)
  }

  @Test func `a click on a hint runs it`() throws {
    var app = try screen()
    let step = try place(of: "→ step", in: &app)
    click(step.x, step.y, in: &app)
    #expect(app.session.point == .forward(0))
    let quit = try place(of: "quit", in: &app)
    #expect(click(quit.x + 3, quit.y, in: &app) == [.quit])
    #expect(!app.isRunning)
  }

  @Test func `the help is clicked open, and an entry of it runs`() throws {
    var app = try screen()
    click(1, 38, in: &app)
    #expect(app.render(in: size).grid.rowTexts[1].contains("keys in"))
    let entry = try place(of: "finish this phase", in: &app)
    click(entry.x, entry.y, in: &app)
    #expect(app.session.point == .turn)
  }

  @Test func `the wheel scrolls a text over the plots`() throws {
    var app = try screen(after: ["help commands"])
    let before = app.render(in: size).grid.rowTexts[2]
    _ = app.handle(.mouse(MouseEvent(.wheelDown, x: 3, y: 5)))
    let after = app.render(in: size).grid.rowTexts
    #expect(after[2] != before)
    _ = app.handle(.mouse(MouseEvent(.wheelUp, x: 3, y: 5)))
    #expect(app.render(in: size).grid.rowTexts[2] == before)
    click(30, 10, in: &app)
    #expect(app.render(in: size).grid.rowTexts[2] == before)
    click(30, 1, in: &app)
    #expect(app.render(in: size).grid.rowTexts[2] != before)
  }

  @Test func `every cell can be clicked on every layout`() throws {
    for size in [
      Size(columns: 40, rows: 10), Size(columns: 60, rows: 16), Size(columns: 80, rows: 24),
      Size(columns: 120, rows: 40), Size(columns: 1, rows: 1),
    ] {
      var app = try app(after: ["bwd", "5 step"])
      var places: Set<Int> = []
      for y in stride(from: 0, to: size.rows, by: 2) {
        for x in stride(from: y % 4, to: size.columns, by: 7) {
          #expect(app.render(in: size).grid.size == size)
          click(x, y, in: &app)
          _ = app.handle(.mouse(MouseEvent(.wheelDown, x: x, y: y)))
          #expect(!app.session.bench.isEdited, "\(x),\(y) of \(size)")
          places.insert(app.session.cursor.number)
          if !app.isRunning { app = try self.app() }
        }
      }
      #expect(size.columns < 60 || places.count > 5, "\(size): \(places)")
    }
  }

  private func app(after lines: [String] = []) throws -> App {
    try InterfaceTests.app(after: lines)
  }
}
