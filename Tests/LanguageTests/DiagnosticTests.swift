import Language
import Testing

struct DiagnosticTests {
  private let slow = Diagnostic(
    at: SourceSpan(start: SourcePosition(line: 4, column: 12), length: 4),
    "expected a time, found 'slow'",
    remedy: "a number with a unit, such as '5 ms'")

  @Test func `a complaint shows the line, a caret and what was expected`() {
    let source = SourceText("a\nb\r\nc\n  tau_syn: slow     # wrong\n", named: "Presets/chain.yaml")
    #expect(
      slow.rendered(in: source) == """
        Presets/chain.yaml:4:12: error: expected a time, found 'slow'
        4 |   tau_syn: slow     # wrong
          |            ^~~~ a number with a unit, such as '5 ms'
        """)
  }

  @Test func `under the prompt the carets stand below the word`() {
    let complaint = Diagnostic(
      at: SourceSpan(start: SourcePosition(line: 1, column: 5), length: 7),
      "no parameter 'tau_sin'",
      remedy: "did you mean 'tau_syn'?")
    #expect(
      complaint.underPrompt(of: "set tau_sin 4ms", indentedBy: 8)
        == "            ^^^^^^^ no parameter 'tau_sin'; did you mean 'tau_syn'?")
  }

  @Test func `carets stand below wide characters, marks and tabs`() {
    func place(_ column: Int, _ length: Int) -> SourceSpan {
      SourceSpan(start: SourcePosition(line: 1, column: column), length: length)
    }
    #expect(
      Diagnostic(at: place(8, 2), "odd").underPrompt(of: "set 出力 ZZ", indentedBy: 2)
        == "           ^^ odd")
    #expect(
      Diagnostic(at: place(5, 2), "odd").underPrompt(of: "set 出力 ZZ", indentedBy: 0)
        == "    ^^^^ odd")
    #expect(
      Diagnostic(at: place(4, 1), "odd").underPrompt(of: "se", indentedBy: 0) == "   ^ odd")
    let text = Diagnostic(at: place(11, 2), "odd")
      .rendered(in: SourceText("出e\u{301}\t\u{1B}力 👨\u{200D} ZZ", named: "w.yaml"))
    // One column each for é, the tab and the control character; the joiner has none and is not shown.
    let lines = text.split(separator: "\n").map(String.init)
    #expect(!text.contains("\u{1B}") && !text.contains("\t"))
    let shown = lines[1].prefix { $0 != "Z" }
    #expect(lines[2].prefix { $0 != "^" }.count == 4 + 2 + 1 + 1 + 1 + 2 + 1 + 2 + 1, "\(shown)")
  }

  @Test func `a long line is cut around the place`() {
    let row = (0..<400).map { "\($0)" }.joined(separator: ", ")
    // One-digit numbers take three columns with their comma, two-digit ones four, the others five.
    let column = 1 + 10 * 3 + 90 * 4 + 100 * 5
    let text = Diagnostic(
      at: SourceSpan(start: SourcePosition(line: 1, column: column), length: 3), "odd"
    )
    .rendered(in: SourceText(row, named: "w.yaml"))
    let lines = text.split(separator: "\n").map(Array.init)
    #expect(lines[1].count <= 110)
    let caret = lines[2].firstIndex(of: "^") ?? 0
    #expect(String(lines[1][caret..<caret + 3]) == "200")
  }

  @Test func `tabs and controls never move the caret`() {
    let source = SourceText("\tx\u{1B}[1m: y", named: "t")
    let text = Diagnostic(at: SourceSpan(start: SourcePosition(line: 1, column: 2)), "m").rendered(
      in: source)
    #expect(text == "t:1:2: error: m\n1 |  x\u{FFFD}[1m: y\n  |  ^")
  }

  @Test(arguments: [
    ("tau_sin", "tau_syn"), ("tauMem", "tau_mem"), ("v_ht", "v_th"), ("laeyrs", "layers"),
    ("weigths", "weights"), ("zzz", nil), ("x", nil),
  ])
  func `did you mean`(word: String, meant: String?) {
    let known = ["tau_mem", "tau_syn", "v_th", "layers", "weights", "v", "i"]
    #expect(Suggestion.nearest(to: word, among: known) == meant)
  }

  @Test func `a word of three letters is not like another with one letter in common`() {
    #expect(Suggestion.nearest(to: "foo", among: ["fwd", "log", "lof"]) == nil)
    #expect(Suggestion.nearest(to: "lgo", among: ["fwd", "log"]) == "log")
  }
}
