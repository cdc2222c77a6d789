import EventProp
import ReferenceCases
import Testing

@Suite("64-digit references") struct GoldenTests {
  /// Values of one kind agree to a part in 10¹⁰ of the largest of the kind (grazing: 2e-9).
  private func expect(
    _ values: [Double], near references: [Double], _ kind: String, in golden: GoldenCase,
    tolerance: Double = 1e-10, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let scale = references.map { abs($0) }.max() ?? 0
    let allowed = (golden.isGrazing ? 2e-9 : tolerance) * scale
    #expect(values.count == references.count, "\(kind)", sourceLocation: sourceLocation)
    for (index, (value, reference)) in zip(values, references).enumerated() {
      #expect(
        abs(value - reference) <= allowed,
        "\(golden.name) \(kind)[\(index)]: \(value), reference \(reference)",
        sourceLocation: sourceLocation)
    }
  }

  @Test func `the folder has all of them`() throws {
    #expect(try GoldenCase.all().count == 18)
  }

  @Test(arguments: try GoldenCase.all(), Engine.allCases)
  func `events happen at the reference times in the reference order`(
    golden: GoldenCase, engine: Engine
  ) throws {
    let trajectory = try engine.trajectory(of: golden.experiment)
    let expected = golden.expected
    #expect(trajectory.events.count == expected.events.count)
    #expect(trajectory.isComplete)
    let allowed = golden.isGrazing ? 2e-15 : 1e-14 * golden.tMax
    for (number, (event, reference)) in zip(trajectory.events, expected.events).enumerated() {
      #expect(abs(event.time - reference.time) <= allowed, "event \(number)")
      switch event.kind {
      case .input(let channel, _):
        #expect(reference.kind == "input" && reference.idx == channel, "event \(number)")
      case .spike(let neuron, _, let current):
        #expect(reference.kind == "spike" && reference.idx == neuron, "event \(number)")
        #expect(abs(current - reference.current) <= 1e-10 * max(1, abs(reference.current)))
        let slope = try #require(trajectory.slopeAtThreshold(of: number))
        #expect(abs(slope - (reference.tauMemVdot ?? .nan)) <= 1e-9)
      case .arrival: #expect(reference.kind.hasPrefix("arrival"), "event \(number)")
      }
    }
    #expect(trajectory.spikeCounts == expected.nSpikes)
    let final = try trajectory.finalStates()
    expect(final.map(\.potential), near: expected.final["V"] ?? [], "final V", in: golden)
    expect(final.map(\.current), near: expected.final["I"] ?? [], "final I", in: golden)
  }

  @Test(arguments: try GoldenCase.all(), Engine.allCases)
  func `the adjoint and every gradient agree with the reference`(
    golden: GoldenCase, engine: Engine
  ) throws {
    let experiment = golden.experiment
    let trajectory = try engine.trajectory(of: experiment)
    let adjoint = try engine.adjoint(of: trajectory, loss: try #require(experiment.loss))
    let expected = golden.expected
    #expect(
      abs(adjoint.evaluation.value - expected.loss) <= 1e-12 * max(1e-3, abs(expected.loss)))
    expect(adjoint.timeGradients, near: expected.events.map(\.dLdt), "dL/dt", in: golden)

    let neurons = 0..<golden.network.nNeurons
    var lambdaV: [Double] = []
    var lambdaI: [Double] = []
    for entry in expected.adjoint {
      let states = neurons.map { adjoint.state(of: $0, atEvent: entry.event, side: .before) }
      lambdaV += states.map(\.lambdaV)
      lambdaI += states.map(\.lambdaI)
    }
    expect(lambdaV, near: expected.adjoint.flatMap(\.lambdaV), "lambda_V", in: golden)
    expect(lambdaI, near: expected.adjoint.flatMap(\.lambdaI), "lambda_I", in: golden)
    expect(
      adjoint.atZero.map(\.lambdaV), near: expected.adjointAtZero["lambda_V"] ?? [],
      "lambda_V(0)", in: golden)
    expect(
      adjoint.atZero.map(\.lambdaI), near: expected.adjointAtZero["lambda_I"] ?? [],
      "lambda_I(0)", in: golden)

    let layer = adjoint.gradient.layers[0]
    let reference = expected.gradients
    expect(layer.weights.weights, near: reference.wIn.flatMap { $0 }, "w_in", in: golden)
    expect(
      layer.recurrent?.weights ?? [], near: reference.wRec.flatMap { $0 }, "w_rec", in: golden)
    expect(
      adjoint.gradient.inputTimes, near: reference.inputTimes, "input_times", in: golden)
    if let delays = layer.weights.delays {
      expect(delays, near: reference.delaysIn.flatMap { $0 }, "delays_in", in: golden)
    }
    if let delays = layer.recurrent?.delays {
      expect(delays, near: reference.delaysRec.flatMap { $0 }, "delays_rec", in: golden)
    }
    let parameters: [(LIFParameters.Field, [Double])] = [
      (.tauMem, reference.tauMem), (.tauSyn, reference.tauSyn), (.vThreshold, reference.vTh),
      (.vLeak, reference.vLeak), (.vReset, reference.vReset),
    ]
    for (field, values) in parameters {
      expect(layer.parameters.map { $0[field] }, near: values, field.rawValue, in: golden)
    }
    expect(layer.initial.map(\.potential), near: reference.initialV, "V(0)", in: golden)
    expect(layer.initial.map(\.current), near: reference.initialI, "I(0)", in: golden)
  }
}
