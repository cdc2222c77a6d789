import Glibc
import TestSupport
import Testing

/// What a user may rely on, in a real terminal.
@Suite struct AcceptanceTests {
  // MARK: - The prompt

  @Test func `criterion 17: prefixes, pinned letters, and Enter repeats only what may be repeated`()
    throws
  {
    let tmux = try open()
    try tmux.say("ste")
    try tmux.wait(forPrompt: "(fwd 0)")
    try tmux.send(keys: "Enter")
    try tmux.wait(forPrompt: "(fwd 1)")
    try tmux.say("s")
    try tmux.wait(forPrompt: "(fwd 2)")
    try tmux.say("set tau_mem 25ms")
    try tmux.wait(forText: "run 2*")
    try tmux.send(keys: "Enter")
    try tmux.say("step")
    try tmux.wait(forPrompt: "(fwd 3)")
    #expect(try tmux.screen()[0].contains("run 2*"))
  }

  @Test func `criterion 17: Up finds lines that begin alike, Ctrl-R finds a part of one`() throws {
    let tmux = try open()
    for line in ["print V n0", "goto e3", "print L"] { try tmux.say(line) }
    try tmux.wait(forText: "L = 80.74")
    try tmux.type("go")
    try tmux.send(keys: "Up")
    try tmux.wait(forPrompt: "(fwd 3) goto e3")
    try tmux.send(keys: "C-u", "C-r")
    try tmux.type("V n")
    try tmux.wait(forPrompt: "(search 'V n') print V n0")
    try tmux.send(keys: "Enter")
    try tmux.wait(forText: "V n0 = ")
  }

  @Test func `criterion 17: history marks what failed`() throws {
    let tmux = try open()
    for line in ["step", "stip", "history"] { try tmux.say(line) }
    try tmux.wait(forText: "2 ! stip")
    try tmux.wait(forText: "3   history")
  }

  @Test func `criterion 17: a paste of lines waits for Enter`() throws {
    let tmux = try open()
    try tmux.send(bytes: Array("\u{1b}[200~step # first\r# nothing\r 2 step\r\u{1b}[201~".utf8))
    try tmux.wait(forPrompt: "(fwd start) step; 2 step")
    try tmux.send(keys: "Enter")
    try tmux.wait(forPrompt: "(fwd 2)")
  }

  // MARK: - Colours

  /// The escape sequences that the program has sent.
  private func sent(
    _ arguments: [String], terminal: String, variables: [String: String] = [:]
  ) throws -> String {
    let path = "/tmp/backspike-output-\(getpid())-\(UInt32.random(in: 0 ... .max))"
    defer { unlink(path) }
    let program = try Program.path()
    let tmux = try Tmux(
      running: [
        "sh", "-c", "exec script -qfc '\(([program] + arguments).joined(separator: " "))' \(path)",
      ], terminal: terminal, variables: variables)
    try tmux.wait(forPrompt: "(fwd start)")
    try tmux.say("bwd; 7 step")
    try tmux.wait(forPrompt: "(bwd 5)")
    return try run(["cat", path]).output
  }

  /// The colours that a stream of escape sequences sets.
  private func colors(in text: String) -> Set<Int> {
    var colors: Set<Int> = []
    for part in text.split(separator: "\u{1b}[").dropFirst() {
      let body = part.prefix { $0.isNumber || $0 == ";" }
      guard part.dropFirst(body.count).first == "m" else { continue }
      let numbers = body.split(separator: ";").compactMap { Int($0) }
      if numbers.starts(with: [38, 5]), numbers.count == 3 {
        colors.insert(numbers[2])
      } else {
        colors.formUnion(
          numbers.filter { (30...37).contains($0) || (90...97).contains($0) }
            .map { $0 >= 90 ? $0 - 82 : $0 - 30 })
      }
    }
    return colors
  }

  @Test(arguments: [
    (["-C"], "xterm-256color", [:], 0), ([], "xterm-256color", ["NO_COLOR": "1"], 0),
    ([], "vt100", [:], 0), (["--color", "never"], "xterm-256color", [:], 0),
    ([], "xterm-256color", [:], 256), ([], "xterm-256color", ["NO_COLOR": ""], 256),
    (["--color", "always"], "xterm-256color", ["NO_COLOR": "1"], 256),
    (["--color", "16"], "xterm-256color", [:], 16), (["--color", "8"], "xterm-256color", [:], 8),
    ([], "xterm", [:], 8), ([], "linux", [:], 8),
  ])
  func `criterion 22: what was asked for, then NO_COLOR, then what the terminal has`(
    arguments: [String], terminal: String, variables: [String: String], most: Int
  ) throws {
    let colors = colors(
      in: try sent([preset] + arguments, terminal: terminal, variables: variables))
    #expect(colors.isEmpty == (most == 0))
    #expect(colors.allSatisfy { $0 < most })
    if most == 256 { #expect((colors.max() ?? 0) > 15) }
    if most == 16 { #expect((colors.max() ?? 0) > 7) }
  }

  @Test func `criterion 22: color and theme change them at the prompt`() throws {
    let tmux = try open([preset, "-C"])
    func hasColor(_ number: Int) throws -> Bool {
      try tmux.styledScreen().joined().contains("38;5;\(number)m")
    }
    #expect(try !hasColor(67))
    try tmux.say("color 256")
    try tmux.wait(for: "blue on any screen") { _ in try hasColor(67) }
    try tmux.say("theme light")
    try tmux.wait(for: "dark blue") { _ in try hasColor(25) && !hasColor(67) }
    try tmux.say("color never")
    try tmux.wait(for: "no colours") { _ in try !hasColor(25) }
  }

  @Test func `criterion 23: ascii on and off change the characters at the prompt`() throws {
    let tmux = try open()
    try tmux.say("ascii on")
    let rows = try tmux.settledScreen(showing: "only ASCII")
    #expect(rows.joined().unicodeScalars.allSatisfy { (0x20...0x7e).contains($0.value) })
    try tmux.say("ascii off")
    try tmux.wait(forText: "┤")
    let poor = try open(variables: ["LC_ALL": "C"])
    try poor.say("ascii off")
    try poor.wait(forText: "this locale has only ASCII")
  }

  // MARK: - Finding one's way

  @Test func `the tour leads through the screen and leaves the session as it was`() throws {
    let tmux = try open()
    try tmux.say("4 step")
    try tmux.wait(forPrompt: "(fwd 3)")
    let before = try tmux.settledScreen()
    try tmux.say("tour")
    for stop in 1...10 {
      try tmux.wait(forText: "tour \(stop) of 10")
      try tmux.send(keys: "Enter")
    }
    try tmux.wait(forText: "The tour is over")
    try tmux.wait(for: "the screen from before") { $0[..<20] == before[..<20] }
  }

  @Test func `the list of keys filters and runs`() throws {
    let tmux = try open()
    try tmux.send(keys: "F1")
    try tmux.wait(forText: "keys in potential, and commands")
    try tmux.type("finish")
    try tmux.wait(forText: "filter: finish_")
    try tmux.send(keys: "Enter")
    try tmux.wait(forPrompt: "(bwd turn)")
  }

  @Test func `a mark is set and found by its letter`() throws {
    let tmux = try open()
    try tmux.say("4 step")
    try tmux.wait(forPrompt: "(fwd 3)")
    try tmux.send(keys: "Tab")
    try tmux.wait(forText: "keys act; : types")
    try tmux.send(keys: "m")
    try tmux.wait(forText: "mark this place as: press a letter")
    try tmux.send(keys: "a")
    try tmux.wait(forText: "mark a:")
    try tmux.send(keys: "s", "s", "'", "a")
    try tmux.wait(for: "the mark's place") { $0.last == "(fwd 3) keys act; : types" }
  }

  // MARK: - Flicker and cost

  /// How many characters a process has written, to whatever file.
  private func written(_ process: pid_t) throws -> Int {
    let text = try run(["cat", "/proc/\(process)/io"]).output
    let line = text.split(separator: "\n").first { $0.hasPrefix("wchar: ") }
    return Int(line?.dropFirst(7) ?? "") ?? 0
  }

  @Test
  func `criterion 25: a step at 200x60 sends less than 20 KB, and an idle program nothing`()
    throws
  {
    let tmux = try open([preset, "--no-history"], columns: 200, rows: 60)
    let process = try #require(try tmux.processID())
    try tmux.settledScreen(showing: "8 log")
    var most = 0
    for event in 0..<12 {
      let before = try written(process)
      try tmux.send(keys: "Right")
      try tmux.wait(forPrompt: "(fwd \(event))")
      try tmux.settledScreen()
      most = max(most, try written(process) - before)
    }
    #expect(most > 0 && most < 20_000)
    let before = try written(process)
    usleep(300_000)
    #expect(try written(process) == before)
  }

  @Test func `criterion 25: nothing is cleared but by Ctrl-L and a new size`() throws {
    let text = try sent([preset], terminal: "xterm-256color")
    // Once when the screen is taken.
    let clears = ["\u{1b}[2J", "\u{1b}[H\u{1b}[J"].map { text.split(separator: $0).count - 1 }
    #expect(clears.reduce(0, +) <= 1)
  }

  @Test func `criterion 25: a held key queues no frames`() throws {
    let tmux = try open([preset, "--no-history"], columns: 200, rows: 60)
    let process = try #require(try tmux.processID())
    try tmux.settledScreen(showing: "8 log")
    let before = try written(process)
    // Two hundred arrows at once, far more than there is time to draw.
    try tmux.send(bytes: (0..<100).flatMap { _ in Array("\u{1b}[C".utf8) })
    try tmux.send(bytes: (0..<100).flatMap { _ in Array("\u{1b}[D".utf8) })
    try tmux.wait(forText: "start of run")
    try tmux.wait(forPrompt: "(fwd start)")
    try tmux.settledScreen()
    #expect(try written(process) - before < 200 * 2_000)
    try tmux.send(keys: "Right")
    try tmux.wait(forPrompt: "(fwd 0)")
  }
}
