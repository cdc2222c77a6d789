import EventProp
import Files
import Testing

struct RoundTripTests {
  @Test(arguments: 0..<300)
  func `what is written reads back to the same experiment`(seed: UInt64) throws {
    var source = ExperimentSource(seed: seed)
    let experiment = source.experiment()
    let text = PresetWriter.write(experiment)
    let read = try PresetReader.read(text, named: "written").experiment
    #expect(read == experiment)
    #expect(PresetWriter.write(read) == text)
  }

  @Test func `the canonical form is compact`() {
    let experiment = Experiment(
      title: "Pair: two", about: "It's \"short\".",
      network: Network(
        inputs: 1,
        layers: [
          Layer(
            name: "a", parameters: [LIFParameters(), LIFParameters()],
            weights: Synapses(rows: 1, columns: 2, weights: [1, 2], delays: [1e-3, 1e-3])),
          Layer(
            name: "b", parameters: [LIFParameters(tauMem: 0.02)],
            weights: Synapses(rows: 2, columns: 1, sparse: [(1, 0, 0.5)]), kinds: [.li]),
        ]), inputSpikes: [InputSpike(time: 0.002, channel: 0)], horizon: 0.04,
      loss: Loss(layer: 1, rule: .voltageIntegral([1e-5])))
    #expect(
      PresetWriter.write(experiment) == """
        title: "Pair: two"
        about: "It's \\"short\\"."
        t_max: 40 ms

        parameters:
          tau_mem: 10 ms
          tau_syn: 5 ms
          v_th: 0.6
          v_leak: 0
          v_reset: 0

        inputs:
          size: 1
          spikes:
            - [2 ms, 0]

        layers:
          - name: a
            size: 2
            weights:
              - [1, 2]
            delays: 1 ms
          - name: b
            size: 1
            neurons: li
            parameters: { tau_mem: 20 ms }
            weights:
              sparse:
                - [1, 0, 0.5]

        loss:
          kind: voltage_integral
          layer: b
          coefficients: [1e-05]

        """)
  }
}

/// Random experiments that a preset can describe.
private struct ExperimentSource {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  private mutating func bits() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state ^ (state >> 29)
  }

  private mutating func integer(_ range: ClosedRange<Int>) -> Int {
    range.lowerBound + Int(bits() >> 33) % range.count
  }

  private mutating func number(_ range: ClosedRange<Double>) -> Double {
    // Some values are short, most have all their digits.
    if chance(3) { return (range.lowerBound + range.upperBound) / 2 }
    return range.lowerBound + Double(bits() >> 11) * 0x1p-53 * (range.upperBound - range.lowerBound)
  }

  private mutating func chance(_ one: Int) -> Bool { integer(1...one) == 1 }

  mutating func experiment() -> Experiment {
    let inputs = integer(1...4)
    var layers: [Layer] = []
    for number in 0...integer(0...2) {
      layers.append(layer(number, rows: layers.last?.size ?? inputs))
    }
    let titles = [
      "Plain", "with: colon", "- dash", "µ \"q\" \\ #", "a, b", "two\nlines", "12", " x ",
    ]
    let spikes = (0..<integer(0...5)).map { _ in
      InputSpike(time: number(0...0.05), channel: integer(0...inputs - 1))
    }
    return Experiment(
      title: titles[integer(0...titles.count - 1)],
      about: chance(2) ? titles[integer(0...titles.count - 1)] : nil,
      network: Network(inputs: inputs, layers: layers), inputSpikes: spikes,
      horizon: number(1e-3...2), maxEvents: chance(2) ? integer(1...1000) : nil,
      loss: chance(5) ? nil : loss(layers))
  }

  private mutating func layer(_ number: Int, rows: Int) -> Layer {
    let size = integer(1...4)
    let isUniform = chance(2)
    var parameters: [LIFParameters] = []
    for index in 0..<size {
      if isUniform, index > 0 {
        parameters.append(parameters[0])
      } else {
        parameters.append(
          LIFParameters(
            tauMem: self.number(1e-3...0.03), tauSyn: self.number(1e-3...0.03),
            vThreshold: self.number(0.5...1.5), vLeak: self.number(-1...1),
            vReset: self.number(-1000...0)))
      }
    }
    var layer = Layer(
      name: chance(2) ? "layer\(number)" : "größe-\(number)_x", parameters: parameters,
      weights: synapses(rows, size), recurrent: chance(2) ? synapses(size, size) : nil,
      kinds: (0..<size).map { _ in chance(4) ? .li : .lif },
      initial: (0..<size).map { _ in
        chance(2)
          ? LIFState() : LIFState(potential: self.number(-1...0.4), current: self.number(-1...1))
      }, maxEvents: chance(3) ? integer(1...50) : nil)
    if chance(4) {
      // A leaky integrator has none.
      layer.imposedSpikes = (0..<size).map { neuron in
        layer.kinds[neuron] == .li
          ? [] : Set((0..<integer(0...3)).map { _ in self.number(0...0.05) }).sorted()
      }
    }
    return layer
  }

  private mutating func synapses(_ rows: Int, _ columns: Int) -> Synapses {
    var synapses: Synapses
    if chance(3) {
      var triples: [(row: Int, column: Int, weight: Double)] = []
      for row in (0..<rows).reversed() {
        for column in (0..<columns).reversed() where chance(2) {
          triples.append((row, column, number(-2...2)))
        }
      }
      synapses = Synapses(rows: rows, columns: columns, sparse: triples)
    } else {
      let weights = (0..<rows * columns).map { _ in number(-2...2) }
      synapses = Synapses(rows: rows, columns: columns, weights: weights)
    }
    if chance(2) { synapses.delays = synapses.weights.map { _ in number(0...0.01) } }
    return synapses
  }

  private mutating func loss(_ layers: [Layer]) -> Loss {
    let layer = integer(0...layers.count - 1)
    let size = layers[layer].size
    let neurons = chance(2) ? Array(0..<size) : [integer(0...size - 1)]
    let targets = neurons.map { _ in number(0...0.04) }
    let tau = number(1e-3...1)
    let clip = number(1e-3...1)
    let label = integer(0...neurons.count - 1)
    let rule: Loss.Rule =
      switch integer(0...6) {
      case 0:
        .linearSpikeTimes(
          (0..<integer(0...3)).map { _ in
            Loss.SpikeTerm(
              neuron: integer(0...size - 1), spike: integer(0...5), coefficient: number(-2...2))
          })
      case 1:
        .allSpikesMSE(
          neurons: neurons,
          targets: neurons.map { _ in (0..<integer(0...3)).map { _ in number(0...0.1) } }, tau: tau)
      case 2: .firstSpikeMSE(neurons: neurons, targets: targets, tau: tau, clip: clip)
      case 3:
        .ttfsCrossEntropy(
          neurons: neurons, label: label, tau: tau, clip: clip,
          early: chance(2) ? Loss.Early(tau: number(1e-3...1), alpha: number(0...1)) : nil)
      case 4: .targetTime(neurons: neurons, targets: targets, tau: tau)
      case 5: .voltageIntegral((0..<size).map { _ in number(-2...2) })
      default: .maxOverTimeCrossEntropy(neurons: neurons, label: label)
      }
    return Loss(layer: layer, rule: rule)
  }
}
