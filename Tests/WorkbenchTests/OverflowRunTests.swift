import EventProp
import Testing
import Workbench

/// A run whose adjoint leaves the range of numbers opens, and shows everything up to there.
struct OverflowRunTests {
  private func session() throws -> Session {
    func layer(_ name: String) -> Layer {
      Layer(
        name: name, parameters: [LIFParameters()],
        weights: Synapses(rows: 1, columns: 1, weights: [2.5]))
    }
    let term = Loss.SpikeTerm(neuron: 0, spike: 0, coefficient: 3e306)
    return try Session(
      Experiment(
        title: "chain", network: Network(inputs: 1, layers: ["a", "b", "c"].map { layer($0) }),
        inputSpikes: [InputSpike(time: 1e-3, channel: 0)], horizon: 40e-3,
        loss: Loss(layer: 2, rule: .linearSpikeTimes([term]))), named: "chain")
  }

  private func answer(_ session: inout Session, _ line: String) -> String {
    session.apply(line).lines.map(\.text).joined(separator: "\n")
  }

  @Test func `it is stepped back to the last event before which λ is lost`() throws {
    var session = try session()
    #expect(session.run.adjoint == nil && session.run.wayBack?.overflow?.neuron == 1)
    _ = session.apply("bwd; step")
    #expect(session.point == .backward(3))
    #expect(answer(&session, "print lV n2").hasPrefix("λV n2 = 1e+307"))
    let end = "the way back ends here: the adjoint of n1 is no finite number at 11.22 ms"
    #expect(answer(&session, "step") == end)
    #expect(session.point == .backward(3))
    #expect(answer(&session, "info warnings").hasPrefix("overflow n1: λ of this neuron"))
  }

  @Test(arguments: ["check", "descend 1", "ties", "print lV n0 @ e0", "print lV n1 @ 2ms"])
  func `what needs the whole way back is refused, with the reason`(line: String) throws {
    var session = try session()
    _ = session.apply("bwd; step")
    let reply = session.apply(line)
    #expect(!reply.succeeded)
    #expect(
      reply.lines.contains {
        $0.text.contains("the adjoint of n1 is no finite number at 11.22 ms")
      }, "\(reply.lines.map(\.text))")
  }
}
