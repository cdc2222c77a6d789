import Columns
import Foundation
import Interface
import Terminal
import Testing
import Topics
import Workbench

@Suite("Pages of the book on the screen") struct PageTests {
  private let size = Size(columns: 80, rows: 24)

  private func rows(_ app: inout App) -> [String] { app.render(in: size).grid.rowTexts }

  /// The title of the text over the plots; empty where there is none.
  private func title(_ app: inout App) -> String {
    let row = rows(&app)[1]
    return row.contains("Esc closes") ? row : ""
  }

  /// The row with the selected link.
  private func selection(_ app: inout App) -> String {
    rows(&app).first { $0.hasPrefix("┃▶") } ?? ""
  }

  private func row(of text: String, in app: inout App) throws -> Int {
    try #require(rows(&app).firstIndex { $0.contains(text) }, "\(text)")
  }

  @Test func `a page opens with its keys, its links underlined and none of them selected`() throws {
    var app = try app(after: ["help lambda"])
    #expect(rows(&app)[1].contains("help lambda"))
    #expect(rows(&app)[1].contains("(Tab selects, Enter runs, Esc closes)"))
    let y = try row(of: "> help jump", in: &app)
    let cells = app.render(in: size).grid.row(y)
    #expect(cells[cells.startIndex + 3].style.isUnderlined)
    #expect(!cells[cells.startIndex + 14].style.isUnderlined)
    #expect(selection(&app).isEmpty)
    _ = app.handle(.enter)
    #expect(title(&app).isEmpty)
  }

  @Test func `Tab and n go down the links, Shift-Tab and p up, and round at the ends`() throws {
    var app = try app(after: ["help lambda"])
    let links = try #require(Topic.named("lambda")).links
    for key in [Key.tab, .character("n")] {
      _ = app.handle(key)
    }
    #expect(selection(&app).contains("▶ \(links[1]) "))
    let y = try row(of: "▶ \(links[1])", in: &app)
    let cells = app.render(in: size).grid.row(y)
    #expect(
      cells[cells.startIndex + 1].scalar == "▶" && cells[cells.startIndex + 3].style.isReverse)
    _ = app.handle(.character("p"))
    #expect(selection(&app).contains("▶ \(links[0]) "))
    _ = app.handle(.backTab)
    #expect(selection(&app).contains("▶ \(links[links.count - 1]) "))
    _ = app.handle(.tab)
    #expect(selection(&app).contains("▶ \(links[0]) "))
  }

  @Test func `Enter opens the page of a link, and Backspace or b goes back to the place before`()
    throws
  {
    for back in [Key.backspace, .character("b"), .control("h")] {
      var app = try app(after: ["help eventprop"])
      _ = app.handle(.tab)
      _ = app.handle(.tab)
      _ = app.handle(.enter)
      #expect(rows(&app)[1].contains("help jump") && rows(&app)[1].contains("b back"))
      _ = app.handle(back)
      #expect(rows(&app)[1].contains("help eventprop") && !rows(&app)[1].contains("b back"))
      #expect(selection(&app).contains("▶ help jump "))
      _ = app.handle(.escape)
      #expect(title(&app).isEmpty)
    }
  }

  @Test func `a link that goes somewhere closes the page and shows the place`() throws {
    var app = try app(after: ["help phases"])
    _ = app.handle(.tab)
    _ = app.handle(.enter)
    #expect(title(&app).isEmpty && app.session.point == .turn)
  }

  @Test func `a click on a link runs it, a click on other words does nothing`() throws {
    var app = try app(after: ["help lambda"])
    let y = try row(of: "> help jump", in: &app)
    for action in [MouseEvent.Action.press(button: 1), .release(button: 1)] {
      _ = app.handle(.mouse(MouseEvent(action, x: 10, y: 4)))
    }
    #expect(rows(&app)[1].contains("help lambda"))
    for action in [MouseEvent.Action.press(button: 1), .release(button: 1)] {
      _ = app.handle(.mouse(MouseEvent(action, x: 10, y: y)))
    }
    #expect(rows(&app)[2].contains("Why λ jumps"))
  }

  @Test func `a selected link is scrolled into sight on every screen`() throws {
    for size in [Size(columns: 40, rows: 10), Size(columns: 60, rows: 16), size] {
      var app = try app(after: ["topics"])
      _ = app.render(in: size)
      for _ in 0..<Topic.all.count {
        _ = app.handle(.tab)
        let shown = app.render(in: size).grid.rowTexts
        #expect(shown.contains { $0.contains("▶ topic") }, "\(size)")
      }
    }
  }

  @Test func `the first page of help needs no scrolling at 80x24`() throws {
    var app = try app(after: ["help"])
    #expect(!rows(&app)[1].contains("scroll") && rows(&app).contains { $0.hasPrefix("┃work") })
  }

  @Test func `letters that are no keys of a page go to the prompt`() throws {
    var app = try app(after: ["help lambda"])
    _ = app.handle(.character("s"))
    #expect(title(&app).isEmpty && app.editor.text == "s")
    var plain = try InterfaceTests.app(after: ["info spikes"])
    _ = plain.handle(.character("n"))
    #expect(title(&plain).isEmpty && plain.editor.text == "n")
  }

  // MARK: - The signs

  /// Every sign that is no ASCII and stands in a text of a source file, without its comments.
  private static func signs(inSourcesOf room: String) throws -> Set<Character> {
    let folder = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../Sources/\(room)").standardizedFileURL
    let files = try #require(FileManager.default.enumerator(atPath: folder.path))
    var signs: Set<Character> = []
    for case let file as String in files where file.hasSuffix(".swift") {
      let text = try String(contentsOf: folder.appending(path: file), encoding: .utf8)
      for line in text.split(separator: "\n") {
        let code = line.firstRange(of: "//").map { line[..<$0.lowerBound] } ?? line
        for part in code.split(separator: "\"", omittingEmptySubsequences: false).enumerated()
        where part.offset % 2 == 1 {
          signs.formUnion(part.element.filter { !$0.isASCII })
        }
      }
    }
    return signs
  }

  @Test func `every sign that the screen draws is on a page about the screen`() throws {
    let screen = Topic.all.filter { $0.group == .screen }.map { $0.body + $0.names.joined() }
      .joined()
    let drawn = try Self.signs(inSourcesOf: "Interface")
      .union(try Self.signs(inSourcesOf: "Terminal/Drawing"))
    #expect(drawn.isSuperset(of: ["┃", "◆", "┊", "×", "▁", "⋅"]))
    for sign in drawn { #expect(screen.contains(sign), "\(sign) is on no page") }
    for word in ["!", "^", "*", "#", "run 2*", "ghost", "CUT", "not reached yet"] {
      #expect(screen.contains(word), "\(word)")
    }
  }
}
