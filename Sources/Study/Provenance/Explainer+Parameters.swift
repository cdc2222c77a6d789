import EventProp
import RealModule

extension Explainer {
  /// The terms of the gradient of a parameter of one neuron: a spike each for potentials, a stretch without an event each for
  /// v_leak and the time constants.
  ///
  /// They are the sums of ``BackwardPass``, taken apart. `first` is the earliest event walked; nil where the pass
  /// has reached t = 0.
  func parameterTerms(
    _ field: LIFParameters.Field, of neuron: Int, from first: Int?,
    in adjoint: AdjointTrajectory
  ) -> [Provenance.Term] {
    switch field {
    case .vThreshold, .vReset:
      return spikeTerms(field, of: neuron, from: first, in: adjoint)
    case .vLeak, .tauMem, .tauSyn:
      return stretches(of: neuron, in: adjoint).reversed().flatMap { stretch in
        let isWalked =
          stretch.from.map { $0 >= first ?? 0 && adjoint.isWalked($0) }
          ?? (first == nil && adjoint.rule.mostEvents.map { $0 >= trajectory.events.count } ?? true)
        return isWalked ? terms(field, of: neuron, over: stretch, in: adjoint) : []
      }
    }
  }

  private func spikeTerms(
    _ field: LIFParameters.Field, of neuron: Int, from first: Int?,
    in adjoint: AdjointTrajectory
  ) -> [Provenance.Term] {
    let tauMem = trajectory.circuit.flows[neuron].parameters.tauMem
    let isThreshold = field == .vThreshold
    return spikes[neuron].reversed().compactMap { event in
      guard event >= first ?? 0, let jump = adjoint.transitions[event] else { return nil }
      return Provenance.Term(
        value: isThreshold ? tauMem * jump.lambdaVBefore : -tauMem * jump.lambdaVAfter,
        cause: isThreshold ? .threshold(event: event) : .resetHeight(event: event),
        origin: .adjoint(
          .lambdaV, neuron: neuron, at: .event(event, isThreshold ? .before : .after)))
    }.filter { $0.value != 0 }
  }

  /// A part of a neuron's time without an event or an impulse of the loss.
  private struct AdjointStretch {
    var from: Int?
    var to: Int?
    var start: Double
    var end: Double
    var state: LIFState
    /// λ at the end, on the earlier side of what lies there.
    var lambda: AdjointState
    var place: Provenance.Place
    /// How far a maximum of V in the event at the end pulls at λ_V before this stretch.
    var pull = 0.0
  }

  private func stretches(of neuron: Int, in adjoint: AdjointTrajectory) -> [AdjointStretch] {
    var stretches: [AdjointStretch] = []
    var from: Int?
    var start = 0.0
    var state = initialState(of: neuron)
    func add(upTo end: Double, _ to: Int?, _ lambda: AdjointState, at place: Provenance.Place) {
      guard let impulse = adjoint.evaluation.impulses[neuron], impulse.time > start,
        impulse.time < end, case .interior = impulse.place
      else {
        stretches.append(
          AdjointStretch(
            from: from, to: to, start: start, end: end, state: state, lambda: lambda, place: place))
        return
      }
      // A maximum cuts it in two: the loss pulls at λ_V there.
      let middle = Provenance.Place.time(impulse.time, .before)
      stretches.append(
        AdjointStretch(
          from: from, to: to, start: start, end: impulse.time, state: state,
          lambda: adjoint.state(of: neuron, at: impulse.time, side: .before), place: middle))
      stretches.append(
        AdjointStretch(
          from: from, to: to, start: impulse.time, end: end,
          state: trajectory.circuit.flows[neuron].advanced(state, by: impulse.time - start),
          lambda: lambda, place: place))
    }
    for event in trajectory.events(touching: neuron) where event != from {
      let time = trajectory.events[event].time
      add(
        upTo: time, event, adjoint.state(of: neuron, at: event, side: .before),
        at: .event(event, .before))
      from = event
      start = time
      if let impulse = adjoint.evaluation.impulses[neuron], kinkEvent(of: impulse) == event {
        let tauMem = trajectory.circuit.flows[neuron].parameters.tauMem
        stretches[stretches.count - 1].pull = -impulse.gradient / tauMem
      }
      state = trajectory.state(of: neuron, at: event, side: .after)
    }
    let horizon = trajectory.experiment.horizon
    add(
      upTo: horizon, nil, adjoint.state(of: neuron, at: horizon, side: .after),
      at: .time(horizon, .after))
    return stretches
  }

  /// The closed forms of the backward pass over a stretch, one summand for each λ at its end and one for a running loss.
  private func terms(
    _ field: LIFParameters.Field, of neuron: Int, over stretch: AdjointStretch,
    in adjoint: AdjointTrajectory
  ) -> [Provenance.Term] {
    let flow = trajectory.circuit.flows[neuron]
    let kernel = flow.kernel
    let x = stretch.end - stretch.start
    let decay = kernel.decay(over: x)
    let drive = adjoint.evaluation.drives[neuron]
    let state = stretch.state
    /// What a λ_V and a λ_I of 1 at the end are worth.
    var worth = (lambdaV: 0.0, lambdaI: 0.0)
    var loss = 0.0
    switch field {
    case .vLeak:
      worth.lambdaV = flow.parameters.tauMem * .expMinusOne(-kernel.a * x)
      loss = x
    case .tauMem:
      worth.lambdaV =
        flow.slope(state) * x * decay.mem
        - kernel.a * kernel.b * state.current * decay.phiAAB
      loss = state.potential - flow.advanced(state, by: x).potential
    case .tauSyn:
      worth.lambdaI = -kernel.b * state.current * x * decay.syn
      worth.lambdaV = -kernel.b * kernel.b * state.current * decay.phiABB
      loss = state.current - flow.advanced(state, by: x).current
    case .vThreshold, .vReset: return []
    }
    func term(_ part: Provenance.Part?, _ value: Double) -> Provenance.Term {
      Provenance.Term(
        value: value,
        cause: .stretch(neuron: neuron, from: stretch.from, to: stretch.to, part),
        origin: part.map { .adjoint($0, neuron: neuron, at: stretch.place) })
    }
    return [
      term(.lambdaV, worth.lambdaV * stretch.lambda.lambdaV),
      term(.lambdaI, worth.lambdaI * stretch.lambda.lambdaI),
      term(nil, drive * (loss + worth.lambdaV + worth.lambdaI)),
      Provenance.Term(
        value: worth.lambdaV * stretch.pull,
        cause: .maximum(neuron: neuron, time: stretch.end), origin: nil),
    ].filter { $0.value != 0 }
  }

  /// The terms of the gradient of an input time: w (λ_V − λ_I) of every synapse that the spike reaches, at once or later.
  func inputTimeTerms(_ position: Int, in adjoint: AdjointTrajectory) -> [Provenance.Term] {
    let input = trajectory.events.firstIndex { event in
      if case .input(_, position) = event.kind { true } else { false }
    }
    guard let input, adjoint.isWalked(input) else { return [] }
    return ([input] + (arrivals[input] ?? []).filter { adjoint.isWalked($0) }).flatMap { arrival in
      transmissions(of: input, arriving: arrival, 1, in: adjoint).map {
        Provenance.Term(value: $0.value, cause: $0.cause, origin: $0.origin)
      }.filter { $0.value != 0 }
    }
  }
}
