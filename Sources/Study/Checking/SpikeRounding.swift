package import EventProp
import RealModule

extension Trajectory {
  /// The largest shift of a spike by rounding alone, in seconds; 0 for an event that is no spike.
  ///
  /// The time is a root of V = v_th, found to the last digits of V. V is a sum of terms of size s =
  /// |I| + |v_leak| + |v_th| with a few roundings δV = 8 ε s, so the root moves by δV / |dV/dt|.
  /// For a grazing spike dV/dt is no measure. There V bends by I / (tau_mem tau_syn), and the root
  /// moves by at most √(2 δV tau_mem tau_syn / |I|). The rounding of the time itself is added. The
  /// bound leaves out the rounding of earlier spikes. A difference within the bound may be rounding
  /// alone; a larger one may still be the rounding of earlier spikes.
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
