import EventProp
import Files
import Interface
import Presets
import Terminal
import Testing
import Workbench

/// What a screen keeps from one picture to the next never shows.
@Suite struct KeptCurveTests {
  @Test(arguments: ["reference", "recurrent-pair", "delays", "leaky", "grazing", "xor"])
  func `a picture is the one of a screen that has drawn nothing before`(preset: String) throws {
    var app = try app(experiment(preset))
    let size = Size(columns: 80, rows: 24)
    func expectSame(after line: String) {
      var fresh = App(app.session)
      _ = app.perform(line, echo: false)
      _ = fresh.perform(line, echo: false)
      // The last answer is not what this is about, whether it lies over the plots or below them.
      _ = app.handle(.escape)
      _ = fresh.handle(.escape)
      app.show(Reply.Line(line))
      fresh.show(Reply.Line(line))
      #expect(app.render(in: size).grid == fresh.render(in: size).grid, "\(line)")
    }
    func walk() {
      while app.session.cursor.number < app.session.run.timeline.last { expectSame(after: "step") }
    }
    _ = app.render(in: size)
    walk()
    for line in ["unstep", "4 unstep", "goto start", "step", "plot V I lV lI", "step", "overlay"] {
      expectSame(after: line)
    }
    // A ghost, a magnified window, another rule, and another experiment that counts from run 1.
    for line in ["set tau_mem *1.03", "step", "zoom in", "step", "bwd", "step", "undo", "step"] {
      expectSame(after: line)
    }
    expectSame(after: "rule \(AdjointRule.wrong[0].name)")
    walk()
    app.session = try Session(experiment(preset == "xor" ? "delays" : "xor"), named: "other")
    walk()
  }

  private func experiment(_ name: String) throws -> Experiment {
    let preset = try #require(Preset.named(name))
    return try PresetReader.read(preset.text, named: name).experiment
  }
}
