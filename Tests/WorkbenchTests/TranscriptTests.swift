import TestSupport
import Testing
import Workbench

@Suite("Transcripts") struct TranscriptTests {
  /// A whole sitting as it reads in a pipe: every line after a prompt, every answer under it.
  static func transcript(_ preset: String, _ lines: [String]) throws -> String {
    var session = try SessionTests.session(preset)
    return lines.map { line in
      let prompt = session.prompt
      let reply = session.apply(line)
      return ([prompt + line] + reply.lines.map(\.text)).joined(separator: "\n")
    }.joined(separator: "\n")
  }

  @Test func `a sitting with the reference network`() throws {
    assertSnapshot(
      try Self.transcript(
        "reference",
        [
          "info spikes", "3 step", "next", "print V n1", "print V n1 @ 12ms", "equation", "finish",
          "step", "7 step", "equation", "print lV n0", "info grad", "goto spike n1 0",
          "print grad n1<-n0", "set tau_mem 22ms", "diff", "print L", "ghost", "undo", "goto end",
          "print grad n2<-n1", "check n2<-n1", "rule no-reset-term", "check n1<-in0", "rule exact",
          "step",
        ]),
      named: "reference")
  }

  @Test func `a sitting with a spike that only just happens`() throws {
    assertSnapshot(
      try Self.transcript(
        "grazing",
        [
          "info warnings", "bwd", "2 step", "equation", "set n0<-in0 -1%", "info warnings", "undo",
          "zoom 8ms..10ms", "goto 50ms", "goto e1", "zoom fit",
        ]),
      named: "grazing")
  }
}
