import EventProp
import Interface
import Terminal
import Testing
import Workbench

/// The letters that act where single keys do, and what they say.
@Suite struct KeyTests {
  private let size = Size(columns: 120, rows: 40)

  private func rows(_ app: inout App) -> [String] { app.render(in: size).grid.rowTexts }

  /// A screen on which single keys act, after some lines.
  private func acting(after lines: [String] = []) throws -> App {
    var app = try app(after: lines)
    _ = app.render(in: size)
    _ = app.handle(.tab)
    return app
  }

  private func press(_ letters: String, in app: inout App) {
    for letter in letters.unicodeScalars { _ = app.handle(.character(letter)) }
  }

  @Test func `m and a letter mark a place, ' and the letter go back to it`() throws {
    var app = try acting(after: ["4 step"])
    press("m", in: &app)
    #expect(rows(&app)[38].hasPrefix("? help  mark this place as: press a letter, Esc cancels"))
    press("a", in: &app)
    press("ss", in: &app)
    #expect(app.session.point == .forward(5))
    press("'", in: &app)
    #expect(rows(&app)[38].hasPrefix("? help  go to mark: press its letter (a), Esc cancels"))
    press("a", in: &app)
    #expect(app.session.point == .forward(3))
  }

  @Test(arguments: [true, false])
  func `: begins a line, or is no part of one that may begin already`(keysAct: Bool) throws {
    var app = try keysAct ? acting() : app(after: [])
    press(":step", in: &app)
    #expect(app.editor.text == "step")
    _ = app.handle(.enter)
    #expect(app.session.point == .forward(0))
    press("echo a:b", in: &app)
    #expect(app.editor.text == "echo a:b")
  }

  @Test(arguments: [Key.escape, .enter, .tab, .character("1")])
  func `another key than a letter leaves the mark unset, and does nothing else`(key: Key) throws {
    var app = try acting(after: ["4 step"])
    press("m", in: &app)
    _ = app.handle(key)
    #expect(app.session.markPlaces.isEmpty)
    #expect(app.session.point == .forward(3))
    press("s", in: &app)
    #expect(app.session.point == .forward(4))
  }

  @Test func `marks are letters on the axis and in the event list, breakpoints b and B`() throws {
    var app = try app(after: ["bwd", "7 step", "mark a", "fwd", "2 step", "mark b"])
    type("break spike n0", into: &app)
    type("fwd", into: &app)
    var rows = rows(&app)
    let axis = try #require(rows.first { $0.hasPrefix("   ms") })
    let letters = axis.dropFirst(8).prefix(70).filter { $0.isLetter }
    #expect(String(letters) == "ba")
    #expect(rows.contains { $0.contains("│ ba e5 ") })
    #expect(rows.contains { $0.contains("│  b e1 ") })
    #expect(rows.contains { $0.contains("│ b  e8 ") })
    type("c", into: &app)
    rows = self.rows(&app)
    #expect(rows.contains { $0.contains("│▶Ba e5 ") })
    #expect(rows.contains { $0.contains("│ B  e8 ") })
  }

  @Test func `where the list is wide the marks and the breakpoints stand beside the events`() throws
  {
    var app = try app(after: ["bwd", "7 step", "mark a", "break spike n0"])
    let rows = app.render(in: Size(columns: 200, rows: 60)).grid.rowTexts
    #expect(rows.contains { $0.contains("⋅    marks ") })
    #expect(rows.contains { $0.contains("  a  e5    13.083 ms") })
    #expect(rows.contains { $0.contains(" 1 spike n0  0 hits") })
  }

  @Test func `B sets the breakpoint at the selected neuron's spikes and takes it away`() throws {
    var app = try acting(after: ["select n0"])
    press("B", in: &app)
    #expect(app.session.stops.breakpoints.map(\.text) == ["spike n0"])
    press("c", in: &app)
    #expect(app.session.point == .forward(5))
    press("B", in: &app)
    #expect(app.session.stops.breakpoints.isEmpty)
  }

  @Test(arguments: [
    ("1", "V n1 @ e4- = "), ("3", "λV n1 @ e4- = "), ("6", "dL/dw n1<-in0 = -5.1897"),
    ("4", "e4 spike n1 at 13.0027 ms"), ("2", "e4 spike n1 at 13.0027 ms"),
    ("5", "e4 spike n1 at 13.0027 ms"),
  ])
  func `w asks where the value of the focused pane comes from`(pane: String, answer: String) throws
  {
    var app = try acting(after: ["bwd", "8 step"])
    press(pane + "w", in: &app)
    #expect(rows(&app).contains { $0.contains(answer) })
  }

  @Test func `where λ is not known yet w says so, under the line that it stands for`() throws {
    var app = try acting()
    press("3w", in: &app)
    let rows = rows(&app)
    let line = try #require(rows.firstIndex { $0.hasPrefix("(fwd start) why lV n1") })
    #expect(rows[line + 1].hasPrefix("                ^^ λ is not computed yet"))
  }

  @Test func `up and down, k and j select neurons`() throws {
    var app = try acting()
    #expect(app.session.selected == 1)
    for (key, neuron) in [
      (Key.down, 2), (.down, 0), (.up, 2), (.character("k"), 1), (.character("j"), 2),
    ] {
      _ = app.handle(key)
      #expect(app.session.selected == neuron)
    }
  }

  @Test func `u takes an edit back, control R makes it again`() throws {
    var app = try acting(after: ["set tau_mem 25ms"])
    press("u", in: &app)
    #expect(!app.session.bench.isEdited)
    _ = app.handle(.control("r"))
    #expect(app.session.bench.isEdited)
    // At the prompt the same key searches.
    press(":", in: &app)
    _ = app.handle(.control("r"))
    #expect(app.editor.prompt != nil)
  }

  @Test func `in the parameters arrows select, < and > nudge, Enter edits at the prompt`() throws {
    var app = try acting()
    press("7", in: &app)
    #expect(app.session.selectedParameter == "tau_mem")
    press(">", in: &app)
    #expect(app.session.bench.parameterRows[1].value == "20.2 ms")
    press("<", in: &app)
    #expect(app.session.bench.parameterRows[1].value == "19.998 ms")
    _ = app.handle(.down)
    #expect(app.session.selectedParameter == "tau_syn")
    press("}", in: &app)
    #expect(app.session.bench.parameterRows[2].value == "5.5 ms")
    _ = app.handle(.enter)
    #expect(app.editor.text == "set tau_syn ")
    type("4ms", into: &app)
    #expect(app.session.bench.parameterRows[2].value == "4 ms")
    _ = app.handle(.tab)
    press("7", in: &app)
    for _ in 0..<2 { _ = app.handle(.down) }
    #expect(app.session.selectedParameter == "v_leak")
    press(">", in: &app)
    #expect(rows(&app).contains { $0.contains("v_leak is 0, and a part of 0 is nothing") })
  }

  @Test func `a letter without a meaning types, : and i only go to the prompt`() throws {
    for letter in ":i".unicodeScalars {
      var app = try acting()
      _ = app.handle(.character(letter))
      #expect(app.editor.isEmpty)
      press("s", in: &app)
      #expect(app.editor.text == "s")
    }
    var app = try acting()
    press("x", in: &app)
    #expect(app.editor.text == "x")
  }

  // MARK: - The list of keys

  @Test(arguments: [Key.character("?"), .function(1)])
  func `the list of keys is that of the pane, is filtered by typing, and Enter runs an entry`(
    key: Key
  ) throws {
    var app = try acting()
    press("3", in: &app)
    _ = app.handle(key)
    #expect(rows(&app)[1].contains("keys in adjoint, and commands"))
    #expect(rows(&app).filter { $0.contains("]          next event") }.count == 1)
    #expect(rows(&app).contains { $0.contains("]          next event of the selected neuron") })
    press("near", in: &app)
    let filtered = rows(&app)
    #expect(filtered[1].contains("filter: near_"))
    #expect(filtered[2].contains("▶ near"))
    _ = app.handle(.backspace)
    press("rXX", in: &app)
    #expect(rows(&app)[2].contains("nothing mentions that"))
    _ = app.handle(.control("u"))
    press("turn: the loss", in: &app)
    _ = app.handle(.enter)
    #expect(app.session.point == .turn)
    #expect(!rows(&app)[1].contains("filter"))
  }

  @Test func `an entry that needs more is begun at the prompt`() throws {
    var app = try acting()
    press("?", in: &app)
    press("set", in: &app)
    _ = app.handle(.enter)
    #expect(app.editor.text == "set ")
  }

  @Test func `Esc closes the list and changes nothing`() throws {
    var app = try acting()
    let before = rows(&app)
    press("?abc", in: &app)
    _ = app.handle(.escape)
    #expect(rows(&app) == before)
  }

  @Test func `after one Esc too many a word is typed, and nothing else happens`() throws {
    var app = try app(after: ["set tau_mem 25ms", "equation"])
    let experiment = app.session.experiment
    for _ in 0..<3 { _ = app.handle(.escape) }
    #expect(rows(&app).contains { $0.contains("Tab gives the keys to the panes") })
    type("equation", into: &app)
    #expect(app.isRunning && app.session.experiment == experiment)
    #expect(rows(&app)[1].contains("equation"))
  }

  @Test func `q among the keys asks where edits are not saved`() throws {
    var app = try acting()
    press("q", in: &app)
    #expect(!app.isRunning)
    app = try acting()
    _ = app.session.apply("set tau_mem 25ms")
    press("q", in: &app)
    #expect(app.isRunning)
    #expect(rows(&app).contains { $0.contains("the edits are not saved: y quits") })
    press("n", in: &app)
    #expect(app.isRunning)
    press("q", in: &app)
    press("y", in: &app)
    #expect(!app.isRunning)
  }

  @Test func `a complaint goes when the next line succeeds`() throws {
    var app = try app(after: ["stip"])
    #expect(complains(app.render(in: Size(columns: 80, rows: 24)).grid))
    type("zoom 1ms..2ms; lanes", into: &app)
    #expect(!complains(app.render(in: Size(columns: 80, rows: 24)).grid))
    type("stip", into: &app)
    type("lanes", into: &app)
    #expect(!complains(app.render(in: Size(columns: 80, rows: 24)).grid))
  }

  // MARK: - The log

  @Test func `PgUp and PgDn scroll the log, in its pane or over the plots`() throws {
    var app = try app(after: (0..<30).map { "print \($0).5 - 0" })
    for _ in 0..<12 { type("print L", into: &app) }
    let large = Size(columns: 200, rows: 60)
    _ = app.render(in: large)
    _ = app.handle(.pageUp)
    #expect(
      app.render(in: large).grid.rowTexts.contains { $0.contains("8 log  30 below, PgDn") })
    _ = app.handle(.pageDown)
    #expect(app.render(in: large).grid.rowTexts.contains { $0.contains("8 log ─") })
    _ = app.render(in: Size(columns: 80, rows: 24))
    _ = app.handle(.pageUp)
    #expect(app.render(in: Size(columns: 80, rows: 24)).grid.rowTexts[1].contains("log  (↑↓"))
  }
}
