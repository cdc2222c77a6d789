import EventProp
import Files
import Interface
import Presets
import Terminal
import Testing
import Workbench

/// What holds for every picture, wherever the session stands.
@Suite struct LawTests {
  /// A screen of 80 × 24, taken apart.
  private struct Screen {
    let grid: Grid
    let rows: [String]
    /// The rows of the V pane and of the λ pane.
    let potential: Range<Int>
    let adjoint: Range<Int>
    /// The row of the time axis.
    let axis: Int
    /// The column of the cursor.
    let cursor: Int

    init(_ app: inout App) throws {
      grid = app.render(in: Size(columns: 80, rows: 24)).grid
      rows = grid.rowTexts
      let axis = try #require(rows.firstIndex { $0.hasPrefix("  ms") })
      let first = try #require(rows.firstIndex { $0.hasPrefix("   in ") })
      let last = try #require(rows.firstIndex { $0.hasPrefix("   n2 ") })
      self.axis = axis
      potential = 1..<first
      adjoint = last + 1..<axis
      cursor = try #require(grid.row(axis).firstIndex { $0.scalar == "┻" }) - axis * 80
    }
  }

  /// Stops at every point of the computation.
  private func atEveryPoint(_ body: (Screen, Session) throws -> Void) throws {
    var app = try app()
    for _ in 0...app.session.run.timeline.last {
      try body(Screen(&app), app.session)
      type("step", into: &app)
    }
    #expect(app.session.point == .end)
  }

  private func columns(in rows: Range<Int>, of grid: Grid, where isWanted: (Cell) -> Bool) -> [Int]
  {
    rows.flatMap { y in (7..<80).filter { isWanted(grid[$0, y]) } }
  }

  @Test func `forwards no curve runs ahead of the cursor`() throws {
    try atEveryPoint { screen, session in
      guard !session.point.isBackward else { return }
      let drawn = columns(in: screen.potential, of: screen.grid) { $0.style.ink == .series(1) }
      #expect(drawn.allSatisfy { $0 <= screen.cursor })
      // The curve has dots in the middle of columns, and so may end a column earlier.
      if session.cursor.number > 0 { #expect((drawn.max() ?? 0) >= screen.cursor - 1) }
    }
  }

  @Test func `backwards nothing is drawn before the cursor`() throws {
    var seen = 0
    try atEveryPoint { screen, session in
      let drawn = columns(in: screen.adjoint, of: screen.grid) {
        (0x2801...0x28ff).contains($0.scalar.value)
      }
      if session.point.isBackward {
        #expect(drawn.allSatisfy { $0 >= screen.cursor })
        seen = max(seen, drawn.count)
      } else {
        #expect(drawn.isEmpty)
      }
    }
    #expect(seen > 50)
  }

  @Test func `the time axis stays as it is, whichever way the computation runs`() throws {
    var labels: Set<String> = []
    var places: [Int] = []
    try atEveryPoint { screen, session in
      labels.insert(screen.rows[screen.axis + 1])
      places.append(screen.cursor)
    }
    #expect(labels.count == 1)
    // Forwards the cursor moves to the right, from the turn on to the left.
    let turn = places.count / 2
    #expect(places[..<turn] == places[..<turn].sorted()[...])
    #expect(places[turn...] == places[turn...].sorted(by: >)[...])
  }

  @Test func `the scales do not change while stepping`() throws {
    var gutters: Set<[String]> = []
    try atEveryPoint { screen, session in
      gutters.insert(
        (screen.potential.lowerBound..<screen.axis).map {
          String(screen.rows[$0].prefix(6))
        })
    }
    #expect(gutters.count == 1)
  }

  @Test func `stepping back shows what was there before`() throws {
    var app = try app()
    var pictures: [[String]] = []
    // Not as far as the end, after which all is shown.
    let last = app.session.run.timeline.last - 1
    for _ in 0..<last {
      pictures.append(try Screen(&app).rows)
      type("step", into: &app)
    }
    for number in (0..<last).reversed() {
      type("unstep", into: &app)
      let rows = try Screen(&app).rows
      #expect(rows[..<19] == pictures[number][..<19])
    }
  }

  @Test(arguments: 40...200)
  func `the way to the help and the phase are always there`(columns: Int) throws {
    var app = try app(after: ["bwd", "7 step"])
    for rows in [10, 24, 40] {
      let texts = app.render(in: Size(columns: columns, rows: rows)).grid.rowTexts
      #expect(texts[rows - 2].hasPrefix("? help"))
      #expect(texts[0].contains("BWD <-"))
      #expect(texts[rows - 1] == "(bwd 5)")
    }
  }

  @Test func `every key is a command that exists`() throws {
    let keys: [Key] =
      [.left, .right, .function(1), .function(5), .function(10), .function(11)]
      + "sSnNcCfr[]gG+=-0eul?".unicodeScalars.map { .character($0) }
    for key in keys {
      // In the middle, after an edit: there is somewhere to go and something to undo.
      var app = try app(after: ["set tau_mem 25ms", "4 step"])
      if case .character = key { _ = app.handle(.tab) }
      let effects = app.handle(key)
      let grid = app.render(in: Size(columns: 120, rows: 40)).grid
      #expect(effects.isEmpty, "\(key)")
      #expect(!complains(grid), "\(key)")
      #expect(app.editor.isEmpty, "\(key) was typed")
    }
  }

  @Test func `q leaves where single keys act, and is a letter where they do not`() throws {
    var typing = try app()
    #expect(typing.handle(.character("q")).isEmpty)
    #expect(typing.editor.text == "q")
    var acting = try app()
    _ = acting.handle(.tab)
    #expect(acting.handle(.character("q")) == [.quit])
    #expect(!acting.isRunning)
  }

  // MARK: - Random keys

  private static let words = [
    "step", "3 step", "unstep", "bwd", "fwd", "finish", "goto end", "goto e3", "goto 12.4ms", "run",
    "set tau_mem 25ms", "set tau_syn 20ms", "set v_th 0.5", "set t_max 80ms", "set v_th 5", "undo",
    "redo", "reset all", "info grad", "info weights", "info events", "print λV n0", "equation",
    "list", "select n1", "select n2", "zoom in", "zoom out", "zoom fit", "zoom 12ms..18ms", "help",
    "focus log", "focus 3", "max", "overlay", "lanes", "layout small", "layout auto", "hide events",
    "show events", "hide adjoint", "show adjoint", "help set", "ghost off", "ghost 1", "next",
    "prev", "continue", "rcontinue", "nonsense", "set",
    "set tau_sin 4ms", "goto e99", "presets", "λλλ; step; step",
  ]

  private static let keys: [Key] =
    [
      .enter, .tab, .backTab, .escape, .backspace, .delete, .up, .down, .left, .right, .controlLeft,
      .controlRight, .home, .end, .pageUp, .pageDown, .function(1), .function(23), .resize,
      .interrupt, .paste("step\nstep"), .paste(""), .alt("b"), .control("r"), .control("k"),
      .control("t"), .mouse(MouseEvent(.wheelUp, x: 3, y: 3)),
      .mouse(MouseEvent(.press(button: 1), x: 70, y: 2)),
    ] + "sSnNcCfr[]gG+-0eul?:ix 漢é\u{301}".unicodeScalars.map { .character($0) }

  @Test(arguments: Preset.all.map(\.name))
  func `random keys at random sizes do no harm`(name: String) throws {
    let preset = try #require(Preset.named(name))
    let experiment = try PresetReader.read(preset.text, named: name).experiment
    let isLarge = experiment.network.neuronCount > 20
    let seed = name.unicodeScalars.reduce(7) { $0 &* 31 &+ $1.value }
    var random = SeededGenerator(seed: UInt64(seed))
    var screen = try app(experiment)
    for _ in 0..<(isLarge ? 40 : 250) {
      if Bool.random(using: &random) {
        type(Self.words.randomElement(using: &random) ?? "", into: &screen)
      } else {
        _ = screen.handle(Self.keys.randomElement(using: &random) ?? .enter)
      }
      if !screen.isRunning { screen = try app(experiment) }
      let size =
        Int.random(in: 0..<4, using: &random) == 0
        ? Size(
          columns: .random(in: 0...50, using: &random), rows: .random(in: 0...20, using: &random))
        : Size(
          columns: .random(in: 40...180, using: &random),
          rows: .random(in: 10...50, using: &random))
      let (grid, cursor) = screen.render(in: size)
      check(grid, cursor, size)
    }
  }

  private func check(_ grid: Grid, _ cursor: (x: Int, y: Int)?, _ size: Size) {
    #expect(grid.size == size)
    if let cursor { #expect(grid.bounds.contains(x: cursor.x, y: cursor.y)) }
    guard size.columns >= 40, size.rows >= 10 else { return }
    let texts = grid.rowTexts
    #expect(texts[size.rows - 2].hasPrefix("? help"))
    #expect(texts[0].contains("FWD") || texts[0].contains("BWD") || texts[0].contains("DONE"))
    // Nothing has been written over the right edge of the boxes.
    guard size.columns >= 110, size.rows >= 32, !texts[1].contains("Esc closes") else { return }
    let edge = (0..<size.rows).map { grid[size.columns - 1, $0].scalar }
    let boxes = edge.filter { "┐│┘┓┃┛".unicodeScalars.contains($0) }
    let tops = boxes.filter { "┐┓".unicodeScalars.contains($0) }
    #expect(boxes.filter { "┘┛".unicodeScalars.contains($0) }.count == tops.count)
  }
}
