import Columns
import Glibc
import Terminal
import Testing

// The module Glibc leaves it out.
@_silgen_name("wcwidth") private func wcwidth(_ character: wchar_t) -> CInt

/// The columns of a text, by which everything is placed.
@Suite struct ColumnsTests {
  @Test func `every scalar has the width that the C library gives it`() {
    setlocale(LC_CTYPE, "C.UTF-8")
    var wrong: [String] = []
    for value in UInt32(0x20)...0x10FFFF {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let width = Int(wcwidth(wchar_t(value)))
      // An invisible sign that is no mark is shown as U+FFFD, and a joining one not at all.
      // U+1171E became a mark after Unicode 14.
      guard width >= 0, scalar.properties.generalCategory != .format, value != 0x1171E else {
        continue
      }
      if (scalar.columns ?? -1) != width { wrong.append(String(value, radix: 16)) }
    }
    #expect(wrong.isEmpty, "\(wrong.count): \(wrong.prefix(20))")
  }

  @Test(arguments: [
    ("", 0), ("abc", 3), ("出力", 4), ("e\u{301}", 1), ("🙂", 2), ("λτ─", 3), ("ｱ", 1), ("한", 2),
    ("\u{1112}\u{1161}\u{11AB}", 2), ("👨\u{200D}👩\u{200D}👧", 6), ("❤\u{FE0F}", 1), ("a\u{7}b", 3),
    ("\u{202E}x", 2),
  ])
  func `a text has the columns of its characters`(text: String, columns: Int) {
    #expect(text.columns == columns)
    #expect(text.shown.columns == columns)
    #expect(text.padded(to: 10).columns == 10)
  }

  @Test func `what must not reach a terminal is replaced, and what only joins is left out`() {
    #expect("a\u{1B}[31m\u{9B}2J\u{202E}".shown == "a\u{FFFD}[31m\u{FFFD}2J\u{FFFD}")
    #expect("👨\u{200D}👩".shown == "👨👩")
    #expect("e\u{301}".shown == "e\u{301}")
  }

  @Test func `a wide text is cut between its characters`() {
    #expect("隠れ層".abbreviated(to: 6) == "隠れ層")
    #expect("隠れ層".abbreviated(to: 5) == "隠れ…")
    #expect("隠れ層".abbreviated(to: 4) == "隠…")
    #expect("隠れ層".abbreviated(to: 2) == "…")
    #expect("ne\u{301}e\u{301}".abbreviated(to: 2) == "n…")
    #expect("e\u{301}e\u{301}".prefix(columns: 1) == "e\u{301}")
  }

  @Test func `a wide character fills two cells, and no half of it is left alone`() {
    var grid = Grid(columns: 6, rows: 1)
    #expect(grid.put("出力", x: 1, y: 0) == 4)
    #expect(grid[1, 0].part == .left && grid[2, 0].part == .rest)
    #expect(grid.description == "│ 出力 │")
    grid.put("x", x: 2, y: 0)
    #expect(grid.description == "│  x力 │")
    grid.put("y", x: 3, y: 0)
    #expect(grid.description == "│  xy  │")
    grid.put("出出", x: 0, y: 0)
    grid.put("力", x: 1, y: 0)
    #expect(grid.description == "│ 力   │")
    grid.restyle(grid.bounds) { $0.bold }
    #expect(grid.description == "│ 力   │")
  }

  @Test func `a wide character cut at an edge or by a limit becomes blank`() {
    var grid = Grid(columns: 5, rows: 2)
    grid.put("力力力", x: -1, y: 0)
    #expect(grid.description.hasPrefix("│ 力力│"))
    #expect(grid.put("a力力", x: 0, y: 1, limit: 4) == 4)
    #expect(grid.rowTexts[1] == "a力")
    grid.put("力", x: 4, y: 0)
    #expect(grid.rowTexts[0] == " 力")
    var other = Grid(columns: 3, rows: 2)
    other.blit(grid, x: -2, y: 0)
    #expect(other.rowTexts == ["", ""])
    #expect(grid.asciiOnly().rowTexts == [" ?", "a?"])
    #expect("出e\u{301}é".asciiOnly == "? e?")
  }

  @Test func `the cursor steps over whole characters and stands in their columns`() {
    var editor = LineEditor()
    for scalar in "出e\u{301}力".unicodeScalars { _ = editor.handle(.character(scalar)) }
    #expect(editor.visible(in: 20).cursorColumn == 5)
    _ = editor.handle(.left)
    #expect(editor.visible(in: 20).cursorColumn == 3)
    _ = editor.handle(.left)
    #expect(editor.visible(in: 20).cursorColumn == 2)
    _ = editor.handle(.delete)
    #expect(editor.text == "出力")
    _ = editor.handle(.backspace)
    #expect(editor.text == "力" && editor.visible(in: 20).cursorColumn == 0)
  }

  @Test func `a long line of wide characters scrolls and keeps the cursor in sight`() {
    var editor = LineEditor()
    for scalar in "漢字a漢字漢e\u{301}字b漢字漢字".unicodeScalars { _ = editor.handle(.character(scalar)) }
    for _ in 0..<14 {
      for width in 2...25 {
        let (text, column) = editor.visible(in: width)
        #expect(text.columns <= width)
        #expect((0..<width).contains(column))
        let before = text.prefix(columns: column)
        #expect(before.columns == column && editor.textBeforeCursor.hasSuffix(before))
      }
      _ = editor.handle(.left)
    }
  }

  @Test func `titles of boxes and names beside the axis keep their places`() {
    var grid = Grid(columns: 14, rows: 3)
    grid.box(grid.bounds, title: "隠れ層の電位")
    #expect(grid.rowTexts[0] == "┌─ 隠れ層… ──┐" || grid.rowTexts[0] == "┌─ 隠れ層… ─┐")
    #expect(grid.rowTexts[0].columns == 14)
    var gutter = Grid(columns: 8, rows: 3)
    ValueScale(range: 0...1, rows: 3)
      .drawGutter(into: &gutter, x: 0, y: 0, width: 8, name: "電位", labels: [])
    #expect(gutter.rowTexts[1] == "   電位│")
  }
}
