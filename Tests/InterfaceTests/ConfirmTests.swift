import Interface
import Terminal
import Testing
import Workbench

/// The question before something is lost.
@Suite struct ConfirmTests {
  @Test func `y goes on, any other key does not, and no history keeps the answer`() throws {
    var app = try app(after: ["confirm on", "set tau_mem 22ms"])
    type("quit", into: &app)
    #expect(app.isRunning)
    var rows = app.render(in: Size(columns: 80, rows: 24)).grid.rowTexts
    #expect(rows.contains { $0.contains("the edits are not saved: y goes on") })
    #expect(rows[22].contains("? help  y goes on, any other key does not"))
    #expect(app.handle(.character("n")).isEmpty && app.isRunning)
    rows = app.render(in: Size(columns: 80, rows: 24)).grid.rowTexts
    #expect(rows.contains { $0.contains("quit: not done") })
    #expect(app.editor.text.isEmpty, "the answer is not typed")
    type("quit", into: &app)
    #expect(app.handle(.character("y")) == [.quit] && !app.isRunning)
    #expect(!app.session.sitting.typed.contains { $0.text == "y" || $0.text == "n" })
    #expect(!app.editor.history.lines.contains("y"))
  }

  @Test func `Ctrl-D asks too, and a script is not asked`() throws {
    var app = try app(after: ["confirm on", "set tau_mem 22ms"])
    _ = app.handle(.control("d"))
    #expect(app.isRunning)
    _ = app.handle(.tab)
    app.play(["quit"], named: "script")
    while app.isRunning, app.playNext() != nil {}
    #expect(!app.isRunning)
  }

  @Test func `the end of the input leaves without a question`() throws {
    var app = try app(after: ["confirm on", "set tau_mem 22ms"])
    #expect(app.handle(.endOfInput) == [.quit])
  }
}
