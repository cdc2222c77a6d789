import EventProp
import Files
import Language
import Study

extension Session {
  /// The value of a quantity, at the cursor or at another place.
  func value(of words: [Word]) throws(Diagnostic) -> String {
    let (words, place) = try words.splitAtPlace()
    if let place { return try value(of: words, at: place) }
    let probe = try Probe(words, names, selected: selected)
    let name = probe.text(names)
    func text(_ value: Double, digits: Int = 9) -> String {
      Quantity.display(value, isTime: probe.isTime, digits: digits)
    }
    switch probe {
    case .time: return "t = \(text(run.time(of: point), digits: 6))"
    case .loss: return run.loss.map { "L = \(text($0))" } ?? noWayBack.reason
    case .state(let quantity, let neuron):
      return try stateValue(quantity, neuron, words[0])
    case .gradient(let synapse):
      guard let gradient = cursor.partialGradient else {
        throw noGradientYet(words[0])
      }
      return wrongLabel + "\(name) = \(text(gradient[weight: synapse]))"
        + (point == .end ? "" : " (partial)")
    case .setting(.maxEvents(let layer)):
      return "\(name) = \(Edit.shown(limit: experiment[maxEventsOf: layer]))"
    case .setting(let named):
      guard let value = named.value(in: experiment) else {
        let values = named.parameters.map { experiment[$0] }
        return "\(name) = \(text(values.min() ?? 0)) to \(text(values.max() ?? 0))"
          + ", not the same for all neurons"
      }
      return "\(name) = \(text(value))"
    case .jump:
      throw words[0].complaint(
        "only a jump has '\(words[0].text)'", remedy: "break jump lV n2 if abs > 4")
    }
  }

  private func value(of words: [Word], at place: Word) throws(Diagnostic) -> String {
    guard !words.isEmpty,
      case .state(let quantity, let neuron) = try Probe(words, names, selected: selected)
    else {
      throw (words.first ?? place).complaint(
        "only V, I, lV and lI have a value at every place", remedy: "print V n0 @ e5-")
    }
    let named = try self.place(named: place)
    guard isKnown(quantity, at: named) else { throw noAdjointYet(place) }
    switch named {
    case .time(let time):
      let value = quantity.value(
        run.trajectory.state(of: neuron, at: time), run.wayBack?.state(of: neuron, at: time))
      return text(quantity, neuron, value) + " @ \(Quantity.displayTime(time, digits: 6))"
    case .event(let number, let side):
      let sides = sides(of: quantity, neuron, at: number)
      return switch side {
      case .after: sides.after + " @ e\(number)+"
      case .before: sides.before + " @ e\(number)-"
      case nil: "\(sides.before) @ e\(number)-   \(sides.after) @ e\(number)+"
      }
    }
  }

  /// Whether the run has a quantity at a place: λ exists only as far as the backward pass goes.
  private func isKnown(_ quantity: StateQuantity, at place: NamedPlace) -> Bool {
    guard quantity.isAdjoint else { return true }
    guard let wayBack = run.wayBack else { return false }
    guard let overflow = wayBack.overflow else { return true }
    return switch place {
    case .time(let time): time > overflow.time
    case .event(let number, _): number > overflow.event
    }
  }

  private func stateValue(
    _ quantity: StateQuantity, _ neuron: Int, _ word: Word
  ) throws(Diagnostic) -> String {
    guard let value = quantity.value(state(of: neuron), adjoint(of: neuron)) else {
      throw noAdjointYet(word)
    }
    let here = text(quantity, neuron, value)
    // Both limits are shown where the value jumps in this event.
    guard let event = point.event, run.trajectory.events[event].spikingNeuron == neuron else {
      return here
    }
    let sides = sides(of: quantity, neuron, at: event)
    return here + "   (e\(event)-: \(sides.before), e\(event)+: \(sides.after))"
  }

  /// A quantity with its value on both sides of an event.
  private func sides(
    of quantity: StateQuantity, _ neuron: Int, at event: Int
  ) -> (before: String, after: String) {
    func text(_ side: Side) -> String {
      self.text(quantity, neuron, quantity.value(of: neuron, at: event, side: side, in: run))
    }
    return (text(.before), text(.after))
  }

  private func text(_ quantity: StateQuantity, _ neuron: Int, _ value: Double?) -> String {
    (quantity.isAdjoint ? wrongLabel : "")
      + "\(quantity.rawValue) n\(neuron) = \(Quantity.display(value ?? 0, digits: 9))"
  }
}
