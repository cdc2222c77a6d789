import TestSupport
import Testing

/// The driver itself, tried on programs that every computer has.
@Suite struct TmuxTests {
  @Test func `what is typed appears on the screen`() throws {
    let tmux = try Tmux(running: ["cat"], columns: 40, rows: 5)
    try tmux.type("λ; $HOME -x")
    try tmux.wait(forText: "λ; $HOME -x")
    try tmux.send(keys: "Enter")
    try tmux.wait(for: "the echo of cat") { rows in
      rows.prefix(2).allSatisfy { $0 == "λ; $HOME -x" }
    }
    try tmux.send(keys: "C-d")
    let status = try tmux.waitForExit()
    #expect(status == 0)
  }

  @Test func `the program sees the size, and its change`() throws {
    let script = "trap 'stty size' WINCH; stty size; while :; do sleep 0.02; done"
    let tmux = try Tmux(running: ["sh", "-c", script], columns: 60, rows: 16)
    try tmux.wait(forText: "16 60")
    #expect(try tmux.screen().count == 16)
    try tmux.resize(columns: 90, rows: 20)
    try tmux.wait(forText: "20 90")
  }

  @Test func `the status of a program and of a signal`() throws {
    #expect(try Tmux(running: ["sh", "-c", "exit 7"]).waitForExit() == 7)
    #expect(try Tmux(running: ["sh", "-c", "kill -TERM $$"]).waitForExit() == 143)
  }

  @Test func `waiting in vain shows the screen`() throws {
    let tmux = try Tmux(running: ["sh", "-c", "echo here; sleep 60"], columns: 20, rows: 3)
    try tmux.wait(forText: "here")
    let failure = #expect(throws: Tmux.Failure.self) {
      try tmux.wait(forText: "there", within: 0.1)
    }
    #expect(failure?.description.contains("│here") == true)
  }
}
