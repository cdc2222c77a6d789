import EventProp
import Files
import Interface
import Presets
import Terminal
import TestSupport
import Testing
import Workbench

@Suite("The chart of a sweep") struct ChartTests {
  private func grazing(_ lines: String...) throws -> App {
    let preset = try #require(Preset.all.first { $0.name == "grazing" })
    return try app(
      try PresetReader.read(preset.text, named: "grazing").experiment, after: lines)
  }

  private func finish(_ app: inout App) {
    while app.isBusy { _ = app.tick() }
  }

  @Test(arguments: [(80, 24), (120, 40), (60, 16)])
  func `it looks like this`(columns: Int, rows: Int) throws {
    var app = try grazing("sweep n0<-in0 2..3 41")
    finish(&app)
    let size = Size(columns: columns, rows: rows)
    assertSnapshot(app.render(in: size).grid.snapshot, named: "sweep-\(columns)x\(rows)")
  }

  @Test func `the map looks like this`() throws {
    var app = try grazing("sweep n0<-in0 2..3 tau_mem 8ms..12ms 9")
    finish(&app)
    assertSnapshot(
      app.render(in: Size(columns: 80, rows: 24)).grid.snapshot, named: "sweep-map-80x24")
  }

  @Test func `left and right choose, and Enter makes that run`() throws {
    var app = try grazing("sweep n0<-in0 2..3 11")
    finish(&app)
    let size = Size(columns: 80, rows: 24)
    func text() -> [String] { app.render(in: size).grid.rowTexts }
    #expect(text().contains { $0.contains("n0<-in0 = 2.4002 (now)") })
    _ = app.handle(.right)
    #expect(text().contains { $0.contains("n0<-in0 = 2.5   ") })
    _ = app.handle(.left)
    _ = app.handle(.left)
    // Beside a border, the border has its sentence.
    #expect(
      text().contains { $0.contains("the gradient is blind to this") || $0.contains("blind") })
    _ = app.handle(.enter)
    #expect(app.session.experiment.network.layers[0].weights.weights[0] == 2.4)
    #expect(app.session.run.trajectory.spikeCounts == [0])
    #expect(!text().contains { $0.contains("Enter sets") })
    _ = app.handle(.escape)
    type("undo", into: &app)
    #expect(!app.session.bench.isEdited)
  }

  @Test func `up and down go from border to border, z changes the scale, Esc closes`() throws {
    var app = try grazing("sweep n0<-in0 2..3 11")
    finish(&app)
    let size = Size(columns: 80, rows: 24)
    func shows(_ text: String) -> Bool {
      app.render(in: size).grid.rowTexts.contains { $0.contains(text) }
    }
    #expect(shows("484 ┤"))
    _ = app.handle(.character("z"))
    #expect(!shows("484 ┤") && shows("7.64 ┤"))
    _ = app.handle(.up)
    #expect(shows("n0<-in0 = 2.4   "))
    _ = app.handle(.down)
    #expect(shows("(now)"))
    _ = app.handle(.home)
    #expect(shows("n0<-in0 = 2   "))
    _ = app.handle(.end)
    #expect(shows("n0<-in0 = 3   "))
    _ = app.handle(.escape)
    #expect(!shows("Enter sets") && shows("V n0"))
  }

  @Test func `the tangent touches the curve on its own side of the border only`() throws {
    var app = try grazing("sweep n0<-in0 2..3 41")
    finish(&app)
    _ = app.handle(.character("z"))
    for _ in 0..<6 { _ = app.handle(.right) }
    let grid = app.render(in: Size(columns: 120, rows: 40)).grid
    let inks = (0..<grid.size.rows).flatMap { grid.row($0).map(\.style.ink) }
    #expect(inks.contains(.accent) && inks.contains(.series(0)) && inks.contains(.warning))
  }

  @Test(arguments: [(1, 1), (20, 5), (40, 10), (60, 16), (300, 100)])
  func `no size breaks it`(columns: Int, rows: Int) throws {
    for line in ["sweep n0<-in0 2..3 7", "sweep n0<-in0 2..3 tau_mem 8ms..12ms 3"] {
      var app = try grazing(line)
      finish(&app)
      for key in [Key.left, .right, .up, .down, .pageUp, .pageDown, .character("z"), .resize] {
        _ = app.handle(key)
        #expect(app.render(in: Size(columns: columns, rows: rows)).grid.size.columns == columns)
      }
    }
  }
}
