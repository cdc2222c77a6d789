import EventProp
import Files
import Language
import Testing
import Workbench

@Suite("Comparing at the prompt") struct SessionComparingTests {
  @Test func `compare asks for its file and does nothing else`() throws {
    var session = try SessionTests.session()
    let reply = session.apply("compare my gradients/theirs.npz")
    guard case .compare(let phrase) = reply.effects.first else {
      Issue.record("\(reply)")
      return
    }
    #expect(phrase.files.map(\.text) == ["my gradients/theirs.npz"])
    #expect(reply.effects.count == 1 && reply.succeeded && reply.lines.isEmpty)
  }

  @Test func `compare needs a file and a gradient, and points at what is missing`() throws {
    var session = try SessionTests.session()
    #expect(
      session.apply("compare").lines.map(\.text) == [
        "                   ^ compare needs a file with a gradient; usage: compare [batch] FILE... [tolerance X] [map THEIRS=OURS]..."
      ])
    var experiment = session.experiment
    experiment.loss = nil
    var without = try Session(experiment, named: "without")
    #expect(
      without.apply("compare x.json").lines.map(\.text) == [
        "                    ^^^^^^ there is no gradient to compare with: this experiment has no loss; add a loss to the preset"
      ])
  }

  @Test func `the comparison is with the run on the bench, and exact whatever its rule`() throws {
    var session = try SessionTests.session()
    _ = session.apply("set tau_mem 25ms")
    let gradient = try #require(session.run.adjoint?.gradient.layers[1].weights.weights)
    _ = session.apply("rule no-leak+no-recurrence")
    let text = "{\"out.weights\": [[\(gradient[0])], [\(gradient[1])]]}"
    let reply = try session.compare(text)
    #expect(
      reply.lines.map(\.text) == [
        "agrees with the exact gradient (largest difference 0)", "", "out.weights  agrees",
      ])
    _ = session.apply("undo")
    let other = try session.compare(text)
    #expect(other.lines.first?.text.hasPrefix("agrees") == false)
  }

  @Test func `what is wrong with the file is thrown`() throws {
    var session = try SessionTests.session()
    #expect(throws: GradientComplaints.self) {
      try session.compare("{\"w\": 1}")
    }
  }
}

extension Session {
  /// Compares with a JSON file.
  mutating func compare(_ text: String) throws -> Reply {
    try compare([(name: "x.json", bytes: Array(text.utf8))], ComparePhrase([Word("x.json")]))
  }
}
