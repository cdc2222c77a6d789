package import EventProp

/// Two events at one instant, of which one reaches the neuron that spikes in the other.
///
/// The loss has a kink or a jump there.
///
/// Events that do not reach each other may share an instant, and so may several arrivals: every
/// order then gives the same gradient. A tie has two one-sided gradients, one for each order.
package struct Tie: Hashable, Sendable {
  /// The event that delivers.
  package let delivering: Int
  /// The neuron that it reaches, counted across layers.
  package let neuron: Int
  /// The spike of that neuron at the same instant; nil where the delivery came first and cancelled
  /// the spike by inhibition.
  package let spike: Int?

  /// The event that came first.
  package var first: Int { spike.map { min($0, delivering) } ?? delivering }
  /// The event that came second; nil when the first one cancelled it.
  package var second: Int? { spike.map { max($0, delivering) } }
}

extension Trajectory {
  /// Every tie of the run: first the spikes that happened, in their order, then the cancelled
  /// spikes.
  ///
  /// Given spikes do not move and are in no tie. A run that its event limit has cut has no
  /// gradient, so its ties are not computed: a million events at one instant would be as many ties
  /// squared.
  package var ties: [Tie] {
    if isCutShort { return [] }
    // If events come near to a tie, the layerwise pass is given up and the events are found one by
    // one.
    if cache.isLayerwise { return [] }
    var ties: [Tie] = []
    for number in events.indices {
      guard let neuron = events[number].spikingNeuron, circuit.imposedSpikes(of: neuron) == nil
      else {
        continue
      }
      for other in simultaneous(with: number) where delivers(other, to: neuron) {
        ties.append(Tie(delivering: other, neuron: neuron, spike: number))
      }
    }
    return ties + cancellations
  }

  /// The other events at the instant of a spike, which is as long as rounding may move the spike: first
  /// the earlier ones, backwards, then the later ones.
  private func simultaneous(with spike: Int) -> [Int] {
    let time = events[spike].time
    let instant = rounding(ofSpike: spike)
    return Array(events[..<spike].indices.reversed().prefix { time - events[$0].time <= instant })
      + events[(spike + 1)...].indices.prefix { events[$0].time - time <= instant }
  }

  private func delivers(_ event: Int, to neuron: Int) -> Bool {
    deliveries(of: event).contains { delivery in
      let weights = circuit.projections[delivery.projection].synapses.weights
      return circuit.synapses(of: delivery).contains {
        $0.neuron == neuron && weights[$0.entry] != 0
      }
    }
  }

  /// Arrivals at the instant of a crossing after which V falls.
  private var cancellations: [Tie] {
    var ties: [Tie] = []
    var replay = Replay(circuit, closedAfter: closedAfter, neurons: 0..<circuit.neuronCount)
    for (number, event) in events.enumerated() {
      replay.advance(through: event)
      for neuron in replay.touched.map({ Int($0) }) {
        let after = replay.state(of: neuron)
        let flow = circuit.flows[neuron]
        guard circuit.spikes(neuron), circuit.imposedSpikes(of: neuron) == nil,
          event.spikingNeuron != neuron, flow.slope(after) <= 0,
          event.time <= lastChance(of: neuron),
          after.potential >= flow.parameters.vThreshold - Self.rounding(of: after)
        else { continue }
        let before = state(of: neuron, atEvent: number, side: .before)
        // V above the threshold and not rising comes from an earlier cancellation.
        guard before.potential <= flow.parameters.vThreshold + Self.rounding(of: before),
          flow.slope(before) > 0
        else { continue }
        ties.append(Tie(delivering: number, neuron: neuron, spike: nil))
      }
    }
    return ties
  }

  /// The error of V at a crossing that was computed from another state.
  private static func rounding(of state: LIFState) -> Double {
    64 * .ulpOfOne * (abs(state.potential) + abs(state.current))
  }

  /// The run with the two events of a tie in the other order and everything else alike.
  ///
  /// The event that came second now happens before the other one. Throws a `SimulationError` where a
  /// state is no finite number, and `SimulationError.stopped` where `pace` stops it.
  package func exchanging(
    _ tie: Tie, pace: Pace = .free
  ) throws(SimulationError) -> Trajectory {
    let kind: ForwardPass.EarlyEvent.Kind
    switch tie.second.map({ events[$0].kind }) {
    case nil: kind = .spike(neuron: tie.neuron, time: events[tie.first].time)
    case .spike(let neuron, _, _)?: kind = .spike(neuron: neuron, time: events[tie.first].time)
    case .input(_, let position)?: kind = .input(position: position)
    case .arrival(let emitter, let delivery)?: kind = .arrival(emitter: emitter, delivery: delivery)
    }
    var pass = ForwardPass(circuit, early: ForwardPass.EarlyEvent(position: tie.first, kind: kind))
    while let event = try pass.next() {
      try pace.reach(step: pass.events.count - 1, event.time)
    }
    return Trajectory(pass)
  }
}
