import Glibc
import TestSupport
import Testing

/// What an end without saving leaves behind, and what Tab finds on the disk.
@Suite struct LastEditsTests {
  /// Carries out a test with a folder for what outlasts a sitting.
  private func withState(_ body: ([String: String]) throws -> Void) throws {
    let state = "/tmp/backspike-state-\(getpid())-\(UInt32.random(in: 0 ... .max))"
    defer { _ = try? run(["rm", "-rf", state]) }
    try body(["XDG_STATE_HOME": state])
  }

  @Test(arguments: [SIGKILL, SIGTERM])
  func `edits outlive the end of the program, and are offered until they are saved`(
    signal: Int32
  ) throws {
    try withState { variables in
      let first = try open(variables: variables)
      try first.say("set tau_mem 25ms")
      try first.wait(forText: "tau_mem = 25 ms (was 20 ms)")
      let process = try #require(try first.processID())
      // The edit is kept before the picture that tells of it.
      kill(process, signal)
      _ = try first.waitForExit()

      let second = try open(["xor"], variables: variables)
      try second.wait(forText: "Edits of reference were not saved: load last brings them back.")
      try second.say("load last; print tau_mem")
      try second.wait(forText: "tau_mem = 25 ms")
      try second.say("quit")
      #expect(try second.waitForExit() == 0)

      let third = try open(variables: variables)
      try third.wait(forText: "Edits of reference were not saved")
      let state = try #require(variables["XDG_STATE_HOME"])
      try third.say("load last; save \"\(state)/kept.yaml\"")
      try third.wait(forText: "wrote \(state)/kept.yaml")
      try third.say("quit")
      #expect(try third.waitForExit() == 0)

      let fourth = try open(variables: variables)
      #expect(!(try fourth.settledScreen().contains { $0.contains("were not saved") }))
      try fourth.say("load last")
      try fourth.wait(forText: "no edits were lost that load last could bring back")
    }
  }

  @Test func `an answer to a question is in no history`() throws {
    try withState { variables in
      let tmux = try open(variables: variables)
      try tmux.say("confirm on; set tau_mem 25ms")
      try tmux.wait(forText: "confirm on")
      try tmux.say("quit")
      try tmux.wait(forText: "the edits are not saved: y goes on")
      try tmux.type("n")
      try tmux.wait(forText: "quit: not done")
      try tmux.say("quit")
      try tmux.wait(forText: "the edits are not saved: y goes on")
      try tmux.type("y")
      #expect(try tmux.waitForExit() == 0)
      let path = (variables["XDG_STATE_HOME"] ?? "") + "/backspike/history"
      let lines = try run(["cat", path]).output.split(separator: "\n")
      #expect(lines == ["confirm on; set tau_mem 25ms", "quit", "quit"])
    }
  }

  @Test func `Tab completes the name of a file, with the quotes that it needs`() throws {
    let program = try Program.path()
    let tmux = try Tmux(
      running: [
        "sh", "-c",
        "cd $HOME; echo 'goto e3' > 'my notes.txt'; mkdir runs; exec \(program) reference",
      ])
    try tmux.wait(forPrompt: "(fwd start)")
    try tmux.type("source my")
    try tmux.send(keys: "Tab")
    try tmux.wait(forPrompt: "(fwd start) source \"my notes.txt\"")
    try tmux.send(keys: "Enter")
    try tmux.wait(forPrompt: "(fwd 3)")
    try tmux.type("save ru")
    try tmux.send(keys: "Tab")
    try tmux.wait(forPrompt: "(fwd 3) save runs/")
  }
}
