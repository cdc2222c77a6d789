import TestSupport
import Testing

/// Keys as terminals send them, in a real terminal.
@Suite struct KeyboardTests {
  private func keys(_ text: String) -> [UInt8] { Array(text.utf8) }

  /// The line at the prompt after some bytes, each piece a moment after the piece before.
  ///
  /// On a busy machine a piece may come much later than it was sent, so that one of three attempts is
  /// enough.
  private func expect(
    _ line: String, after pieces: [String], variables: [String: String] = [:],
    pause: Duration = .milliseconds(80)
  ) async throws {
    for attempt in 1...3 {
      let tmux = try open(variables: variables)
      for piece in pieces {
        try tmux.send(bytes: keys(piece))
        try await Task.sleep(for: pause)
      }
      do {
        try tmux.wait(for: "the line \(line)") { rows in
          rows.last { !$0.isEmpty } == "(fwd start) " + line
        }
        return
      } catch  where attempt < 3 {}
    }
  }

  @Test func `the numeric keypad types in application mode`() async throws {
    let letters = "jklmnopqrstuvwxyX".map { "\u{1B}O\($0)" }
    try await expect("*+,-./0123456789=", after: [letters.joined()])
  }

  @Test func `Enter of the numeric keypad runs the line`() throws {
    let tmux = try open()
    try tmux.type("echo heard")
    try tmux.send(bytes: keys("\u{1B}OM"))
    try tmux.wait(for: "the answer") { rows in rows.contains("heard") }
  }

  @Test(arguments: ["\u{1B}\u{7F}", "\u{1B}\u{8}"])
  func `Alt-Backspace deletes a word`(bytes: String) async throws {
    try await expect("set X", after: ["set abc", bytes, "X"])
  }

  @Test(arguments: [
    ["\u{1B}", "[D"], ["\u{1B}[", "D"], ["\u{1B}O", "D"],
    ["\u{1B}[1;2D"], ["\u{1B}O2D"],
  ])
  func `an arrow in pieces is an arrow`(pieces: [String]) async throws {
    try await expect("abXc", after: ["abc"] + pieces + ["X"])
  }

  @Test func `with ESCDELAY an arrow may come byte by byte`() async throws {
    try await expect(
      "abXc", after: ["abc", "\u{1B}", "[", "D", "X"], variables: ["ESCDELAY": "3000"])
  }

  @Test func `an arrow whose rest is late is an arrow, and types nothing`() async throws {
    try await expect(
      "abXc", after: ["abc", "\u{1B}", "[D", "X"], pause: .milliseconds(400))
    try await expect(
      "abXc", after: ["abc", "\u{1B}", "[D", "X"], variables: ["ESCDELAY": "1000"],
      pause: .milliseconds(400))
  }

  @Test func `Control and Alt with an arrow go by words`() async throws {
    try await expect("set Xabc", after: ["set abc", "\u{1B}[1;5D", "X"])
    try await expect("set Xabc", after: ["set abc", "\u{1B}\u{1B}[D", "X"])
    try await expect("set Xabc", after: ["set abc", "\u{1B}O5D", "X"])
  }

  @Test func `Escape acts by itself, and before a later key`() throws {
    let tmux = try open()
    try tmux.send(keys: "Escape")
    try tmux.wait(forText: "Tab gives the keys to the panes")
    try tmux.send(keys: "Tab", "Escape", "Tab", "s")
    try tmux.wait(forText: "(fwd 0)")
  }

  @Test func `the background of the terminal chooses the colours`() throws {
    for (variable, number) in [("0;15", 25), ("15;0", 74), ("default;default", 67)] {
      let tmux = try open(variables: ["COLORFGBG": variable])
      try tmux.wait(for: "colour \(number)") { _ in
        try tmux.styledScreen().joined().contains("38;5;\(number)m")
      }
    }
  }

  @Test func `wide text is drawn and typed in columns`() async throws {
    let tmux = try open()
    try tmux.type("echo 出力e\u{301}🙂")
    try tmux.wait(forText: "(fwd start) echo 出力e\u{301}🙂")
    #expect(try tmux.format("cursor_x") == "24")
    try tmux.send(keys: "Left", "BSpace")
    try tmux.wait(for: "the line") { rows in rows.last { !$0.isEmpty } == "(fwd start) echo 出力🙂" }
  }
}
