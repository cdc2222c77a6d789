import Interface
import Language
import Terminal
import Testing
import Workbench

@Suite("Scripts on the screen") struct PlayerTests {
  private let size = Size(columns: 80, rows: 24)

  /// Carries out what waits, as the loop of the program does.
  private func drain(_ app: inout App) {
    while let effects = app.playNext() {
      for case .resume(let rest) in effects { app.play(rest: rest, above: app.scriptDepth) }
    }
  }

  @Test func `a script runs at once, and its failing line is named`() throws {
    var app = try app()
    app.play(file: "demo", "3 step\n\nassert L < 1\nstep\n", wait: nil)
    #expect(app.patienceForKeys == 0)
    drain(&app)
    #expect(app.session.cursor.number == 3 && app.patienceForKeys == nil)
    #expect(
      app.render(in: size).grid.rowTexts.contains {
        $0.hasPrefix("demo:3: L is 80.742697745566")
      })
  }

  @Test func `a pause of any length is a pause`() throws {
    var app = try app()
    app.play(file: "demo", "step\n", wait: 1e300)
    #expect(app.playNext() == nil)
    #expect(try #require(app.patienceForKeys) > 1_000_000)
  }

  @Test func `a replay shows each line before it is carried out`() throws {
    var app = try app()
    let start = ContinuousClock.now
    app.play(file: "demo", "3 step\nbwd\n", wait: 0.05)
    #expect(app.playNext() == nil)
    #expect(app.editor.text == "3 step" && app.session.cursor.number == 0)
    let patience = try #require(app.patienceForKeys)
    #expect(patience <= 51)
    #expect(
      app.render(in: size).grid.rowTexts.contains {
        $0.hasPrefix("demo:1: any key pauses, Esc ends")
      })
    while app.session.cursor.number == 0, .now - start < .seconds(5) { _ = app.playNext() }
    #expect(.now - start >= .milliseconds(50))
    #expect(app.session.cursor.number == 3 && app.editor.text == "")
    while app.patienceForKeys != nil, .now - start < .seconds(5) { _ = app.playNext() }
    #expect(app.session.point == .turn)
    #expect(app.render(in: size).grid.rowTexts.contains { $0.contains("replay ended") })
  }

  @Test func `a key pauses a replay, further keys play a line each, Space goes on, Esc ends`()
    throws
  {
    var app = try app()
    app.play(file: "demo", "step\nstep\nstep\nstep\nstep\n", wait: 60)
    _ = app.playNext()
    _ = app.handle(.character("x"))
    #expect(app.patienceForKeys == nil && app.editor.text == "step")
    #expect(app.render(in: size).grid.rowTexts.contains { $0.contains("demo:1 paused") })
    _ = app.handle(.character("x"))
    #expect(app.session.cursor.number == 1)
    // A held key plays lines as fast as they come.
    for _ in 0..<2 { _ = app.handle(.right) }
    #expect(app.session.cursor.number == 3)
    _ = app.playNext()
    _ = app.handle(.character(" "))
    _ = app.playNext()
    #expect(app.session.cursor.number == 4)
    _ = app.playNext()
    _ = app.handle(.escape)
    #expect(app.session.cursor.number == 4 && app.patienceForKeys == nil && app.editor.text == "")
    #expect(app.playNext() == nil)
    #expect(
      app.render(in: size).grid.rowTexts.contains { $0.contains("replay ended at demo:5") })
  }

  /// Plays a step where its pause is over at once; the status that tells of each line before it comes.
  private func play(_ app: inout App, files: [String: String]) -> [String] {
    var shown: [String] = []
    while app.patienceForKeys != nil, shown.count < 50 {
      let depth = app.scriptDepth
      for effect in app.playNext() ?? [] {
        switch effect {
        case .source(let word, let wait, _):
          app.play(file: word.text, files[word.text] ?? "", wait: wait)
        case .resume(let rest): app.play(rest: rest, above: depth)
        default: break
        }
      }
      if !app.editor.isEmpty { shown.append(app.editor.text) }
    }
    return shown.enumerated().filter { $0.offset == 0 || shown[$0.offset - 1] != $0.element }
      .map(\.element)
  }

  @Test func `a replay in a replay has its own pause, and the outer one keeps its own`() throws {
    var app = try app()
    app.play(file: "outer", "replay inner wait=0; print L\nprint t\nbwd\n", wait: 60)
    _ = app.playNext()
    // A key plays the line; what follows in the inner file comes by itself.
    _ = app.handle(.character("x"))
    #expect(app.patienceForKeys == nil)
    let depth = app.scriptDepth
    for effect in app.handle(.character("x")) {
      if case .source(let word, let wait, _) = effect {
        app.play(file: word.text, "step\n2 step\n", wait: wait)
      }
      if case .resume(let rest) = effect { app.play(rest: rest, above: depth) }
    }
    _ = app.handle(.character(" "))
    let start = ContinuousClock.now
    while app.session.cursor.number < 3, .now - start < .seconds(5) { _ = app.playNext() }
    #expect(app.session.cursor.number == 3 && app.editor.text != "print t")
    _ = app.playNext()
    #expect(app.editor.text == "print L")
    let patience = try #require(app.patienceForKeys)
    #expect(patience > 50_000, "the pause of the outer one")
  }

  @Test func `what follows a replay in a sourced file comes at once`() throws {
    var app = try app()
    let files = [
      "inner": "step\nsource more\n", "more": "step\n",
      "plain": "2 step\nreplay inner wait=0\nprint L\nbwd\n",
    ]
    app.play(file: "plain", files["plain"] ?? "", wait: nil)
    #expect(play(&app, files: files) == ["step", "source more", "step"])
    #expect(app.session.point == .turn)
  }

  @Test func `a replay closes what it has opened before its next line`() throws {
    var app = try app()
    app.play(file: "demo", "help\nstep\n", wait: 0)
    while app.patienceForKeys != nil { _ = app.playNext() }
    #expect(app.session.cursor.number == 1)
    #expect(!app.render(in: size).grid.rowTexts.contains { $0.contains("Esc closes") })
  }

  @Test func `Ctrl-C ends a script`() throws {
    var app = try app()
    app.play(Array(repeating: "step; unstep", count: 1000), named: "-e")
    for _ in 0..<10 { _ = app.playNext() }
    _ = app.handle(.interrupt)
    #expect(app.playNext() == nil)
    #expect(app.render(in: size).grid.rowTexts.contains { $0.contains("-e:10: interrupted") })
  }

  @Test func `a paste of lines is shown as one, and Enter runs it`() throws {
    var app = try app()
    _ = app.handle(.paste("step # one\n2 step\n"))
    #expect(app.editor.text == "step; 2 step" && app.session.cursor.number == 0)
    #expect(
      app.render(in: size).grid.rowTexts.contains {
        $0.hasPrefix("pasted 2 lines as one: Enter runs it")
      })
    _ = app.handle(.enter)
    #expect(app.session.cursor.number == 3)
    _ = app.handle(.paste("alias on 2 step\non\n"))
    #expect(
      app.render(in: size).grid.rowTexts.contains {
        $0.hasSuffix("; all after alias on belongs to it")
      })
  }

  @Test func `a picture is the screen as text`() throws {
    var app = try app(after: ["3 step"])
    let text = app.picture(in: size)
    #expect(text.split(separator: "\n", omittingEmptySubsequences: false).count == 25)
    #expect(text.hasPrefix(" reference  run 1  FWD -> e2/11"))
    #expect(!text.contains(" \n"))
  }
}
