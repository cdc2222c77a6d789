import Language
import Presets
import Testing
import Workbench

/// A plain sitting: words only, the same commands.
@Suite struct PlainTests {
  private func session(_ preset: String = "reference") throws -> Session {
    var session = try SessionTests.session(preset)
    session.looks.settings.isPlain = true
    return session
  }

  private func words(_ line: String, _ session: inout Session) -> [String] {
    session.apply(line).lines.map { $0.inWords(session) }
  }

  @Test func `a step is one sentence with event, direction, time and numbers`() throws {
    var session = try session()
    #expect(words("step", &session) == ["event 0 of 11, forwards, at 2 ms: in0"])
    _ = session.apply("bwd")
    #expect(
      words("8 step", &session) == [
        "event 4 of 11, on the way back, at 13.0027 ms: spike n1. lambda V of n1 goes from 1028 after the spike to 1037 before it. dL/dt is 2587 per second"
      ])
  }

  @Test(arguments: Preset.all.map(\.name))
  func `every answer to a usual question is plain letters`(preset: String) throws {
    var session = try session(preset)
    for line in [
      "step", "finish", "step", "3 step", "equation long", "why", "why L", "info grad",
      "info events", "info warnings", "info neurons", "list", "near", "ties", "help", "settings",
      "goto end", "equation short", "contrib n0<-in0",
    ] {
      for text in words(line, &session) {
        let strange = text.unicodeScalars.filter { $0.value > 0x7E }
        #expect(strange.isEmpty, "\(line): \(text)")
      }
    }
  }

  @Test func `pictures are refused with a remedy`() throws {
    var session = try session()
    for line in ["plot", "screen"] {
      let reply = session.apply(line)
      #expect(!reply.succeeded && reply.lines.last?.text.contains("no pictures") == true)
    }
  }

  @Test func `a wrong rule is named in the sentence`() throws {
    var session = try session()
    _ = session.apply("rule no-reset-term; bwd")
    #expect(words("8 step", &session)[0].contains("WRONG (no-reset-term) lambda V of n1"))
  }
}
