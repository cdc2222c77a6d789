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
    let horizon = experiment.horizon
    let largestGain = circuit.crossings[neuron].largestGain * (1 + 1e-12)
    let lane = lane(of: neuron)
    var state = circuit.initialState(of: neuron)
    var start = 0.0
    var event: Int?
    for place in 0...lane.events.count {
      let next = place < lane.events.count ? Int(lane.events[place]) : nil
      let end = next.map { events[$0].time } ?? horizon
      defer {
        if let next { (state, start, event) = (lane.states[place], end, next) }
      }
      // V − v_leak at its maximum is the current there, which only falls from the start of the stretch on.
      let excess = state.potential - leak
      guard state.current > level - leak, state.current > excess,
        max(excess, 0) + state.current * largestGain >= level - leak
      else { continue }
      if let peak = flow.turningPoint(from: state), peak < end - start {
        consider(
          start + peak, leak + flow.advanced(state, by: peak).current,
          .interior(afterEvent: event))
      } else if let next, lane.states[place].potential > level,
        flow.slope(lane.states[place]) <= 0, flow.slope(state, after: end - start) > 0
      {
        consider(end, lane.states[place].potential, .kink(event: next))
      }
    }
  }

  /// How much V of a neuron at `time` gains per unit of the weight of each synapse that has delivered to it since its
  /// last spike: a first-order figure, largest first.
  ///
  /// What arrived more than 40 time constants ago has been forgotten to 17 digits and is left out.
  public func gains(of neuron: Int, at time: Double) -> [(
    event: Int, delivery: Delivery, gain: Double
  )] {
    var gains: [(event: Int, delivery: Delivery, gain: Double)] = []
    let parameters = circuit.flows[neuron].parameters
    let kernel = circuit.flows[neuron].kernel
    let memory = 40 * max(parameters.tauMem, parameters.tauSyn)
    let lane = lane(of: neuron)
    let later = lane.place { events[$0].time > time }
    for event in lane.events[..<later].reversed().map({ Int($0) }) {
      guard time - events[event].time <= memory else { break }
      for delivery in deliveries(of: event) where circuit.reaches(neuron, delivery) {
        gains.append((event, delivery, kernel.a * kernel.phi(time - events[event].time)))
      }
      if events[event].spikingNeuron == neuron { break }
    }
    return gains.sorted { $0.gain > $1.gain }
  }
}
