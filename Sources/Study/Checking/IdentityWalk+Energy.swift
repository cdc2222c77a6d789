import EventProp

extension IdentityWalk {
  /// Adds Σ w (λ_V − λ_I)⁺ of an event in each neuron that it reaches.
  mutating func addDeliveries(of event: Int) {
    let circuit = trajectory.circuit
    for delivery in trajectory.deliveries(of: event) {
      let weights = circuit.projections[delivery.projection].synapses.weights
      circuit.forEachSynapse(of: delivery) { entry, neuron in
        let lambda = stretches[neuron].lambda
        stretches[neuron].given.add(
          weights[entry] * (lambda.lambdaV - lambda.lambdaI),
          size: abs(weights[entry]) * (abs(lambda.lambdaV) + abs(lambda.lambdaI)))
      }
    }
  }

  /// Ends the stretch of a neuron at an event, and starts the next one in the state after it.
  mutating func weigh(_ event: Int, _ happened: Event, in neuron: Int, after state: LIFState) {
    let stretch = stretches[neuron]
    let isOwn = happened.spikingNeuron == neuron
    var lambda = stretch.lambda
    // λ of a neuron jumps only at its own spikes, and where a rule ends the walk.
    if isOwn || !adjoint.isWalked(event) {
      lambda = adjoint.state(of: neuron, atEvent: event, side: .before)
    }
    let kink = stretch.impulse.flatMap { $0.place == .kink(event: event) ? $0 : nil }
    // λ already contains the derivative by a maximum at the end of the stretch.
    if let kink { lambda.lambdaV -= kink.gradient / stretch.flow.parameters.tauMem }
    let before = stretch.flow.advanced(stretch.state, by: happened.time - stretch.start)
    let energyBefore = stretch.energy(before, lambda)
    note(
      .energyBetweenEvents, stretch.energy - energyBefore, neuron: neuron,
      .stretch(from: stretch.start, to: happened.time))
    let energyAfter = stretch.energy(state, stretch.lambda)
    stretches[neuron].end(at: happened.time, in: before, next: state, energy: energyAfter)
    guard !isOwn else {
      jumps[event] = energyAfter - energyBefore
      return
    }
    var given = stretch.given
    if let kink { given.add(stretch.gain(kink, in: before)) }
    transmitted[event].add(given)
    note(
      .energyAtArrival, (energyBefore - energyAfter) - given, neuron: neuron, .event(event))
  }

  /// Ends the last stretch of every neuron at the horizon, where the state is then that of its stretch.
  mutating func endStretches() {
    let horizon = trajectory.experiment.horizon
    for (neuron, stretch) in stretches.enumerated() {
      let place = Identities.Place.stretch(from: stretch.start, to: horizon)
      let state = stretch.flow.advanced(stretch.state, by: horizon - stretch.start)
      var energy = stretch.energy(state, adjoint.state(of: neuron, at: horizon))
      note(.energyBetweenEvents, stretch.energy - energy, neuron: neuron, place)
      energy.add(-stretch.drive * state.potential)
      if let impulse = stretch.impulse, impulse.place == .horizon {
        let gain = stretch.gain(impulse, in: state)
        energy.add(-gain.sum, size: gain.size)
      }
      note(.energyAtHorizon, energy, neuron: neuron, place)
      stretches[neuron].end(at: horizon, in: state, next: state)
    }
  }

  /// Compares the change of each spike in its neuron with its effect on the other neurons and on
  /// the loss.
  mutating func weighSpikes() {
    // Arrivals come after their emitter, so on the way back the sum of each spike is complete.
    for event in trajectory.events.indices.reversed() {
      switch trajectory.events[event].kind {
      case .input: break
      case .arrival(let emitter, _): delayed[emitter].add(transmitted[event])
      case .spike(let neuron, _, _):
        var given = transmitted[event]
        given.add(delayed[event])
        given.add(evaluation.spikeTimeGradients[event])
        note(.energyAtSpike, jumps[event] - given, neuron: neuron, .event(event))
      }
    }
  }
}
