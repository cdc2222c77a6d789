import EventProp
import Files
import Interface
import Presets
import Terminal
import Testing
import Workbench

/// Work that takes longer than a key press.
@Suite struct BusyTests {
  private let size = Size(columns: 80, rows: 24)

  /// A network whose check takes minutes here.
  private func large() throws -> App {
    let preset = try #require(Preset.all.first { $0.name == "yin-yang" })
    return App(
      try Session(
        try PresetReader.read(preset.text, named: "yin-yang").experiment, named: "yin-yang"))
  }

  @Test func `a short check answers at once`() throws {
    var app = try app(after: ["check n0<-in2"])
    #expect(!app.isBusy)
    #expect(
      app.render(in: size).grid.rowTexts.contains { $0.contains("n0<-in2: adjoint -4.91576433") })
  }

  @Test func `soon a bar shows how far a long check is, and Ctrl-C keeps what was found`()
    throws
  {
    var app = try large()
    type("check all", into: &app)
    #expect(app.isBusy)
    let start = ContinuousClock.now
    while .now - start < App.patience + App.budget { #expect(app.tick().isEmpty) }
    let done = try #require(app.session.task?.done)
    #expect(done > 0)
    let rows = app.render(in: size).grid.rowTexts
    let bar = try #require(rows.first { $0.contains("Ctrl-C stops") })
    #expect(bar.hasPrefix(" check all"))
    #expect(bar.contains("░ \(done) of 1826  Ctrl-C stops"))

    // The prompt stays alive; only what would touch the run has to wait.
    type("step", into: &app)
    #expect(app.session.cursor.number == 0)
    #expect(app.editor.text == "step")
    #expect(app.isBusy)

    #expect(app.handle(.interrupt).isEmpty)
    #expect(!app.isBusy)
    #expect(app.tick().isEmpty)
    let shown = app.render(in: size).grid.rowTexts
    #expect(shown.contains { $0.contains("interrupted after \(done) of 1826: \(done) agree") })
    #expect(shown.contains { $0.contains("verdict so far: agrees") })
    // The panel closes, and everything goes on.
    _ = app.handle(.escape)
    #expect(app.editor.text == "step")
    _ = app.handle(.enter)
    #expect(app.session.cursor.number == 1)
  }

  @Test func `a tick does at least one piece and no more than its time`() throws {
    var app = try large()
    type("check all", into: &app)
    let before = try #require(app.session.task?.done)
    _ = app.tick(for: .zero)
    #expect(app.session.task?.done == before + 1)
  }

  @Test func `work that ends goes on with the rest of its line`() throws {
    var app = try app(after: ["check all; step; quit"])
    var effects: [Effect] = app.isRunning ? [] : [.quit]
    while app.isBusy { effects += app.tick(for: .zero) }
    #expect(effects == [.quit])
    #expect(!app.isRunning && app.session.cursor.number == 1)
  }

  @Test func `quit leaves while something is at work`() throws {
    var app = try large()
    type("check all", into: &app)
    type("q", into: &app)
    #expect(!app.isRunning)
    app = try large()
    type("check all", into: &app)
    #expect(app.handle(.endOfInput) == [.quit])
  }

  @Test func `the bar fits every width`() throws {
    var app = try large()
    type("check all", into: &app)
    let start = ContinuousClock.now
    while .now - start < App.patience + App.budget { _ = app.tick() }
    for columns in [40, 41, 60, 80, 200] {
      let rows = app.render(in: Size(columns: columns, rows: 24)).grid.rowTexts
      #expect(rows.contains { $0.contains("of 1826") }, "\(columns) columns")
    }
  }
}
