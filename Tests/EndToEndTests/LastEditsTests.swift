import Glibc
import TestSupport
import Testing
import backspike

/// What an end without saving leaves behind, and what Tab finds on the disk.
@Suite struct LastEditsTests {
  /// Carries out a test with a folder for what outlasts a sitting.
  private func withState(_ body: ([String: String]) throws -> Void) throws {
    try withFolder { try body(["XDG_STATE_HOME": $0]) }
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

  @Test
  func
    `two sittings at once keep their edits apart, and only those of the one that ended are offered`()
    throws
  {
    try withState { variables in
      let one = try open(variables: variables)
      try one.say("set tau_mem 25ms")
      try one.wait(forText: "tau_mem = 25 ms (was 20 ms)")
      let other = try open(["xor"], variables: variables)
      #expect(!(try other.settledScreen().contains { $0.contains("were not saved") }))
      try other.say("set t_max 61ms")
      try other.wait(forText: "t_max = 61 ms")
      try other.say("load last")
      try other.wait(forText: "no edits were lost that load last could bring back")
      kill(try #require(try one.processID()), SIGKILL)
      _ = try one.waitForExit()

      let third = try open(variables: variables)
      try third.wait(forText: "Edits of reference were not saved: load last brings them back.")
      try third.say("load last; print tau_mem")
      try third.wait(forText: "tau_mem = 25 ms")
      kill(try #require(try other.processID()), SIGKILL)
      _ = try other.waitForExit()

      // The third sitting has what it brought back, so that the fourth is offered the other one's.
      let fourth = try open(variables: variables)
      try fourth.wait(forText: "Edits of xor were not saved: load last brings them back.")
      #expect(!(try fourth.settledScreen().contains { $0.contains("older") }))
      try fourth.say("load last; print t_max")
      try fourth.wait(forText: "t_max = 61 ms")
      kill(try #require(try third.processID()), SIGTERM)
      kill(try #require(try fourth.processID()), SIGTERM)
      _ = try third.waitForExit()
      _ = try fourth.waitForExit()
      let fifth = try open(variables: variables)
      try fifth.wait(forText: "load last brings them back. 1 older wait.")
    }
  }

  @Test func `of many that nobody has missed the newest are kept, and nothing half written`() throws
  {
    try withState { variables in
      let folder = (variables["XDG_STATE_HOME"] ?? "") + "/backspike"
      let text = "# edits that were not saved, of "
      let made = try run([
        "sh", "-c",
        "mkdir -p \(folder); cd \(folder); for n in 10 11 12 13 14 15 16 17 18 19; do "
          + "echo '\(text)'$n > last-$n.yaml; touch -d 2001-01-$n last-$n.yaml; done; "
          + "echo half > last-20.yaml.part; echo mine > last-notes.yaml",
      ])
      #expect(made.status == 0, "\(made.errors)")
      let tmux = try open(variables: variables)
      try tmux.wait(
        forText: "Edits of 19 were not saved: load last brings them back. 7 older wait.")
      let left = try run(["ls", folder]).output.split(separator: "\n").map(String.init)
      #expect(left == (12...19).map { "last-\($0).yaml" } + ["last-notes.yaml"])
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
