import EventProp
import RealModule

extension Explainer {
  /// The terms of the loss: one for each spike or neuron that it reads.
  ///
  /// Terms of a logarithm of a sum are its shares: L = log Σ_j e_j is Σ_j p_j L with p_j = e_j / Σ e.
  func lossTerms(of loss: Loss) -> [Provenance.Term] {
    let offset = trajectory.circuit.offsets[loss.layer]
    func first(_ neuron: Int) -> Int? { trajectory.event(ofSpike: 0, of: offset + neuron) }
    func time(_ event: Int) -> Double { trajectory.events[event].time }
    func summand(
      _ value: Double, _ neuron: Int, _ event: Int?, target: Double? = nil
    ) -> Provenance.Term {
      Provenance.Term(
        value: value, cause: .summand(neuron: offset + neuron, event: event, target: target),
        origin: event.map { .spike(event: $0) })
    }
    switch loss.rule {
    case .linearSpikeTimes(let terms):
      return terms.compactMap { term in
        trajectory.event(ofSpike: term.spike, of: offset + term.neuron).map {
          summand(term.coefficient * time($0), term.neuron, $0)
        }
      }
    case .allSpikesMSE(let neurons, let targets, let tau):
      return zip(neurons, targets).flatMap { neuron, wanted in
        wanted.enumerated().compactMap { spike, target in
          trajectory.event(ofSpike: spike, of: offset + neuron).map { event in
            let error = (time(event) - target) / tau
            return summand(error * error, neuron, event, target: target)
          }
        }
      }
    case .firstSpikeMSE(let neurons, let targets, let tau, let clip):
      return zip(neurons, targets).map { neuron, target in
        let event = first(neuron).flatMap { time($0) < clip ? $0 : nil }
        let error = ((event.map(time) ?? clip) - target) / tau
        return summand(error * error, neuron, event, target: target)
      }
    case .targetTime(let neurons, let targets, let tau):
      return zip(neurons, targets).compactMap { neuron, target in
        first(neuron).map { event in
          let closeness = Double.exp(-abs(time(event) - target) / tau)
          return summand(-.log(onePlus: closeness), neuron, event, target: target)
        }
      }
    case .ttfsCrossEntropy(let neurons, let label, let tau, let clip):
      let events = neurons.map { neuron in first(neuron).flatMap { time($0) < clip ? $0 : nil } }
      let times = events.map { $0.map(time) ?? clip }
      return shares(of: Softmax(times.map { -$0 / tau }), label).enumerated().map { place, share in
        Provenance.Term(
          value: share.value,
          cause: .share(
            neuron: offset + neurons[place], event: events[place], probability: share.probability),
          origin: events[place].map { .spike(event: $0) })
      }
    case .maxOverTimeCrossEntropy(let neurons, let label):
      let maxima = neurons.map { trajectory.maximum(of: offset + $0) }
      let scores = maxima.map { max(0, $0.potential) }
      return shares(of: Softmax(scores), label).enumerated().map { place, share in
        let neuron = offset + neurons[place]
        return Provenance.Term(
          value: share.value,
          cause: .share(neuron: neuron, event: nil, probability: share.probability),
          origin: .potential(neuron: neuron, at: self.place(of: maxima[place])))
      }
    case .voltageIntegral(let coefficients):
      return coefficients.enumerated().compactMap { index, coefficient in
        guard coefficient != 0 else { return nil }
        let subject = Provenance.Subject.integral(neuron: offset + index)
        return Provenance.Term(
          value: integralTerms(of: offset + index, coefficient).reduce(0) { $0 + $1.value },
          cause: .integral(neuron: offset + index), origin: subject)
      }
    }
  }

  /// c ∫ V dt of a neuron, stretch by stretch.
  func integralTerms(of neuron: Int, _ coefficient: Double) -> [Provenance.Term] {
    let flow = trajectory.circuit.flows[neuron]
    return trajectory.stretches(of: neuron).map { stretch in
      let length = stretch.end - stretch.start
      let end = flow.advanced(stretch.state, by: length)
      return Provenance.Term(
        value: coefficient * flow.integral(from: stretch.state, to: end, over: length),
        cause: .stretch(neuron: neuron, from: stretch.event, to: stretch.endEvent, nil),
        origin: .potential(
          neuron: neuron,
          at: stretch.endEvent.map { .event($0, .before) } ?? .time(stretch.end, .before)))
    }
  }

  /// The shares of a cross-entropy: it, parted as the probabilities are.
  private func shares(
    of softmax: Softmax, _ label: Int
  ) -> [(value: Double, probability: Double)] {
    let total = -softmax.logProbability(of: label)
    return softmax.probabilities.map { ($0 * total, $0) }
  }

  private func place(
    of maximum: (potential: Double, time: Double, place: LossEvaluation.Impulse.Place)
  ) -> Provenance.Place {
    switch maximum.place {
    case .kink(let event): .event(event, .before)
    case .start, .interior, .horizon: .time(maximum.time, .before)
    }
  }
}
