// What wrong rules need to know about a run.
extension Trajectory {
  /// The current of each spike if currents decay by Euler steps between the same events, in event
  /// order; 0 for other events.
  ///
  /// - Complexity: O(synapses that deliver in the run).
  func eulerCurrents(step: Double) -> [Double] {
    var currents = circuit.experiment.network.layers.flatMap { $0.initial.map(\.current) }
    var times = [Double](repeating: 0, count: currents.count)
    var found = [Double](repeating: 0, count: events.count)
    func advance(_ neuron: Int, to time: Double) {
      let kernel = circuit.flows[neuron].kernel
      currents[neuron] *= EulerFlow(a: kernel.a, b: kernel.b, step: step)
        .currentDecay(over: time - times[neuron])
      times[neuron] = time
    }
    for (number, event) in events.enumerated() {
      if let neuron = event.spikingNeuron {
        advance(neuron, to: event.time)
        found[number] = currents[neuron]
      }
      for delivery in deliveries(of: number) {
        let weights = circuit.projections[delivery.projection].synapses.weights
        circuit.forEachSynapse(of: delivery) { entry, neuron in
          advance(neuron, to: event.time)
          currents[neuron] += weights[entry]
        }
      }
    }
    return found
  }

  /// The spikes right after a spike that equal neurons fire at the same time: same layer, same
  /// parameters, same current.
  func equalSpikes(after number: Int) -> [Int] {
    guard case .spike(let first, _, let current) = events[number].kind else { return [] }
    return events.indices[(number + 1)...].prefix { events[$0].time == events[number].time }
      .filter {
        guard case .spike(let neuron, _, current) = events[$0].kind else { return false }
        return neuron != first && circuit.layerOf[neuron] == circuit.layerOf[first]
          && circuit.flows[neuron].parameters == circuit.flows[first].parameters
      }
  }
}
