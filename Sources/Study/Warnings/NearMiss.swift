package import EventProp

/// A peak of V that comes near the threshold without a spike.
package enum NearMiss {
  /// The largest distance from the threshold of a near miss, as a part of v_th − v_leak.
  package static let usualPart = 0.05

  /// The potential of a neuron above which a peak lies within a `part` of v_th − v_leak of the
  /// threshold.
  ///
  /// It is infinite for a neuron that cannot spike by itself, and for one with a threshold not
  /// above v_leak.
  package static func level(
    of neuron: Int, within part: Double = usualPart, in circuit: Circuit
  ) -> Double {
    let parameters = circuit.flows[neuron].parameters
    let height = parameters.vThreshold - parameters.vLeak
    return circuit.isFree[neuron] && height > 0 ? parameters.vThreshold - part * height : .infinity
  }

  /// The distance of a peak below the threshold; nil for a peak that is not below it.
  static func margin(of peak: Peak, _ neuron: Int, in circuit: Circuit) -> Double? {
    let margin = circuit.flows[neuron].parameters.vThreshold - peak.potential
    return margin >= 0 ? margin : nil
  }
}
