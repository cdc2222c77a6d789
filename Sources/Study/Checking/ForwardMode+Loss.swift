import EventProp
import RealModule

extension ForwardMode {
  /// L as a function of dual spike times, integrals (one per neuron of the layer) and maxima (by neuron of the network).
  func value(times: [Dual], integrals: [Dual], maxima: [Int: Dual]) -> Dual {
    let spikes = trajectory.spikes(ofLayer: loss.layer).map { $0.map { times[$0.event] } }
    func first(of neuron: Int, clip: Double) -> Dual {
      guard let time = spikes[neuron].first, time.value < clip else { return Dual(clip) }
      return time
    }
    func sum(_ terms: some Sequence<Dual>) -> Dual { terms.reduce(Dual(0), +) }
    func square(_ dual: Dual) -> Dual { dual * dual }

    switch loss.rule {
    case .linearSpikeTimes(let terms):
      return sum(terms.map { $0.coefficient * spikes[$0.neuron][$0.spike] })
    case .allSpikesMSE(let neurons, let targets, let tau):
      return sum(
        zip(neurons, targets).flatMap { neuron, wanted in
          zip(spikes[neuron], wanted).map { square(1 / tau * ($0 - Dual($1))) }
        })
    case .firstSpikeMSE(let neurons, let targets, let tau, let clip):
      return sum(
        zip(neurons, targets).map {
          square(1 / tau * (first(of: $0, clip: clip) - Dual($1)))
        })
    case .ttfsCrossEntropy(let neurons, let label, let tau, let clip):
      let times = neurons.map { first(of: $0, clip: clip) }
      return Self.logSum(times.map { 1 / tau * (times[label] - $0) })
    case .targetTime(let neurons, let targets, let tau):
      return sum(
        zip(neurons, targets).compactMap { neuron, target in
          guard let time = spikes[neuron].first else { return nil }
          let distance = 1 / tau * (time - Dual(target))
          // The slope of |distance| on its cusp is taken as 0, the middle, as in the loss itself.
          let sign: Double = distance.value > 0 ? 1 : distance.value < 0 ? -1 : 0
          let far = distance.mapped(to: abs(distance.value), slope: sign)
          return -(Dual(1) + (-far).exponential).logarithm
        })
    case .voltageIntegral(let coefficients):
      return sum(zip(coefficients, integrals).map { $0 * $1 })
    case .maxOverTimeCrossEntropy(let neurons, let label):
      let offset = trajectory.circuit.offsets[loss.layer]
      let scores = neurons.map { maxima[offset + $0] ?? Dual(0) }
      return Self.logSum(scores.map { $0 - scores[label] })
    }
  }

  /// log Σ e^z without overflow.
  private static func logSum(_ exponents: [Dual]) -> Dual {
    let largest = Dual(exponents.map(\.value).max() ?? 0)
    return largest
      + exponents.map { ($0 - largest).exponential }.reduce(Dual(0), +).logarithm
  }
}
