import EventProp
import Presets
import Testing
import Workbench

/// The search for near misses is done in pieces, so that it can be stopped.
@Suite struct NearTaskTests {
  private func session() throws -> Session {
    try SessionTests.session("yin-yang")
  }

  @Test func `near goes on piece by piece and says the same as in one go`() throws {
    var one = try session()
    let whole = one.apply("near 60").lines.map(\.text)
    #expect(whole.count > 1)
    var other = try session()
    let pending = other.begin("near 60")
    #expect(pending.lines.isEmpty)
    var pieces = 0
    var reply: Reply?
    while reply == nil {
      let task = try #require(other.task)
      #expect(task.title == "near 60" && task.done == 0)
      reply = other.advance()
      pieces += 1
    }
    // The peaks, then their gradients.
    #expect(pieces == 2)
    #expect(reply?.lines.map(\.text) == whole)
    #expect(reply?.succeeded == true)
  }

  @Test func `near without a peak ends with the search for one`() throws {
    var session = try session()
    _ = session.begin("near 10")
    #expect(
      session.advance()?.lines.map(\.text)
        == ["no near miss and no grazing spike within 10 % of v_th - v_leak"])
  }

  @Test func `near that is interrupted says how far it came`() throws {
    var session = try session()
    _ = session.begin("near 60")
    #expect(session.interrupt()?.lines.map(\.text) == ["interrupted after 0 of 20"])
    _ = session.begin("near 60")
    #expect(session.advance() == nil)
    let found = try #require(session.task?.total)
    #expect(session.interrupt()?.lines.map(\.text) == ["interrupted after 0 of \(found)"])
    #expect(session.task == nil)
  }
}
