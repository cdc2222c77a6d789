import EventProp
import Files
import Interface
import Language
import Presets
import Terminal
import Testing
import Workbench

/// What the plots show, over which range, and what covers them.
@Suite struct PlotTests {
  private let size = Size(columns: 80, rows: 24)

  private func rows(_ app: inout App, in size: Size? = nil) -> [String] {
    app.render(in: size ?? self.size).grid.rowTexts
  }

  /// The cells of curves of the selected neuron in a block of rows.
  private func dots(_ grid: Grid, rows: Range<Int>) -> Int {
    rows.reduce(0) { sum, y in
      sum
        + grid.row(y).enumerated().count { x, cell in
          x >= 7 && (0x2801...0x28ff).contains(cell.scalar.value) && cell.style.ink == .series(0)
        }
    }
  }

  @Test func `yrange spans the plot with the focus, or the one named, until auto`() throws {
    var app = try app(after: ["select n0", "goto end", "yrange 0.5..0.8"])
    var lines = rows(&app)
    #expect(lines[1].hasPrefix("  0.8 ┤"))
    #expect(lines[7].hasPrefix("  0.5 ┤"), "\(lines[7])")
    #expect(!lines[1...7].contains { $0.contains("1┄┤") }, "the threshold lies outside")
    type("yrange adjoint -100..100", into: &app)
    lines = rows(&app)
    #expect(
      lines.contains { $0.hasPrefix("  100 ┤") } && lines.contains { $0.hasPrefix(" -100 ┤") })
    type("focus adjoint; yrange auto; focus potential; yrange auto", into: &app)
    #expect(rows(&app)[1].hasPrefix("    1┄┤"))
  }

  @Test func `what lies outside the range is not drawn along its edge`() throws {
    var app = try app(after: ["select n0", "goto end", "yrange 5..6"])
    #expect(dots(app.render(in: size).grid, rows: 1..<8) == 0)
    // V rises through a narrow range, and the strokes of its resets cross it.
    type("yrange 0.5..0.6", into: &app)
    let narrow = dots(app.render(in: size).grid, rows: 1..<8)
    type("yrange auto", into: &app)
    #expect(narrow > 4 && narrow < dots(app.render(in: size).grid, rows: 1..<8))
  }

  @Test func `a curve that leaves the plot says where it goes`() throws {
    var experiment = reference
    for layer in experiment.network.layers.indices {
      for neuron in experiment.network.layers[layer].parameters.indices {
        experiment.network.layers[layer].parameters[neuron].vReset = -1000
      }
    }
    var app = App(try Session(experiment, named: "deep"))
    type("select n0", into: &app)
    #expect(!rows(&app)[7].contains("↓"), "V has not been there yet")
    type("goto end", into: &app)
    #expect(rows(&app)[7].contains("↓ -1000"), "\(rows(&app)[7])")
    type("yrange -1100..1", into: &app)
    #expect(!rows(&app)[1..<17].joined().contains { "↓↑".contains($0) })
    app = try InterfaceTests.app(after: ["select n0", "goto end", "yrange adjoint -200..200"])
    #expect(rows(&app)[12].contains("↑ "), "\(rows(&app)[12])")
  }

  @Test func `another experiment has its own range`() throws {
    var app = try app(after: ["yrange 0.5..0.8"])
    app.receive(try app.session.open(Opened(app.session.experiment), named: "again"))
    #expect(app.session.looks.view.ranges.isEmpty)
  }

  @Test func `plot chooses what is drawn, plot by plot`() throws {
    var app = try app(after: ["select n0", "goto end"])
    let whole = app.render(in: size).grid
    type("plot V I", into: &app)
    #expect(rows(&app)[4].hasPrefix(" VI n0"))
    #expect(dots(app.render(in: size).grid, rows: 1..<8) > dots(whole, rows: 1..<8))
    #expect(rows(&app)[12..<17] == whole.rowTexts[12..<17], "λ stays as it was")
    type("plot lV", into: &app)
    #expect(app.session.looks.view.curves == [.potential, .current, .lambdaV])
    type("plot I", into: &app)
    let lines = rows(&app)
    #expect(lines[1...7].contains { $0.hasPrefix("  I n0") })
    #expect(!lines[1...7].contains { $0.contains("1┄┤") }, "no threshold without V")
    #expect(rows(&app, in: Size(columns: 120, rows: 40))[1].contains("I (synaptic)"))
    type("plot auto", into: &app)
    #expect(rows(&app)[1..<17] == whole.rowTexts[1..<17])
  }

  @Test
  func `the raster shows the spike at the cursor and the selected neuron, and says what it shows`()
    throws
  {
    let preset = try #require(Preset.all.first { $0.name == "xor" })
    let experiment = try PresetReader.read(preset.text, named: preset.name).experiment
    var app = App(try Session(experiment, named: preset.name))
    #expect(rows(&app)[8].hasSuffix("n0-n2 of 5"))
    // Two rows above and below the selected one: e4 is a spike of n3, which lies outside.
    type("select n0; bwd; 6 step", into: &app)
    var raster = rows(&app)[8..<12].map { String($0.prefix(7)) }
    #expect(raster == ["   in ┤", "   n0*┤", "   n1 ┤", "   n3 ┤"])
    #expect(rows(&app)[8].hasSuffix("n0-n1, n3 of 5"))
    #expect(rows(&app)[11].contains("◆"))
    type("select n2", into: &app)
    raster = rows(&app)[8..<12].map { String($0.prefix(7)) }
    #expect(raster == ["   in ┤", "   n1 ┤", "   n2*┤", "   n3 ┤"])
    #expect(!rows(&app, in: Size(columns: 120, rows: 40)).joined().contains("of 5"), "all fit")
  }

  @Test
  func `in a long list of events a number keeps its distance from its time, and times differ`()
    throws
  {
    let preset = try #require(Preset.all.first { $0.name == "leaky" })
    let experiment = try PresetReader.read(preset.text, named: preset.name).experiment
    var app = App(try Session(experiment, named: preset.name))
    type("set t_max 200s; goto e10010", into: &app)
    try #require(app.session.run.trajectory.events.count > 10_020)
    let times = rows(&app, in: Size(columns: 120, rows: 40)).compactMap {
      $0.firstMatch(of: /e1000\d ([\d.]+)/).map { String($0.1) }
    }
    #expect(times.count == 5 && Set(times).count == 5, "\(times)")
  }

  @Test func `a text that is closed leaves the inspector as it was`() throws {
    var app = try app(after: ["bwd", "8 step"])
    let before = rows(&app)
    type("equation", into: &app)
    #expect(rows(&app) != before)
    _ = app.handle(.escape)
    #expect(rows(&app).dropLast() == before.dropLast())
  }

  @Test func `on a large screen a text leaves the panes beside the plots`() throws {
    for (columns, lines, isBeside) in [(170, 50, true), (200, 60, true), (168, 47, false)] {
      var app = try app(after: ["goto end"])
      let size = Size(columns: columns, rows: lines)
      let before = rows(&app, in: size)
      type("help", into: &app)
      let after = rows(&app, in: size)
      let isSeen = after.contains { $0.contains("5 inspector") }
      #expect(isSeen == isBeside, "\(columns)x\(lines)")
      guard isBeside else { continue }
      let edge = try #require(
        before[1].firstIndex(of: "┐"), "the corner of the plots")
      let width = before[1].distance(from: before[1].startIndex, to: edge) + 1
      for (old, new) in zip(before, after).dropFirst().dropLast(lines / 3) {
        #expect(old.dropFirst(width) == new.dropFirst(width))
      }
    }
  }

  @Test func `layers whose names begin alike have neurons that are told apart`() throws {
    var experiment = reference
    experiment.network.layers[0].name = "hidden_population_excitatory"
    experiment.network.layers[1].name = "hidden_population_inhibitory"
    var app = App(try Session(experiment, named: "alike"))
    for size in [Size(columns: 80, rows: 24), Size(columns: 200, rows: 60)] {
      let labels = rows(&app, in: size).compactMap { line -> String? in
        guard let end = line.firstIndex(of: "┤") else { return nil }
        let label = line[..<end].filter { $0.isLetter || $0.isNumber }
        return label.hasPrefix("n") ? label : nil
      }
      #expect(labels == ["n0", "n1", "n2"], "\(size): \(labels)")
    }
  }
}
