import EventProp
import Language
import Testing
import Workbench

@Suite("descend and nudge") struct DescentTests {
  @Test func `each step is w - LR dL/dw, and one undo takes all of them back bit for bit`() throws {
    var session = try SessionTests.session()
    let before = session.experiment
    var expected = before
    for _ in 0..<2 {
      let run = try Run(expected, number: 1)
      let gradient = try #require(run.adjoint?.gradient)
      for layer in expected.network.layers.indices {
        for entry in expected.network.layers[layer].weights.weights.indices {
          expected.network.layers[layer].weights.weights[entry] -=
            1e-3 * gradient.layers[layer].weights.weights[entry]
        }
        for entry in (expected.network.layers[layer].recurrent?.weights ?? []).indices {
          expected.network.layers[layer].recurrent?.weights[entry] -=
            1e-3 * (gradient.layers[layer].recurrent?.weights[entry] ?? 0)
        }
      }
    }
    let reply = session.apply("descend 2 0.001")
    #expect(reply.succeeded && session.experiment == expected)
    #expect(session.bench.earlierRuns.count == 1 && session.bench.ghostNumber == 1)
    let losses = reply.lines.map(\.text).filter { $0.hasPrefix("step ") }
    #expect(losses.count == 2)
    let last = try #require(session.run.loss)
    #expect(losses[1].hasPrefix("step 2: L = \(Quantity.display(last, digits: 7)) (-"))
    _ = session.apply("undo")
    #expect(session.experiment == before)
    _ = session.apply("redo")
    #expect(session.experiment == expected)
  }

  @Test func `without a rate the first step changes the weights by a hundredth of their length`()
    throws
  {
    var session = try SessionTests.session()
    func weights(_ session: Session) -> [Double] {
      session.experiment.network.layers.flatMap {
        $0.weights.weights + ($0.recurrent?.weights ?? [])
      }
    }
    func length(_ values: [Double]) -> Double {
      values.reduce(0) { $0 + $1 * $1 }.squareRoot()
    }
    let before = weights(session)
    let loss = try #require(session.run.loss)
    _ = session.apply("descend")
    let change = zip(weights(session), before).map { $0 - $1 }
    #expect(abs(length(change) / length(before) - 0.01) < 1e-12)
    #expect(try #require(session.run.loss) < loss)
    _ = session.apply("")
    #expect(session.bench.earlierRuns.count == 2, "Enter goes on")
  }

  @Test func `where there is no way down it says so`() throws {
    var session = try SessionTests.session("silent")
    let reply = session.apply("descend 3")
    #expect(reply.lines.map(\.text) == ["the gradient of all weights is 0: there is no way down"])
    #expect(session.bench.earlierRuns.isEmpty)
  }

  @Test func `a run without a finite loss ends it, and the step is not taken`() throws {
    var session = try SessionTests.session()
    _ = session.apply("limit off")
    let reply = session.apply("descend 5 1e300")
    let text = reply.lines.map(\.text).joined(separator: "\n")
    #expect(text.contains("stopped before it"), "\(text)")
    #expect(session.experiment == session.bench.original)
  }

  @Test func `at a tie it stops`() throws {
    var experiment = try SessionTests.session("single-neuron").experiment
    // An input at the very instant of the spike.
    let run = try Run(experiment, number: 1)
    let spike = try #require(run.trajectory.events.first { $0.spikingNeuron != nil }).time
    experiment.inputSpikes.append(InputSpike(time: spike, channel: 0))
    var session = try Session(experiment, named: "tied")
    let reply = session.apply("descend")
    #expect(!reply.succeeded)
    #expect(reply.lines.last?.text.contains("here the gradient has two sides") == true)
  }

  @Test func `an interrupted descent stands where it came`() throws {
    var session = try SessionTests.session()
    _ = session.begin("descend 100 1e-4")
    for _ in 0..<3 { _ = session.advance() }
    let reply = session.interrupt()
    #expect(reply?.lines.contains { $0.text == "interrupted after 3 of 100" } == true)
    #expect(session.bench.earlierRuns.count == 1 && session.bench.isEdited)
    _ = session.apply("undo")
    #expect(!session.bench.isEdited)
  }

  @Test(arguments: [
    "nudge tau_mem +5%", "set tau_mem +5%", "tau_mem = 21ms", "nudge tau_mem *1.05",
  ])
  func `a nudge is a part of the value`(line: String) throws {
    var session = try SessionTests.session()
    #expect(session.apply(line).lines[0].text == "tau_mem = 21 ms (was 20 ms)")
  }

  @Test func `Enter nudges again`() throws {
    var session = try SessionTests.session()
    _ = session.apply("nudge v_th +10%")
    _ = session.apply("")
    #expect(abs(session.experiment.network.layers[0].parameters[0].vThreshold - 1.21) < 1e-12)
  }
}
