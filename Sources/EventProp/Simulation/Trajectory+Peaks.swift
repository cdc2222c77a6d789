/// A local maximum of V that did not become a spike.
package struct Peak: Equatable, Sendable {
  /// The time, in seconds.
  package let time: Double
  /// V at that time.
  package let potential: Double
}

extension Trajectory {
  /// The highest local maximum of V of a neuron above `level`, or nil.
  ///
  /// Maxima lie where dV/dt = 0, or where an inhibitory arrival stops a rise; a rise that ends in a
  /// spike has no maximum. A neuron that spikes at most once has none after its spike.
  ///
  /// - Complexity: O(k) in the touches of the neuron, most of them rejected by their current alone.
  package func highestPeak(of neuron: Int, above level: Double) -> Peak? {
    var best: Peak?
    let last = lastChance(of: neuron)
    forEachPeak(of: neuron, above: level) { peak in
      if peak.time <= last, peak.potential > best?.potential ?? level { best = peak }
    }
    return best
  }

  /// The local maxima of V of a neuron above `level`, in order of time.
  ///
  /// - Complexity: O(k) in the touches of the neuron.
  package func peaks(of neuron: Int, above level: Double) -> [Peak] {
    var peaks: [Peak] = []
    forEachPeak(of: neuron, above: level) { peaks.append($0) }
    return peaks
  }

  /// The highest local maximum of V of each neuron above its level, or nil.
  ///
  /// Throws `SimulationError.stopped` where `pace` stops it.
  ///
  /// - Complexity: O(synapses that deliver in the run); for many neurons less than separate calls.
  package func highestPeaks(
    above levels: [Double], pace: Pace = .free
  ) throws(SimulationError) -> [Peak?] {
    var best = [Peak?](repeating: nil, count: circuit.neuronCount)
    try forEachPeak(above: levels, pace: pace) { neuron, peak, _ in
      if peak.potential > best[neuron]?.potential ?? levels[neuron] { best[neuron] = peak }
    }
    return best
  }

  /// The place of a maximum.
  package enum PeakPlace {
    /// The maximum lies in the stretch after an event; nil for the stretch from t = 0.
    case after(event: Int?)
    /// An event stops a rise with this slope, per second.
    case kink(event: Int, slope: Double)
  }

  /// Calls `body` with each local maximum above the level of its neuron and the place of the
  /// maximum.
  ///
  /// The order is the order in which the stretches end.
  ///
  /// Throws `SimulationError.stopped` where `pace` stops it.
  ///
  /// - Complexity: O(synapses that deliver in the run).
  package func forEachPeak(
    above levels: [Double], pace: Pace,
    _ body: (_ neuron: Int, _ peak: Peak, _ place: PeakPlace) -> Void
  ) throws(SimulationError) {
    let neurons = 0..<circuit.neuronCount
    let searches = neurons.map { PeakSearch(circuit, $0, above: levels[$0]) }
    var starts = neurons.map {
      (event: nil as Int?, time: 0.0, state: circuit.initialState(of: $0))
    }
    let last = neurons.map { lastChance(of: $0) }
    // The first test of a search, which most stretches fail, needs no search.
    let floors = neurons.map { levels[$0] - circuit.flows[$0].parameters.vLeak }
    try forEachTouch(pace: pace) { neuron, number, state in
      let start = starts[neuron]
      let end = events[number].time
      if start.state.current > floors[neuron],
        let (peak, isKink) = searches[neuron].peak(
          from: start.state, at: start.time, to: end, state), peak.time <= last[neuron]
      {
        body(
          neuron, peak,
          isKink
            ? .kink(
              event: number, slope: searches[neuron].slope(start.state, after: end - start.time))
            : .after(event: start.event))
      }
      starts[neuron] = (number, end, state)
    }
    for neuron in neurons {
      let start = starts[neuron]
      if let (peak, _) = searches[neuron].peak(
        from: start.state, at: start.time, to: experiment.horizon, nil), peak.time <= last[neuron]
      {
        body(neuron, peak, .after(event: start.event))
      }
    }
  }

  /// Calls `body` with each local maximum of a neuron above `level`.
  private func forEachPeak(of neuron: Int, above level: Double, _ body: (Peak) -> Void) {
    let search = PeakSearch(circuit, neuron, above: level)
    let history = history(of: neuron)
    var state = circuit.initialState(of: neuron)
    var start = 0.0
    for place in 0...history.events.count {
      let next = place < history.events.count ? Int(history.events[place]) : nil
      let end = next.map { events[$0].time } ?? experiment.horizon
      let after = next.map { _ in history.states[place] }
      if let (peak, _) = search.peak(from: state, at: start, to: end, after) { body(peak) }
      if let after { (state, start) = (after, end) }
    }
  }

  /// The arrival since the last spike of a neuron whose weight changes V at `time` most; nil if
  /// there is none.
  ///
  /// `gain` is the change of V per unit of that weight, to first order.
  ///
  /// An arrival more than 40 time constants ago is left out: its effect is below 17 digits.
  package func largestGain(of neuron: Int, at time: Double) -> (event: Int, gain: Double)? {
    var best: (event: Int, gain: Double)?
    let parameters = circuit.flows[neuron].parameters
    let kernel = circuit.flows[neuron].kernel
    let memory = 40 * max(parameters.tauMem, parameters.tauSyn)
    var event = events.firstPlace { $0.time > time }
    while event > 0 {
      event -= 1
      guard time - events[event].time <= memory else { break }
      let isOwn = events[event].spikingNeuron == neuron
      let arrives = deliveries(of: event).contains { circuit.reaches(neuron, $0) }
      guard arrives || isOwn else { continue }
      let gain = kernel.a * kernel.phi(time - events[event].time)
      if gain > best?.gain ?? -.infinity {
        if arrives { best = (event, gain) }
      } else if gain < best?.gain ?? gain {
        // The gain of an arrival first grows with its age, then falls.
        break
      }
      if isOwn { break }
    }
    return best
  }
}

/// The search for local maxima of V of one neuron above a level.
private struct PeakSearch {
  private let flow: LIFFlow
  private let level: Double
  private let largestGain: Double

  init(_ circuit: Circuit, _ neuron: Int, above level: Double) {
    flow = circuit.flows[neuron]
    largestGain = circuit.crossings[neuron].largestGain * (1 + 1e-12)
    self.level = level
  }

  /// dV/dt at the end of a stretch that starts in `state`, per second.
  func slope(_ state: LIFState, after length: Double) -> Double {
    flow.slope(flow.advanced(state, by: length))
  }

  /// The maximum of a stretch that starts in `state`; an arrival at the end may stop a rise, and
  /// `next` is the state after it.
  func peak(
    from state: LIFState, at start: Double, to end: Double, _ next: LIFState?
  ) -> (peak: Peak, isKink: Bool)? {
    let leak = flow.parameters.vLeak
    // At its maximum V − v_leak equals the current, which is never above the current at the start
    // of the stretch.
    let excess = state.potential - leak
    guard state.current > level - leak, state.current > excess,
      max(excess, 0) + state.current * largestGain >= level - leak
    else { return nil }
    if flow.mayTurn(from: state, within: end - start),
      let turning = flow.turningPoint(from: state), turning < end - start
    {
      let potential = leak + flow.advanced(state, by: turning).current
      return potential > level ? (Peak(time: start + turning, potential: potential), false) : nil
    }
    guard let next, next.potential > level, flow.slope(next) <= 0,
      flow.slope(state, after: end - start) > 0
    else { return nil }
    return (Peak(time: end, potential: next.potential), true)
  }
}
