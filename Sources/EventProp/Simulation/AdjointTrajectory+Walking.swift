extension AdjointTrajectory {
  /// Calls `body` with λ of all neurons just before each event, from the last event to the first.
  ///
  /// The states are bit for bit the results of ``state(of:at:side:)``. This walk costs less than
  /// separate calls.
  ///
  /// - Complexity: O(events · neurons), most of it for neurons whose λ is not zero.
  package func forEachEventBackwards(
    _ body: (_ event: Int, _ states: [AdjointState]) throws -> Void
  ) rethrows {
    let neurons = 0..<trajectory.circuit.neuronCount
    var states = [AdjointState](repeating: AdjointState(), count: neurons.count)
    guard evaluation.impulses.isEmpty, rule.mostEvents == nil, !rule.dependsOnPauses else {
      for event in trajectory.events.indices.reversed() {
        for neuron in neurons { states[neuron] = state(of: neuron, atEvent: event, side: .before) }
        try body(event, states)
      }
      return
    }
    let flows = neurons.map {
      AdjointFlow(trajectory.circuit.flows[$0].kernel, drive: evaluation.drives[$0])
    }
    let isDriven = evaluation.drives.map { $0 != 0 }
    // The known λ of each neuron, at its next spike or the horizon.
    var known = states
    var times = [Double](repeating: trajectory.experiment.horizon, count: neurons.count)
    for (event, happened) in trajectory.events.enumerated().reversed() {
      let time = happened.time
      for neuron in neurons where known[neuron] != AdjointState() || isDriven[neuron] {
        states[neuron] = flows[neuron].advanced(known[neuron], by: times[neuron] - time)
      }
      if let neuron = happened.spikingNeuron {
        states[neuron] = state(of: neuron, atEvent: event, side: .before)
        known[neuron] = states[neuron]
        times[neuron] = time
      }
      try body(event, states)
    }
  }
}
