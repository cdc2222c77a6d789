import Glibc
import TestSupport
import Testing

/// How the program comes, goes, sleeps and wakes.
@Suite struct LifeCycleTests {
  /// What `stty -a` must say when a terminal is usable again.
  private let usable = ["icanon", "echo", "isig", "ixon"]

  /// Starts the program under a shell that says how it ended and which modes it left.
  private func openInShell(_ arguments: String = preset, rows: Int = 24) throws -> Tmux {
    let program = try Program.path()
    let tmux = try Tmux(
      running: [
        "sh", "-c",
        "sh -c 'echo $$ > $HOME/process; exec \(program) \(arguments)'; echo status $?; stty -a; cat",
      ], rows: rows)
    try tmux.wait(forPrompt: "(fwd start)")
    return tmux
  }

  private func expectGivenBack(_ tmux: borrowing Tmux, status: Int) throws {
    try tmux.wait(forText: "status \(status)")
    let rows = try tmux.wait(forText: "isig")
    let modes = rows.joined(separator: " ").split { " ;".contains($0) }.map(String.init)
    for mode in usable { #expect(modes.contains(mode), "\(mode)") }
    #expect(try tmux.format("alternate_on") == "0")
    #expect(try tmux.format("cursor_flag") == "1")
    #expect(try tmux.format("mouse_any_flag") == "0")
    #expect(try tmux.format("keypad_flag") == "0")
  }

  @Test(arguments: [SIGTERM, SIGHUP, SIGQUIT])
  func `criterion 4: after a signal the modes are as before`(signal: Int32) throws {
    let tmux = try openInShell()
    kill(try tmux.notedProcess(), signal)
    try expectGivenBack(tmux, status: 128 + Int(signal))
  }

  @Test(arguments: ["q", "C-d"])
  func `criterion 4: after q and Ctrl-D`(key: String) throws {
    let tmux = try openInShell()
    try tmux.send(keys: key)
    if key == "q" { try tmux.send(keys: "Enter") }
    try expectGivenBack(tmux, status: 0)
  }

  @Test func `criterion 4: after a trap, whose message stands on the main screen`() throws {
    let tmux = try openInShell("\(preset) --trap", rows: 100)
    #expect(try tmux.format("alternate_on") == "1")
    try tmux.type("x")
    try tmux.wait(forText: "a trap was asked for")
    let rows = try tmux.screen()
    #expect(rows.contains { $0.contains("status 132") || $0.contains("status 133") })
    try expectGivenBack(tmux, status: rows.contains { $0.contains("status 133") } ? 133 : 132)
  }

  @Test(arguments: [SIGTERM, SIGHUP])
  func `criterion 4: a program that hears of no signal is ended by the second one`(
    signal: Int32
  ) throws {
    let tmux = try openInShell("\(preset) --hang")
    try tmux.type("x")
    try tmux.wait(forText: "a hang was asked for")
    let process = try tmux.notedProcess()
    kill(process, signal)
    // Together with the first it says no more than that.
    kill(process, signal)
    usleep(1_100_000)
    #expect(kill(process, 0) == 0)
    kill(process, signal)
    try expectGivenBack(tmux, status: 128 + Int(signal))
  }

  @Test func `criterion 4: while a long command is at work`() throws {
    let tmux = try openInShell("yin-yang")
    try tmux.say("check all")
    try tmux.wait(forText: "of 1826  Ctrl-C stops")
    kill(try tmux.notedProcess(), SIGTERM)
    try expectGivenBack(tmux, status: 143)
  }

  @Test func `criterion 4: SIGINT interrupts a long command, and the program goes on`() throws {
    let tmux = try openInShell("yin-yang")
    try tmux.say("check all")
    try tmux.wait(forText: "of 1826  Ctrl-C stops")
    kill(try tmux.notedProcess(), SIGINT)
    try tmux.wait(forText: "interrupted after")
    try tmux.send(keys: "Escape")
    try tmux.say("p")
    try tmux.say("step")
    try tmux.wait(forText: "(fwd 0)")
  }

  // MARK: - Sleeping

  /// A shell with job control, in which the program has been started.
  private func openInJobShell() throws -> Tmux {
    let program = try Program.path()
    let tmux = try Tmux(running: ["sh", "-i"], variables: ["PS1": "shell: "])
    try tmux.wait(forPrompt: "shell:")
    try tmux.say("\(program) \(preset)")
    try tmux.wait(forPrompt: "(fwd start)")
    return tmux
  }

  @Test
  func `criterion 5: the shell has its modes, and fg takes them back with the identical frame`()
    throws
  {
    let tmux = try openInJobShell()
    try tmux.say("bwd; 7 step")
    try tmux.wait(forPrompt: "(bwd 5)")
    let before = try tmux.settledScreen()
    for _ in 1...2 {
      try tmux.send(keys: "C-z")
      try tmux.wait(forPrompt: "shell:")
      #expect(try tmux.format("mouse_any_flag") == "0")
      try tmux.say("stty -a")
      let modes = try tmux.wait(forText: "isig").joined(separator: " ")
      #expect(!modes.contains("-icanon") && !modes.contains("-echo "))
      try tmux.say("fg")
      try tmux.wait(for: "the frame from before") { $0 == before }
      #expect(try tmux.format("mouse_any_flag") == "1")
    }
    try tmux.send(keys: "Right")
    try tmux.wait(forPrompt: "(bwd 4)")
  }

  @Test func `criterion 3: while suspended`() throws {
    let tmux = try openInJobShell()
    try tmux.send(keys: "C-z")
    try tmux.wait(forPrompt: "shell:")
    try tmux.resize(columns: 120, rows: 40)
    try tmux.say("fg")
    let rows = try tmux.settledScreen(showing: "inspector")
    #expect(rows.count == 40)
    #expect(rows[38].hasPrefix("? help"))
    #expect(rows[39] == "(fwd start)")
  }

  @Test func `criterion 3: forty times in a row, and while something is at work`() throws {
    let tmux = try open(["yin-yang"])
    try tmux.say("check all")
    try tmux.wait(forText: "of 1826  Ctrl-C stops")
    for step in 0..<40 { try tmux.resize(columns: 60 + step * 3, rows: 20 + step) }
    try tmux.resize(columns: 100, rows: 30)
    let start = ContinuousClock.now
    let rows = try tmux.wait(for: "a frame of 100x30") {
      $0.count == 30 && $0[28].hasPrefix("? help") && $0[29].hasPrefix("(fwd start)")
    }
    #expect(.now - start < .seconds(2))
    #expect(rows.allSatisfy { $0.count <= 100 })
    try tmux.send(keys: "C-c")
    try tmux.wait(forText: "interrupted after")
  }

  @Test(arguments: [(200, 60), (120, 40), (80, 24), (60, 16), (40, 10)])
  func `criterion 3: to each layout and back`(columns: Int, rows: Int) throws {
    let tmux = try open()
    try tmux.say("bwd; 7 step")
    try tmux.wait(forPrompt: "(bwd 5)")
    // From nothing, so that no part of an earlier frame is taken for the new one.
    try tmux.resize(columns: 1, rows: 1)
    try tmux.wait(for: "the smallest screen") { $0 == ["n"] }
    try tmux.resize(columns: columns, rows: rows)
    try tmux.wait(for: "the screen of \(columns)x\(rows)") {
      $0.count == rows && $0[rows - 2].hasPrefix("? help") && $0[rows - 1] == "(bwd 5)"
    }
    let shown = try tmux.settledScreen()
    #expect(shown[0].contains("BWD <-"))
    try tmux.resize(columns: 1, rows: 1)
    try tmux.resize(columns: columns, rows: rows)
    try tmux.wait(for: "the same screen again") { $0 == shown }
  }

  // MARK: - Terminals that are none

  @Test(arguments: [
    ("dumb", "cannot place its cursor"), ("no-such-terminal", "is unknown"),
    ("", "is unknown"),
  ])
  func `without a usable TERM it reads plain lines and says so in one`(
    terminal: String, reason: String
  ) throws {
    let tmux = try Tmux(running: [Program.path(), preset], terminal: terminal)
    try tmux.wait(forText: "plain lines, quit leaves")
    let rows = try tmux.screen()
    #expect(rows[0].hasPrefix("no full screen: TERM") && rows[0].contains(reason))
    #expect(rows[1].contains("type: TERM=xterm-256color backspike") == (terminal != "dumb"))
    try tmux.say("2 step")
    try tmux.wait(forText: "e1 in1 t=5 ms")
    try tmux.say("stip")
    try tmux.wait(forText: "        ^^^^ unknown command 'stip'; did you mean 'step'?")
    try tmux.say("tour")
    try tmux.wait(forText: "the tour needs the screen")
    try tmux.say("print L")
    try tmux.wait(forText: "L = 80.74269")
    #expect(try tmux.format("alternate_on") == "0")
    try tmux.send(keys: "C-d")
    #expect(try tmux.waitForExit() == 0)
  }

  @Test(arguments: [["LC_ALL": "C"], ["OPTION": "--ascii"]])
  func `criterion 23: plain lines are ASCII too`(variables: [String: String]) throws {
    let arguments = [preset] + (variables["OPTION"].map { [$0] } ?? [])
    let tmux = try Tmux(
      running: [Program.path()] + arguments, terminal: "dumb", variables: variables)
    try tmux.wait(forText: "plain lines")
    try tmux.say("bwd; 7 step; equation")
    let rows = try tmux.wait(forText: "lV- = 952.675 + 92.61355/3.156101 = 982.0193 /s")
    #expect(rows.joined().unicodeScalars.allSatisfy { (0x20...0x7e).contains($0.value) })
  }

  @Test func `with TERM unset it reads plain lines`() throws {
    let tmux = try Tmux(running: ["env", "-u", "TERM", Program.path(), preset])
    try tmux.wait(forText: "no full screen: TERM is not set; plain lines, quit leaves")
    try tmux.say("step")
    try tmux.wait(forText: "e0 in0 t=2 ms")
  }

  @Test func `without any terminal it reads its input and ends`() throws {
    let result = try run([Program.path(), preset], input: "2 step\nprint t\n")
    #expect(result.status == 0)
    #expect(result.output.contains("e1 in1 t=5 ms"))
    #expect(!result.output.utf8.contains(27) && !result.errors.utf8.contains(27))
  }
}
