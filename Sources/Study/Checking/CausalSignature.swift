package import EventProp

/// The facts about a run on which the smoothness of its loss depends.
///
/// They are, for every spike of every neuron, the arrivals before it, and the branch of the loss.
/// While they stay the same, the loss is a smooth function of all parameters. The order of arrivals
/// among themselves does not matter, so each spike keeps an unordered set of sources, as a sum of
/// their hashes. The order of spikes of unconnected neurons does not matter either.
package struct CausalSignature: Equatable, Sendable {
  /// A hash of everything that reached each neuron before each of its spikes.
  package let causes: [[UInt64]]
  private var pieces: [Int] = []
  /// A hash of the arrivals up to the horizon at the neurons whose potential the loss reads.
  private var final: [UInt64] = []
  /// A hash of the arrivals up to the horizon at each neuron.
  private let seen: [UInt64]

  /// Whether two signatures have the same causes and the same branch of the loss.
  package static func == (one: Self, other: Self) -> Bool {
    one.causes == other.causes && one.pieces == other.pieces && one.final == other.final
  }

  /// Reads the causes of each spike of a run; only synapses in `carriers` count.
  ///
  /// Throws `SimulationError.stopped` where `pace` stops it.
  package init(
    _ trajectory: Trajectory, through carriers: Carriers, pace: Pace
  ) throws(SimulationError) {
    let circuit = trajectory.circuit
    var seen = [UInt64](repeating: 0, count: circuit.neuronCount)
    var causes = [[UInt64]](repeating: [], count: circuit.neuronCount)
    for (event, happened) in trajectory.events.enumerated() {
      try pace.reach(step: event, happened.time)
      if let neuron = happened.spikingNeuron { causes[neuron].append(seen[neuron]) }
      for delivery in trajectory.deliveries(of: event) {
        // Projections have the same numbers in both circuits; groups of equal delay need not.
        let mark = Self.hash(trajectory.source(of: event), through: delivery.projection)
        let carries = carriers.entries[delivery.projection]
        circuit.forEachSynapse(of: delivery) { entry, neuron in
          if carries[entry] { seen[neuron] &+= mark }
        }
      }
    }
    self.causes = causes
    self.seen = seen
  }

  /// Reads the causes of each spike of a run, and the branch of the loss.
  ///
  /// Throws `SimulationError.stopped` where `pace` stops it.
  init(
    _ trajectory: Trajectory, through carriers: Carriers, loss: Loss, evaluation: LossEvaluation,
    pace: Pace
  ) throws(SimulationError) {
    try self.init(trajectory, through: carriers, pace: pace)
    pieces = loss.rule.kind.pieces(
      loss.rule.values, of: loss.layer, on: trajectory, evaluation)
    if !evaluation.impulses.isEmpty || evaluation.drives.contains(where: { $0 != 0 }) {
      let offsets = trajectory.circuit.offsets
      final = Array(seen[offsets[loss.layer]..<offsets[loss.layer + 1]])
    }
  }

  /// The first spike, in the order of neurons, at which two runs differ: its neuron and ordinal.
  func firstDifference(from other: CausalSignature) -> (neuron: Int, spike: Int)? {
    for (neuron, (one, two)) in zip(causes, other.causes).enumerated() where one != two {
      let common = zip(one, two).prefix { $0 == $1 }.count
      return (neuron, common)
    }
    return nil
  }

  /// A mark of what a source sends through a projection; sums of marks do not collide by chance.
  static func hash(_ source: Incomparability.Source, through projection: Int) -> UInt64 {
    let number: UInt64 =
      switch source {
      case .input(let position): UInt64(position) << 1
      case .spike(let neuron, let ordinal):
        (UInt64(neuron) << 32 | UInt64(ordinal)) << 1 | 1
      }
    return SplitMix64.mixed(
      (number &+ UInt64(projection) << 56) &* 0x9E37_79B9_7F4A_7C15 &+ 0x1234_5678_9ABC_DEF1)
  }
}

extension Trajectory {
  /// The source of what an event delivers.
  package func source(of event: Int) -> Incomparability.Source {
    switch events[event].kind {
    case .input(_, let position): .input(position)
    case .spike(let neuron, let ordinal, _): .spike(neuron: neuron, ordinal: ordinal)
    case .arrival(let emitter, _): source(of: emitter)
    }
  }

  /// The arrivals at a neuron before one of its spikes through synapses in `carriers`, with the
  /// time of the last one.
  package func arrivals(
    at neuron: Int, beforeSpike spike: Int, through carriers: Carriers
  ) -> [Incomparability.Source: Double] {
    var found: [Incomparability.Source: Double] = [:]
    for (event, happened) in events.enumerated() {
      if case .spike(neuron, spike, _) = happened.kind { break }
      for delivery in deliveries(of: event) where circuit.reaches(neuron, delivery) {
        let carries = carriers.entries[delivery.projection]
        circuit.forEachSynapse(of: delivery) { entry, reached in
          if reached == neuron, carries[entry] { found[source(of: event)] = happened.time }
        }
      }
    }
    return found
  }
}
