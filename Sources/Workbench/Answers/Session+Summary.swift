import EventProp
import Language
import Study

extension Session {
  /// The text before the line being typed: `(fwd 5) `.
  package var prompt: String {
    if isInTraining, let course { return "(trn \(course.step)) " }
    return switch point {
    case .start: "(fwd start) "
    case .forward(let event): "(fwd \(event)\(cursor.isOtherHalf ? "-" : "")) "
    case .turn: run.timeline.hasBackward ? "(bwd turn) " : "(done) "
    case .backward(let event): "(bwd \(event)\(cursor.isOtherHalf ? "+" : "")) "
    case .end: "(done) "
    }
  }

  /// The place of the user, as a line of an answer.
  package var placeLine: Reply.Line { Reply.Line(summary(of: point), .place(point)) }

  /// The message at the end of the run.
  var endOfRun: String {
    if run.wayBack?.overflow != nil { return "the way back ends here: \(noWayBack.reason)" }
    return run.adjoint == nil
      ? "end of run: there is no gradient here" : "end of run: gradients complete"
  }

  /// The point in one line: the event, its time, and its changes.
  package func summary(of point: Timeline.Point) -> String {
    switch point {
    case .start: return "start of run, t = 0; step goes to the first event"
    case .turn:
      guard let loss = run.loss else {
        return run.trajectory.isCutShort
          ? "the event limit cut the run at \(run.trajectory.events.count) events: no gradient"
          : "end of the forward phase; this experiment has no loss, so there is no way back"
      }
      let grave =
        Warning.graveCount(in: run.trajectory) + run.overflow.count
        + bench.remarks.count { $0.kind != .reading }
      return
        "turn at t_max: L = \(Quantity.display(loss, digits: 6)), λ = 0; step goes back in time"
        + (grave == 0 ? "" : "; \(grave) warning\(grave == 1 ? "" : "s"): info warnings")
        + (Warning.leavesOut(run.trajectory) ? "; near looks for near misses" : "")
    case .end: return endOfRun
    case .forward(let event): return "e\(event) " + forwardSummary(of: event)
    case .backward(let event): return "e\(event) " + backwardSummary(of: event)
    }
  }

  private func forwardSummary(of event: Int) -> String {
    let happened = run.trajectory.events[event]
    var text = run.describe(event) + " t=" + Quantity.displayTime(happened.time, digits: 5)
    if case .spike(_, _, let current) = happened.kind,
      let slope = run.trajectory.slopeAtThreshold(of: event)
    {
      text += "  I-=" + Quantity.display(current)
      text += "  tau_mem V'-=" + Quantity.display(slope)
    }
    return text
  }

  private func backwardSummary(of event: Int) -> String {
    guard let adjoint = run.wayBack else { return "" }
    let happened = run.trajectory.events[event]
    var text = run.describe(event) + " t=" + Quantity.displayTime(happened.time, digits: 5)
    if let transition = adjoint.transitions[event] {
      text += "  λV n\(happened.spikingNeuron ?? 0) " + Quantity.display(transition.lambdaVAfter)
      text += " → " + Quantity.display(transition.lambdaVBefore)
    }
    return wrongLabel + text + "  dL/dt=" + Quantity.display(adjoint.timeGradients[event])
  }

  /// The selected neuron at the cursor, in one line.
  ///
  /// Forwards this is its state; backwards it is the gradient of its synapses as far as the pass
  /// has come.
  package var note: String {
    let neuron = selected
    guard let gradient = cursor.partialGradient else {
      let state = state(of: neuron)
      return "V n\(neuron) = \(Quantity.display(state.potential, digits: 5))   "
        + "I n\(neuron) = \(Quantity.display(state.current, digits: 5))"
    }
    let place = experiment.network.place(of: neuron)
    let layer = experiment.network.layers[place.layer]
    var parts: [String] = []
    for isRecurrent in [false, true] {
      guard let synapses = layer[recurrent: isRecurrent],
        let values = gradient.layers[place.layer][recurrent: isRecurrent]?.weights
      else { continue }
      for row in 0..<synapses.rows {
        guard let entry = synapses.entry(row: row, column: place.index) else { continue }
        parts.append(
          names.source(row: row, of: place.layer, isRecurrent: isRecurrent) + " "
            + Quantity.display(values[entry], digits: 4))
      }
    }
    return wrongLabel + "dL/dw n\(neuron)<- \(point == .end ? "complete" : "partial"): "
      + parts.joined(separator: "  ")
  }

  /// The prefix of every number of a wrong rule.
  var wrongLabel: String { run.rule.label }
}

extension AdjointRule {
  /// The prefix of every number of a wrong rule; empty for the exact rule.
  var label: String { self == .exact ? "" : "WRONG (\(name)) " }
}
