import EventProp
import Presets
import Study
import Testing
import Workbench

@Suite("why of parameters and input times") struct ParameterWhyTests {
  private static let rules = ["exact", "no-reset-term", "truncated:5", "tau-mem-kernel", "no-self"]

  /// Sums that lose digits to cancellation are as exact as their largest terms.
  private func expectSum(_ provenance: Provenance?, _ value: Double, _ what: String) {
    guard let provenance else {
      Issue.record("\(what) is not explained")
      return
    }
    let terms = provenance.terms.map(\.value)
    let scale = max(abs(value), terms.map { abs($0) }.max() ?? 0)
    #expect(abs(terms.reduce(0, +) - value) <= 1e-12 * scale * 10, "\(what)")
  }

  @Test(arguments: Preset.all.map(\.name), rules)
  func `criterion 12: the terms of every parameter and input time add up to the gradient`(
    name: String, rule: String
  ) throws {
    // The adjoint of hundreds of neurons has nothing here that that of a few has not.
    guard name != "yin-yang" || rule == "exact" else { return }
    let session = try SessionTests.session(name)
    let run = try Run(
      session.experiment, number: 1, rule: try AdjointRule(reading: rule))
    let adjoint = try #require(run.adjoint)
    let explainer = Explainer(run.trajectory, adjoint: adjoint)
    let network = run.experiment.network
    for neuron in 0..<min(network.neuronCount, 12) {
      let place = network.place(of: neuron)
      for field in LIFParameters.Field.allCases {
        let value = adjoint.gradient.layers[place.layer].parameters[place.index][field]
        expectSum(
          explainer.explain(.parameterGradient(field, neurons: [neuron], from: nil)), value,
          "\(name) \(rule) n\(neuron) \(field)")
      }
    }
    for position in run.experiment.inputSpikes.indices.prefix(40) {
      expectSum(
        explainer.explain(.inputTimeGradient(position)), adjoint.gradient.inputTimes[position],
        "\(name) \(rule) input \(position)")
    }
  }

  @Test(arguments: ["reference", "leaky", "delays", "integral", "readout", "recurrent-pair"])
  func `criterion 12: on the way back the terms add up to the part walked`(name: String) throws {
    var session = try SessionTests.session(name)
    _ = session.apply("bwd")
    var pass = try BackwardPass(of: session.run.trajectory)
    while session.point != .end {
      _ = session.apply("step")
      _ = try pass.next()
      let gradient = pass.gradient
      guard case .backward(let event) = session.point else { continue }
      let explainer = Explainer(session.run.trajectory, adjoint: session.run.adjoint)
      for field in LIFParameters.Field.allCases {
        expectSum(
          explainer.explain(
            .parameterGradient(
              field, neurons: Array(0..<session.experiment.network.neuronCount), from: event)),
          gradient.shared(field), "\(name) at e\(event): \(field)")
      }
    }
  }

  @Test(arguments: [
    ("why grad tau_mem", "dL/dtau_mem of 3 neurons = 7362.4 is the sum of"),
    ("why tau_mem", "dL/dtau_mem of 3 neurons = 7362.4 is the sum of"),
    ("why hidden.v_th", "dL/dv_th of 2 neurons = "), ("why hidden.0.v_th", "dL/dv_th n0 = 52.7307"),
    ("why grad n0.v_leak", "dL/dv_leak n0 = -23.4665 is the sum of"),
    ("why in.0", "dL/dt in.0 = -714.285 is the sum of"),
    ("why input_time 3", "dL/dt in.1.1 = 5505.9 is the sum of"),
    ("why grad n0<-in2", "dL/dw n0<-in2 = -4.91576 is the sum of"),
  ]) func `a gradient has a name, and its terms lead to the loss`(line: String, heading: String)
    throws
  {
    var session = try SessionTests.session()
    _ = session.apply("bwd; goto end")
    var reply = session.apply(line)
    #expect(reply.lines[0].text.hasPrefix(heading))
    var steps = 0
    while !(reply.lines.last?.text.hasSuffix("nothing lies behind it") ?? true) {
      reply = session.apply("")
      steps += 1
      try #require(reply.succeeded && steps < 13)
    }
    #expect(steps > 0)
  }

  @Test func `a gradient of the part walked says so`() throws {
    var session = try SessionTests.session()
    _ = session.apply("bwd; 4 step")
    #expect(
      session.apply("why tau_mem").lines[0].text.contains("(partial: events ≥ e8)"))
    #expect(
      session.apply("why in.0").lines.last?.text.contains("bwd, then step down to it") == true)
  }
}
