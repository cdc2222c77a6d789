package import EventProp

extension Experiment {
  /// A small recurrent network that spikes a few dozen times; the seed tells it all.
  package static func random(
    seed: UInt64, maxEvents: Int? = nil, layerLimit: Int? = nil, tauSyn: Double = 5e-3
  ) -> Experiment {
    var random = SeededGenerator(seed: seed)
    func matrix(_ rows: Int, _ columns: Int, _ range: ClosedRange<Double>) -> Synapses {
      Synapses(
        rows: rows, columns: columns,
        weights: (0..<rows * columns).map { _ in Double.random(in: range, using: &random) })
    }
    func layer(_ name: String, _ before: Int, _ size: Int, recurrent: Bool) -> Layer {
      Layer(
        name: name,
        parameters: (0..<size).map { _ in
          LIFParameters(
            tauMem: Double.random(in: 5e-3...20e-3, using: &random), tauSyn: tauSyn,
            vThreshold: Double.random(in: 0.5...0.8, using: &random),
            vLeak: Double.random(in: -0.1...0.3, using: &random),
            vReset: Double.random(in: -0.3...0.2, using: &random))
        },
        weights: matrix(before, size, 0.5...3),
        recurrent: recurrent ? matrix(size, size, -0.8...0.8) : nil, maxEvents: layerLimit)
    }
    let network = Network(
      inputs: 3,
      layers: [layer("hidden", 3, 4, recurrent: true), layer("out", 4, 2, recurrent: false)])
    let spikes = (0..<6).map { number in
      InputSpike(time: Double.random(in: 0...15e-3, using: &random), channel: number % 3)
    }
    return Experiment(
      title: "random \(seed)", network: network, inputSpikes: spikes, horizon: 40e-3,
      maxEvents: maxEvents,
      loss: Loss(
        layer: 1,
        rule: .firstSpikeMSE(neurons: [0, 1], targets: [9e-3, 14e-3], tau: 5e-3, clip: 40e-3)))
  }
}
