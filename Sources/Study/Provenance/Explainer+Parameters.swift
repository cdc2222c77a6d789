import EventProp
import RealModule

extension Explainer {
  /// The terms of the gradient of a parameter of one neuron.
  ///
  /// Potentials have a term for each spike; v_leak and the time constants have one for each stretch
  /// without an event.
  ///
  /// The terms are the summands of ``BackwardPass``. `first` is the earliest event walked; nil
  /// where the pass has reached t = 0.
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
          stretch.course.event.map { $0 >= first ?? 0 && adjoint.isWalked($0) }
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
    return trajectory.spikes(of: neuron).reversed().compactMap { event in
      guard event >= first ?? 0, let jump = adjoint.transitions[event] else { return nil }
      return Provenance.Term(
        value: isThreshold ? tauMem * jump.lambdaVBefore : -tauMem * jump.lambdaVAfter,
        cause: isThreshold ? .threshold(event: event) : .resetHeight(event: event),
        origin: .adjoint(
          .lambdaV, neuron: neuron, at: .event(event, isThreshold ? .before : .after)))
    }.filter { $0.value != 0 }
  }

  /// A time without an event that touches a neuron, with λ at its end.
  private struct AdjointStretch {
    var course: Trajectory.Stretch
    /// λ at the end, on the earlier side of the event there.
    var lambda: AdjointState
    var place: Provenance.Place
    /// The derivative by a maximum of V in the event at the end, which acts on λ_V before this
    /// stretch.
    var pull = 0.0
  }

  /// The stretches of a neuron; a maximum of V cuts a stretch in two, because the loss acts on λ_V
  /// there.
  private func stretches(of neuron: Int, in adjoint: AdjointTrajectory) -> [AdjointStretch] {
    let flow = trajectory.circuit.flows[neuron]
    return trajectory.stretches(of: neuron).flatMap { course -> [AdjointStretch] in
      var last = AdjointStretch(
        course: course,
        lambda: course.endEvent.map { adjoint.state(of: neuron, atEvent: $0, side: .before) }
          ?? adjoint.state(of: neuron, at: course.end, side: .after),
        place: course.endEvent.map { .event($0, .before) } ?? .time(course.end, .after))
      guard let impulse = adjoint.evaluation.impulses[neuron] else { return [last] }
      if let kink = kinkEvent(of: impulse), kink == course.endEvent {
        last.pull = -impulse.gradient / flow.parameters.tauMem
      }
      guard case .interior = impulse.place, impulse.time > course.start, impulse.time < course.end
      else { return [last] }
      var first = AdjointStretch(
        course: course, lambda: adjoint.state(of: neuron, at: impulse.time, side: .before),
        place: .time(impulse.time, .before))
      first.course.end = impulse.time
      last.course.start = impulse.time
      last.course.state = flow.advanced(course.state, by: impulse.time - course.start)
      return [first, last]
    }
  }

  /// The closed forms of the backward pass over a stretch: one summand for each λ at its end, and
  /// one for a running loss.
  private func terms(
    _ field: LIFParameters.Field, of neuron: Int, over stretch: AdjointStretch,
    in adjoint: AdjointTrajectory
  ) -> [Provenance.Term] {
    let drive = adjoint.evaluation.drives[neuron]
    let derivatives = StretchDerivatives(
      trajectory.circuit.flows[neuron], from: stretch.course.state,
      over: stretch.course.end - stretch.course.start, isDriven: drive != 0)
    let worth: StretchDerivatives.Worth
    switch field {
    case .vLeak: worth = derivatives.vLeak
    case .tauMem: worth = derivatives.tauMem
    case .tauSyn: worth = derivatives.tauSyn
    case .vThreshold, .vReset: return []
    }
    func term(_ part: Provenance.Part?, _ value: Double) -> Provenance.Term {
      Provenance.Term(
        value: value,
        cause: .stretch(
          neuron: neuron, from: stretch.course.event, to: stretch.course.endEvent, part),
        origin: part.map { .adjoint($0, neuron: neuron, at: stretch.place) })
    }
    return [
      term(.lambdaV, worth.lambdaV * stretch.lambda.lambdaV),
      term(.lambdaI, worth.lambdaI * stretch.lambda.lambdaI),
      term(nil, worth.drive * drive),
      Provenance.Term(
        value: worth.lambdaV * stretch.pull,
        cause: .maximum(neuron: neuron, time: stretch.course.end), origin: nil),
    ].filter { $0.value != 0 }
  }

  /// The terms of the gradient of an input time: w (λ_V − λ_I) for every synapse that the spike
  /// reaches, with or without delay.
  func inputTimeTerms(_ position: Int, in adjoint: AdjointTrajectory) -> [Provenance.Term] {
    let input = trajectory.events.firstIndex { event in
      if case .input(_, position) = event.kind { true } else { false }
    }
    guard let input, adjoint.isWalked(input) else { return [] }
    let later = (arrivals[input] ?? []).filter { adjoint.isWalked($0) }
    var parts = transmissions(of: input, arriving: input, 1, in: adjoint)
    for arrival in later {
      parts += transmissions(of: input, arriving: arrival, 1, in: adjoint)
      parts += leak(to: arrival, 1, beyond: [], in: adjoint)
    }
    parts += leak(to: input, 1, beyond: later, in: adjoint)
    return parts.filter { $0.value != 0 }.map {
      Provenance.Term(value: $0.value, cause: $0.cause, origin: $0.origin)
    }
  }
}
