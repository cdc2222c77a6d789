package import EventProp

/// A walk over the events of a run that adds up both sides of every identity, for all neurons at once.
///
/// - Complexity: a step is one event and costs O(deliveries · log k) in the spikes k of a neuron; the
///   last step costs O(events + neurons + synapses). The states are computed once, and none is kept
///   but the last one of each neuron.
package struct IdentityWalk: Sendable {
  let adjoint: AdjointTrajectory
  let trajectory: Trajectory
  let gradient: Gradient
  let evaluation: LossEvaluation
  /// The states along the events.
  private var replay: Replay
  /// The stretch of each neuron that has begun and not ended.
  var stretches: [IdentityStretch]
  /// ∂L/∂t of the delayed deliveries of each event: Σ w (λ_V − λ_I)⁺ over its arrivals, by emitting
  /// event.
  var delayed: [Balance]
  /// The same for the deliveries of each event at once, without the neuron that spikes.
  var transmitted: [Balance]
  /// The change of H of the spiking neuron at each spike.
  var jumps: [Balance]
  /// The largest residual of each law, by the number of the law; nil where nothing was tested.
  private(set) var worst: [Identities.Residual?]
  /// The number of steps done.
  package private(set) var done = 0
  /// The number of steps: one for each event, and one for the end of the run.
  package var total: Int { trajectory.events.count + 1 }
  /// Whether every identity has been tested.
  package var isFinished: Bool { done == total }

  /// Prepares the test of an adjoint and a gradient.
  package init(_ adjoint: AdjointTrajectory, _ gradient: Gradient) {
    self.adjoint = adjoint
    self.gradient = gradient
    trajectory = adjoint.trajectory
    evaluation = adjoint.evaluation
    let circuit = trajectory.circuit
    let replay = Replay(
      circuit, closedAfter: trajectory.closedAfter, neurons: 0..<circuit.neuronCount)
    self.replay = replay
    stretches = circuit.flows.indices.map {
      IdentityStretch(
        of: circuit.flows[$0], from: replay.state(of: $0), adjoint.atZero[$0],
        drive: adjoint.evaluation.drives[$0], impulse: adjoint.evaluation.impulses[$0])
    }
    delayed = Array(repeating: Balance(), count: trajectory.events.count)
    transmitted = delayed
    jumps = delayed
    worst = Array(repeating: nil, count: Identities.Law.allCases.count)
  }

  /// Makes the next step.
  package mutating func advance() {
    if done < trajectory.events.count {
      weigh(done)
    } else {
      endStretches()
      weighSpikes()
      weighSums()
      weighTimeDilation()
    }
    done += 1
  }

  /// Keeps a residual that is larger than all before it; of equal ones that of the first neuron.
  mutating func note(
    _ law: Identities.Law, _ balance: Balance, neuron: Int?, _ place: Identities.Place
  ) {
    let relative = balance.relative
    if let known = worst[law.rawValue] {
      guard relative >= known.relative else { return }
      if relative == known.relative, known.neuron ?? -1 <= neuron ?? -1 { return }
    }
    worst[law.rawValue] = Identities.Residual(
      law: law, relative: relative, neuron: neuron, place: place)
  }

  /// Lets an event happen in every neuron that it touches.
  private mutating func weigh(_ event: Int) {
    let happened = trajectory.events[event]
    replay.advance(through: happened)
    let touched = replay.touched
    for neuron in touched {
      stretches[Int(neuron)].lambda = adjoint.state(of: Int(neuron), atEvent: event, side: .after)
      stretches[Int(neuron)].given = Balance()
    }
    addDeliveries(of: event)
    for neuron in touched {
      weigh(event, happened, in: Int(neuron), after: replay.state(of: Int(neuron)))
    }
  }
}
