import Terminal
import Testing

/// A line editor after some typing; `|` marks the cursor in what it shows.
private struct Typist {
  var editor: LineEditor
  var outcomes: [LineEditor.Outcome] = []

  init(_ text: String = "", history: [String] = []) {
    editor = LineEditor(history: History(history))
    type(text)
  }

  mutating func type(_ text: String) {
    press(text.unicodeScalars.map { .character($0) })
  }

  mutating func press(_ keys: Key...) { press(keys) }

  mutating func press(_ keys: [Key]) {
    for key in keys { outcomes.append(editor.handle(key)) }
  }

  var shown: String {
    var text = editor.text
    let position = text.unicodeScalars.index(
      text.startIndex, offsetBy: editor.cursor)
    text.insert("|", at: position)
    return text
  }
}

@Suite struct LineEditorTests {
  @Test(arguments: [
    ([Key.control("a")], "|set tau_mem  10ms"), ([.home], "|set tau_mem  10ms"),
    ([.control("a"), .control("e")], "set tau_mem  10ms|"), ([.home, .end], "set tau_mem  10ms|"),
    ([.control("b")], "set tau_mem  10m|s"), ([.left, .left], "set tau_mem  10|ms"),
    ([.home, .control("f")], "s|et tau_mem  10ms"), ([.home, .right], "s|et tau_mem  10ms"),
    ([.right], "set tau_mem  10ms|"), ([.home, .left], "|set tau_mem  10ms"),
    ([.alt("b")], "set tau_mem  |10ms"), ([.controlLeft, .controlLeft], "set |tau_mem  10ms"),
    ([.home, .alt("f"), .controlRight], "set tau_mem|  10ms"),
    ([.backspace], "set tau_mem  10m|"), ([.control("h")], "set tau_mem  10m|"),
    ([.home, .backspace], "|set tau_mem  10ms"), ([.delete], "set tau_mem  10ms|"),
    ([.home, .delete], "|et tau_mem  10ms"), ([.home, .control("d")], "|et tau_mem  10ms"),
    ([.alt("b"), .control("k")], "set tau_mem  |"), ([.alt("b"), .control("u")], "|10ms"),
    ([.control("w")], "set tau_mem  |"), ([.control("w"), .control("w")], "set |"),
    ([.home, .alt("d")], "| tau_mem  10ms"), ([.alt("\u{7F}")], "set tau_mem  |"),
    ([.control("t")], "set tau_mem  10sm|"),
    ([.left, .left, .control("t")], "set tau_mem  1m0|s"),
    ([.home, .control("t")], "|set tau_mem  10ms"),
    ([.control("w"), .home, .control("y")], "10ms|set tau_mem  "),
    ([.control("w"), .control("w"), .control("y")], "set tau_mem  10ms|"),
    ([.home, .alt("d"), .alt("d"), .control("y")], "set tau_mem|  10ms"),
    ([.control("w"), .left, .control("w"), .control("y")], "set tau_mem | "),
  ])
  func `keys of readline`(keys: [Key], expected: String) {
    var typist = Typist("set tau_mem  10ms")
    typist.press(keys)
    #expect(typist.shown == expected)
    #expect(typist.outcomes.last == .edited)
  }

  @Test func `typing inserts at the cursor`() {
    var typist = Typist("sep")
    typist.press(.left)
    typist.type("tλ")
    #expect(typist.shown == "setλ|p")
  }

  @Test func `enter submits and clears`() {
    var typist = Typist("step 3")
    typist.press(.left, .enter)
    #expect(typist.outcomes.last == .submitted("step 3"))
    #expect(typist.editor.isEmpty)
    #expect(typist.editor.history.lines == ["step 3"])
    typist.press(.enter)
    #expect(typist.outcomes.last == .submitted(""))
    #expect(typist.editor.history.lines == ["step 3"])
  }

  @Test func `control D ends the input only on an empty line`() {
    var typist = Typist("x")
    typist.press(.control("d"))
    #expect(typist.outcomes.last == .edited)
    typist.press(.backspace, .control("d"))
    #expect(typist.outcomes.last == .endOfInput)
  }

  @Test(arguments: [
    Key.escape, .function(5), .pageUp, .interrupt, .control("l"), .resize, .backTab,
    .terminate(signal: 15), .endOfInput, .mouse(MouseEvent(.wheelUp, x: 0, y: 0)),
  ])
  func `other keys are left to others`(key: Key) {
    var typist = Typist("x")
    typist.press(key)
    #expect(typist.outcomes.last == .unhandled)
    #expect(typist.shown == "x|")
  }

  @Test func `completing replaces the word before the cursor`() {
    var typist = Typist("set tau_ 5ms")
    typist.press(.left, .left, .left, .left)
    typist.press(.tab)
    #expect(typist.outcomes.last == .complete)
    #expect(typist.editor.textBeforeCursor == "set tau_")
    typist.editor.insert("tau_mem", replacing: 4)
    #expect(typist.shown == "set tau_mem| 5ms")
    typist.editor.insert("x", replacing: 99)
    #expect(typist.shown == "x| 5ms")
  }

  @Test func `a paste of one line is typed`() {
    var typist = Typist("a")
    typist.press(.paste(" b\tc\n"))
    #expect(typist.outcomes.last == .edited)
    #expect(typist.shown == "a b c|")
  }

  @Test func `a paste of several lines is handed on and runs nothing`() {
    var typist = Typist("a")
    typist.press(.paste("run\r\n\n  bwd\ncheck all"))
    #expect(typist.outcomes.last == .pasted(["run", "  bwd", "check all"]))
    #expect(typist.shown == "a|")
  }

  @Test func `what cannot be seen is not pasted`() {
    var typist = Typist()
    typist.press(.paste("\u{1b}pri\u{1}nt\tL\u{7f}\u{7}"))
    #expect(typist.outcomes.last == .edited && typist.shown == "print L|")
    typist.press(.paste("\n \n"))
    #expect(typist.shown == "print L|")
  }

  @Test func `a long line scrolls and keeps the cursor in sight`() {
    var typist = Typist("0123456789abcdefghij")
    for _ in 0...20 {
      for width in 1...25 {
        let (text, column) = typist.editor.visible(in: width)
        #expect(text.count <= width)
        #expect((0..<width).contains(column))
        let scalars = Array(text)
        let line = Array(typist.editor.text)
        if column < scalars.count { #expect(scalars[column] == line[typist.editor.cursor]) }
      }
      typist.press(.left)
    }
    #expect(typist.editor.visible(in: 8).text == "01234567")
    #expect(typist.editor.visible(in: 0).text == "")
  }
}

@Suite struct HistoryTests {
  let lines = ["set tau_mem 10ms", "step 3", "set v_th 1", "run"]

  @Test func `up and down go through the lines that begin with what was typed`() {
    var typist = Typist("se", history: lines)
    typist.press(.up)
    #expect(typist.shown == "set v_th 1|")
    typist.press(.control("p"))
    #expect(typist.shown == "set tau_mem 10ms|")
    typist.press(.up)
    #expect(typist.shown == "set tau_mem 10ms|")
    typist.press(.down)
    #expect(typist.shown == "set v_th 1|")
    typist.press(.control("n"))
    #expect(typist.shown == "se|")
    typist.press(.down)
    #expect(typist.shown == "se|")
  }

  @Test func `an empty line goes through all`() {
    var typist = Typist(history: lines)
    typist.press(.up, .up)
    #expect(typist.shown == "set v_th 1|")
  }

  @Test func `an edited line is looked for anew`() {
    var typist = Typist(history: lines)
    typist.press(.up, .backspace, .backspace, .backspace)
    typist.type("s")
    typist.press(.up, .up)
    #expect(typist.shown == "step 3|")
  }

  @Test func `control R searches while one types`() {
    var typist = Typist("draft", history: lines)
    typist.press(.control("r"))
    #expect(typist.editor.prompt == "(search '') ")
    typist.type("set")
    #expect(typist.editor.prompt == "(search 'set') ")
    #expect(typist.editor.text == "set v_th 1")
    typist.press(.control("r"))
    #expect(typist.editor.text == "set tau_mem 10ms")
    typist.press(.control("r"))
    #expect(typist.editor.prompt == "(no match 'set') ")
    #expect(typist.editor.text == "set tau_mem 10ms")
    typist.press(.backspace)
    #expect(typist.editor.prompt == "(search 'se') ")
    #expect(typist.editor.text == "set v_th 1")
    typist.press(.enter)
    #expect(typist.outcomes.last == .submitted("set v_th 1"))
    #expect(typist.editor.prompt == nil)
  }

  @Test(arguments: [Key.escape, .control("g"), .interrupt])
  func `leaving a search brings the line back`(key: Key) {
    var typist = Typist("draft", history: lines)
    typist.press(.left, .control("r"))
    typist.type("run")
    typist.press(key)
    #expect(typist.shown == "draf|t")
    #expect(typist.editor.prompt == nil)
  }

  @Test func `another key keeps the line that was found`() {
    var typist = Typist(history: lines)
    typist.press(.control("r"))
    typist.type("v_")
    typist.press(.home)
    #expect(typist.shown == "|set v_th 1")
  }

  @Test func `duplicates are dropped, secrets and blanks are not kept`() {
    var history = History(["a", "b"])
    let kept = ["a", " secret", ""].map { history.append($0) }
    #expect(kept == [true, false, false])
    #expect(history.lines == ["b", "a"])
  }

  @Test func `the oldest of more than a thousand lines go`() {
    let history = History((0..<1005).map { "line \($0)" })
    #expect(history.lines.count == 1000)
    #expect(history.lines.first == "line 5")
  }
}
