import TestSupport
import Testing

@Suite struct ProcessTests {
  @Test func `a program reads its input and writes both outputs`() throws {
    let result = try run(["sh", "-c", "cat; echo oops >&2; exit 3"], input: "one\ntwo\n")
    #expect(result.status == 3)
    #expect(result.output == "one\ntwo\n")
    #expect(result.errors == "oops\n")
  }

  @Test func `more than a pipe holds goes through both ways`() throws {
    let text = String(repeating: "0123456789abcde\n", count: 20_000)
    #expect(try run(["cat"], input: text).output == text)
  }

  @Test func `a program that reads nothing does no harm`() throws {
    let text = String(repeating: "x", count: 200_000)
    #expect(try run(["true"], input: text).status == 0)
  }

  @Test func `the environment is the one given`() throws {
    let result = try run(["/usr/bin/env"], environment: ["ONLY": "this"])
    #expect(result.output == "ONLY=this\n")
  }

  @Test func `a program that does not end is killed`() {
    #expect(throws: ProcessFailure.timeOut(["sleep", "60"], output: "", errors: "")) {
      try run(["sleep", "60"], within: 0.1)
    }
  }

  @Test func `a program that does not exist is named`() {
    #expect(throws: ProcessFailure.self) { try run(["no-such-program"]) }
  }

  @Test func `no signal is blocked or ignored`() throws {
    let script = "kill -TERM $$; sleep 1"
    #expect(try run(["sh", "-c", script]).status == 143)
  }
}

@Suite struct ProgramTests {
  @Test func `the program is found beside the tests`() throws {
    #expect(try Program.path().hasSuffix("/backspike"))
    #expect(throws: Program.Missing.self) { try Program.path("no-such-program") }
  }
}
