import Foundation
import Interface
import Terminal
import TestSupport
import Testing
import Workbench

/// The screen as a picture, at every kind of size and in every phase.
@Suite struct PictureTests {
  /// Where a picture is taken: its name and the lines typed before it.
  static let places = [
    ("forward", ["5 step"]), ("backward", ["bwd", "7 step"]), ("spike", ["bwd", "8 step"]),
    ("complete", ["goto end"]),
    ("edited", ["set tau_mem 25ms"]), ("ghost", ["set tau_mem 25ms", "bwd", "7 step"]),
  ]

  static let sizes = [(80, 24), (120, 40), (200, 60), (79, 23), (60, 16), (40, 10)]

  @Test(arguments: places, sizes)
  func `the screen`(place: (name: String, lines: [String]), size: (columns: Int, rows: Int)) throws
  {
    var app = try app(after: place.lines)
    let grid = app.render(in: Size(columns: size.columns, rows: size.rows)).grid
    assertSnapshot(grid.snapshot, named: "\(place.name)-\(size.columns)x\(size.rows)")
  }

  @Test(arguments: [(39, 9), (40, 9), (39, 10), (80, 9), (39, 24)])
  func `a screen that is too small says what it needs`(columns: Int, rows: Int) throws {
    var app = try app()
    let rows = app.render(in: Size(columns: columns, rows: rows)).grid.rowTexts
    let sentence = "needs 40x10, have \(columns)x\(rows.count) (resize, or q)"
    #expect(rows.first == sentence)
    #expect(rows.dropFirst().allSatisfy { $0.isEmpty })
  }

  @Test func `one cell, and none`() throws {
    var app = try app()
    #expect(app.render(in: Size(columns: 1, rows: 1)).grid.rowTexts == ["n"])
    #expect(app.render(in: Size(columns: 0, rows: 0)).grid.rowTexts.isEmpty)
    #expect(app.render(in: Size(columns: 0, rows: 5)).grid.rowTexts == ["", "", "", "", ""])
    #expect(app.render(in: Size(columns: 5, rows: 0)).grid.rowTexts.isEmpty)
  }

  @Test func `in ASCII every picture is ASCII`() throws {
    for (_, lines) in Self.places {
      var app = try app(after: lines)
      for (columns, rows) in Self.sizes {
        let grid = app.render(in: Size(columns: columns, rows: rows)).grid.asciiOnly()
        let texts = grid.rowTexts.joined().unicodeScalars
        #expect(texts.allSatisfy { (0x20...0x7e).contains($0.value) })
      }
    }
  }
}

/// What the README shows and tells.
@Suite struct ReadmeTests {
  private static func text(of path: String) throws -> String {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    return try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
  }

  @Test func `its picture is the screen`() throws {
    var app = try app(after: ["bwd", "8 step"])
    let rows = app.render(in: Size(columns: 80, rows: 24)).grid.rowTexts
    let picture = rows.joined(separator: "\n")
    let readme = try Self.text(of: "README.md")
    #expect(readme.contains("```text\n\(picture)\n```"), "the screen is now:\n\(picture)")
  }

  @Test func `its commands can be typed`() throws {
    let readme = try Self.text(of: "README.md")
    let table = readme.split(separator: "\n").drop { !$0.hasPrefix("| command |") }
      .dropFirst(2).prefix { $0.hasPrefix("| `") }
    #expect(table.count == 5)
    // One after the other, as a reader would.
    var app = try app()
    for row in table {
      let command = String(row.dropFirst(3).prefix { $0 != "`" })
      type(command, into: &app)
      let grid = app.render(in: Size(columns: 80, rows: 24)).grid
      #expect(!complains(grid), "\(command)")
    }
    #expect(app.session.run.number == 2)
  }
}
