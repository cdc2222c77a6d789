import EventProp
import Testing

/// Spike times and gradients computed independently with 30 digits, for one or two neurons: tau_mem 10 ms, threshold 1,
/// inputs at 1 ms and 4 ms, L = the sum of all spike times within 40 ms.
@Suite("Cases A to F") struct PeerCaseTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var parameters = LIFParameters(tauMem: 10e-3, tauSyn: 5e-3, vThreshold: 1)
    var weights: [[Double]] = [[6], [4]]
    var recurrent: [[Double]]?
    var spikes: [(milliseconds: Double, neuron: Int)]
    var weightGradient: [Double]
    var recurrentGradient: [Double] = []
    var timeGradient: [Double]
  }

  static let cases = [
    Case(
      testDescription: "A", spikes: [(3.3740078615, 0), (5.3707751892, 0), (8.0642996504, 0)],
      weightGradient: [-0.0027220017976, -0.0013250165065],
      timeGradient: [1.8382328864984, 1.1617671135016]),
    Case(
      testDescription: "B: v_reset 0.3",
      parameters: LIFParameters(tauMem: 10e-3, tauSyn: 5e-3, vThreshold: 1, vReset: 0.3),
      spikes: [(3.3740078615, 0), (4.8498612512, 0), (6.3614419990, 0), (8.7653861698, 0)],
      weightGradient: [-0.0038586564152, -0.0021248360830],
      timeGradient: [2.1112176165749, 1.8887823834251]),
    Case(
      testDescription: "C: v_leak 0.3, v_reset 0.2",
      parameters: LIFParameters(
        tauMem: 10e-3, tauSyn: 5e-3, vThreshold: 1, vLeak: 0.3, vReset: 0.2),
      spikes: [(3.0963292592, 0), (4.7624771890, 0), (6.3528973141, 0), (8.8196280231, 0)],
      weightGradient: [-0.0033388107878, -0.0018753419489],
      timeGradient: [1.9855833949553, 1.7433202414727]),
    Case(
      testDescription: "D: equal time constants",
      parameters: LIFParameters(tauMem: 10e-3, tauSyn: 10e-3, vThreshold: 1),
      spikes: [
        (3.0448144934, 0), (4.7770782438, 0), (6.2617544840, 0), (8.0343745924, 0),
        (10.2456977637, 0), (13.2242878579, 0), (18.0505872725, 0),
      ],
      weightGradient: [-0.0123129492792, -0.0097759125924],
      timeGradient: [3.8006050786234, 3.1993949213766]),
    Case(
      testDescription: "E: two recurrent neurons", weights: [[6, 2], [4, 5]],
      recurrent: [[0, 1.5], [-1, 0]],
      spikes: [
        (3.3740078615, 0), (4.8753212760, 1), (5.4984654735, 0), (6.6639423083, 1),
        (9.3575391010, 1),
      ],
      weightGradient: [-0.0020183849549, -0.0023187640514, -0.0005005967053, -0.0017895433214],
      recurrentGradient: [
        -0.0006467251347, -0.0032387544124, -0.0002372006658, -0.0022439220496,
      ],
      timeGradient: [2.2703914701669, 2.7296085298331]),
    Case(
      testDescription: "F: v_leak 1.2",
      parameters: LIFParameters(tauMem: 10e-3, tauSyn: 5e-3, vThreshold: 1, vLeak: 1.2),
      spikes: [
        (2.5328213983, 0), (4.4302054267, 0), (5.9896880564, 0), (8.1500334273, 0),
        (11.5595936231, 0), (18.4579462387, 0), (33.3489015390, 0),
      ],
      weightGradient: [-0.0177807162191, -0.0167000494674],
      // Central differences confirm 0.80262…; the list this comes from prints 0.80260….
      timeGradient: [0.8026245521792, 2.1908487372406]),
  ]

  @Test(arguments: cases)
  func `spikes and gradients agree with the published figures`(_ golden: Case) throws {
    let size = golden.weights[0].count
    let layer = Layer(
      name: "all", parameters: Array(repeating: golden.parameters, count: size),
      weights: Synapses(rows: 2, columns: size, weights: golden.weights.flatMap { $0 }),
      recurrent: golden.recurrent.map {
        Synapses(rows: size, columns: size, weights: $0.flatMap { $0 })
      })
    var counts = [Int](repeating: 0, count: size)
    let terms = golden.spikes.map { spike in
      defer { counts[spike.neuron] += 1 }
      return Loss.SpikeTerm(neuron: spike.neuron, spike: counts[spike.neuron], coefficient: 1)
    }
    let experiment = Experiment(
      title: golden.testDescription, network: Network(inputs: 2, layers: [layer]),
      inputSpikes: [InputSpike(time: 1e-3, channel: 0), InputSpike(time: 4e-3, channel: 1)],
      horizon: 40e-3, loss: Loss(layer: 0, rule: .linearSpikeTimes(terms)))
    let trajectory = try Trajectory(of: experiment)
    let spikes = trajectory.events.compactMap { event in
      event.spikingNeuron.map { (event.time, $0) }
    }
    #expect(spikes.map(\.1) == golden.spikes.map(\.neuron))
    for (spike, reference) in zip(spikes, golden.spikes) {
      #expect(abs(spike.0 - reference.milliseconds * 1e-3) < 1e-13)
    }
    let gradient = try AdjointTrajectory(of: trajectory)
      .gradient
    for (value, reference) in zip(gradient.layers[0].weights.weights, golden.weightGradient) {
      #expect(abs(value - reference) < 1e-13)
    }
    let recurrent = gradient.layers[0].recurrent?.weights ?? []
    #expect(recurrent.count == golden.recurrentGradient.count)
    for (value, reference) in zip(recurrent, golden.recurrentGradient) {
      #expect(abs(value - reference) < 1e-13)
    }
    for (value, reference) in zip(gradient.inputTimes, golden.timeGradient) {
      #expect(abs(value - reference) < 1e-12)
    }
  }
}
