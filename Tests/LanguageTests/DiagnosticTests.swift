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
      complaint.underPrompt(indentedBy: 8)
        == "            ^^^^^^^ no parameter 'tau_sin'; did you mean 'tau_syn'?")
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
