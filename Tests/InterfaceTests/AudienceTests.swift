import Foundation
import FoundationXML
import Interface
import Terminal
import Testing
import Workbench

/// What a teacher uses before an audience.
@Suite struct AudienceTests {
  private let size = Size(columns: 80, rows: 24)

  private func rows(_ app: inout App, _ size: Size? = nil) -> [String] {
    app.render(in: size ?? self.size).grid.rowTexts
  }

  @Test func `a caption stays above the plots and above a box until the next one`() throws {
    var app = try app(after: ["caption Now back in time", "bwd", "8 step"])
    #expect(rows(&app)[1].contains("Now back in time"))
    #expect(rows(&app)[1].drop { $0 == " " }.hasPrefix("Now"))
    app.receive(app.session.apply("info grad"), titled: "info grad")
    #expect(rows(&app)[1].contains("Now back in time") && rows(&app)[2].contains("info grad"))
    _ = app.perform("caption Another", echo: true)
    #expect(rows(&app)[1].contains("Another") && !rows(&app).joined().contains("Now back"))
    _ = app.perform("caption", echo: true)
    #expect(!rows(&app).joined().contains("Another"))
  }

  @Test(arguments: [
    Size(columns: 40, rows: 10), Size(columns: 60, rows: 16), Size(columns: 200, rows: 60),
  ])
  func `a long caption has at most three rows at any size`(size: Size) throws {
    let text = Array(repeating: "word", count: 60).joined(separator: " ")
    var app = try app(after: ["caption \(text)"])
    let shown = rows(&app, size)
    #expect(shown.count == size.rows)
    #expect(shown.prefix(5).count { $0.contains("word word") } <= 3)
    #expect(shown.contains { $0.contains("(fwd start)") })
  }

  @Test func `a script waits at pause for a key, then goes on with the rest of the line`() throws {
    var app = try app(after: [])
    app.play(["step; pause Which neuron?; step", "step"], named: "demo")
    func play() throws {
      while let effects = app.playNext() {
        var shelf = EmptyShelf()
        try app.perform(effects, with: &shelf)
      }
    }
    try play()
    #expect(app.session.cursor.number == 1)
    #expect(rows(&app).contains { $0.contains("Which neuron?  (any key goes on)") })
    #expect(app.patienceForKeys == nil)
    _ = app.handle(.character("x"))
    try play()
    #expect(app.session.cursor.number == 3 && app.editor.isEmpty)
  }

  @Test func `Esc at a pause ends the script`() throws {
    var app = try app(after: [])
    app.play(["pause", "step"], named: "demo")
    var shelf = EmptyShelf()
    while let effects = app.playNext() { try app.perform(effects, with: &shelf) }
    _ = app.handle(.escape)
    while let effects = app.playNext() { try app.perform(effects, with: &shelf) }
    #expect(app.session.cursor.number == 0 && !app.isPlaying)
  }

  @Test func `close closes a box, and does nothing without one`() throws {
    var app = try app(after: ["bwd"])
    app.receive(app.session.apply("info grad"), titled: "info grad")
    #expect(rows(&app).joined().contains("Esc closes"))
    var shelf = EmptyShelf()
    try app.perform(app.perform("close", echo: true), with: &shelf)
    #expect(!rows(&app).joined().contains("Esc closes"))
    try app.perform(app.perform("close", echo: true), with: &shelf)
    #expect(!rows(&app).joined().contains("Esc closes"))
  }

  @Test(arguments: [
    Size(columns: 80, rows: 24), Size(columns: 120, rows: 40), Size(columns: 200, rows: 60),
  ])
  func `the lecture layout has only plots, the place and its equation`(size: Size) throws {
    var app = try app(after: ["lecture", "bwd", "8 step"])
    let shown = rows(&app, size).joined(separator: "\n")
    #expect(
      shown.contains("e4 spike n1") && shown.contains("λV⁻ = 1027.9 + (1027.913 - 1005.576)/2.4949")
    )
    for other in ["dL/dw n1<-", "4 events", "6 dL/dw", "7 parameters", "check", "run 1"] {
      #expect(!shown.contains(other), "\(other)")
    }
    _ = app.perform("layout auto", echo: true)
    #expect(rows(&app, size).joined().contains("run 1"))
  }

  @Test func `show all and layout auto bring back what was hidden`() throws {
    for line in ["show all", "layout auto"] {
      var app = try app(after: [
        "hide potential", "hide spikes", "hide adjoint", "hide events", "max", "layout small", line,
      ])
      #expect(app.session.looks.view.hidden.isEmpty && !app.session.looks.view.isMaximised)
      if line == "show all" { _ = app.perform("layout auto", echo: true) }
      #expect(rows(&app).joined().contains("V n"))
    }
  }

  // MARK: - The page

  private func page(after lines: [String]) throws -> String {
    var session = try Session(reference, named: "reference")
    for line in lines { #expect(session.apply(line).succeeded, "\(line)") }
    return try SittingPage.html(of: session)
  }

  @Test func `the page has a section for each place, with caption, note, answer and figure`() throws
  {
    let page = try page(after: [
      "theme dark", "caption The loss is known", "bwd", "note here <λ> is 0", "8 step",
      "print lV n1",
    ])
    let sections = page.split(separator: "<section ").dropFirst().map(String.init)
    #expect(sections.count == 4)
    #expect(sections.allSatisfy { $0.contains("<figure role=\"img\" aria-label=\"") })
    #expect(sections[0].contains("<p class=\"caption\">The loss is known</p>"))
    #expect(sections[1].contains("<p class=\"note\">here &lt;λ&gt; is 0</p>"))
    #expect(sections[2].contains("e4 spike n1 t=13.003 ms  λV n1 1028 → 1037"))
    #expect(sections[2].contains("bracket: 1027.913 - 1005.576 = 22.337 /s"))
    #expect(sections[3].contains("λV n1 = "))
    let addresses = page.components(separatedBy: "http").count
    #expect(addresses == page.components(separatedBy: "http://www.w3.org/2000/svg").count)
    #expect(!page.contains("src=") && !page.contains("<link") && !page.contains("<?xml"))
  }

  @Test func `the page is well-formed, and no two places share a name`() throws {
    let page = try page(after: [
      "2 step", "finish", "3 step", "set tau_mem 25ms", "equation", "bwd",
    ])
    let body = page.components(separatedBy: "<body>")[1].components(separatedBy: "<script>")[0]
      .replacingOccurrences(of: "&larr;", with: "").replacingOccurrences(of: "&rarr;", with: "")
      .replacingOccurrences(of: "aria-label=\"Places\" hidden", with: "aria-label=\"Places\"")
    let parser = XMLParser(data: Data("<body>\(body)</body>".utf8))
    #expect(parser.parse(), "\(String(describing: parser.parserError)) at \(parser.lineNumber)")
    let names = page.matches(of: /id="([^"]+)"/).map { String($0.1) }
    #expect(Set(names).count == names.count)
  }

  @Test func `on a page V is drawn up to the cursor, and λ from it on`() throws {
    func clips(_ page: String) -> [Double] {
      page.matches(of: /<clipPath[^>]*><rect x="[^"]*" y="[^"]*" width="([^"]*)"/).compactMap {
        Double($0.1)
      }
    }
    let forward = clips(try page(after: ["goto e4"]))
    #expect(forward.count == 2 && abs(forward[0] - 668 * 13.00275 / 40) < 0.1 && forward[1] == 0)
    let backward = clips(try page(after: ["goto end", "fwd", "bwd", "8 step"])).suffix(2)
    #expect(backward.first == 668 && (backward.last ?? 0) > 300)
  }

  @Test func `a page is made after a recording has ended, too`() throws {
    var session = try Session(reference, named: "reference")
    _ = session.beginRecording("r.txt")
    for line in ["3 step", "record off"] { #expect(session.apply(line).succeeded) }
    #expect(try SittingPage.html(of: session).contains("3 step"))
  }

  @Test func `an answer that needs more rows than there are opens as a text`() throws {
    var app = try app(after: ["bwd", "2 step", "why lV n2"])
    #expect(rows(&app).joined(separator: "\n").contains("Esc closes"))
    app = try InterfaceTests.app(after: ["print L"])
    #expect(!rows(&app).joined().contains("Esc closes"))
  }

  @Test func `a page needs places, and not too many`() throws {
    #expect(throws: NotDone.self) { try page(after: ["theme dark"]) }
    #expect(throws: NotDone.self) {
      try page(after: Array(repeating: "print t", count: SittingPage.mostPlaces + 1))
    }
  }
}

/// A shelf without files.
private struct EmptyShelf: Shelf {
  func experiment(named name: String) throws -> Opened { throw NotDone("no files here") }
  func read(_ path: String) throws -> [UInt8] { throw NotDone("no files here") }
  func script(_ path: String) throws -> String { throw NotDone("no files here") }
  func reserve(_ output: Output) throws { throw NotDone("no files here") }
  func write(_ bytes: [UInt8], to output: Output) throws { throw NotDone("no files here") }
  func write(
    to output: Output, _ body: (_ write: ([UInt8]) throws -> Void) throws -> Void
  ) throws { throw NotDone("no files here") }
}
