package import EventProp

/// A walk over a run that adds up both sides of every identity, one neuron at a time.
///
/// - Complexity: a step costs O(deliveries to the neuron · log k) in its touches k; the last one
///   O(events).
package struct IdentityWalk: Sendable {
  private let adjoint: AdjointTrajectory
  private let trajectory: Trajectory
  private let gradient: Gradient
  private let evaluation: LossEvaluation
  /// ∂L/∂t of the delayed deliveries of each event: Σ w (λ_V − λ_I)⁺ over its arrivals, by emitting
  /// event.
  private var delayed: [Balance]
  /// The same for the deliveries of each event at once, without the neuron that spikes.
  private var transmitted: [Balance]
  /// The change of H of the spiking neuron at each spike.
  private var jumps: [Balance]
  private(set) var worst: [Identities.Law: Identities.Residual] = [:]
  /// The number of steps done.
  package private(set) var done = 0
  /// The number of steps: one for each neuron, and one for the whole network.
  package var total: Int { trajectory.circuit.neuronCount + 1 }
  /// Whether every identity has been tested.
  package var isFinished: Bool { done == total }

  /// Prepares the test of an adjoint and a gradient.
  package init(_ adjoint: AdjointTrajectory, _ gradient: Gradient) {
    self.adjoint = adjoint
    self.gradient = gradient
    trajectory = adjoint.trajectory
    evaluation = adjoint.evaluation
    delayed = Array(repeating: Balance(), count: trajectory.events.count)
    transmitted = delayed
    jumps = delayed
  }

  /// Makes the next step.
  ///
  /// The walk goes neuron by neuron, so that the states of each are recomputed once.
  package mutating func advance() {
    let neuron = done
    if neuron < trajectory.circuit.neuronCount {
      walkStretches(of: neuron)
      weighEvents(of: neuron)
      weighSums(of: neuron)
    } else {
      weighSpikes()
      weighTimeDilation()
    }
    done += 1
  }

  private mutating func note(
    _ law: Identities.Law, _ balance: Balance, neuron: Int?, _ place: Identities.Place
  ) {
    if let known = worst[law], known.relative >= balance.relative { return }
    worst[law] = Identities.Residual(
      law: law, relative: balance.relative, neuron: neuron, place: place)
  }

  private func parameters(_ neuron: Int) -> LIFParameters {
    trajectory.circuit.flows[neuron].parameters
  }

  /// H of a neuron; tau_mem dV/dt and tau_syn dI/dt are written out from the equations of motion.
  private func energy(_ neuron: Int, _ state: LIFState, _ lambda: AdjointState) -> Balance {
    let leak = parameters(neuron).vLeak
    let drive = evaluation.drives[neuron]
    let drift = state.current + leak - state.potential
    var energy = Balance()
    // The adjoint of a running loss is a difference of λ + c and c, so it rounds as the larger one.
    // The same is true after the derivative by a maximum has been subtracted.
    let pull = abs(evaluation.impulses[neuron]?.gradient ?? 0) / parameters(neuron).tauMem
    let current = Balance.magnitude(state.current)
    energy.add(
      -lambda.lambdaV * drift,
      size: (Balance.magnitude(lambda.lambdaV) + abs(drive) + pull)
        * (current + abs(leak) + abs(state.potential)))
    energy.add(
      lambda.lambdaI * state.current,
      size: (Balance.magnitude(lambda.lambdaI) + abs(drive)) * current)
    energy.add(drive * state.potential)
    return energy
  }

  /// dV/dt of a neuron, with the rounding of I and of V, whatever is left of them.
  private func slope(of neuron: Int, in state: LIFState) -> Balance {
    let parameters = parameters(neuron)
    var slope = Balance()
    slope.add(state.current / parameters.tauMem)
    slope.add(parameters.vLeak / parameters.tauMem)
    slope.add(-state.potential / parameters.tauMem)
    return slope
  }

  /// One side minus the other, with the rounding of both.
  private func difference(_ one: Balance, _ other: Balance) -> Balance {
    var difference = Balance()
    difference.add(one.sum, size: one.size)
    difference.add(-other.sum, size: other.size)
    return difference
  }

  /// λ without the derivative by a maximum at the end of a stretch, which λ already contains there.
  private func pulled(_ lambda: AdjointState, _ neuron: Int, isKink: Bool) -> AdjointState {
    guard isKink, let impulse = evaluation.impulses[neuron] else { return lambda }
    var lambda = lambda
    lambda.lambdaV -= impulse.gradient / parameters(neuron).tauMem
    return lambda
  }

  private func isKink(_ event: Int, of neuron: Int) -> Bool {
    evaluation.impulses[neuron]?.place == .kink(event: event)
  }

  private mutating func walkStretches(of neuron: Int) {
    let horizon = trajectory.experiment.horizon
    let flow = trajectory.circuit.flows[neuron]
    for stretch in trajectory.stretches(of: neuron) {
      let start =
        stretch.event.map { adjoint.state(of: neuron, atEvent: $0, side: .after) }
        ?? lambdaAtZero(neuron)
      let endState = flow.advanced(stretch.state, by: stretch.end - stretch.start)
      let end =
        stretch.endEvent.map {
          pulled(
            adjoint.state(of: neuron, atEvent: $0, side: .before), neuron,
            isKink: isKink($0, of: neuron))
        } ?? adjoint.state(of: neuron, at: horizon)
      let later = energy(neuron, endState, end)
      note(
        .energyBetweenEvents, difference(energy(neuron, stretch.state, start), later),
        neuron: neuron, .stretch(from: stretch.start, to: stretch.end))
      if stretch.endEvent == nil {
        var atEnd = later
        atEnd.add(-evaluation.drives[neuron] * endState.potential)
        if let impulse = evaluation.impulses[neuron], impulse.place == .horizon {
          let drift = slope(of: neuron, in: endState)
          atEnd.add(-impulse.gradient * drift.sum, size: impulse.gradient * drift.size)
        }
        note(
          .energyAtHorizon, atEnd, neuron: neuron, .stretch(from: stretch.start, to: horizon))
      }
    }
  }

  /// λ just after t = 0; a maximum at the start belongs to V(0) and acts before.
  private func lambdaAtZero(_ neuron: Int) -> AdjointState {
    var lambda = adjoint.atZero[neuron]
    if let impulse = evaluation.impulses[neuron], impulse.place == .start {
      lambda.lambdaV += impulse.gradient / parameters(neuron).tauMem
    }
    return lambda
  }

  /// Adds up what each event that reaches a neuron changes in it, and notes the changes by its own
  /// spikes.
  private mutating func weighEvents(of neuron: Int) {
    for event in trajectory.events(touching: neuron) {
      let isKink = isKink(event, of: neuron)
      let before = trajectory.state(of: neuron, atEvent: event, side: .before)
      let energyBefore = energy(
        neuron, before,
        pulled(adjoint.state(of: neuron, atEvent: event, side: .before), neuron, isKink: isKink))
      let lambda = adjoint.state(of: neuron, atEvent: event, side: .after)
      let energyAfter = energy(
        neuron, trajectory.state(of: neuron, atEvent: event, side: .after), lambda)
      if trajectory.events[event].spikingNeuron == neuron {
        jumps[event] = difference(energyAfter, energyBefore)
        continue
      }
      // Σ w (λ_V − λ_I)⁺, with the time derivative of a kink.
      var given = Balance()
      let circuit = trajectory.circuit
      for delivery in trajectory.deliveries(of: event) {
        let weights = circuit.projections[delivery.projection].synapses.weights
        circuit.forEachSynapse(of: delivery, within: neuron..<neuron + 1) { entry, _ in
          given.add(
            weights[entry] * (lambda.lambdaV - lambda.lambdaI),
            size: abs(weights[entry]) * (abs(lambda.lambdaV) + abs(lambda.lambdaI)))
        }
      }
      if isKink, let impulse = evaluation.impulses[neuron] {
        let drift = slope(of: neuron, in: before)
        given.add(impulse.gradient * drift.sum, size: impulse.gradient * drift.size)
      }
      transmitted[event].add(given.sum, size: given.size)
      note(
        .energyAtArrival, difference(difference(energyBefore, energyAfter), given),
        neuron: neuron, .event(event))
    }
  }

  /// Compares the change of each spike in its neuron with its effect on the other neurons and on
  /// the loss.
  private mutating func weighSpikes() {
    // Arrivals come after their emitter, so on the way back the sum of each spike is complete.
    for event in trajectory.events.indices.reversed() {
      switch trajectory.events[event].kind {
      case .input: break
      case .arrival(let emitter, _):
        delayed[emitter].add(transmitted[event].sum, size: transmitted[event].size)
      case .spike(let neuron, _, _):
        var given = transmitted[event]
        given.add(delayed[event].sum, size: delayed[event].size)
        given.add(evaluation.spikeTimeGradients[event])
        note(.energyAtSpike, difference(jumps[event], given), neuron: neuron, .event(event))
      }
    }
  }

  /// The dependence of the loss on a neuron's potential: ∂L/∂(shift), and the part of L that is
  /// linear in V.
  private func reading(of neuron: Int) -> (shift: Balance, linear: Balance) {
    var shift = Balance()
    var linear = Balance()
    let drive = evaluation.drives[neuron]
    if drive != 0 {
      let parameters = parameters(neuron)
      let flow = trajectory.circuit.flows[neuron]
      shift.add(drive * trajectory.experiment.horizon)
      for stretch in trajectory.stretches(of: neuron) {
        let length = stretch.end - stretch.start
        let end = flow.advanced(stretch.state, by: length)
        linear.add(drive * parameters.vLeak * length)
        linear.add(-drive * parameters.tauMem * (end.potential - stretch.state.potential))
        linear.add(drive * parameters.tauSyn * (stretch.state.current - end.current))
      }
    }
    if let impulse = evaluation.impulses[neuron] {
      shift.add(impulse.gradient)
      linear.add(impulse.gradient * impulse.potential)
    }
    return (shift, linear)
  }

  private mutating func weighSums(of neuron: Int) {
    let circuit = trajectory.circuit
    let layer = circuit.layerOf[neuron]
    let index = neuron - circuit.offsets[layer]
    let members = trajectory.experiment.network.layers[layer]
    let parameters = parameters(neuron)
    let derived = gradient.layers[layer].parameters[index]
    let initial = gradient.layers[layer].initial[index]
    // The sums over spikes cancel, so the rounding is the one of their terms.
    var beforeSpikes = abs(derived.vThreshold)
    var afterSpikes = abs(derived.vReset)
    for event in trajectory.events(touching: neuron) {
      guard let transition = adjoint.transitions[event],
        trajectory.events[event].spikingNeuron == neuron
      else { continue }
      beforeSpikes += parameters.tauMem * abs(transition.lambdaVBefore)
      afterSpikes += parameters.tauMem * abs(transition.lambdaVAfter)
    }
    let reading = reading(of: neuron)

    var shift = Balance()
    shift.add(derived.vThreshold, size: beforeSpikes)
    shift.add(derived.vReset, size: afterSpikes)
    shift.add(derived.vLeak)
    shift.add(initial.potential)
    note(.shift, difference(shift, reading.shift), neuron: neuron, .run)

    var scale = Balance()
    scale.add(
      parameters.vThreshold * derived.vThreshold,
      size: abs(parameters.vThreshold) * beforeSpikes)
    scale.add(parameters.vReset * derived.vReset, size: abs(parameters.vReset) * afterSpikes)
    scale.add(parameters.vLeak * derived.vLeak)
    scale.add(members.initial[index].potential * initial.potential)
    scale.add(members.initial[index].current * initial.current)
    let incoming = [
      (members.weights, gradient.layers[layer].weights),
      (members.recurrent, gradient.layers[layer].recurrent),
    ]
    for case (let synapses?, let gradients?) in incoming {
      for row in 0..<synapses.rows {
        let entries =
          synapses.isDense
          ? synapses.entry(row: row, column: index).map { $0..<$0 + 1 } ?? 0..<0
          : synapses.entries(ofRow: row)
        for entry in entries where synapses.column(ofEntry: entry, row: row) == index {
          scale.add(synapses.weights[entry] * gradients.weights[entry])
        }
      }
    }
    note(.voltageScale, difference(scale, reading.linear), neuron: neuron, .run)
  }

  private mutating func weighTimeDilation() {
    let experiment = trajectory.experiment
    let horizon = experiment.horizon
    var balance = Balance()
    for (event, happened) in trajectory.events.enumerated() {
      // The derivative by the time of an input is a sum over its synapses, and rounds as its terms do.
      let size = happened.time * (transmitted[event].size + delayed[event].size)
      if case .input(_, let position) = happened.kind {
        balance.add(happened.time * gradient.inputTimes[position], size: size)
      } else {
        balance.add(0, size: size)
      }
    }
    for (members, derived) in zip(experiment.network.layers, gradient.layers) {
      for (parameters, gradient) in zip(members.parameters, derived.parameters) {
        balance.add(parameters.tauMem * gradient.tauMem)
        balance.add(parameters.tauSyn * gradient.tauSyn)
      }
      for (synapses, gradient) in [
        (members.weights, derived.weights), (members.recurrent, derived.recurrent),
      ] {
        for (delay, derivative) in zip(synapses?.delays ?? [], gradient?.delays ?? []) {
          balance.add(delay * derivative)
        }
      }
    }
    for neuron in 0..<trajectory.circuit.neuronCount {
      let drive = evaluation.drives[neuron]
      if drive != 0 {
        let end = trajectory.state(of: neuron, at: horizon)
        balance.add(horizon * drive * end.potential)
        let linear = reading(of: neuron).linear
        balance.add(-linear.sum, size: linear.size)
      }
      // A maximum at the horizon moves with the horizon.
      if let impulse = evaluation.impulses[neuron], impulse.place == .horizon {
        let end = trajectory.state(of: neuron, at: horizon)
        let drift = slope(of: neuron, in: end)
        balance.add(
          horizon * impulse.gradient * drift.sum, size: horizon * impulse.gradient * drift.size)
      }
      // At an own spike the maximum is always v_th. The change of V there and the move of the spike
      // cancel, so the rounding is the one of these two terms.
      if let spike = evaluation.spikeOfMaximum(of: neuron, in: trajectory) {
        balance.add(0, size: abs(spike.timeGradient) * trajectory.events[spike.event].time)
      }
    }
    for (event, derivative) in zip(trajectory.events, evaluation.spikeTimeGradients) {
      balance.add(-event.time * derivative)
    }
    note(.timeDilation, balance, neuron: nil, .run)
  }
}
