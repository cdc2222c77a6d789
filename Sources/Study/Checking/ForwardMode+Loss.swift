import EventProp
import RealModule

/// A loss written a second time, for forward mode: L as a function of dual numbers.
///
/// The copy is on purpose: a check that shares a formula with the adjoint shares its mistakes.
protocol ForwardModeLoss {
  /// L as a function of the values that a loss reads.
  static func value(_ values: LossValues, on read: DualReadings) -> Dual
}

/// The values that a loss reads, as dual numbers; neurons are counted in its layer.
struct DualReadings {
  /// The spike times of each neuron, in seconds.
  var spikes: [[Dual]]
  /// ∫ V dt of each neuron.
  var integrals: [Dual]
  /// The maximum of V of each neuron whose maximum is above 0.
  var maxima: [Int: Dual]

  /// The time of the first spike before `clip`, or `clip`.
  func first(of neuron: Int, clip: Double) -> Dual {
    guard let time = spikes[neuron].first, time.value < clip else { return Dual(clip) }
    return time
  }
}

extension ForwardMode {
  /// L as a function of dual spike times, integrals (one per neuron of the layer) and maxima (by neuron of the network).
  func value(times: [Dual], integrals: [Dual], maxima: [Int: Dual]) -> Dual {
    guard let twin = loss.rule.kind as? any ForwardModeLoss.Type else {
      preconditionFailure("the loss \(loss.rule.name) has no twin in forward mode")
    }
    let offset = trajectory.circuit.offsets[loss.layer]
    let read = DualReadings(
      spikes: trajectory.spikes(ofLayer: loss.layer).map { $0.map { times[$0.event] } },
      integrals: integrals,
      maxima: Dictionary(uniqueKeysWithValues: maxima.map { ($0.key - offset, $0.value) }))
    return twin.value(loss.rule.values, on: read)
  }
}

private func sum(_ terms: some Sequence<Dual>) -> Dual { terms.reduce(Dual(0), +) }

private func square(_ dual: Dual) -> Dual { dual * dual }

/// log Σ e^z without overflow, where z is 0 at `label`; a sum that is hardly more than 1 keeps its digits.
private func logSum(_ exponents: [Dual], label: Int) -> Dual {
  let largest = Dual(exponents.map(\.value).max() ?? 0)
  guard largest.value > 0 else {
    let others = exponents.enumerated().filter { $0.offset != label }.map(\.element.exponential)
    return sum(others).logarithmOfOnePlus
  }
  return largest + sum(exponents.map { ($0 - largest).exponential }).logarithm
}

extension LinearSpikeTimes: ForwardModeLoss {
  static func value(_ values: LossValues, on read: DualReadings) -> Dual {
    sum(
      values.terms.flatMap { term in
        let spikes = read.spikes[term.neuron]
        return term.spikes(of: spikes.count).map { term.coefficient * spikes[$0] }
      })
  }
}

extension AllSpikesMSE: ForwardModeLoss {
  static func value(_ values: LossValues, on read: DualReadings) -> Dual {
    sum(
      zip(values.neurons, values.targets).flatMap { neuron, targets in
        zip(read.spikes[neuron], targets).map { square(1 / values.tau * ($0 - Dual($1))) }
      })
  }
}

extension FirstSpikeMSE: ForwardModeLoss {
  static func value(_ values: LossValues, on read: DualReadings) -> Dual {
    sum(
      zip(values.neurons, values.targets).map { neuron, targets in
        square(1 / values.tau * (read.first(of: neuron, clip: values.clip) - Dual(targets[0])))
      })
  }
}

extension TTFSCrossEntropy: ForwardModeLoss {
  static func value(_ values: LossValues, on read: DualReadings) -> Dual {
    let times = values.neurons.map { read.first(of: $0, clip: values.clip) }
    let time = times[values.label]
    let crossEntropy = logSum(times.map { 1 / values.tau * (time - $0) }, label: values.label)
    guard let early = values.early else { return crossEntropy }
    return crossEntropy + early.alpha * ((1 / early.tau * time).exponential - Dual(1))
  }
}

extension TargetTime: ForwardModeLoss {
  static func value(_ values: LossValues, on read: DualReadings) -> Dual {
    sum(
      zip(values.neurons, values.targets).compactMap { neuron, targets in
        guard let time = read.spikes[neuron].first else { return nil }
        let distance = 1 / values.tau * (time - Dual(targets[0]))
        // At its cusp |distance| gets the slope 0, the middle, as in the loss itself.
        let sign: Double = distance.value > 0 ? 1 : distance.value < 0 ? -1 : 0
        let far = distance.mapped(to: abs(distance.value), slope: sign)
        return -(-far).exponential.logarithmOfOnePlus
      })
  }
}

extension VoltageIntegral: ForwardModeLoss {
  static func value(_ values: LossValues, on read: DualReadings) -> Dual {
    sum(zip(values.coefficients, read.integrals).map { $0 * $1 })
  }
}

extension MaxOverTimeCrossEntropy: ForwardModeLoss {
  static func value(_ values: LossValues, on read: DualReadings) -> Dual {
    let scores = values.neurons.map { read.maxima[$0] ?? Dual(0) }
    return logSum(scores.map { $0 - scores[values.label] }, label: values.label)
  }
}
