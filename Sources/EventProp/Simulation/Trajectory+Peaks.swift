/// A local maximum of V that did not become a spike.
public struct Peak: Equatable, Sendable {
  /// When, in seconds.
  public let time: Double
  /// V there.
  public let potential: Double
}

extension Trajectory {
  /// The highest local maximum of V of a neuron above `level`, or nil.
  ///
  /// Maxima lie where dV/dt = 0, or where an inhibitory arrival stops a rise; a rise that ends in a spike has none.
  ///
  /// - Complexity: O(k) in the touches of the neuron, most of them rejected by their current alone.
  public func highestPeak(of neuron: Int, above level: Double) -> Peak? {
    var best: Peak?
    forEachPeak(of: neuron, above: level) { peak, _ in
      if peak.potential > best?.potential ?? level { best = peak }
    }
    return best
  }

  /// The local maxima of V of a neuron above `level`, in order of time.
  ///
  /// - Complexity: O(k) in the touches of the neuron.
  public func peaks(of neuron: Int, above level: Double) -> [Peak] {
    var peaks: [Peak] = []
    forEachPeak(of: neuron, above: level) { peak, _ in peaks.append(peak) }
    return peaks
  }

  /// Calls `body` with each local maximum above `level`, and where it lies on the neuron's time line.
  func forEachPeak(
    of neuron: Int, above level: Double, _ body: (Peak, LossEvaluation.Impulse.Place) -> Void
  ) {
    let flow = circuit.flows[neuron]
    let leak = flow.parameters.vLeak
    func consider(
      _ time: Double, _ potential: Double, _ place: LossEvaluation.Impulse.Place
    ) {
      if potential > level { body(Peak(time: time, potential: potential), place) }
    }
    let stretches = stretches(of: neuron)
    for (number, stretch) in stretches.enumerated() {
      // V − v_leak at its maximum is the current there, which only falls from the start of the stretch on.
      guard stretch.state.current > level - leak else { continue }
      let length = stretch.end - stretch.start
      if let peak = flow.turningPoint(from: stretch.state), peak < length {
        consider(
          stretch.start + peak, leak + flow.advanced(stretch.state, by: peak).current,
          .interior(afterTouch: stretch.touch))
      } else if number + 1 < stretches.count, flow.slope(stretch.state, after: length) > 0,
        flow.slope(stretches[number + 1].state) <= 0,
        stretches[number + 1].state.potential > level, let touch = stretch.endTouch
      {
        consider(stretch.end, stretches[number + 1].state.potential, .kink(touch: touch))
      }
    }
  }

  /// How much V of a neuron at `time` gains per unit of the weight of each synapse that has delivered to it since its
  /// last spike: a first-order figure, largest first.
  public func gains(of neuron: Int, at time: Double) -> [(
    event: Int, delivery: Delivery, gain: Double
  )] {
    var gains: [(event: Int, delivery: Delivery, gain: Double)] = []
    let kernel = circuit.flows[neuron].kernel
    for event in events(touching: neuron).reversed() where events[event].time <= time {
      for delivery in deliveries(of: event)
      where circuit.synapses(of: delivery).contains(where: { $0.neuron == neuron }) {
        gains.append((event, delivery, kernel.a * kernel.phi(time - events[event].time)))
      }
      if events[event].spikingNeuron == neuron { break }
    }
    return gains.sorted { $0.gain > $1.gain }
  }
}
