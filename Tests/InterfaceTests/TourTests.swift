import EventProp
import Files
import Interface
import Presets
import Terminal
import Testing
import Workbench

/// The walk over the screen.
@Suite struct TourTests {
  private let sizes = [
    Size(columns: 80, rows: 24), Size(columns: 120, rows: 40), Size(columns: 200, rows: 60),
    Size(columns: 60, rows: 16), Size(columns: 40, rows: 10),
  ]

  @Test func `it has eight to twelve stops, says one thing at each, and ends where it began`()
    throws
  {
    var app = try app(after: ["set tau_mem 25ms", "4 step", "mark a"])
    let before = app.session
    type("tour", into: &app)
    var texts: [String] = []
    for number in 1...20 {
      let rows = app.render(in: sizes[0]).grid.rowTexts
      guard let title = rows.first(where: { $0.contains("━ tour ") }) else { break }
      #expect(title.contains(" tour \(number) of 10 "))
      #expect(rows.contains { $0.contains("Enter") })
      #expect(!rows.contains { $0.contains("…") && $0.hasPrefix("┃") })
      texts.append(rows.joined())
      _ = app.handle(number.isMultiple(of: 2) ? .enter : .right)
    }
    #expect(texts.count == 10)
    #expect(Set(texts).count == 10)
    #expect(app.session.point == before.point)
    #expect(app.session.experiment == before.experiment)
    #expect(app.session.run.number == before.run.number)
    #expect(app.session.markPlaces.map(\.name) == ["a"])
    #expect(app.isRunning)
  }

  @Test(arguments: [Key.escape, .interrupt, .character("q")])
  func `it can be left at every stop`(key: Key) throws {
    for stop in 0..<10 {
      var app = try app(after: ["5 step"])
      type("tour", into: &app)
      for _ in 0..<stop { _ = app.handle(.enter) }
      #expect(app.handle(key).isEmpty)
      #expect(app.session.point == .forward(4))
      #expect(!app.session.bench.isEdited)
      type("step", into: &app)
      #expect(app.session.point == .forward(5))
    }
  }

  @Test func `back shows the stop before as it was`() throws {
    var app = try app()
    type("tour", into: &app)
    var pictures: [Grid] = []
    for _ in 0..<9 {
      pictures.append(app.render(in: sizes[1]).grid)
      _ = app.handle(.enter)
    }
    for picture in pictures.reversed() {
      _ = app.handle(.left)
      #expect(app.render(in: sizes[1]).grid.rowTexts[..<30] == picture.rowTexts[..<30])
    }
  }

  @Test func `it shows what it speaks of, whatever was hidden, and hides it again`() throws {
    var app = try app(after: ["hide spikes", "overlay", "auto off", "focus adjoint", "max"])
    let before = app.session
    type("tour", into: &app)
    for stop in 1...10 {
      let rows = app.render(in: sizes[1]).grid.rowTexts
      for pane in ["1 V (membrane)", "2 spikes"] where ![6, 7].contains(stop) {
        #expect(rows.contains { $0.contains(pane) }, "\(stop)")
      }
      if stop == 8 { #expect(rows[0].contains("run 2*  ghost:run1")) }
      _ = app.handle(.enter)
    }
    #expect(app.session.looks.view == before.looks.view)
    #expect(app.session.looks.settings == before.looks.settings)
  }

  @Test func `where one pane is shown at a time it is the one that a stop speaks of`() throws {
    var app = try app()
    type("tour", into: &app)
    var firsts: [String] = []
    for _ in 0..<8 {
      let rows = app.render(in: sizes[3]).grid.rowTexts
      firsts.append(String((rows[1].hasPrefix("┏") ? rows[9] : rows[1]).prefix(9)))
      _ = app.handle(.enter)
    }
    #expect(firsts[2].hasPrefix("  in0 ┤"))
    #expect(firsts[4].contains("┤") || firsts[4].contains("│"))
  }

  @Test func `where it speaks of the rule of a jump, the rule is to be seen`() throws {
    for (size, place) in [(sizes[0], "λV⁻ = 0 + "), (sizes[1], "λV⁻ = λV⁺ + [")] {
      var app = try app()
      type("tour", into: &app)
      for _ in 0..<5 { _ = app.handle(.enter) }
      let rows = app.render(in: size).grid.rowTexts
      #expect(rows.contains { $0.contains("tour 6 of 10") })
      #expect(rows.contains { $0.contains(place) })
    }
  }

  @Test(arguments: Preset.all.map(\.name))
  func `it works on every preset at every size`(name: String) throws {
    let preset = try #require(Preset.named(name))
    let experiment = try PresetReader.read(preset.text, named: name).experiment
    var app = try app(experiment)
    type("tour", into: &app)
    for _ in 0..<12 {
      let sizes = experiment.network.neuronCount > 50 ? Array(sizes.prefix(1)) : sizes
      for size in sizes {
        let rows = app.render(in: size).grid.rowTexts
        #expect(rows.count == size.rows)
      }
      _ = app.handle(.enter)
    }
    #expect(app.session.point == .start)
    #expect(!app.session.bench.isEdited)
  }
}
