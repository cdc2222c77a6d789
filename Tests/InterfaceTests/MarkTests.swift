import EventProp
import Files
import Interface
import Presets
import Terminal
import Study
import Testing
import Workbench

/// The signs for what a picture alone would not tell: several events in a column, near misses, grazing spikes.
@Suite struct MarkTests {
  private let size = Size(columns: 120, rows: 40)

  private func rows(_ app: inout App) -> [String] { app.render(in: size).grid.rowTexts }

  private func preset(_ name: String) throws -> Experiment {
    let preset = try #require(Preset.named(name))
    return try PresetReader.read(preset.text, named: name).experiment
  }

  /// Three input spikes within a hundredth of a column.
  private func crowded() -> Experiment {
    var experiment = reference
    experiment.inputSpikes = [10, 10.001, 10.002, 30].map {
      InputSpike(time: $0 * 1e-3, channel: 0)
    }
    return experiment
  }

  @Test
  func
    `criterion 8: with three events in one column, ] visits all of them, list and inspector follow`()
    throws
  {
    var app = try app(crowded())
    _ = app.handle(.tab)
    _ = app.handle(.character("4"))
    for number in 0..<3 {
      _ = app.handle(.character("]"))
      #expect(app.session.point == .forward(number))
      let rows = rows(&app)
      #expect(rows.contains { $0.contains("▶ e\(number) ") })
      #expect(rows.contains { $0.contains("│e\(number) in0, t = 10") })
      #expect(rows.contains { $0.contains("┻×") && $0.hasPrefix("   ms") })
    }
    for number in [1, 0] {
      _ = app.handle(.character("["))
      #expect(app.session.point == .forward(number))
    }
    type("finish", into: &app)
    #expect(rows(&app).contains { $0.hasPrefix("│  in0 ┤") && $0.contains(" 3 ") })
  }

  @Test func `zoom event magnifies until the neighbours stand apart`() throws {
    var app = try app(crowded())
    _ = app.handle(.tab)
    for letter in "sssv".unicodeScalars { _ = app.handle(.character(letter)) }
    let zoomed = rows(&app)
    #expect(!zoomed.contains { $0.contains("┻×") })
    let row = try #require(zoomed.first { $0.hasPrefix("│  in0 ┤") })
    let places = row.enumerated().filter {
      "│◆".contains($0.element) && (9..<77).contains($0.offset)
    }
    .map(\.offset)
    #expect(places.count == 3)
    #expect(zip(places, places.dropFirst()).allSatisfy { $1 - $0 >= 4 })
  }

  @Test func `h and l move a magnified window, and the ends hold it`() throws {
    var app = try app(after: ["zoom 10ms..20ms"])
    _ = app.handle(.tab)
    _ = app.handle(.character("l"))
    #expect(app.session.looks.window == 12.5e-3...22.5e-3)
    for _ in 0..<9 { _ = app.handle(.character("h")) }
    #expect(app.session.looks.window.lowerBound == 0)
    for _ in 0..<40 { _ = app.handle(.character("l")) }
    #expect(
      app.session.looks.window.upperBound <= 40e-3 && app.session.looks.window.upperBound > 39.99e-3
    )
  }

  @Test func `criterion 16: a near miss is marked below the threshold, once V has been there`()
    throws
  {
    var experiment = reference
    experiment.network.layers[0].parameters[0].vThreshold = 1.6
    var app = try app(experiment)
    type("select n0", into: &app)
    let peak = try #require(
      app.session.run.trajectory.highestPeak(of: 0, above: 0).map(\.potential))
    type("set n0.v_th \(peak * 1.01)", into: &app)
    #expect(try app.session.run.warnings().contains { $0.kind == .nearMiss })
    #expect(!hasSign("^", &app))
    type("goto end", into: &app)
    #expect(hasSign("^", &app))
    type("set n0.v_th \(peak * 1.2)", into: &app)
    #expect(!hasSign("^", &app))
  }

  @Test func `criterion 16: a grazing spike has its sign beside the tick`() throws {
    var app = try app(preset("grazing"))
    #expect(!hasSign("!", &app))
    type("finish", into: &app)
    let grazes = try app.session.run.warnings().contains { $0.kind == .grazing }
    #expect(hasSign("!", &app) == grazes)
    #expect(grazes)
  }

  /// Whether a sign stands in the plots, in the style that asks for attention.
  private func hasSign(_ sign: Unicode.Scalar, _ app: inout App) -> Bool {
    let grid = app.render(in: size).grid
    return (1..<36).contains { y in
      (8..<78).contains { grid[$0, y] == Cell(sign, .warning) }
    }
  }

  @Test func `ghost spikes stand where the spikes were`() throws {
    var app = try app(after: ["set tau_mem 25ms", "goto end"])
    #expect(rows(&app).contains { $0.contains("n0 ┤") && $0.contains("╎") })
    type("ghost off", into: &app)
    #expect(!rows(&app).contains { $0.contains("╎") })
  }
}
