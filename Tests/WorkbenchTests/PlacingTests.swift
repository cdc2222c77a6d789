import EventProp
import Testing
import Workbench

@Suite("Marks, displays and the way back") struct PlacingTests {
  private func session() throws -> Session { try SessionTests.session() }

  @Test func `what is displayed is printed at every stop`() throws {
    var session = try session()
    #expect(session.apply("display V n1").lines.map(\.text) == ["1: V n1 = 0"])
    #expect(
      session.apply("display lV n0").lines.map(\.text) == ["2: λV n0: λ is not computed yet"])
    let lines = session.apply("2 step").lines
    #expect(lines.count == 3 && lines[1].kind == .display)
    #expect(lines[1].text == "1: " + session.apply("print V n1").lines[0].text)
    _ = session.apply("undisplay 1")
    #expect(session.apply("goto end; bwd; step").lines.last?.text.hasPrefix("2: λV n0 = ") == true)
    #expect(session.apply("undisplay all").lines.map(\.text) == ["nothing is displayed"])
    #expect(session.apply("step").lines.count == 1)
  }

  @Test func `a display of the gradient shows the part walked at its own stop`() throws {
    var session = try session()
    _ = session.apply("display grad n1<-n0; finish")
    let lines = session.apply("7 step").lines.map(\.text)
    #expect(lines.last == "1: " + session.apply("print grad n1<-n0").lines[0].text)
  }

  @Test func `back returns through the places where jumps began`() throws {
    var session = try session()
    _ = session.apply("2 step; goto e7; finish; step; goto end")
    let places = (0..<3).map { _ in
      _ = session.apply("back")
      return session.cursor.number
    }
    #expect(places == [14, 8, 2])
    let reply = session.apply("back")
    #expect(!reply.succeeded && session.cursor.number == 2)
  }

  @Test func `half shows the other side of a jump`() throws {
    var session = try session()
    _ = session.apply("select n0; goto spike n0")
    #expect(session.state(of: 0).potential == 0 && session.prompt == "(fwd 5) ")
    let reply = session.apply("half")
    #expect(reply.lines[0].text.hasPrefix("e5-, just before the jump: V n0 = 1 "))
    #expect(abs(session.state(of: 0).potential - 1) < 1e-12 && session.prompt == "(fwd 5-) ")
    _ = session.apply("")
    #expect(session.state(of: 0).potential == 0)
    _ = session.apply("bwd; 7 step")
    let before = try #require(session.adjoint(of: 0)).lambdaV
    let partial = session.cursor.partialGradient
    _ = session.apply("half")
    #expect(session.prompt == "(bwd 5+) ")
    let jump = try #require(session.run.adjoint?.transitions[5])
    #expect(session.adjoint(of: 0)?.lambdaV == jump.lambdaVAfter)
    #expect(before == jump.lambdaVBefore)
    #expect(session.cursor.partialGradient != partial, "the event's own part is not walked yet")
    _ = session.apply("half")
    #expect(session.cursor.partialGradient == partial)
    _ = session.apply("half; step")
    #expect(session.point == .backward(4) && session.prompt == "(bwd 4) ")
  }

  @Test func `marks keep their spike through edits`() throws {
    var session = try session()
    _ = session.apply("goto spike n1 1; mark a; goto start")
    _ = session.apply("set tau_mem 22ms")
    let reply = session.apply("goto mark A")
    #expect(reply.succeeded)
    #expect(session.point.event.map { session.run.describe($0) } == "spike n1")
    #expect(session.apply("marks").lines.count == 1)
    #expect(session.apply("marks").lines == session.apply("info marks").lines)
  }

  @Test func `delta gives times, values and their differences`() throws {
    var session = try session()
    _ = session.apply("select n0; goto e3; mark a")
    let lines = session.apply("delta a e5").lines.map(\.text)
    #expect(lines.count == 3)
    #expect(lines[0] == "t: 13 ms → 13.0831 ms  (+83.0952 us)")
    #expect(lines[1].hasPrefix("V n0: 0.9") && lines[1].contains(" → 0  (-0.9"))
    _ = session.apply("bwd")
    #expect(session.apply("delta e8 e5").lines.count == 5)
  }

  @Test func `last goes back to the latest jump before the cursor`() throws {
    var session = try session()
    _ = session.apply("finish; last V n0")
    #expect(session.point == .forward(8))
    _ = session.apply("")
    #expect(session.point == .forward(5))
    _ = session.apply("last I n0")
    #expect(session.point == .forward(3), "the synapse of e4 has weight 0")
    _ = session.apply("goto end; last lV n1")
    #expect(session.point == .backward(4))
    _ = session.apply("last grad n1<-in1")
    #expect(session.point == .backward(9))
  }

  @Test(arguments: [
    ("goto mark", 6, "which mark?; goto mark a"),
    ("goto mark z", 11, "no mark z; mark a sets one"),
    ("mark 3", 6, "'3' is no name for a mark; a letter or a word: mark a"),
    ("mark e3", 6, "'e3' is no name for a mark; a letter or a word: mark a"),
    ("mark", 5, "mark needs a name, such as a; usage: mark A"),
    ("delta a e3", 7, "no mark a; mark a sets one"),
    ("delta e3", 9, "delta needs a second mark or event; usage: delta A B"),
    ("delta e3 e77", 10, "no event e77; this run has e0-e11"),
    ("back", 1, "there was no jump to come back from; unstep steps back"),
    ("half", 1, "nothing jumps here; step goes to an event"),
    ("last lI n0", 6, "λI has no jumps, it only flows; last lV n0"),
    ("last V n0", 6, "V n0 has no jump before this place; list shows the events"),
    ("last tau_mem", 6, "tau_mem changes at no event; V, I, lV of a neuron, or grad SYN"),
    ("display V n9", 11, "no neuron n9; this net has in0-in3, n0-n2"),
    (
      "display Q", 9,
      "no quantity 'Q'; V n0, I n0, lV n0, lI n0, t, L, w SYN, grad SYN or a name that set takes"
    ),
    ("undisplay 2", 11, "no display 2; display sets one"),
  ]) func `a bad line says where, why and what to do`(line: String, column: Int, sentence: String)
    throws
  {
    var session = try session()
    try session.expectComplaint(about: line, at: column, sentence)
    #expect(session.cursor.number == 0)
  }
}
