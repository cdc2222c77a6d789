package import EventProp

/// How far V would have risen above the threshold after a spike, had nothing reset it and nothing arrived.
///
/// The spike is there because of this rise, so it says how near the run is to losing the spike. With the slope q = tau_mem dV/dt just before
/// the spike it is q² tau_syn / (2 tau_mem I), up to a factor 1 + O(q).
package struct Overshoot: Equatable, Sendable {
  /// The rise above the threshold, on the scale of V.
  package let height: Double
  /// The rise as a part of v_th − v_leak; infinite where that is not positive, since V then never turns below the threshold.
  package let relative: Double
  /// How long after the spike V would turn, in seconds.
  package let delay: Double

  /// Below this part of v_th − v_leak a spike grazes: the gradient through it grows like one over the square root of the rise.
  package static let grazing = 1e-3

  /// Whether the spike only just reaches the threshold.
  package var isGrazing: Bool { relative < Self.grazing }
}

extension Trajectory {
  /// The rise that a spike stands for; nil where V would never turn, and for an event that is no spike or a given one.
  package func overshoot(ofSpike event: Int) -> Overshoot? {
    guard case .spike(let neuron, _, let current) = events[event].kind else { return nil }
    // A given spike stays, whatever V does.
    guard circuit.isFree[neuron] else { return nil }
    let flow = circuit.flows[neuron]
    let height = flow.parameters.vThreshold - flow.parameters.vLeak
    let state = LIFState(potential: flow.parameters.vThreshold, current: current)
    guard let delay = flow.turningPoint(from: state) else { return nil }
    // Where V without a reset would turn, V − v_leak = I.
    let rise = flow.advanced(state, by: delay).current - height
    return Overshoot(
      height: rise, relative: height > 0 ? rise / height : .infinity, delay: delay)
  }

  /// A slope below this part of the current and the threshold that it is the difference of is flat.
  ///
  /// A flat spike grazes by a millionth of v_th − v_leak or less, so that rounding spoils what is divided by its slope.
  private static let flat = 1e-3

  /// tau_mem dV/dt just before a spike, and its part of what it is the difference of; nil where the spike is not flat.
  func flatSlope(ofSpike event: Int) -> (slope: Double, part: Double)? {
    guard case .spike(let neuron, _, let current) = events[event].kind,
      let slope = slopeAtThreshold(of: event)
    else { return nil }
    let parameters = circuit.flows[neuron].parameters
    let part = abs(slope) / (abs(current) + abs(parameters.vThreshold - parameters.vLeak))
    return part < Self.flat ? (slope, part) : nil
  }

  /// The spike that reaches the threshold with the smallest part of a slope, where there is a flat one.
  var flattestSpike: Incomparability? {
    var least = Double.infinity
    var found: Incomparability?
    for (event, happened) in events.enumerated() {
      guard case .spike(let neuron, let ordinal, _) = happened.kind,
        let slope = flatSlope(ofSpike: event), slope.part < least
      else { continue }
      least = slope.part
      found = .grazing(neuron: neuron, spike: ordinal, slope: slope.slope)
    }
    return found
  }
}
