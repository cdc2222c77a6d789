import EventProp
import ReferenceCases

/// An experiment with some numbers at the ends of the range; the seed tells it all.
struct ExtremeExperiment {
  let experiment: Experiment

  private static let sizes: [Double] = [
    .leastNonzeroMagnitude, .leastNormalMagnitude, 1e-300, 1e-200, 1e-100, 1e-30, 1e-12, 1e-5, 1,
    1e5, 1e12, 1e30, 1e100,
    1e200, 1e300, 1e305, 1e307, 1e308, .greatestFiniteMagnitude,
  ]
  private static let names = [
    "out", "隠れ層", "e\u{301}te\u{301}", "👨\u{200D}👩\u{200D}👧", "a\tb", "x\u{1B}[31m", "\u{202E}abc",
    "",
  ]

  init(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    // Few or many numbers of an experiment are extreme.
    let share = [0.05, 0.15, 0.5][Int.random(in: 0...2, using: &random)]
    func chance(_ share: Double) -> Bool { Double.random(in: 0...1, using: &random) < share }
    func whole(_ range: ClosedRange<Int>) -> Int { .random(in: range, using: &random) }
    func number(_ usual: Double, signed: Bool = false) -> Double {
      let size = chance(share) ? Self.sizes[whole(0...Self.sizes.count - 1)] : usual
      return signed && chance(0.3) ? -size : size
    }
    let inputs = whole(1...3)
    let horizon = number(30e-3)
    var layers: [Layer] = []
    for _ in 0..<whole(1...2) {
      let size = whole(1...3)
      let before = layers.last?.size ?? inputs
      let parameters = (0..<size).map { _ in
        LIFParameters(
          tauMem: number(20e-3), tauSyn: number(5e-3), vThreshold: number(1, signed: true),
          vLeak: chance(0.8) ? 0 : number(0.1, signed: true),
          vReset: chance(0.8) ? 0 : number(0.2, signed: true))
      }
      func weights(_ rows: Int) -> Synapses {
        Synapses(
          rows: rows, columns: size,
          weights: (0..<rows * size).map { _ in number(2, signed: true) },
          delays: chance(0.2) ? (0..<rows * size).map { _ in number(1e-3) } : nil)
      }
      layers.append(
        Layer(
          name: Self.names[whole(0...Self.names.count - 1)], parameters: parameters,
          weights: weights(before), recurrent: chance(0.3) ? weights(size) : nil,
          kinds: chance(0.2) ? Array(repeating: .li, count: size) : nil))
    }
    let last = layers.count - 1
    let size = layers[last].size
    let neurons = Array(0..<size)
    let targets = neurons.map { _ in number(9e-3) }
    let rules: [Loss.Rule] = [
      .targetTime(neurons: neurons, targets: targets, tau: number(2e-3)),
      .firstSpikeMSE(neurons: neurons, targets: targets, tau: number(2e-3), clip: horizon),
      .voltageIntegral(neurons.map { _ in number(1, signed: true) }),
      .maxOverTimeCrossEntropy(neurons: neurons, label: 0),
    ]
    experiment = Experiment(
      title: Self.names[whole(0...Self.names.count - 1)], about: chance(0.5) ? Self.names[1] : nil,
      network: Network(inputs: inputs, layers: layers),
      inputSpikes: (0..<whole(0...4)).map { _ in
        InputSpike(
          time: chance(0.5) ? horizon * .random(in: 0...1, using: &random) : number(3e-3),
          channel: whole(0...inputs - 1))
      },
      horizon: horizon, maxEvents: 40,
      loss: chance(0.9) ? Loss(layer: last, rule: rules[whole(0...rules.count - 1)]) : nil)
  }
}
