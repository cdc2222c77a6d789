package import EventProp
import RealModule

extension Trajectory {
  /// How far rounding alone may move a spike, in seconds; 0 for an event that is none.
  ///
  /// The time is a root of V = v_th, found to the last digits of V. V there is a sum of terms of the size s = |I| + |v_leak| +
  /// |v_th| with a few roundings δV = 8 ε s, so that the root moves by δV / |dV/dt|. Where V only grazes the threshold dV/dt
  /// is no measure; there V bends by I / (tau_mem tau_syn), and the root moves by at most √(2 δV tau_mem tau_syn / |I|). To
  /// this comes the rounding of the time itself. What earlier spikes hand on is left out: a difference within this bound
  /// is never known to be one, and a difference beyond it may still be rounding.
  package func rounding(ofSpike event: Int) -> Double {
    guard case .spike(let neuron, _, let current) = events[event].kind else { return 0 }
    let parameters = circuit.flows[neuron].parameters
    let share = 8 * Double.ulpOfOne
    let size = abs(current) + abs(parameters.vLeak) + abs(parameters.vThreshold)
    let drift = abs(current + parameters.vLeak - parameters.vThreshold)
    let crossing = parameters.tauMem * share * size / drift
    let grazing = Double.sqrt(
      2 * share * size * parameters.tauMem * parameters.tauSyn / abs(current))
    return share * events[event].time + min(crossing, grazing)
  }
}
