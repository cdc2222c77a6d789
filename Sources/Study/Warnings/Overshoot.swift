package import EventProp

/// The rise of V above the threshold that would follow a spike without reset and without arrivals.
///
/// A small rise means that a small change loses the spike. With the slope q = tau_mem dV/dt just
/// before the spike it is q² tau_syn / (2 tau_mem I), up to a factor 1 + O(q).
package struct Overshoot: Equatable, Sendable {
  /// The rise above the threshold, on the scale of V.
  package let height: Double
  /// The rise as a part of v_th − v_leak; infinite where this is not positive, because V then never
  /// turns below the threshold.
  package let relative: Double
  /// The time from the spike to the turn of V, in seconds.
  package let delay: Double

  /// A spike with a smaller part of v_th − v_leak grazes: the gradient through it grows as one over
  /// the square root of the rise.
  package static let grazing = 1e-3

  /// Whether the spike only just reaches the threshold.
  package var isGrazing: Bool { relative < Self.grazing }
}

extension Trajectory {
  /// The rise of a spike; nil where V would never turn, and for an event that is a given spike or
  /// no spike.
  package func overshoot(ofSpike event: Int) -> Overshoot? {
    guard case .spike(let neuron, _, let current) = events[event].kind else { return nil }
    // A given spike does not depend on V.
    guard circuit.isFree[neuron] else { return nil }
    let flow = circuit.flows[neuron]
    let height = flow.parameters.vThreshold - flow.parameters.vLeak
    let state = LIFState(potential: flow.parameters.vThreshold, current: current)
    guard let delay = flow.turningPoint(from: state) else { return nil }
    // Without a reset V would turn where V − v_leak = I.
    let rise = flow.advanced(state, by: delay).current - height
    return Overshoot(
      height: rise, relative: height > 0 ? rise / height : .infinity, delay: delay)
  }

  /// A slope is flat below this part of the current and the threshold, whose difference it is.
  ///
  /// A flat spike grazes by at most a millionth of v_th − v_leak, so rounding spoils every division
  /// by its slope.
  private static let flat = 1e-3

  /// tau_mem dV/dt just before a spike, and its part of the terms of the difference; nil where the
  /// spike is not flat.
  func flatSlope(ofSpike event: Int) -> (slope: Double, part: Double)? {
    guard case .spike(let neuron, _, let current) = events[event].kind,
      let slope = slopeAtThreshold(of: event)
    else { return nil }
    let parameters = circuit.flows[neuron].parameters
    let part = abs(slope) / (abs(current) + abs(parameters.vThreshold - parameters.vLeak))
    return part < Self.flat ? (slope, part) : nil
  }

  /// The flat spike with the smallest part; nil if there is none.
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
