/// Why a loss has no slope by a neuron of its layer, or has no derivative there.
package enum LossRemark: Equatable, Sendable {
  /// V of the neuron never rises above 0, where max(0, V) is flat.
  case neverPositive
  /// The first spike comes at `clip` or later, at `time`; it counts as `clip` wherever it moves.
  case clipped(time: Double, clip: Double)
  /// V reaches its maximum at more than one time; the times are in seconds, the earliest first.
  case equalMaxima([Double])
  /// A spike, by its ordinal, is exactly at its target; a loss with a cusp has no derivative there.
  case met(spike: Int, isCusp: Bool)

  /// Whether the gradient does not exist, and the one computed is one of several.
  package var isUndefined: Bool {
    switch self {
    case .neverPositive, .clipped: false
    case .equalMaxima: true
    case .met(_, let isCusp): isCusp
    }
  }
}

extension LayerSpikes {
  /// The remark where a spike is at its target up to rounding.
  func remark(spike: Int, of neuron: Int, target: Double, isCusp: Bool = false) -> LossRemark? {
    guard spike < count(of: neuron) else { return nil }
    let time = times[place(of: spike, of: neuron)]
    return abs(time - target) <= 8 * time.ulp ? .met(spike: spike, isCusp: isCusp) : nil
  }

  /// The remark where the first spike is not before `clip`; a silent neuron has none.
  func remark(firstOf neuron: Int, clip: Double) -> LossRemark? {
    first(of: neuron).flatMap {
      times[$0] < clip ? nil : .clipped(time: times[$0], clip: clip)
    }
  }
}
