import EventProp
import Files
import Language
import Study

extension Session {
  /// The value of a quantity, at the cursor or at another place.
  func value(of words: [Word]) throws(Diagnostic) -> String {
    var words = words
    if let at = words.firstIndex(where: { $0.text == "@" }) {
      guard at + 1 < words.count else {
        throw words[at].complaint("at which place?", remedy: "@ e5-")
      }
      if at + 2 < words.count {
        throw words[at + 2].complaint(
          "did not expect '\(words[at + 2].text)' after the place", remedy: "V n0 @ e5-")
      }
      return try value(of: Array(words[..<at]), at: words[at + 1])
    }
    if words.last?.text.hasPrefix("@") ?? false, let last = words.popLast() {
      return try value(
        of: words, at: Word(String(last.text.dropFirst()), column: last.span.start.column + 1))
    }
    let probe = try Probe(words, in: experiment, selected: selected)
    let name = probe.text(names)
    func text(_ value: Double, digits: Int = 9) -> String {
      probe.isTime
        ? Quantity.displayTime(value, digits: digits) : Quantity.display(value, digits: digits)
    }
    switch probe {
    case .time: return "t = \(text(run.time(of: point), digits: 6))"
    case .loss: return run.loss.map { "L = \(text($0))" } ?? noWayBack.reason
    case .state(_, let neuron): return try stateValue(words[0].text, neuron, words[0])
    case .weight(let synapse): return "\(name) = \(text(run.weight(of: synapse) ?? 0))"
    case .gradient(let synapse):
      guard let gradient = cursor.partialGradient else {
        throw noGradientYet(words[0])
      }
      let layer = gradient.layers[synapse.layer]
      let value =
        (synapse.isRecurrent ? layer.recurrent : layer.weights)?.weights[synapse.entry] ?? 0
      return wrongLabel + "\(name) = \(text(value))" + (point == .end ? "" : " (partial)")
    case .parameter(let field, let neuron):
      return "\(name) = \(text(parameters(of: neuron)[field]))"
    case .setting(.maxEvents(let layer), _):
      return "\(name) = \(Edit.shown(limit: Edit.limit(ofLayer: layer, in: experiment)))"
    case .setting(let target, _):
      guard let value = target.sharedValue(in: experiment) else {
        return "\(name) = \(spread(of: target).map { text($0) }.joined(separator: " to "))"
          + ", not the same for all neurons"
      }
      return "\(name) = \(text(value))"
    case .jump:
      throw words[0].complaint(
        "only a jump has '\(words[0].text)'", remedy: "break jump lV n2 if abs > 4")
    }
  }

  /// The smallest and the largest value of a parameter among the neurons that share its name.
  private func spread(of target: Edit.Target) -> [Double] {
    let values = target.numbers(in: experiment.network).map { experiment[$0] }
    return [values.min(), values.max()].compactMap { $0 }
  }

  private func value(of words: [Word], at place: Word) throws(Diagnostic) -> String {
    guard let head = words.first,
      case .state(_, let neuron) = try Probe(words, in: experiment, selected: selected)
    else {
      throw (words.first ?? place).complaint(
        "only V, I, lV and lI have a value at every place", remedy: "print V n0 @ e5-")
    }
    let isAfter = place.text.hasSuffix("+")
    if place.text.lowercased().hasPrefix("e") {
      let name = Word(place.text.filter { $0 != "+" && $0 != "-" }, column: place.span.start.column)
      let number = try event(name)
      if !isAfter, !place.text.hasSuffix("-") {
        let sides = [Side.before, .after].map { side in
          valueText(
            head.text, neuron, run.trajectory.state(of: neuron, at: number, side: side),
            run.adjoint?.state(of: neuron, at: number, side: side))
        }
        return "\(sides[0]) @ e\(number)-   \(sides[1]) @ e\(number)+"
      }
      return valueText(
        head.text, neuron,
        run.trajectory.state(of: neuron, at: number, side: isAfter ? .after : .before),
        run.adjoint?.state(of: neuron, at: number, side: isAfter ? .after : .before))
        + " @ e\(number)\(isAfter ? "+" : "-")"
    }
    let time = try timeInRun(place)
    return valueText(
      head.text, neuron, run.trajectory.state(of: neuron, at: time),
      run.adjoint?.state(of: neuron, at: time)) + " @ \(Quantity.displayTime(time, digits: 6))"
  }

  private func stateValue(
    _ head: String, _ neuron: Int, _ word: Word
  ) throws(Diagnostic) -> String {
    let isAdjoint = head.lowercased().hasPrefix("l") || head.hasPrefix("λ")
    let adjoint = self.adjoint(of: neuron)
    if isAdjoint, adjoint == nil {
      throw noAdjointYet(word)
    }
    var text = valueText(head, neuron, state(of: neuron), adjoint)
    // Where the value jumps in this event, both limits are worth seeing.
    if let event = point.event, run.trajectory.events[event].spikingNeuron == neuron {
      let sides = [Side.before, .after].map { side in
        valueText(
          head, neuron, run.trajectory.state(of: neuron, at: event, side: side),
          run.adjoint?.state(of: neuron, at: event, side: side))
      }
      text += "   (e\(event)-: \(sides[0]), e\(event)+: \(sides[1]))"
    }
    return text
  }

  private func valueText(
    _ head: String, _ neuron: Int, _ state: LIFState, _ adjoint: AdjointState?
  ) -> String {
    let value =
      switch head.lowercased() {
      case "v": ("V", state.potential)
      case "i": ("I", state.current)
      case "lv", "λv": ("λV", adjoint?.lambdaV ?? 0)
      default: ("λI", adjoint?.lambdaI ?? 0)
      }
    return (value.0.hasPrefix("λ") ? wrongLabel : "")
      + "\(value.0) n\(neuron) = \(Quantity.display(value.1, digits: 9))"
  }
}
