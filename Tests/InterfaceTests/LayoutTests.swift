import EventProp
import Interface
import Terminal
import Testing
import Workbench

/// Which panes a screen has, which of them takes the keys, and how neurons share one.
@Suite struct LayoutTests {
  private let large = Size(columns: 200, rows: 60)

  /// A chain in which each neuron drives the next.
  private func chain(of count: Int) -> Experiment {
    let parameters = LIFParameters(tauMem: 20e-3, tauSyn: 5e-3, vThreshold: 1)
    let triples = (1..<count).map { (row: $0 - 1, column: $0, weight: 6.0) }
    return Experiment(
      title: "Chain",
      network: Network(
        inputs: 1,
        layers: [
          Layer(
            name: "chain", parameters: Array(repeating: parameters, count: count),
            weights: Synapses(
              rows: 1, columns: count, sparse: [(row: 0, column: 0, weight: 6)]),
            recurrent: Synapses(rows: count, columns: count, sparse: triples))
        ]),
      inputSpikes: [InputSpike(time: 1e-3, channel: 0)], horizon: 0.2)
  }

  private func rows(_ app: inout App, _ columns: Int = 200, _ rows: Int = 60) -> [String] {
    app.render(in: Size(columns: columns, rows: rows)).grid.rowTexts
  }

  private func titles(_ rows: [String]) -> [String] {
    ["V (membrane)", "spikes", "adjoint", "events", "inspector", "dL/dw", "parameters", "log"]
      .filter { title in
        rows.contains { row in
          (1...8).contains { row.contains("\($0) \(title)") }
        }
      }
  }

  // MARK: - The large screen

  @Test func `the large screen has every pane, and a lane for each neuron`() throws {
    var app = try app(after: ["bwd", "7 step"])
    let rows = rows(&app)
    #expect(titles(rows).count == 8)
    for neuron in 0..<3 {
      #expect(rows.contains { $0.contains("V n\(neuron)│") })
      #expect(rows.contains { $0.contains("λ n\(neuron)│") })
    }
    #expect(rows.contains { $0.contains("─ V n1 (hidden.1) selected ─") })
  }

  @Test func `where there are more neurons than lanes the selected one is among those shown`()
    throws
  {
    var app = try app(chain(of: 40))
    #expect(rows(&app).contains { $0.contains("  n0-n") && $0.contains(" of 40") })
    for neuron in [0, 1, 17, 38, 39] {
      type("select n\(neuron)", into: &app)
      let rows = rows(&app)
      #expect(rows.contains { $0.contains("V n\(neuron)│") })
      #expect(rows.contains { $0.contains(" of 40") })
    }
    #expect(rows(&app).contains { $0.contains("-n39 of 40") })
  }

  @Test func `each neuron has its scale, which stays while stepping`() throws {
    var app = try app()
    var gutters: Set<[String]> = []
    for _ in 0...app.session.run.timeline.last {
      gutters.insert(rows(&app)[1..<57].map { String($0.prefix(8)) })
      type("step", into: &app)
    }
    #expect(gutters.count == 1)
  }

  @Test func `a changed parameter is marked and has its default beside it`() throws {
    var app = try app(after: ["set tau_syn 6ms", "set n0<-in2 2.5", "set out.v_th 0.9"])
    let edited = rows(&app)
    #expect(edited.contains { $0.contains("tau_syn *   6 ms  default 5 ms") })
    #expect(edited.contains { $0.contains("n0<-in2 *   2.5  default 2.2") })
    #expect(edited.contains { $0.contains("out.v_th *  0.9  default 1") })
    #expect(edited.contains { $0.contains("tau_mem     20 ms") })
    #expect(edited.contains { $0.contains("7 parameters  * changed") })
    type("reset all", into: &app)
    #expect(!rows(&app).contains { $0.contains("default") })
  }

  @Test func `the log keeps what was said and answered, the latest last`() throws {
    var app = try app(after: ["print L", "stip"])
    let rows = rows(&app)
    let said = try #require(rows.firstIndex { $0.contains("(fwd start) print L") })
    let answered = try #require(rows.firstIndex { $0.contains("L = 80.74269") })
    let refused = try #require(rows.firstIndex { $0.contains("did you mean 'step'?") })
    #expect(said < answered && answered < refused)
    #expect(rows.filter { $0.contains("(fwd start) stip") }.count == 1)
  }

  // MARK: - Changing size

  @Test(arguments: [
    (Size(columns: 170, rows: 50), Size(columns: 167, rows: 50), 8, 6),
    (Size(columns: 170, rows: 50), Size(columns: 170, rows: 47), 8, 6),
    (Size(columns: 110, rows: 32), Size(columns: 107, rows: 32), 6, 0),
    (Size(columns: 110, rows: 32), Size(columns: 110, rows: 29), 6, 0),
  ])
  func `a layout is given up two columns or rows later than it is taken`(
    full: Size, small: Size, panes: Int, fewer: Int
  ) throws {
    var app = try app()
    func count(_ size: Size) -> Int {
      titles(app.render(in: size).grid.rowTexts).count
    }
    #expect(count(full) == panes)
    let isNarrower = small.columns < full.columns
    for step in 1...2 {
      let size = Size(
        columns: full.columns - (isNarrower ? step : 0), rows: full.rows - (isNarrower ? 0 : step))
      #expect(count(size) == panes)
    }
    #expect(count(small) == fewer)
    // On the way back it is taken where it fits, and not before.
    let almost = Size(
      columns: full.columns - (isNarrower ? 1 : 0), rows: full.rows - (isNarrower ? 0 : 1))
    #expect(count(almost) == fewer)
    #expect(count(full) == panes)
  }

  @Test func `layout takes less than fits, and never more`() throws {
    var app = try app(after: ["layout wide"])
    #expect(titles(rows(&app)).count == 6)
    type("layout medium", into: &app)
    #expect(titles(rows(&app)).isEmpty)
    type("layout large", into: &app)
    #expect(titles(rows(&app)).count == 8)
    #expect(titles(rows(&app, 120, 40)).count == 6)
  }

  // MARK: - Focus

  /// The titles in heavy frames.
  private func heavy(_ app: inout App) -> [String] {
    let grid = app.render(in: large).grid
    return (0..<60).flatMap { y in
      (0..<200).filter { grid[$0, y].scalar == "┏" }.map { x in
        String(
          String.UnicodeScalarView(
            (x + 3..<200).map { grid[$0, y].scalar }.prefix { $0 != " " }))
      }
    }
  }

  @Test func `Tab gives the keys to the panes one after the other, and the frame shows to which`()
    throws
  {
    var app = try app()
    #expect(heavy(&app).isEmpty)
    var seen: [String] = []
    for _ in 1...9 {
      _ = app.handle(.tab)
      seen += heavy(&app)
    }
    #expect(seen == ["1", "2", "3", "4", "5", "6", "7", "8", "1"])
    _ = app.handle(.backTab)
    #expect(heavy(&app) == ["8"])
    _ = app.handle(.character("4"))
    #expect(heavy(&app) == ["4"])
    _ = app.handle(.escape)
    #expect(heavy(&app).isEmpty)
  }

  @Test func `without boxes the line beside the labels shows the focus`() throws {
    var app = try app()
    _ = app.render(in: Size(columns: 80, rows: 24))
    _ = app.handle(.tab)
    _ = app.handle(.tab)
    let rows = rows(&app, 80, 24)
    #expect(rows.contains { $0.hasPrefix("   n2 ┫") })
    #expect(!rows.contains { $0.hasPrefix("  V n1┃") })
  }

  @Test func `on a small screen Tab goes through the panes`() throws {
    var app = try app()
    #expect(rows(&app, 60, 16).contains { $0.hasPrefix("  V n1") })
    _ = app.handle(.tab)
    #expect(rows(&app, 60, 16).contains { $0.hasPrefix("   n2 ") })
    for _ in 0..<5 { _ = app.handle(.tab) }
    #expect(rows(&app, 60, 16).contains { $0.contains("tau_mem     20 ms") })
  }

  @Test func `the pane with the focus fills the screen, with lanes, and goes back`() throws {
    var app = try app(after: ["bwd", "7 step"])
    let before = rows(&app, 120, 40)
    _ = app.handle(.tab)
    _ = app.handle(.character("z"))
    let full = rows(&app, 120, 40)
    #expect(titles(full) == ["V (membrane)"])
    #expect((0..<3).allSatisfy { neuron in full.contains { $0.contains("V n\(neuron)│") } })
    _ = app.handle(.character("z"))
    _ = app.handle(.escape)
    #expect(rows(&app, 120, 40)[..<35] == before[..<35])
  }

  @Test func `a hidden pane leaves its room to the others, and focus brings it back`() throws {
    var app = try app(after: ["hide events"])
    #expect(
      titles(rows(&app, 120, 40)) == ["V (membrane)", "spikes", "adjoint", "inspector", "dL/dw"])
    type("focus events", into: &app)
    #expect(titles(rows(&app, 120, 40)).contains("events"))
    for pane in ["potential", "spikes", "adjoint", "events", "inspector", "gradient", "log"] {
      type("hide \(pane)", into: &app)
    }
    #expect(titles(rows(&app)) == ["parameters"])
    type("hide parameters", into: &app)
    #expect(complains(app.render(in: large).grid))
    #expect(titles(rows(&app)) == ["parameters"])
  }

  @Test func `overlay draws all neurons in one plot, the selected one on top`() throws {
    var app = try app(after: ["goto end", "overlay"])
    let grid = app.render(in: large).grid
    #expect(grid.rowTexts[1].contains("overlaid"))
    var inks: Set<Ink> = []
    var bright: Set<Ink> = []
    for y in 2..<28 {
      for x in 8..<130 where (0x2801...0x28ff).contains(grid[x, y].scalar.value) {
        inks.insert(grid[x, y].style.ink)
        if !grid[x, y].style.isDim { bright.insert(grid[x, y].style.ink) }
      }
    }
    #expect(inks.isSuperset(of: [.series(0), .series(1), .series(2)]))
    #expect(bright.isDisjoint(with: [.series(0), .series(2)]))
    type("lanes", into: &app)
    #expect(!rows(&app)[1].contains("overlaid"))
  }
}
