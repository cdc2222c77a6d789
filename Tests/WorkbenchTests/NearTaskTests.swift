import EventProp
import Notation
import Presets
import Testing
import Workbench

/// The search for near misses is done in pieces, so that it can be stopped.
@Suite struct NearTaskTests {
  private func session() throws -> Session {
    let preset = try #require(Preset.named("yin-yang"))
    return try Session(
      PresetReader.read(preset.text, named: preset.name).experiment, named: preset.name)
  }

  @Test func `near goes on piece by piece and says the same as in one go`() throws {
    var one = try session()
    let whole = one.apply("near 10").lines.map(\.text)
    #expect(whole == ["no near miss and no grazing spike within 10 % of v_th - v_leak"])
    var other = try session()
    let pending = other.begin("near 10")
    #expect(pending.lines.isEmpty)
    var pieces = 0
    var reply: Reply?
    while reply == nil {
      let task = try #require(other.task)
      #expect(task.title == "near 10" && task.done == pieces)
      reply = other.advance()
      pieces += 1
    }
    // 123 neurons in blocks of 32.
    #expect(pieces == 4)
    #expect(reply?.lines.map(\.text) == whole)
    #expect(reply?.succeeded == true)
  }

  @Test func `near that is interrupted says how far it came`() throws {
    var session = try session()
    _ = session.begin("near 10")
    #expect(session.interrupt()?.lines.map(\.text) == ["interrupted after 0 of 23"])
    _ = session.begin("near 10")
    for _ in 0..<2 { #expect(session.advance() == nil) }
    #expect(session.interrupt()?.lines.map(\.text) == ["interrupted after 2 of 23"])
    #expect(session.task == nil)
  }
}
