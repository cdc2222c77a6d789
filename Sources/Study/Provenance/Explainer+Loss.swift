import EventProp

extension Explainer {
  /// The terms of the loss: one for each spike or neuron that it reads.
  func lossTerms(of loss: Loss) -> [Provenance.Term] {
    let offset = trajectory.circuit.offsets[loss.layer]
    return loss.terms(on: trajectory).map { term in
      let neuron = offset + term.neuron
      func because(_ cause: Provenance.Cause, _ origin: Provenance.Subject?) -> Provenance.Term {
        Provenance.Term(value: term.value, cause: cause, origin: origin)
      }
      switch term.reading {
      case .spike(let event, let target):
        return because(
          .summand(neuron: neuron, event: event, target: target), event.map { .spike(event: $0) })
      case .share(let event, let probability):
        return because(
          .share(neuron: neuron, event: event, probability: probability),
          event.map { .spike(event: $0) })
      case .early(let event):
        return because(.early(neuron: neuron, event: event), event.map { .spike(event: $0) })
      case .maximum(let maximum, let probability):
        return because(
          .share(neuron: neuron, event: nil, probability: probability),
          .potential(neuron: neuron, at: place(of: maximum)))
      case .integral: return because(.integral(neuron: neuron), .integral(neuron: neuron))
      }
    }
  }

  /// c ∫ V dt of a neuron, stretch by stretch.
  func integralTerms(of neuron: Int, _ coefficient: Double) -> [Provenance.Term] {
    trajectory.stretches(of: neuron).map { stretch in
      Provenance.Term(
        value: coefficient * trajectory.integral(over: stretch, of: neuron),
        cause: .stretch(neuron: neuron, from: stretch.event, to: stretch.endEvent, nil),
        origin: .potential(
          neuron: neuron,
          at: stretch.endEvent.map { .event($0, .before) } ?? .time(stretch.end, .before)))
    }
  }

  private func place(of maximum: Trajectory.Maximum) -> Provenance.Place {
    switch maximum.place {
    case .kink(let event): .event(event, .before)
    case .start, .interior, .horizon: .time(maximum.time, .before)
    }
  }
}
