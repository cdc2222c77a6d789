import EventProp
import RealModule
import ReferenceCases

/// An experiment of any shape that a preset can have; the seed tells it all.
struct RandomExperiment {
  let experiment: Experiment
  /// What the seed has chosen, in a few words.
  let shape: String

  private static let ratios = [0.01, 0.1, 0.5, 1, 1 + 1e-9, 2, 3.7, 100]

  init?(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    func number(_ range: ClosedRange<Double>) -> Double { .random(in: range, using: &random) }
    func chance(_ share: Double) -> Bool { number(0...1) < share }
    func whole(_ range: ClosedRange<Int>) -> Int { .random(in: range, using: &random) }

    let ratio = Self.ratios[whole(0...Self.ratios.count - 1)]
    let gain = ratio == 1 ? Double.exp(-1) : .pow(1 / ratio, 1 / (1 - 1 / ratio))
    let tau = Double.exp(number(.log(1e-3) ... .log(30e-3)))
    let spans = Double.exp(number(0 ... .log(1e4)))
    let horizon = spans * max(tau * ratio.squareRoot(), tau / ratio.squareRoot())
    // A neuron that fires by itself fires as long as the run lasts.
    let isTonic = spans < 30 && chance(0.2)
    let isEqual = chance(0.5)
    let rule = whole(0...6)
    let depth = whole(1...3)
    let inputs = whole(1...4)

    func parameters(_ count: Int) -> [LIFParameters] {
      func one() -> LIFParameters {
        let scale = isEqual ? tau : tau * number(0.7...1.4)
        let threshold = number(0.4...1.2)
        return LIFParameters(
          tauMem: scale * .sqrt(ratio), tauSyn: scale / .sqrt(ratio), vThreshold: threshold,
          vLeak: isTonic ? threshold + number(0.05...1) : chance(0.5) ? 0 : number(-0.3...0.3),
          vReset: chance(0.5) ? 0 : number(-0.5...0.3))
      }
      let first = one()
      return (0..<count).map { _ in isEqual ? first : one() }
    }
    func synapses(_ rows: Int, _ columns: Int, _ range: ClosedRange<Double>) -> Synapses {
      if chance(0.3) {
        return Synapses(
          rows: rows, columns: columns,
          sparse: (0..<rows).flatMap { row in
            (0..<columns).compactMap { column in
              chance(0.6) ? (row, column, number(range)) : nil
            }
          })
      }
      return Synapses(
        rows: rows, columns: columns,
        weights: (0..<rows * columns).map { _ in chance(0.1) ? 0 : number(range) },
        delays: chance(0.3)
          ? (0..<rows * columns).map { _ in chance(0.4) ? 0 : number(0...3) * tau } : nil)
    }
    var layers: [Layer] = []
    for depth in 0..<depth {
      let size = whole(1...5)
      let before = layers.last?.size ?? inputs
      layers.append(
        Layer(
          name: "l\(depth)", parameters: parameters(size),
          weights: synapses(before, size, -0.4 / gain...2.5 / gain),
          recurrent: chance(0.4) ? synapses(size, size, -0.5 / gain...0.4 / gain) : nil,
          initial: chance(0.3)
            ? (0..<size).map { _ in
              LIFState(
                potential: chance(0.3) ? 0.3999 : number(-0.5...0.39),
                current: chance(0.5) ? 0 : number(-1...1) / gain)
            } : nil))
    }
    let last = layers.count - 1
    if rule >= 5 {
      let size = layers[last].size
      let isReadout = chance(0.5)
      layers[last].kinds = (0..<size).map { _ in isReadout || chance(0.3) ? .li : .lif }
    }
    let isRound = chance(0.3)
    let spikes = (0..<(chance(0.3) ? whole(10...40) : whole(1...5))).map { _ in
      let time = chance(0.1) ? 0 : number(0...1) * horizon
      return InputSpike(
        time: isRound ? (time * 1000).rounded() / 1000 : time, channel: whole(0...inputs - 1))
    }
    var experiment = Experiment(
      title: "random \(seed)", network: Network(inputs: inputs, layers: layers),
      inputSpikes: spikes, horizon: horizon, maxEvents: 3000)
    guard experiment.faults.isEmpty else { return nil }
    let trajectory = try Trajectory(of: experiment)
    guard !trajectory.isCutShort, trajectory.events.count < 1500 else { return nil }
    let size = layers[last].size
    let neurons = Array(0..<size)
    let targets = neurons.map { _ in number(0...1) * horizon }
    let scale = chance(0.5) ? tau : horizon
    let counts = trajectory.spikeCounts.suffix(size)
    let rules: [Loss.Rule] = [
      .linearSpikeTimes(
        counts.enumerated().flatMap { neuron, count in
          (0..<min(count, 3)).map {
            Loss.SpikeTerm(neuron: neuron, spike: $0, coefficient: number(-2...2))
          }
        }),
      .allSpikesMSE(
        neurons: neurons, targets: targets.map { [$0, $0 + tau] }, tau: scale),
      .firstSpikeMSE(neurons: neurons, targets: targets, tau: scale, clip: 0.9 * horizon),
      .ttfsCrossEntropy(
        neurons: neurons, label: whole(0...size - 1), tau: scale, clip: horizon,
        early: chance(0.5) ? Loss.Early(tau: scale, alpha: number(0...1)) : nil),
      .targetTime(neurons: neurons, targets: targets, tau: scale),
      .voltageIntegral(neurons.map { _ in number(-2...2) }),
      .maxOverTimeCrossEntropy(neurons: neurons, label: whole(0...size - 1)),
    ]
    experiment.loss = Loss(layer: last, rule: rules[rule])
    self.experiment = experiment
    shape =
      "ratio \(ratio), \(Int(spans)) time constants, \(layers.map(\.size)), \(rules[rule].name), "
      + "\(trajectory.events.count) events"
  }
}
