package import EventProp
import RealModule

/// Splits the numbers of a run into terms.
///
/// The terms add up to the number within rounding: they are the closed forms of flow and jump.
package struct Explainer: Sendable {
  /// The run.
  package let trajectory: Trajectory
  /// The adjoint; nil where only states are explained.
  package let adjoint: AdjointTrajectory?
  /// The delayed arrivals of each event; events without any are left out.
  let arrivals: [Int: [Int]]

  /// Prepares the explanations of a run.
  ///
  /// - Complexity: O(events).
  package init(_ trajectory: Trajectory, adjoint: AdjointTrajectory?) {
    self.trajectory = trajectory
    self.adjoint = adjoint
    var arrivals: [Int: [Int]] = [:]
    for (event, happened) in trajectory.events.enumerated() {
      if case .arrival(let emitter, _) = happened.kind {
        arrivals[emitter, default: []].append(event)
      }
    }
    self.arrivals = arrivals
  }

  /// The terms of a number; nil for an adjoint without a backward pass, and for an event that is no
  /// spike.
  ///
  /// - Complexity: O(k) in the touches of the neuron and in the synapses of the spike behind an
  ///   adjoint.
  package func explain(_ subject: Provenance.Subject) -> Provenance? {
    switch subject {
    case .potential(let neuron, let place):
      return Provenance(
        subject, state(of: neuron, at: place).potential, potentialTerms(of: neuron, at: place))
    case .current(let neuron, let place):
      return Provenance(
        subject, state(of: neuron, at: place).current, currentTerms(of: neuron, at: place))
    case .spike(let event):
      guard let neuron = trajectory.events[event].spikingNeuron,
        let slope = trajectory.slopeAtThreshold(of: event)
      else { return nil }
      let kernel = trajectory.circuit.flows[neuron].kernel
      let place = Provenance.Place.event(event, .before)
      let terms = potentialTerms(of: neuron, at: place).map { term in
        var term = term
        if case .arrival(_, _, let since) = term.cause {
          term.timePerWeight = -kernel.phi(since) / slope
        }
        return term
      }
      return Provenance(subject, state(of: neuron, at: place).potential, terms)
    case .adjoint(let part, let neuron, let place):
      guard let adjoint else { return nil }
      let (p, q) = part.weights
      let state = adjointState(of: neuron, at: place, in: adjoint)
      let terms = parts(Node(neuron: neuron, place: place, p: p, q: q), in: adjoint).map {
        Provenance.Term(value: $0.value, cause: $0.cause, origin: $0.origin)
      }
      return Provenance(subject, p * state.lambdaV + q * state.lambdaI, terms)
    case .weightGradient(let synapse, let first):
      guard let adjoint else { return nil }
      let all = WeightContributions(of: adjoint, through: synapse)
      let terms = all.terms.filter { $0.event >= first }.map { term in
        Provenance.Term(
          value: term.value, cause: .contribution(event: term.event),
          origin: .adjoint(
            adjoint.rule.collectsPotential ? .lambdaV : .lambdaI, neuron: all.neuron,
            at: .event(term.event, .after)))
      }
      return Provenance(subject, all.sum(from: first), terms)
    case .parameterGradient(let field, let neurons, let first):
      guard let adjoint else { return nil }
      let terms = neurons.flatMap { parameterTerms(field, of: $0, from: first, in: adjoint) }
      return Provenance(subject, terms.reduce(0) { $0 + $1.value }, terms)
    case .inputTimeGradient(let position):
      guard let adjoint else { return nil }
      return Provenance(
        subject, adjoint.gradient.inputTimes[position], inputTimeTerms(position, in: adjoint))
    case .loss:
      guard let adjoint, let loss = trajectory.experiment.loss else { return nil }
      return Provenance(subject, adjoint.evaluation.value, lossTerms(of: loss))
    case .integral(let neuron):
      guard let adjoint else { return nil }
      let terms = integralTerms(of: neuron, adjoint.evaluation.drives[neuron])
      return Provenance(subject, terms.reduce(0) { $0 + $1.value }, terms)
    }
  }

  // MARK: - Places

  func time(of place: Provenance.Place) -> Double {
    switch place {
    case .time(let time, _): time
    case .event(let event, _): trajectory.events[event].time
    }
  }

  /// Whether an event lies after a place, so that its jump is on the later side.
  func isLater(_ event: Int, than place: Provenance.Place) -> Bool {
    switch place {
    case .event(let here, .before): event >= here
    case .event(let here, .after): event > here
    case .time(let time, .before): trajectory.events[event].time >= time
    case .time(let time, .after): trajectory.events[event].time > time
    }
  }

  private func state(of neuron: Int, at place: Provenance.Place) -> LIFState {
    switch place {
    case .event(let event, let side): trajectory.state(of: neuron, atEvent: event, side: side)
    case .time(let time, let side): trajectory.state(of: neuron, at: time, side: side)
    }
  }

  func adjointState(
    of neuron: Int, at place: Provenance.Place, in adjoint: AdjointTrajectory
  ) -> AdjointState {
    switch place {
    case .event(let event, let side): adjoint.state(of: neuron, atEvent: event, side: side)
    case .time(let time, let side): adjoint.state(of: neuron, at: time, side: side)
    }
  }

  /// The number of spikes of a neuron before a place.
  func spikesBefore(_ place: Provenance.Place, of neuron: Int) -> Int {
    let spikes = trajectory.spikes(of: neuron)
    return spikes.firstPlace { isLater($0, than: place) } - spikes.startIndex
  }

  // MARK: - States

  private func potentialTerms(
    of neuron: Int, at place: Provenance.Place
  ) -> [Provenance.Term] {
    let flow = trajectory.circuit.flows[neuron]
    let kernel = flow.kernel
    let before = spikesBefore(place, of: neuron)
    let last = trajectory.event(ofSpike: before - 1, of: neuron)
    let time = time(of: place)
    let length = time - (last.map { trajectory.events[$0].time } ?? 0)
    let start =
      last.map { trajectory.state(of: neuron, atEvent: $0, side: .after) }
      ?? initialState(of: neuron)
    let decay = Double.exp(-kernel.a * length)
    var terms = [
      Provenance.Term(
        value: start.potential * decay,
        cause: last.map { .resetPotential(event: $0) } ?? .initialPotential, origin: nil),
      Provenance.Term(
        value: -flow.parameters.vLeak * Double.expMinusOne(-kernel.a * length), cause: .leak,
        origin: nil),
      Provenance.Term(
        value: start.current * kernel.a * kernel.phi(length),
        cause: last.map { .currentAfter(event: $0) } ?? .initialCurrent,
        origin: last.map { .current(neuron: neuron, at: .event($0, .after)) }),
    ].filter { $0.value != 0 }
    terms += arrivalTerms(at: neuron, after: last, upTo: place) {
      kernel.a * kernel.phi(time - $0)
    }
    return terms
  }

  private func currentTerms(of neuron: Int, at place: Provenance.Place) -> [Provenance.Term] {
    let kernel = trajectory.circuit.flows[neuron].kernel
    // A spike does not change I, so a spike at the place itself explains nothing.
    var before = spikesBefore(place, of: neuron)
    if let last = trajectory.event(ofSpike: before - 1, of: neuron), place == .event(last, .after) {
      before -= 1
    }
    let last = trajectory.event(ofSpike: before - 1, of: neuron)
    let time = time(of: place)
    let start =
      last.map { trajectory.state(of: neuron, atEvent: $0, side: .after) }
      ?? initialState(of: neuron)
    let length = time - (last.map { trajectory.events[$0].time } ?? 0)
    let left = Provenance.Term(
      value: start.current * .exp(-kernel.b * length),
      cause: last.map { .currentAfter(event: $0) } ?? .initialCurrent,
      origin: last.map { .current(neuron: neuron, at: .event($0, .after)) })
    return (left.value == 0 ? [] : [left])
      + arrivalTerms(at: neuron, after: last, upTo: place) { .exp(-kernel.b * (time - $0)) }
  }

  func initialState(of neuron: Int) -> LIFState {
    let place = trajectory.experiment.network.place(of: neuron)
    return trajectory.experiment.network.layers[place.layer].initial[place.index]
  }

  /// The weight times `gain` of the time, for each arrival at a neuron after one event and before a
  /// place.
  private func arrivalTerms(
    at neuron: Int, after last: Int?, upTo place: Provenance.Place, gain: (Double) -> Double
  ) -> [Provenance.Term] {
    let circuit = trajectory.circuit
    var terms: [Provenance.Term] = []
    for event in trajectory.events(touching: neuron)
    where event > last ?? -1 && !isLater(event, than: place) {
      let happened = trajectory.events[event]
      for delivery in trajectory.deliveries(of: event) {
        let weights = circuit.projections[delivery.projection].synapses.weights
        circuit.forEachSynapse(of: delivery) { entry, reached in
          guard reached == neuron, weights[entry] != 0 else { return }
          terms.append(
            Provenance.Term(
              value: weights[entry] * gain(happened.time),
              cause: .arrival(
                circuit.synapse(delivery.projection, entry), event: event,
                since: time(of: place) - happened.time),
              origin: emittingSpike(of: event).map { .spike(event: $0) }))
        }
      }
    }
    return terms
  }

  /// The spike that sent an arrival; nil for an input.
  private func emittingSpike(of event: Int) -> Int? {
    switch trajectory.events[event].kind {
    case .input: nil
    case .spike: event
    case .arrival(let emitter, _): emittingSpike(of: emitter)
    }
  }
}
