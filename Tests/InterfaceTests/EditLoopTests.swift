import EventProp
import Interface
import Terminal
import Testing
import Workbench

@Suite("The loop of an edit") struct EditLoopTests {
  @Test
  func `criterion 15: an edit shows curve, ghost, mark, was and now at once; undo is bitwise`()
    throws
  {
    var app = try app(after: ["bwd; 7 step"])
    let size = Size(columns: 120, rows: 40)
    let before = app.session.run
    _ = app.render(in: size)
    var fastest = Duration.seconds(100)
    for _ in 0..<3 {
      let start = ContinuousClock.now
      _ = app.perform("set tau_mem 22ms", echo: true)
      let rows = app.render(in: size).grid.rowTexts
      fastest = min(fastest, .now - start)
      #expect(rows[0].contains("*") && rows[0].contains("ghost:run"))
      #expect(rows.contains { $0.contains("tau_mem = 22 ms (was 20 ms)") })
      #expect(rows.contains { $0.contains("L = 98.3824 (was 80.7427, +17.64)") })
      #expect(rows.contains { $0.contains("(was 13.083 ms, now 13.594 ms, +") })
      #expect(app.session.bench.ghost?.loss == before.loss)
      _ = app.perform("undo", echo: true)
      #expect(app.session.experiment == before.experiment)
      #expect(app.session.run.loss == before.loss)
      #expect(app.session.run.adjoint?.gradient == before.adjoint?.gradient)
    }
    #expect(fastest < .milliseconds(100))
  }
}
