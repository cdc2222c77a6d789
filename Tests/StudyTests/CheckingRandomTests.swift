import EventProp
import RealModule
import Study
import ReferenceCases
import Testing

/// A random network that exercises everything that an experiment can have; the seed tells it all.
struct RandomNetwork: Sendable {
  let seed: UInt64
  let experiment: Experiment

  /// Ratios of the time constants, tau_mem over tau_syn.
  static let ratios = [0.01, 0.1, 0.5, 1, 1 + 1e-9, 2, 3.7, 10, 100]

  init(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    func number(_ range: ClosedRange<Double>) -> Double { .random(in: range, using: &random) }
    let ratio = Self.ratios[Int(seed) % Self.ratios.count]
    let rule = Int(seed) % 7
    // The largest part of a current that reaches V, and how many spikes a unit of current is worth.
    let gain = ratio == 1 ? Double.exp(-1) : .pow(1 / ratio, 1 / (1 - 1 / ratio))
    let worth = min(1 / gain, ratio)
    func parameters(count: Int) -> [LIFParameters] {
      (0..<count).map { _ in
        let mean = number(5e-3...10e-3)
        let threshold = number(0.5...0.8)
        return LIFParameters(
          tauMem: mean * .sqrt(ratio), tauSyn: mean / .sqrt(ratio), vThreshold: threshold,
          vLeak: number(-0.2...0.3) + (number(0...1) < 0.2 ? 0.6 : 0),
          vReset: number(-0.3...0.2))
      }
    }
    func matrix(
      _ rows: Int, _ columns: Int, _ range: ClosedRange<Double>, delays: Bool
    ) -> Synapses {
      Synapses(
        rows: rows, columns: columns,
        weights: (0..<rows * columns).map { _ in number(0...1) < 0.1 ? 0 : number(range) },
        delays: delays
          ? (0..<rows * columns).map { _ in
            [0, 0, 1e-3, number(0...3e-3)].randomElement(using: &random) ?? 0
          } : nil)
    }
    func layer(
      _ name: String, _ before: Int, _ size: Int, _ range: ClosedRange<Double>, li: Bool
    ) -> Layer {
      let parameters = parameters(count: size)
      return Layer(
        name: name, parameters: parameters,
        weights: matrix(before, size, range, delays: number(0...1) < 0.5),
        recurrent: number(0...1) < 0.7
          ? matrix(size, size, -0.4 * worth...0.4 * worth, delays: number(0...1) < 0.5) : nil,
        kinds: (0..<size).map { li && $0 != 1 ? .li : .lif },
        initial: (0..<size).map { _ in
          LIFState(potential: number(-0.3...0.4), current: number(-0.2...0.5))
        })
    }
    let hidden = layer("hidden", 3, 3, 0.3 / gain...1.5 / gain, li: false)
    let out = layer("out", 3, 3, -0.2 * worth...1.2 * worth, li: rule >= 5)
    var experiment = Experiment(
      title: "random \(seed)", network: Network(inputs: 3, layers: [hidden, out]),
      inputSpikes: (0..<5).map {
        InputSpike(time: $0 == 0 ? 0 : number(0...12e-3), channel: $0 % 3)
      },
      horizon: 20e-3, maxEvents: 400)
    let trajectory = try Trajectory(of: experiment)
    let coefficients = (0..<3).map { _ in number(-2...2) }
    let targets = (0..<3).map { _ in number(4e-3...15e-3) }
    let counts = trajectory.spikeCounts[3...]
    let kinds: [Loss.Rule] = [
      .linearSpikeTimes(
        counts.enumerated().flatMap { neuron, count in
          (0..<min(count, 3)).map {
            Loss.SpikeTerm(neuron: neuron, spike: $0, coefficient: coefficients[$0])
          }
        }),
      .allSpikesMSE(
        neurons: [0, 2], targets: [targets, [9e-3, 11e-3]], tau: 5e-3),
      .firstSpikeMSE(neurons: [0, 1, 2], targets: targets, tau: 5e-3, clip: 12e-3),
      .ttfsCrossEntropy(
        neurons: [2, 0, 1], label: 1, tau: 3e-3, clip: 20e-3,
        early: seed.isMultiple(of: 2) ? Loss.Early(tau: 6e-3, alpha: 0.4) : nil),
      .targetTime(neurons: [0, 1, 2], targets: targets, tau: 3e-3),
      .voltageIntegral(coefficients),
      .maxOverTimeCrossEntropy(neurons: [0, 2, 1], label: 0),
    ]
    experiment.loss = Loss(layer: 1, rule: kinds[rule])
    self.seed = seed
    self.experiment = experiment
  }
}

@Suite("Random networks") struct CheckingRandomTests {
  /// A run that its limit cut has no gradient: what is said of all seeds is not said of these.
  @Test func `no more than one in nine of them is cut`() throws {
    let cut = try (1...210).filter { seed in
      try Trajectory(of: RandomNetwork(seed: seed).experiment).isCutShort
    }
    #expect(cut.count <= 210 / 9, "\(cut)")
  }

  @Test(arguments: 1...210, Engine.allCases)
  func `the adjoint, forward mode and the identities agree`(seed: UInt64, engine: Engine) throws {
    let experiment = try RandomNetwork(seed: seed).experiment
    let loss = try #require(experiment.loss)
    let trajectory = try engine.trajectory(of: experiment)
    guard !trajectory.isCutShort else { return }
    let adjoint = try engine.adjoint(of: trajectory, loss: loss)
    for residual in Identities(of: adjoint).residuals {
      #expect(residual.relative <= Identities.tolerance, "seed \(seed): \(residual)")
    }
    var check = try GradientCheck(
      of: adjoint.gradient, on: trajectory, differences: false)
    while let row = check.next() { #expect(row.verdict == .agrees, "seed \(seed): \(row)") }
  }

  @Test(arguments: 1...28)
  func `differences agree within their uncertainty`(seed: UInt64) throws {
    let experiment = try RandomNetwork(seed: seed).experiment
    let trajectory = try Trajectory(of: experiment)
    guard !trajectory.isCutShort else { return }
    let adjoint = try AdjointTrajectory(of: trajectory)
    // Every seventh parameter, a different one for each seed, keeps this within seconds.
    let some = Parameter.all(of: experiment).enumerated()
      .filter { ($0.offset + Int(seed)) % 7 == 0 }.map(\.element)
    var check = try GradientCheck(
      of: adjoint.gradient, on: trajectory, parameters: some)
    var compared = 0
    while let row = check.next() {
      if row.difference != nil { compared += 1 }
      #expect(row.verdict != .differs, "seed \(seed): \(row)")
    }
    #expect(2 * compared > some.count, "seed \(seed): \(compared) of \(some.count)")
  }
}
