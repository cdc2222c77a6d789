import Foundation
import TestSupport
import Testing

/// The file of typed lines, as other programs may leave it.
@Suite struct HistoryTests {
  /// Opens the program with a history file, types lines, and returns the file after the end.
  private func sitting(_ before: String, typing lines: [String], up: String) throws -> String {
    try withFolder { folder in
      try FileManager.default.createDirectory(
        atPath: folder + "/backspike", withIntermediateDirectories: true)
      let path = folder + "/backspike/history"
      try before.write(toFile: path, atomically: true, encoding: .utf8)
      let tmux = try open(variables: ["XDG_STATE_HOME": folder])
      try tmux.send(keys: "Up")
      try tmux.wait(forText: "(fwd start) " + up)
      try tmux.send(keys: "C-u")
      for line in lines { try tmux.say(line) }
      #expect(try tmux.waitForExit() == 0)
      return try String(contentsOfFile: path, encoding: .utf8)
    }
  }

  @Test func `a last line without its end stays a line`() throws {
    let after = try sitting("echo one\necho two", typing: ["echo three", "exit"], up: "echo two")
    #expect(after == "echo one\necho two\necho three\nexit\n")
  }

  @Test func `a mark and carriage returns are no part of a line`() throws {
    let after = try sitting("\u{FEFF}echo one\r\necho two\r\n", typing: [":q"], up: "echo two")
    #expect(after.hasSuffix("echo two\r\nq\n"))
    _ = try sitting("\u{FEFF}echo one\r\n", typing: ["bye"], up: "echo one")
  }

  @Test(arguments: [
    "mkdir -p s/backspike/history", "mkdir -p s/backspike; mkfifo s/backspike/history", "echo > s",
  ])
  func `a history that cannot be written is told once`(setup: String) throws {
    try withFolder { folder in
      #expect(try run(["sh", "-c", "cd \(folder); \(setup)"]).status == 0)
      let tmux = try open(columns: 120, rows: 30, variables: ["XDG_STATE_HOME": folder + "/s"])
      try tmux.say("step")
      try tmux.wait(forText: "cannot be written")
      try tmux.say("step")
      try tmux.wait(forPrompt: "(fwd 1)")
      let rows = try tmux.settledScreen()
      #expect(rows.count { $0.contains("cannot be written") } <= 1)
      try tmux.say("quit")
      #expect(try tmux.waitForExit() == 0)
    }
  }
}
