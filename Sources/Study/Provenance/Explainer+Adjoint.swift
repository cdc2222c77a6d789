import EventProp

extension Explainer {
  /// p λ_V + q λ_I of a neuron at a place.
  struct Node {
    var neuron: Int
    var place: Provenance.Place
    var p: Double
    var q: Double
  }

  /// A summand of a node: a number that belongs to the loss, or another node.
  struct Part {
    var value: Double
    var cause: Provenance.Cause
    var origin: Provenance.Subject?
    var node: Node?
  }

  /// The summands of a node, from the next spike of its neuron.
  ///
  /// λ flows from just before that spike to the place. At the spike each term of
  /// ``AdjointTransition`` is one summand, and so is each synapse in its sum.
  func parts(_ node: Node, in adjoint: AdjointTrajectory) -> [Part] {
    let neuron = node.neuron
    let time = time(of: node.place)
    let kernel = trajectory.circuit.flows[neuron].kernel
    let drive = adjoint.evaluation.drives[neuron]
    let flow = AdjointFlow(kernel, rule: adjoint.rule)
    let pauses =
      adjoint.rule.dependsOnPauses ? pauses(of: neuron, after: time, in: adjoint) : []
    /// The share of λ here that comes from λ at a later time; an altered flow depends on where it
    /// pauses.
    func carried(
      _ state: AdjointState, from later: Double, by flow: AdjointFlow
    ) -> AdjointState {
      var state = state
      var from = later
      for pause in pauses where pause < later {
        state = flow.advanced(state, by: from - pause)
        from = pause
      }
      return flow.advanced(state, by: from - time)
    }
    /// The factors here of λ_V and λ_I at a later time.
    func worth(at later: Double) -> (alpha: Double, beta: Double) {
      let one = carried(AdjointState(lambdaV: 1), from: later, by: flow)
      let other = carried(AdjointState(lambdaI: 1), from: later, by: flow)
      return (node.p * one.lambdaV + node.q * one.lambdaI, node.q * other.lambdaI)
    }
    let before = spikesBefore(node.place, of: neuron)
    var next = trajectory.event(ofSpike: before, of: neuron)
    let cut = cut(node, in: adjoint)
    if let cut { next = cut }
    let end = next.map { trajectory.events[$0].time } ?? trajectory.experiment.horizon
    var parts: [Part] = []
    if drive != 0 {
      let fed = carried(
        AdjointState(), from: end,
        by: AdjointFlow(kernel, drive: drive, rule: adjoint.rule))
      parts.append(
        Part(value: node.p * fed.lambdaV + node.q * fed.lambdaI, cause: .runningLoss))
    }
    if let impulse = adjoint.evaluation.impulses[neuron],
      acts(impulse, between: node.place, and: next)
    {
      let pull = impulse.gradient / trajectory.circuit.flows[neuron].parameters.tauMem
      parts.append(
        Part(
          value: -pull * worth(at: impulse.time).alpha,
          cause: .maximum(neuron: neuron, time: impulse.time)))
    }
    if cut != nil { parts.append(Part(value: 0, cause: .cut)) }
    guard let next, cut == nil, let jump = adjoint.transitions[next] else { return parts }
    let (alpha, beta) = worth(at: end)
    let after = Provenance.Place.event(next, .after)
    if !jump.overwrites {
      parts.append(
        Part(
          value: alpha * jump.lambdaVAfter, cause: .carried(.lambdaV, event: next),
          origin: .adjoint(.lambdaV, neuron: neuron, at: after),
          node: Node(neuron: neuron, place: after, p: alpha, q: 0)))
    }
    if beta != 0 {
      parts.append(
        Part(
          value: beta * adjoint.state(of: neuron, atEvent: next, side: .after).lambdaI,
          cause: .carried(.lambdaI, event: next),
          origin: .adjoint(.lambdaI, neuron: neuron, at: after),
          node: Node(neuron: neuron, place: after, p: 0, q: beta)))
    }
    let share = alpha / jump.denominator
    parts.append(
      Part(
        value: share * jump.resetTerm, cause: .reset(event: next),
        origin: .adjoint(.lambdaV, neuron: neuron, at: after),
        node: Node(neuron: neuron, place: after, p: share * jump.resetHeight, q: 0)))
    if !adjoint.rule.mergesSpikes {
      parts += transmissions(of: next, arriving: next, share, in: adjoint)
      for arrival in arrivals[next] ?? [] where adjoint.isWalked(arrival) {
        parts += transmissions(of: next, arriving: arrival, share, in: adjoint)
        parts += leak(to: arrival, share, beyond: [], in: adjoint)
      }
    }
    parts.append(Part(value: share * jump.lossTerm, cause: .loss(event: next)))
    parts.append(Part(value: share * jump.runningLossTerm, cause: .runningLoss))
    return parts.filter { $0.value != 0 }
  }

  /// The times after a moment at which the backward pass touches a neuron, the latest first.
  private func pauses(
    of neuron: Int, after time: Double, in adjoint: AdjointTrajectory
  ) -> [Double] {
    var times = trajectory.events(touching: neuron).map { trajectory.events[$0].time }
    if let impulse = adjoint.evaluation.impulses[neuron] { times.append(impulse.time) }
    return times.filter { $0 > time }.sorted(by: >)
  }

  /// The effects of a spike through one event, with the maxima that move with the event.
  func transmissions(
    of spike: Int, arriving event: Int, _ share: Double, in adjoint: AdjointTrajectory
  ) -> [Part] {
    let circuit = trajectory.circuit
    let skipped = adjoint.rule.skipsSelf ? trajectory.events[event].spikingNeuron : nil
    var parts: [Part] = []
    for delivery in trajectory.deliveries(of: event) {
      let projection = circuit.projections[delivery.projection]
      if adjoint.rule.skipsRecurrence, projection.isRecurrent { continue }
      if adjoint.rule.skips(row: delivery.row, ofInputs: projection.source == .inputs) { continue }
      let pull = adjoint.rule.pull
      circuit.forEachSynapse(of: delivery) { entry, neuron in
        let weight = projection.synapses.weights[entry]
        guard neuron != skipped, weight != 0 else { return }
        let place = Provenance.Place.event(event, .after)
        let state = adjoint.state(of: neuron, atEvent: event, side: .after)
        parts.append(
          Part(
            value: share * weight * adjoint.rule.pulled(state),
            cause: .synapse(
              circuit.synapse(delivery.projection, entry), event: spike, arrival: event,
              neuron: neuron),
            origin: .adjoint(
              pull.lambdaV == 0 ? .lambdaI : pull.lambdaI == 0 ? .lambdaV : .difference,
              neuron: neuron, at: place),
            node: Node(
              neuron: neuron, place: place, p: share * weight * pull.lambdaV,
              q: share * weight * pull.lambdaI)))
      }
    }
    for (neuron, impulse) in adjoint.evaluation.impulses.sorted(by: { $0.key < $1.key })
    where kinkEvent(of: impulse) == event {
      let before = trajectory.state(of: neuron, atEvent: event, side: .before)
      parts.append(
        Part(
          value: share * impulse.gradient * trajectory.slope(of: neuron, in: before),
          cause: .maximum(neuron: neuron, time: impulse.time)))
    }
    return parts
  }

  /// What the rule `leak-to-next` credits to a delivery beyond its transmissions and those of its
  /// later arrivals; nothing under other rules.
  func leak(
    to event: Int, _ share: Double, beyond arrivals: [Int], in adjoint: AdjointTrajectory
  ) -> [Part] {
    guard adjoint.rule.leaksToNext else { return [] }
    let own = transmissions(of: event, arriving: event, 1, in: adjoint)
      .reduce(0) { $0 + $1.value }
    let leak =
      adjoint.timeGradients[event] - own
      - arrivals.reduce(0) { $0 + adjoint.timeGradients[$1] }
    return [Part(value: share * leak, cause: .leaked(event: event))]
  }

  /// The event of a maximum at a kink; nil for other maxima.
  func kinkEvent(of impulse: LossEvaluation.Impulse) -> Int? {
    if case .kink(let event) = impulse.place { event } else { nil }
  }

  /// Whether a maximum acts on λ_V after a place and before the next spike.
  private func acts(
    _ impulse: LossEvaluation.Impulse, between place: Provenance.Place, and next: Int?
  ) -> Bool {
    let time = time(of: place)
    switch impulse.place {
    case .start: return false
    case .horizon: return next == nil
    case .interior:
      return impulse.time >= time
        && impulse.time < next.map { trajectory.events[$0].time } ?? .infinity
    case .kink:
      guard let event = kinkEvent(of: impulse), event <= next ?? event else { return false }
      // The maximum acts only after this side of the event.
      if case .event(event, .before) = place { return false }
      return isLater(event, than: place)
    }
  }

  /// The event at which a rule stopped and left λ of a node at zero; nil where no rule stopped.
  private func cut(_ node: Node, in adjoint: AdjointTrajectory) -> Int? {
    guard adjoint.rule.mostEvents != nil else { return nil }
    let next = trajectory.events(touching: node.neuron).first { isLater($0, than: node.place) }
    return next.flatMap { adjoint.isWalked($0) ? nil : $0 }
  }
}
