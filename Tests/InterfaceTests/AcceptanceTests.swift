import EventProp
import Files
import Interface
import Presets
import Terminal
import Testing
import Workbench

/// What a user may rely on, wherever the session stands and however large the screen is.
@Suite struct AcceptanceTests {
  private static let sizes = [
    Size(columns: 80, rows: 24), Size(columns: 120, rows: 40), Size(columns: 200, rows: 60),
    Size(columns: 79, rows: 23), Size(columns: 60, rows: 16), Size(columns: 40, rows: 10),
    Size(columns: 39, rows: 9), Size(columns: 1, rows: 1),
  ]

  private static let places = [
    [], ["5 step"], ["bwd", "7 step"], ["goto end"], ["set tau_syn 6ms", "bwd", "4 step"],
    ["mark a", "break spike n0", "finish", "gradient final"], ["help"], ["overlay", "goto end"],
    ["auto off", "set tau_mem 25ms"], ["tour"],
  ]

  // MARK: - Exact sizes

  @Test(arguments: sizes)
  func `criterion 2: no text leaves its pane, and the help is always in sight`(size: Size) throws {
    for lines in Self.places {
      let panes = "367".unicodeScalars.map { [Key.tab, .character($0)] }
      for keys in [[], [Key.tab]] + panes {
        var app = try app(after: lines)
        for key in keys { _ = app.handle(key) }
        let (unicode, cursor) = app.render(in: size)
        for grid in [unicode, unicode.asciiOnly()] {
          #expect(grid.size == size)
          guard size.columns >= 40, size.rows >= 10 else { continue }
          #expect(grid.rowTexts[size.rows - 2].hasPrefix("? help"))
        }
        if let cursor { #expect(unicode.bounds.contains(x: cursor.x, y: cursor.y)) }
        // The tour lies over other panes.
        if lines != ["tour"] { checkBoxes(of: unicode, "\(lines) \(keys)") }
      }
    }
  }

  /// Follows every frame from its left upper corner around: nothing was written over it.
  private func checkBoxes(of grid: Grid, _ place: String) {
    func scalar(_ x: Int, _ y: Int) -> Character { Character(grid[x, y].scalar) }
    for y in 0..<grid.size.rows {
      for x in 0..<grid.size.columns where "┌┏".contains(scalar(x, y)) {
        // Below a text over the plots there is the rest of a frame that it hides.
        var bottom = y + 1
        while "│┃".contains(scalar(x, bottom)) { bottom += 1 }
        #expect("└┗".contains(scalar(x, bottom)), "\(place) \(x),\(y)")
        var right = x + 1
        while "─━".contains(scalar(right, bottom)) { right += 1 }
        #expect("┘┛".contains(scalar(right, bottom)), "\(place) \(x),\(y)")
        for row in y + 1..<bottom {
          #expect("│┃".contains(scalar(right, row)), "\(place) \(right),\(row)")
        }
        #expect("┐┓".contains(scalar(right, y)), "\(place) \(x),\(y)")
      }
    }
  }

  @Test func `criterion 2: a small screen says what each pane is, the gradient that it is partial`()
    throws
  {
    var app = try app(after: ["bwd", "7 step", "focus gradient"])
    let rows = app.render(in: Size(columns: 60, rows: 16)).grid.rowTexts
    #expect(rows[1].hasPrefix(" 6 dL/dw (partial: events ≥ e5)"))
  }

  // MARK: - The adjoint

  @Test(arguments: [Size(columns: 80, rows: 24), Size(columns: 120, rows: 40)])
  func `criterion 9: header and title say the direction, the picture keeps it`(
    size: Size
  ) throws {
    var app = try app(after: ["bwd"])
    var leftmost: [Int] = []
    for _ in 0..<12 {
      type("step", into: &app)
      let grid = app.render(in: size).grid
      let rows = grid.rowTexts
      #expect(rows[0].contains("BWD <-"))
      if size.columns == 120 {
        #expect(
          rows.contains { $0.contains("adjoint n1") && $0.contains("<- drawn right to left") })
      }
      let middle = try #require(rows.firstIndex { $0.contains("λ n1│") })
      let drawn = (middle - 2...middle + 2).flatMap { y in
        (8..<78).filter { grid[$0, y].style.ink == .series(1) && grid[$0, y].scalar != "┃" }
      }
      leftmost.append(drawn.min() ?? .max)
    }
    #expect(leftmost == leftmost.sorted(by: >))
    #expect((leftmost.first ?? 0) > (leftmost.last ?? 0))
  }

  // MARK: - Discontinuities

  /// The rows, from the top, that a curve covers in a column of a pane.
  private func covered(_ grid: Grid, column: Int, rows: Range<Int>, ink: Ink) -> [Int] {
    rows.filter { y in
      (0x2801...0x28ff).contains(grid[column, y].scalar.value) && grid[column, y].style.ink == ink
    }
  }

  @Test(arguments: [nil, "12ms..15ms", "13ms..13.2ms", "13.08ms..13.09ms"])
  func `criterion 10: V falls from threshold to reset in one column, at any zoom`(
    window: String?
  )
    throws
  {
    var app = try app(
      after: ["select n0", "goto end"] + (window.map { ["zoom \($0)"] } ?? []))
    let grid = app.render(in: Size(columns: 80, rows: 24)).grid
    let rows = grid.rowTexts
    let threshold = try #require(rows.firstIndex { $0.hasPrefix("    1┄┤") })
    let reset = try #require(rows.firstIndex { $0.hasPrefix("  0.0 ┤") })
    let axis = Axis(range: app.session.looks.window, columns: 73)
    let spike = app.session.run.trajectory.spikeTimes[0][0]
    let column = try #require(axis.column(of: spike)) + 7
    let stroke = covered(grid, column: column, rows: 1..<reset + 1, ink: .series(0))
    #expect(stroke == Array(threshold...reset))
  }

  @Test(arguments: [nil, "12ms..15ms", "13ms..13.2ms"])
  func `criterion 10: λV has both of its limits in one column, at any zoom`(window: String?)
    throws
  {
    var app = try app(after: ["goto end"] + (window.map { ["zoom \($0)"] } ?? []))
    let size = Size(columns: 120, rows: 60)
    let grid = app.render(in: size).grid
    let rows = grid.rowTexts
    let adjoint = try #require(app.session.run.adjoint)
    let title = try #require(rows.firstIndex { $0.contains("3 adjoint n1") })
    let bottom = try #require(rows[title...].firstIndex { $0.hasPrefix("└") })
    let event = try #require(
      app.session.run.trajectory.events.indices.first {
        app.session.run.trajectory.events[$0].spikingNeuron == 1
      })
    let values = [Side.before, .after].map {
      adjoint.state(of: 1, atEvent: event, side: $0).lambdaV
    }
    let axis = Axis(range: app.session.looks.window, columns: 69)
    let column =
      try #require(axis.column(of: app.session.run.trajectory.events[event].time)) + 8
    let stroke = covered(grid, column: column, rows: title + 1..<bottom, ink: .series(1))
    // The scale is read from the labels beside the axis.
    let zero = try #require(rows[title...].firstIndex { $0.contains(" 0 ┤") })
    let top = title + 1
    let largest = try #require(Double(String(rows[top].dropFirst().prefix(6).filter { $0 != " " })))
    for value in values {
      let row = Double(zero) - value / largest * Double(zero - top)
      #expect(stroke.contains { abs(Double($0) - row) < 1.5 }, "\(value) in \(stroke)")
    }
  }

  // MARK: - Colour tiers

  @Test func `criterion 22: without colours every neuron still has its label`() throws {
    var app = try app(after: ["bwd", "step"])
    let grid = app.render(in: Size(columns: 200, rows: 60)).grid
    let rows = grid.rowTexts
    for neuron in 0..<3 {
      #expect(rows.contains { $0.contains("V n\(neuron)│") })
      #expect(rows.contains { $0.contains("λ n\(neuron)│") })
      #expect(rows.contains { $0.contains(" n\(neuron) ┤") || $0.contains(" n\(neuron)*┤") })
      #expect(rows.contains { $0.contains("spike n\(neuron)") })
    }
    // Nothing is told by ink alone: without it λV and λI differ by their dots, the cursor and the focus by their lines.
    let mono = Palette(tier: .none)
    for y in 0..<60 {
      for x in 0..<200 { #expect(mono.color(of: grid[x, y].style.ink) == nil) }
    }
  }

  @Test(arguments: ColorTier.allCases)
  func `criterion 22: the colours of seven neurons differ, on dark and on light`(tier: ColorTier) {
    for background in [Background.dark, .light] {
      let palette = Palette(tier: tier, background: background)
      let colors = (0..<7).compactMap { palette.color(of: .series($0)) }
      // Only four of eight colours are legible on white; labels tell the other neurons.
      let isPoor = tier == .eight && background == .light
      #expect(Set(colors).count == (tier == .none ? 0 : isPoor ? 4 : 7))
      // White and the bright colours vanish on a light screen.
      let inks: [Ink] =
        (0..<7).map { .series($0) } + [.accent, .threshold, .warning, .positive, .negative]
      let vanishing: Set<Int> = [7, 10, 11, 14, 15, 231]
      if background == .light {
        #expect(vanishing.isDisjoint(with: inks.compactMap { palette.color(of: $0) }))
      }
    }
  }

  // MARK: - Start-up

  @Test(arguments: Preset.all.map(\.name))
  func `criterion 1: nothing is cut off, and it says what to do`(name: String) throws {
    let preset = try #require(Preset.named(name))
    let experiment = try PresetReader.read(preset.text, named: name).experiment
    var app = App(try Session(experiment, named: name))
    let rows = app.render(in: Size(columns: 80, rows: 24)).grid.rowTexts
    #expect(rows[17..<22].contains { $0.contains("Press → to step, type bwd") })
    #expect(rows[22].hasPrefix("? help"))
    #expect(!rows.joined().contains("…"))
  }
}
