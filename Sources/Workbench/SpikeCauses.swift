import EventProp
import Language
import Study

/// What had reached each neuron before each of its spikes: as long as it stays the same, the loss is one smooth function.
///
/// The order of spikes of neurons that know nothing of each other does not matter, so a large network has far
/// fewer borders than changes of the order of its spikes.
struct SpikeCauses: Sendable {
  /// The synapses that carry anything, by projection and entry.
  private let carries: [[Bool]]

  /// Synapses of weight 0 carry nothing, unless it is their weight that is swept.
  init(of circuit: Circuit, sweeping targets: [Edit.Target]) {
    carries = circuit.projections.map { projection in
      var carries = projection.synapses.weights.map { $0 != 0 }
      for case .weight(let synapse) in targets
      where synapse.layer == projection.target && synapse.isRecurrent == projection.isRecurrent {
        carries[synapse.entry] = true
      }
      return carries
    }
  }

  /// An event after which it is asked whether work goes on has all of these bits in its number.
  private static let pause = 1023

  /// For each spike of each neuron, a number that stands for all that came before it.
  ///
  /// Throws `SimulationError.stopped` where `goesOn`, asked now and then with the time reached, answers false.
  func signature(
    of trajectory: Trajectory, goesOn: (Double) -> Bool
  ) throws(SimulationError) -> [[UInt64]] {
    let circuit = trajectory.circuit
    var seen = [UInt64](repeating: 0, count: circuit.neuronCount)
    var causes = [[UInt64]](repeating: [], count: circuit.neuronCount)
    for (event, happened) in trajectory.events.enumerated() {
      if event & Self.pause == Self.pause, !goesOn(happened.time) {
        throw .stopped(time: happened.time)
      }
      if let neuron = happened.spikingNeuron { causes[neuron].append(seen[neuron]) }
      for delivery in trajectory.deliveries(of: event) {
        // A sum, since arrivals before the same spike may come in any order.
        let mark = Self.mark(Self.source(of: event, in: trajectory), through: delivery.projection)
        for synapse in circuit.synapses(of: delivery)
        where carries[delivery.projection][synapse.entry] {
          seen[synapse.neuron] &+= mark
        }
      }
    }
    return causes
  }

  /// What had reached a neuron before one of its spikes.
  func sources(
    of neuron: Int, before spike: Int, in trajectory: Trajectory
  ) -> Set<Incomparability.Source> {
    var found: Set<Incomparability.Source> = []
    for (event, happened) in trajectory.events.enumerated() {
      if case .spike(neuron, spike, _) = happened.kind { break }
      for delivery in trajectory.deliveries(of: event) {
        let reaches = trajectory.circuit.synapses(of: delivery).contains { synapse in
          synapse.neuron == neuron && carries[delivery.projection][synapse.entry]
        }
        if reaches { found.insert(Self.source(of: event, in: trajectory)) }
      }
    }
    return found
  }

  private static func source(
    of event: Int, in trajectory: Trajectory
  ) -> Incomparability.Source {
    switch trajectory.events[event].kind {
    case .input(_, let position): .input(position)
    case .spike(let neuron, let ordinal, _): .spike(neuron: neuron, ordinal: ordinal)
    case .arrival(let emitter, _): source(of: emitter, in: trajectory)
    }
  }

  /// The mixing steps of SplitMix64, so that sums do not collide by accident.
  private static func mark(_ source: Incomparability.Source, through projection: Int) -> UInt64 {
    var z: UInt64 =
      switch source {
      case .input(let position): UInt64(position) << 1
      case .spike(let neuron, let ordinal): (UInt64(neuron) << 32 | UInt64(ordinal)) << 1 | 1
      }
    z = (z &+ UInt64(projection) << 56) &* 0x9E37_79B9_7F4A_7C15 &+ 0x1234_5678_9ABC_DEF1
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
