import EventProp
import Testing

/// The engine computes on no experiment that breaks a rule: every entry answers with the faults.
struct ExperimentFaultTests {
  /// A valid experiment: two channels, two neurons, one neuron, a loss.
  static var valid: Experiment {
    Experiment(
      title: "valid",
      network: Network(
        inputs: 2,
        layers: [
          Layer(
            name: "hidden", parameters: [LIFParameters(), LIFParameters()],
            weights: Synapses(rows: 2, columns: 2, weights: [2, 1, 1, 2]),
            recurrent: Synapses(
              rows: 2, columns: 2, weights: [0, 0.1, 0.1, 0], delays: [0, 1e-3, 0, 0])),
          Layer(
            name: "out", parameters: [LIFParameters()],
            weights: Synapses(rows: 2, columns: 1, weights: [2, 2])),
        ]),
      inputSpikes: [InputSpike(time: 1e-3, channel: 0), InputSpike(time: 2e-3, channel: 1)],
      horizon: 30e-3,
      loss: Loss(
        layer: 1, rule: .firstSpikeMSE(neurons: [0], targets: [5e-3], tau: 1e-3, clip: 30e-3)))
  }

  /// A way to break an experiment, and the fault that it is answered with.
  struct Case: CustomTestStringConvertible, Sendable {
    var testDescription: String
    var violation: ExperimentFault.Violation
    var place: ExperimentFault.Place
    var breakIt: @Sendable (inout Experiment) -> Void

    init(
      _ name: String, _ violation: ExperimentFault.Violation, _ place: ExperimentFault.Place,
      _ breakIt: @escaping @Sendable (inout Experiment) -> Void
    ) {
      testDescription = name
      self.violation = violation
      self.place = place
      self.breakIt = breakIt
    }
  }

  static let cases: [Case] = [
    Case("channel 2 of 2", .outOfRange(2, count: 2), .inputChannel(0)) {
      $0.inputSpikes[0].channel = 2
    },
    Case("channel 10^8", .outOfRange(100_000_000, count: 2), .inputChannel(1)) {
      $0.inputSpikes[1].channel = 100_000_000
    },
    Case("channel -1", .outOfRange(-1, count: 2), .inputChannel(0)) {
      $0.inputSpikes[0].channel = -1
    },
    Case("an input before 0", .negative(-1e-3), .parameter(.inputTime(0))) {
      $0.inputSpikes[0].time = -1e-3
    },
    Case("an input at NaN", .notFinite, .parameter(.inputTime(0))) {
      $0.inputSpikes[0].time = .nan
    },
    Case(
      "tau_mem 0", .notPositive(0), .parameter(.field(.tauMem, layer: 0, neuron: 1))
    ) { $0.network.layers[0].parameters[1].tauMem = 0 },
    Case(
      "tau_syn negative", .notPositive(-5e-3), .parameter(.field(.tauSyn, layer: 1, neuron: 0))
    ) { $0.network.layers[1].parameters[0].tauSyn = -5e-3 },
    Case(
      "tau_mem infinite", .notFinite, .parameter(.field(.tauMem, layer: 0, neuron: 0))
    ) { $0.network.layers[0].parameters[0].tauMem = .infinity },
    Case("v_th NaN", .notFinite, .parameter(.field(.vThreshold, layer: 0, neuron: 0))) {
      $0.network.layers[0].parameters[0].vThreshold = .nan
    },
    Case(
      "v_leak infinite", .notFinite, .parameter(.field(.vLeak, layer: 0, neuron: 0))
    ) { $0.network.layers[0].parameters[0].vLeak = -.infinity },
    Case(
      "v_reset at v_th", .resetNotBelowThreshold(reset: 0.6, threshold: 0.6),
      .parameter(.field(.vReset, layer: 0, neuron: 0))
    ) { $0.network.layers[0].parameters[0].vReset = 0.6 },
    Case(
      "V(0) at v_th", .startsAtThreshold(potential: 0.6, threshold: 0.6),
      .parameter(.initialPotential(layer: 0, neuron: 0))
    ) { $0.network.layers[0].initial[0].potential = 0.6 },
    Case("I(0) NaN", .notFinite, .parameter(.initialCurrent(layer: 0, neuron: 0))) {
      $0.network.layers[0].initial[0].current = .nan
    },
    Case(
      "a weight NaN", .notFinite,
      .parameter(.weight(SynapseIndex(layer: 0, isRecurrent: false, entry: 3)))
    ) {
      $0.network.layers[0].weights.weights[3] = .nan
    },
    Case(
      "a weight infinite", .notFinite,
      .parameter(.weight(SynapseIndex(layer: 0, isRecurrent: true, entry: 1)))
    ) {
      $0.network.layers[0].recurrent?.weights[1] = .infinity
    },
    Case(
      "a delay negative", .negative(-1e-3),
      .parameter(.delay(SynapseIndex(layer: 0, isRecurrent: true, entry: 2)))
    ) {
      $0.network.layers[0].recurrent?.delays?[2] = -1e-3
    },
    Case(
      "a matrix of another shape",
      .wrongShape(rows: 3, columns: 2, expectedRows: 2, expectedColumns: 2),
      .matrix(layer: 0, isRecurrent: false)
    ) {
      $0.network.layers[0].weights = Synapses(
        rows: 3, columns: 2, weights: Array(repeating: 1, count: 6))
    },
    Case(
      "too few weights", .wrongCount(3, expected: 4), .matrix(layer: 0, isRecurrent: false)
    ) { $0.network.layers[0].weights = Synapses(rows: 2, columns: 2, weights: [1, 2, 3]) },
    Case("too few delays", .wrongCount(1, expected: 4), .matrix(layer: 0, isRecurrent: true)) {
      $0.network.layers[0].recurrent?.delays = [0]
    },
    Case(
      "a synapse outside its matrix", .outOfRange(7, count: 2),
      .matrix(layer: 0, isRecurrent: false)
    ) {
      $0.network.layers[0].weights = Synapses(
        rows: 2, columns: 2,
        sparse: [(row: 0, column: 1, weight: 1), (row: 1, column: 7, weight: 1)])
    },
    Case(
      "more inputs than 32 bits count",
      .outOfRange(10_000_000_000, count: Network.mostInputs + 1), .network
    ) {
      $0.network.inputs = 10_000_000_000
      $0.network.layers[0].weights = Synapses(
        rows: 10_000_000_000, columns: 2, sparse: [(row: 0, column: 0, weight: 1)])
    },
    Case(
      "a sparse matrix of more rows than memory has",
      .wrongShape(rows: .max, columns: 2, expectedRows: 2, expectedColumns: 2),
      .matrix(layer: 0, isRecurrent: true)
    ) {
      $0.network.layers[0].recurrent = Synapses(
        rows: .max, columns: 2, sparse: [(row: 0, column: 0, weight: 1)])
    },
    Case("too few initial states", .wrongCount(1, expected: 2), .layer(0)) {
      $0.network.layers[0].initial = [LIFState()]
    },
    Case("too few kinds", .wrongCount(0, expected: 2), .layer(0)) {
      $0.network.layers[0].kinds = []
    },
    Case("no layers", .noLayers, .network) { $0.network.layers = [] },
    Case("a horizon of 0", .notPositive(0), .horizon) { $0.horizon = 0 },
    Case("a horizon that is infinite", .notFinite, .horizon) { $0.horizon = .infinity },
    Case("max_events 0", .tooSmall(0, least: 1), .maxEvents(layer: nil)) { $0.maxEvents = 0 },
    Case("max_events of a layer", .tooSmall(-1, least: 1), .maxEvents(layer: 1)) {
      $0.network.layers[1].maxEvents = -1
    },
    Case(
      "given spikes out of order", .notAfter(1e-3, previous: 2e-3),
      .imposedSpike(layer: 0, neuron: 1, spike: 1)
    ) { $0.network.layers[0].imposedSpikes = [[], [2e-3, 1e-3]] },
    Case("given spikes of too few", .wrongCount(1, expected: 2), .layer(0)) {
      $0.network.layers[0].imposedSpikes = [[1e-3]]
    },
    Case(
      "given spikes of an integrator", .spikeOfIntegrator,
      .imposedSpike(layer: 0, neuron: 0, spike: 0)
    ) {
      $0.network.layers[0].kinds[0] = .li
      $0.network.layers[0].imposedSpikes = [[1e-3], []]
    },
    Case("a loss on a layer that is not there", .outOfRange(2, count: 2), .loss("layer")) {
      $0.loss?.layer = 2
    },
    Case("a loss on a neuron that is not there", .outOfRange(1, count: 1), .lossItem(0)) {
      $0.loss?.rule = .targetTime(neurons: [1], targets: [1e-3], tau: 1)
    },
    Case("a term on a neuron that is not there", .outOfRange(4, count: 1), .lossItem(0)) {
      $0.loss?.rule = .linearSpikeTimes([Loss.SpikeTerm(neuron: 4, spike: 0, coefficient: 1)])
    },
    Case("too few targets", .wrongCount(0, expected: 1), .loss("targets")) {
      $0.loss?.rule = .allSpikesMSE(neurons: [0], targets: [], tau: 1)
    },
    Case("a label that is not there", .outOfRange(1, count: 1), .loss("label")) {
      $0.loss?.rule = .ttfsCrossEntropy(neurons: [0], label: 1, tau: 1e-3, clip: 1)
    },
    Case("a term of early spikes without a time scale", .notPositive(0), .loss("early tau")) {
      $0.loss?.rule = .ttfsCrossEntropy(
        neurons: [0], label: 0, tau: 1, clip: 1, early: Loss.Early(tau: 0, alpha: 1))
    },
    Case("a term of early spikes of a negative weight", .negative(-1), .loss("early alpha")) {
      $0.loss?.rule = .ttfsCrossEntropy(
        neurons: [0], label: 0, tau: 1, clip: 1, early: Loss.Early(tau: 1, alpha: -1))
    },
    Case("a label of no neurons", .outOfRange(0, count: 0), .loss("label")) {
      $0.loss?.rule = .maxOverTimeCrossEntropy(neurons: [], label: 0)
    },
    Case("a loss without a time scale", .notPositive(0), .loss("tau")) {
      $0.loss?.rule = .firstSpikeMSE(neurons: [0], targets: [1e-3], tau: 0, clip: 1)
    },
    Case("too many coefficients", .wrongCount(2, expected: 1), .loss("coefficients")) {
      $0.loss?.rule = .voltageIntegral([1, 2])
    },
  ]

  @Test func `a valid experiment has no faults and runs`() throws {
    #expect(Self.valid.faults == [])
    #expect(try Trajectory(of: Self.valid).spikeCount > 0)
  }

  @Test(arguments: cases)
  func `a broken rule is a fault with its place, and nothing is computed`(broken: Case) throws {
    var experiment = Self.valid
    broken.breakIt(&experiment)
    let fault = ExperimentFault(broken.violation, at: broken.place)
    #expect(experiment.faults.contains(fault), "\(experiment.faults)")
    #expect(throws: SimulationError.invalid(experiment.faults)) { try Trajectory(of: experiment) }
    #expect(throws: SimulationError.invalid(experiment.faults)) { try Circuit(experiment) }
  }

  @Test(arguments: [-1, 0, 3, 10_000_000_000, .max] as [Int])
  func `a matrix that no network has finds no entry outside its weights`(size: Int) {
    let dense = Synapses(rows: size, columns: size, weights: [1])
    let sparse = Synapses(rows: size, columns: 1, sparse: [(row: size, column: 0, weight: 1)])
    for place in [-1, 0, 1, size - 1, size] {
      #expect(dense.entry(row: place, column: place) == nil)
      #expect(sparse.entry(row: place, column: 0) == nil)
    }
  }
}
