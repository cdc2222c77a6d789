package import EventProp

/// A peak of V that comes near the threshold without a spike.
package enum NearMiss {
  /// Such a peak misses the threshold nearly when it comes this close, as a part of v_th − v_leak.
  package static let usualPart = 0.05

  /// The potential of a neuron above which a peak comes within a `part` of v_th − v_leak; infinite where a neuron cannot spike by itself,
  /// and where its threshold does not lie above v_leak.
  package static func level(
    of neuron: Int, within part: Double = usualPart, in circuit: Circuit
  ) -> Double {
    let parameters = circuit.flows[neuron].parameters
    let height = parameters.vThreshold - parameters.vLeak
    return circuit.isFree[neuron] && height > 0 ? parameters.vThreshold - part * height : .infinity
  }

  /// How far a peak stays below the threshold; nil where it does not.
  static func margin(of peak: Peak, _ neuron: Int, in circuit: Circuit) -> Double? {
    let margin = circuit.flows[neuron].parameters.vThreshold - peak.potential
    return margin >= 0 ? margin : nil
  }
}
