import Foundation
import TestSupport
import Testing

@Suite("The book and new files, in the shell") struct TopicTests {
  @Test func `topic prints a page with the numbers of a preset, or the list of pages`() throws {
    let page = try run([Program.path(), "topic", "λ"])
    #expect(page.status == 0 && page.output.hasPrefix("λ, the adjoint"))
    let list = try run([Program.path(), "topic"])
    #expect(list.status == 0 && list.output.contains("> topic first_spike_mse"))
    let trust = try run([Program.path(), "topic", "trust", "--preset", "silent"])
    #expect(trust.output.contains("this neuron never spikes"))
    let question = try run([Program.path(), "topic", "why", "does", "lambda", "jump"])
    #expect(question.status == 0 && question.output.contains("> topic jump"))
    let unknown = try run([Program.path(), "topic", "zebra"])
    #expect(unknown.status == 64 && unknown.errors.contains("no command and no page 'zebra'"))
    let closed = try run(["/bin/sh", "-c", "\(Program.path()) topic | head -n 1"])
    #expect(closed.status == 0 && closed.errors.isEmpty)
  }

  @Test func `new writes a preset that agrees with its check, and never over a file`() throws {
    try withFolder { folder in
      let path = folder + "/mine.yaml"
      let new = try run([Program.path(), "new", path])
      #expect(new.status == 0 && new.output.contains("opens it"))
      let check = try run([Program.path(), "check", path])
      #expect(check.status == 0 && check.output.contains("verdict: agrees"))
      try "mine".write(toFile: path, atomically: true, encoding: .utf8)
      let again = try run([Program.path(), "new", path])
      #expect(again.status == 73 && again.errors.contains("exists; --force writes over it"))
      #expect(try String(contentsOfFile: path, encoding: .utf8) == "mine")
      #expect(try run([Program.path(), "new", path, "--force"]).status == 0)
    }
  }
}
