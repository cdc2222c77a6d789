import Glibc
import TestSupport
import Testing

/// The program on a terminal, as its user sees it.
@Suite struct ScreenTests {
  // MARK: - Starting

  @Test func `criterion 1: it opens with a preset that is already simulated, and everything fits`()
    throws
  {
    let tmux = try open()
    let rows = try tmux.settledScreen()
    #expect(rows.count == 24)
    #expect(rows[0].contains("reference  run 1"))
    #expect(rows[0].contains("FWD -> start"))
    #expect(rows[22].hasPrefix("? help"))
    #expect(rows[23] == "(fwd start)")
    let cut = rows.filter { $0.contains("…") }
    #expect(cut.isEmpty)
  }

  @Test func `without an argument it opens the first preset`() throws {
    let tmux = try open([])
    try tmux.wait(forText: "? help")
  }

  @Test func `commands of the command line come first`() throws {
    let tmux = try Tmux(running: [Program.path(), preset, "-e", "step", "-e", "2 step"])
    try tmux.wait(forPrompt: "(fwd 2)")
  }

  // MARK: - Moving

  @Test func `an arrow steps, and so does the word`() throws {
    let tmux = try open()
    try tmux.send(keys: "Right")
    try tmux.wait(forPrompt: "(fwd 0)")
    try tmux.say("step")
    let rows = try tmux.wait(forPrompt: "(fwd 1)")
    #expect(rows[0].contains("FWD -> e1/11"))
    #expect(rows[0].contains("t=5 ms"))
    try tmux.say("3 step")
    try tmux.wait(forPrompt: "(fwd 4)")
    try tmux.send(keys: "Left")
    try tmux.wait(forPrompt: "(fwd 3)")
  }

  @Test func `backwards it steps towards the past`() throws {
    let tmux = try open()
    try tmux.say("bwd")
    let turned = try tmux.wait(forPrompt: "(bwd turn)")
    #expect(turned[0].contains("BWD <-"))
    #expect(turned.contains { $0.contains("not reached yet") })
    try tmux.say("6 step")
    try tmux.wait(forPrompt: "(bwd 6)")
    let before = try tmux.settledScreen()
    try tmux.send(keys: "Right")
    let after = try tmux.wait(forPrompt: "(bwd 5)")
    #expect(after[0].contains("BWD <- e5/11"))
    #expect(after.contains { $0.contains("not reached yet") })
    try tmux.send(keys: "Left")
    try tmux.wait(forPrompt: "(bwd 6)")
    let again = try tmux.settledScreen()
    #expect(again == before)
  }

  @Test func `both ends say that they are the ends`() throws {
    let tmux = try open()
    try tmux.send(keys: "Left")
    try tmux.wait(forText: "start of run")
    try tmux.say("goto end")
    let rows = try tmux.wait(forPrompt: "(done)")
    #expect(rows[0].contains("DONE"))
    try tmux.send(keys: "Right")
    try tmux.wait(forText: "end of run")
    try tmux.wait(forPrompt: "(done)")
  }

  // MARK: - Editing

  @Test func `an edit runs again beside the ghost of the run before, and undo takes it back`()
    throws
  {
    let tmux = try open()
    try tmux.say("set tau_mem 25ms")
    let edited = try tmux.settledScreen(showing: "run 2*")
    #expect(edited[0].contains("ghost:run1"))
    #expect(edited.contains { $0.contains("L = 137.452 (was 80.7427, +56.71)") })
    try tmux.say("undo")
    let undone = try tmux.settledScreen(showing: "run 3")
    #expect(!undone[0].contains("*"))
    #expect(undone[0].contains("ghost:run2"))
    #expect(undone.contains { $0.contains("L = 80.7427") })
  }

  @Test(arguments: [
    ("set tau_sin 25ms", "did you mean tau_syn?"),
    ("set tau_syn -5ms", "a time constant must be greater than 0"),
    ("stip", "did you mean 'step'?"),
    ("select n9", "no neuron n9; this net has in0-in3, n0-n2"),
  ])
  func `a bad line gets a caret and a hint, and changes nothing`(line: String, hint: String) throws
  {
    let tmux = try open()
    let before = try tmux.settledScreen()
    try tmux.say(line)
    let rows = try tmux.settledScreen(showing: hint)
    #expect(rows.contains { $0.contains("^") })
    #expect(rows[..<18] == before[..<18])
    #expect(rows.last == "(fwd start)")
  }

  @Test func `Tab completes`() throws {
    let tmux = try open()
    try tmux.type("set tau_m")
    try tmux.send(keys: "Tab")
    try tmux.wait(for: "the completed name") { rows in
      rows.last?.hasPrefix("(fwd start) set tau_mem") == true
    }
  }

  @Test func `the help opens over the plots, and Esc closes it`() throws {
    let tmux = try open()
    let before = try tmux.settledScreen()
    try tmux.type("?")
    try tmux.wait(forText: "Esc closes")
    try tmux.send(keys: "Escape")
    try tmux.wait(for: "the screen as it was") { $0.prefix(18) == before.prefix(18) }
  }

  // MARK: - The terminal

  @Test func `it follows the size of the terminal`() throws {
    let tmux = try open()
    try tmux.say("bwd; 7 step")
    try tmux.wait(forPrompt: "(bwd 5)")
    let before = try tmux.settledScreen()
    try tmux.resize(columns: 120, rows: 40)
    let wide = try tmux.settledScreen(showing: "inspector")
    #expect(wide.count == 40)
    #expect(wide[38].hasPrefix("? help"))
    try tmux.resize(columns: 60, rows: 16)
    let narrow = try tmux.wait(for: "the short screen") {
      $0.count == 16 && $0[15] == "(bwd 5)" && $0[14].hasPrefix("? help")
    }
    #expect(narrow.allSatisfy { $0.count <= 60 })
    try tmux.resize(columns: 39, rows: 9)
    try tmux.wait(forText: "needs 40x10, have 39x9")
    try tmux.resize(columns: 80, rows: 24)
    try tmux.wait(for: "the screen as it was") { $0 == before }
  }

  @Test func `Ctrl-Z leaves, and fg comes back to the same picture`() throws {
    let program = try Program.path()
    let tmux = try Tmux(running: ["sh", "-i"], variables: ["PS1": "shell: "])
    try tmux.wait(forPrompt: "shell:")
    try tmux.say("\(program) \(preset)")
    try tmux.wait(forPrompt: "(fwd start)")
    try tmux.say("bwd; 7 step")
    try tmux.wait(forPrompt: "(bwd 5)")
    let before = try tmux.settledScreen()
    try tmux.send(keys: "C-z")
    try tmux.wait(forPrompt: "shell:")
    #expect(try tmux.format("alternate_on") == "0")
    #expect(try tmux.format("cursor_flag") == "1")
    try tmux.say("fg")
    try tmux.wait(for: "the picture from before") { $0 == before }
    try tmux.say("quit")
    try tmux.wait(forPrompt: "shell:")
  }

  @Test(arguments: [
    (SIGTERM, 143), (SIGHUP, 129), (SIGSEGV, 139), (SIGABRT, 134), (SIGQUIT, 131),
  ])
  func `a signal ends it, and the terminal is given back`(signal: Int32, status: Int) throws {
    let tmux = try openInShell()
    kill(try tmux.notedProcess(), signal)
    try tmux.wait(forText: "status \(status)")
    #expect(try tmux.format("alternate_on") == "0")
    #expect(try tmux.format("cursor_flag") == "1")
    #expect(try tmux.format("mouse_any_flag") == "0")
    // What is typed is echoed again.
    try tmux.type("echo")
    try tmux.wait(forText: "echo")
  }

  @Test func `quit and Ctrl-D leave`() throws {
    let typed = try open()
    try typed.say("q")
    #expect(try typed.waitForExit() == 0)
    let pressed = try open()
    try pressed.send(keys: "C-d")
    #expect(try pressed.waitForExit() == 0)
  }

  @Test func `Ctrl-C clears the line and does not leave`() throws {
    let tmux = try open()
    try tmux.type("set tau")
    try tmux.wait(forText: "(fwd start) set tau")
    try tmux.send(keys: "C-c")
    try tmux.wait(forPrompt: "(fwd start)")
    try tmux.say("step")
    try tmux.wait(forPrompt: "(fwd 0)")
  }

  // MARK: - Long work

  /// The processor time that a process has used, in clock ticks.
  private func processorTime(_ process: pid_t) throws -> Int {
    let fields = try run(["cat", "/proc/\(process)/stat"]).output.split(separator: " ")
    try #require(fields.count > 15)
    return (Int(fields[13]) ?? 0) + (Int(fields[14]) ?? 0)
  }

  @Test func `a long check shows its progress, Ctrl-C keeps what was found, and then it is idle`()
    throws
  {
    let tmux = try open(["yin-yang"])
    try tmux.say("check all")
    let bar = try tmux.wait(forText: "of 1826  Ctrl-C stops")
    #expect(bar.contains { $0.hasPrefix(" check all") })
    try tmux.type("ste")
    try tmux.wait(forText: "(fwd start) ste")
    try tmux.send(keys: "C-c")
    let rows = try tmux.settledScreen(showing: "interrupted after")
    #expect(rows.contains { $0.contains("of 1826: ") && $0.contains(" agree") })
    #expect(rows.contains { $0.contains("verdict so far: agrees") })
    let process = try #require(try tmux.processID())
    let before = try processorTime(process)
    usleep(500_000)
    #expect(try processorTime(process) - before <= 1)
    try tmux.send(keys: "Escape")
    try tmux.say("p")
    try tmux.wait(forPrompt: "(fwd 0)")
  }

  @Test func `commands of the command line wait for a long one`() throws {
    let tmux = try Tmux(running: [Program.path(), preset, "-e", "check all", "-e", "2 step"])
    try tmux.wait(forPrompt: "(fwd 1)")
  }

  @Test func `the history outlives a signal, and Up finds it`() throws {
    try withFolder { state in
      let variables = ["XDG_STATE_HOME": state]
      let first = try open(variables: variables)
      try first.say("goto e3")
      let process = try #require(try first.processID())
      try first.wait(forPrompt: "(fwd 3)")
      kill(process, SIGTERM)
      #expect(try first.waitForExit() == 143)
      let second = try open(variables: variables)
      try second.send(keys: "Up")
      try second.wait(forPrompt: "(fwd start) goto e3")
    }
  }

  // MARK: - Poorer terminals

  @Test func `a terminal without a movable cursor gets plain lines`() throws {
    let tmux = try Tmux(running: [Program.path(), preset], terminal: "dumb")
    try tmux.wait(forText: "plain lines")
    try tmux.say("step")
    try tmux.wait(forText: "e0 in0 t=2 ms")
    #expect(try tmux.format("alternate_on") == "0")
    try tmux.say("quit")
    #expect(try tmux.waitForExit() == 0)
  }

  @Test(arguments: [["LC_ALL": "C"], ["OPTION": "--ascii"]])
  func `without Unicode only ASCII is shown`(variables: [String: String]) throws {
    let arguments = [preset] + (variables["OPTION"].map { [$0] } ?? [])
    let tmux = try open(arguments, variables: variables)
    try tmux.say("bwd; 7 step")
    try tmux.wait(forPrompt: "(bwd 5)")
    try tmux.resize(columns: 120, rows: 40)
    let rows = try tmux.settledScreen(showing: "inspector")
    let others = Set(rows.joined().unicodeScalars.filter { !(0x20...0x7e).contains($0.value) })
    #expect(others.isEmpty)
  }

  @Test func `colours are sent, unless they are refused`() throws {
    let colored = try open()
    #expect(try !colors(of: colored.styledScreen()).isEmpty)
    let refused = try open(variables: ["NO_COLOR": "1"])
    #expect(try colors(of: refused.styledScreen()).isEmpty)
    let optional = try open([preset, "-C"])
    #expect(try colors(of: optional.styledScreen()).isEmpty)
  }

  /// The parameters of the escape sequences that set a colour.
  private func colors(of rows: [String]) -> [String] {
    rows.joined().split(separator: "\u{1b}[").dropFirst().flatMap { part in
      part.prefix { $0.isNumber || $0 == ";" }.split(separator: ";").map(String.init)
    }
    .filter { parameter in
      Int(parameter).map { (30...38).contains($0) || (40...48).contains($0) || $0 >= 90 } ?? false
    }
  }

  // MARK: - Screen and batch

  @Test(arguments: ["print L", "print λV n0", "print I n1", "print grad n0<-in2"])
  func `criterion 21: the screen shows the numbers of the batch`(question: String) throws {
    let batch = try run([
      Program.path(), preset, "--batch", "-e", "bwd; 7 step", "-e", question,
    ])
    #expect(batch.status == 0)
    let answer = try #require(batch.output.split(separator: "\n").last)
    let tmux = try open(columns: 120, rows: 40)
    try tmux.say("bwd; 7 step")
    try tmux.wait(forPrompt: "(bwd 5)")
    try tmux.say(question)
    try tmux.wait(forText: String(answer))
  }
}
