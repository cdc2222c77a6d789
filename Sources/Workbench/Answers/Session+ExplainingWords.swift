import Columns
import EventProp
import Language
import Study

extension Session {
  /// The number of terms that are listed; the others are added up.
  private static let listed = 12

  func sixDigits(_ value: Double) -> String { Quantity.display(value, digits: 6) }

  func text(of provenance: Provenance) -> String {
    var lines = [heading(of: provenance)]
    let terms = provenance.terms
    guard !terms.isEmpty else { return lines[0] + ": " + reasonForZero(provenance.subject) }
    lines[0] += " is the sum of"
    let shown = terms.prefix(terms.count == Self.listed + 1 ? Self.listed + 1 : Self.listed)
    let width = shown.map { sixDigits($0.value).count }.max() ?? 0
    for (place, term) in shown.enumerated() {
      var line =
        "[\(place + 1)]".padded(to: terms.count > 9 ? 5 : 4)
        + sixDigits(term.value).padded(to: width) + "  " + phrase(term, of: provenance.subject)
      if let slope = term.timePerWeight {
        line += "  dt/dw = \(Quantity.displayTime(slope, digits: 3))"
      }
      lines.append(line)
    }
    if terms.count > shown.count {
      let rest = terms.dropFirst(shown.count).reduce(0) { $0 + $1.value }
      lines.append(
        "… \(terms.count - shown.count) more, \(sixDigits(rest)) together: why \(shown.count + 1) and on"
      )
    }
    if let divisor = divisor(of: provenance) { lines.append(divisor) }
    if case .adjoint = provenance.subject, run.rule != .exact {
      lines.append("\(run.rule.name): \(run.rule.story)")
    }
    return lines.joined(separator: "\n")
  }

  private func heading(of provenance: Provenance) -> String {
    let value = " = " + sixDigits(provenance.value)
    switch provenance.subject {
    case .potential(let neuron, let place): return "V n\(neuron) \(phrase(place))" + value
    case .current(let neuron, let place): return "I n\(neuron) \(phrase(place))" + value
    case .adjoint(let part, let neuron, let place):
      return wrongLabel + "\(phrase(part, neuron)) \(phrase(place))" + value
    case .spike(let event):
      let time = Quantity.displayTime(run.trajectory.events[event].time, digits: 6)
      return "e\(event) \(run.describe(event)) at \(time): V" + value
        + (run.trajectory.distanceFromThreshold(of: event) == nil ? ", the threshold," : "")
    case .weightGradient(let synapse, let first):
      return wrongLabel + "dL/dw \(names.name(of: synapse))" + value
        + (first == 0 ? "" : " (partial: events ≥ e\(first))")
    case .parameterGradient(let field, let neurons, let first):
      let owner = neurons.count == 1 ? " n\(neurons[0])" : ""
      let all = neurons.count > 1 ? " of \(neurons.count) neurons" : ""
      return wrongLabel + "dL/d\(field.rawValue)\(owner)\(all)" + value
        + (first.map { " (partial: events ≥ e\($0))" } ?? "")
    case .inputTimeGradient(let position):
      return wrongLabel + "dL/dt \(names.name(ofInput: position))" + value
    case .loss: return "L" + value
    case .integral(let neuron): return "c ∫ V dt of n\(neuron)" + value
    }
  }

  private func phrase(_ part: Provenance.Part, _ neuron: Int) -> String {
    switch part {
    case .lambdaV: "λV n\(neuron)"
    case .lambdaI: "λI n\(neuron)"
    case .difference: "λV - λI of n\(neuron)"
    }
  }

  private func phrase(_ place: Provenance.Place) -> String {
    switch place {
    case .time(let time, _): "@ " + Quantity.displayTime(time, digits: 6)
    case .event(let event, let side): "@ e\(event)" + (side == .before ? "-" : "+")
    }
  }

  func named(_ event: Int) -> String { "e\(event) \(run.describe(event))" }

  func phrase(_ term: Provenance.Term, of subject: Provenance.Subject) -> String {
    func weight(_ synapse: SynapseIndex) -> String {
      "w \(names.name(of: synapse)) = \(Quantity.display(experiment[.weight(synapse)]))"
    }
    func neuron(of event: Int) -> Int { run.trajectory.events[event].spikingNeuron ?? 0 }
    switch term.cause {
    case .carried(let part, let event):
      return "\(phrase(part, neuron(of: event))) @ e\(event)+" + decay(since: event, subject)
    case .reset(let event):
      return "e\(event) moves the reset with it: (v_th - v_reset) λV⁺ = "
        + sixDigits(undivided(term) ?? 0)
    case .synapse(let synapse, let event, let arrival, _):
      return "\(named(event)): \(weight(synapse)) times \(run.rule.pullSymbol) = "
        + sixDigits(difference(of: term) ?? 0)
        + (arrival == event ? "" : " at its arrival e\(arrival)")
    case .loss(let event):
      let transition = run.wayBack.flatMap { $0.transitions[event] }
      return "the loss reads \(named(event)): ∂l/∂t = "
        + sixDigits(transition?.lossTerm ?? 0)
    case .leaked(let event): return "credited to \(named(event)) by the rule leak-to-next"
    case .runningLoss: return "the loss reads V all the time"
    case .maximum(let neuron, let time):
      return
        "the loss reads the maximum of V n\(neuron) at \(Quantity.displayTime(time, digits: 5))"
    case .cut: return "the rule stops before this place: λ stays 0"
    case .contribution(let event):
      return "\(run.rule.collectedSymbol) at \(named(event))"
    case .threshold(let event): return "tau_mem λV⁻ at \(named(event))"
    case .resetHeight(let event): return "-tau_mem λV⁺ at \(named(event))"
    case .stretch(let neuron, let from, let to, let part):
      let place =
        "n\(neuron) from \(from.map(named) ?? "the start") to \(to.map(named) ?? "t_max")"
      switch part {
      case .lambdaI?: return place + ", by λI at its end"
      case .lambdaV?, .difference?: return place + ", by λV at its end"
      case nil: return place + ", by the running loss"
      }
    case .arrival(let synapse, let event, let since):
      return "\(named(event)): \(weight(synapse)), \(Quantity.displayTime(since)) before"
    case .initialPotential: return "V(0), decayed"
    case .initialCurrent: return "I(0)"
    case .resetPotential(let event): return "v_reset at e\(event), decayed"
    case .currentAfter(let event): return "I n\(neuron(of: event)) left after the spike e\(event)"
    case .leak: return "the leak towards v_leak"
    case .summand(let neuron, let event, let target):
      let goal = target.map { ", target \(Quantity.displayTime($0, digits: 6))" } ?? ""
      guard let event else { return "n\(neuron) has no spike in time and counts as clip" + goal }
      return
        "\(named(event)) at \(Quantity.displayTime(run.trajectory.events[event].time, digits: 6))"
        + goal
    case .share(let neuron, let event, let probability):
      return "n\(neuron), p = \(Quantity.display(probability)), of log Σ exp"
        + (event.map {
          ": \(named($0)) at \(Quantity.displayTime(run.trajectory.events[$0].time, digits: 6))"
        }
          ?? (experiment.loss?.readsSpikes ?? false
            ? ": no spike in time, counts as clip" : ": the maximum of its V"))
    case .early(let neuron, let event):
      return "the term early of n\(neuron)"
        + (event.map {
          ": \(named($0)) at \(Quantity.displayTime(run.trajectory.events[$0].time, digits: 6))"
        } ?? ": no spike in time, counts as clip")
    case .integral(let neuron): return "c ∫ V dt of n\(neuron)"
    }
  }

  /// The term of a jump before it was divided and carried to the place of the explained value; nil
  /// for other terms.
  private func undivided(_ term: Provenance.Term) -> Double? {
    switch term.cause {
    case .reset(let event): run.wayBack?.transitions[event]?.resetTerm
    case .synapse(let synapse, _, _, _):
      difference(of: term).map { experiment[.weight(synapse)] * $0 }
    case .loss(let event): run.wayBack?.transitions[event]?.lossTerm
    default: nil
    }
  }

  /// λ_V − λ_I of the neuron that a synapse reaches, at its arrival, as the rule has it.
  private func difference(of term: Provenance.Term) -> Double? {
    guard case .synapse(_, _, let arrival, let neuron) = term.cause else { return nil }
    return run.wayBack.map {
      $0.rule.pulled($0.state(of: neuron, atEvent: arrival, side: .after))
    }
  }

  /// The divisor of the terms that come from a jump, and their factor on the way from it.
  private func divisor(of provenance: Provenance) -> String? {
    switch provenance.subject {
    case .adjoint:
      for term in provenance.terms {
        let event: Int
        switch term.cause {
        case .reset(let spike), .loss(let spike), .synapse(_, let spike, _, _): event = spike
        default: continue
        }
        guard let part = undivided(term), part != 0,
          let divisor = run.wayBack?.transitions[event]?.denominator
        else { continue }
        let way = term.value * divisor / part
        return "what e\(event) adds is divided by tau_mem V'⁻ = \(sixDigits(divisor))"
          + (abs(way - 1) < 1e-12
            ? "" : " and comes here with the factor \(sixDigits(way))")
      }
      return nil
    case .spike(let event):
      guard provenance.terms.contains(where: { $0.timePerWeight != nil }),
        let slope = run.trajectory.slopeAtThreshold(of: event),
        let neuron = run.trajectory.events[event].spikingNeuron
      else { return nil }
      let tauMem = parameters(of: neuron).tauMem
      return "dt/dw = -∂V/∂w / V'⁻, V'⁻ = \(Quantity.display(slope))/"
        + "\(Quantity.displayTime(tauMem)) = \(Quantity.display(slope / tauMem / 1000)) /ms"
    default: return nil
    }
  }

  /// The decay of a number between an event and the place of the explained value, in words; empty
  /// without a decay.
  private func decay(since event: Int, _ subject: Provenance.Subject) -> String {
    if case .adjoint(_, _, .event(event, .before)) = subject { return "" }
    return ", decayed on the way"
  }

  private func reasonForZero(_ subject: Provenance.Subject) -> String {
    switch subject {
    case .potential(let neuron, .event(let event, .after))
    where run.trajectory.events[event].spikingNeuron == neuron:
      return "e\(event) has just reset it"
    case .potential, .current: return "nothing has arrived yet"
    case .adjoint(_, let neuron, _):
      return "n\(neuron) does nothing later that the loss could see"
    case .spike: return "nothing lifted V"
    case .loss, .integral: return "the loss reads nothing that happened"
    case .parameterGradient:
      return "no λ reaches these neurons in the part walked"
    case .inputTimeGradient:
      return "no neuron that it reaches does anything later that the loss could see"
    case .weightGradient:
      return "no spike passed this synapse in the part walked, or none that matters to the loss"
    }
  }
}
