import EventProp
import Language
import Study

extension Session {
  func subject(of words: [Word]) throws(Diagnostic) -> Provenance.Subject {
    let (words, typed) = try words.splitAtPlace()
    let place = try typed.map { word throws(Diagnostic) in try self.place(word) } ?? here
    guard let head = words.first else {
      throw Word("why").complaint("why what?", remedy: "why V n0 @ e5-")
    }
    if words.count == 1, head.text.lowercased().hasPrefix("e"),
      Int(head.text.dropFirst()) != nil
    {
      return try spikeSubject(try event(head), head)
    }
    if head.text.lowercased() == "spike" { return .spike(event: try spike(words)) }
    if let subject = try gradientSubject(words) { return subject }
    switch try Probe(words, names, selected: selected) {
    case .state(let quantity, let neuron):
      if quantity.isAdjoint, !point.isBackward || run.wayBack == nil {
        throw noAdjointYet(head)
      }
      return switch quantity {
      case .potential: .potential(neuron: neuron, at: place)
      case .current: .current(neuron: neuron, at: place)
      case .lambdaV: .adjoint(.lambdaV, neuron: neuron, at: place)
      case .lambdaI: .adjoint(.lambdaI, neuron: neuron, at: place)
      }
    case .gradient(let synapse): return try gradientSubject(synapse, head)
    case .loss:
      guard run.loss != nil else {
        throw head.complaint(noWayBack.reason, remedy: noWayBack.remedy)
      }
      return .loss
    default:
      throw head.complaint(
        "'\(head.text)' comes from nothing else",
        remedy:
          "why V n0, I n0, lV n0, lI n0, L, grad SYN, grad tau_mem, input_time 3, spike NEURON [K], e7"
      )
    }
  }

  private func spikeSubject(_ event: Int, _ word: Word) throws(Diagnostic) -> Provenance.Subject {
    guard run.trajectory.events[event].spikingNeuron != nil else {
      throw word.complaint(
        "e\(event) is no spike: \(run.describe(event))",
        remedy: "why explains spikes, list shows the events")
    }
    return .spike(event: event)
  }

  func gradientSubject(
    _ synapse: SynapseIndex, _ word: Word
  ) throws(Diagnostic) -> Provenance.Subject {
    guard cursor.partialGradient != nil, run.wayBack != nil else { throw noGradientYet(word) }
    return .weightGradient(synapse, from: firstWalked)
  }

  /// The gradient of a parameter or an input time: `grad tau_mem`, `hidden.0.v_th`, `in.0`,
  /// `input_time 3`.
  ///
  /// The result is nil for other quantities.
  private func gradientSubject(
    _ words: [Word]
  ) throws(Diagnostic) -> Provenance.Subject? {
    let isGradient = words[0].text.lowercased() == "grad"
    guard let name = isGradient ? words.dropFirst().first : words[0] else { return nil }
    let rest = words.dropFirst(isGradient ? 2 : 1)
    if ["input_time", "input_times", "inputtime"].contains(name.text.lowercased()) {
      guard let word = rest.first else {
        throw name.end.complaint("of which input spike?", remedy: "why input_time 3")
      }
      let position = try names.inputSpike(word)
      return try inputTimeSubject(position, name)
    }
    guard rest.isEmpty, StateQuantity(name.text) == nil, Self.isGradientName(name.text) else {
      return nil
    }
    let parameters = try names.find(name).parameters
    switch parameters.first {
    case .field(let field, _, _)?:
      let neurons = parameters.compactMap { $0.neuron(in: experiment.network) }
      guard cursor.partialGradient != nil, run.wayBack != nil else {
        throw noGradientYet(name)
      }
      return .parameterGradient(field, neurons: neurons, from: point == .end ? nil : firstWalked)
    case .inputTime(let position)?: return try inputTimeSubject(position, name)
    case .weight?, .delay?, .initialPotential?, .initialCurrent?, .target?, nil: return nil
    }
  }

  /// Whether a word can name a parameter or the spike of a channel; false for other quantities.
  private static func isGradientName(_ text: String) -> Bool {
    let field = text.split(separator: ".").last.map(String.init) ?? ""
    return LIFParameters.Field(named: field) != nil
      || text.lowercased().hasPrefix("in") && Int(field) != nil
      || text.lowercased().hasPrefix("in") && Int(text.dropFirst(2)) != nil
  }

  private func inputTimeSubject(
    _ position: Int, _ word: Word
  ) throws(Diagnostic) -> Provenance.Subject {
    let event = run.trajectory.events.firstIndex { event in
      if case .input(_, position) = event.kind { true } else { false }
    }
    guard let event else {
      throw word.complaint(
        "this spike comes after t_max, and nothing depends on it",
        remedy: "set t_max makes the run longer")
    }
    guard run.wayBack != nil, firstWalked <= event else {
      throw noGradientYet(word, remedy: "bwd, then step down to it")
    }
    return .inputTimeGradient(position)
  }

  /// The earliest event that the backward pass has walked at the place of the user.
  var firstWalked: Int {
    switch point {
    case .backward(let event): cursor.isOtherHalf ? event + 1 : event
    case .end: 0
    case .start, .forward, .turn: run.trajectory.events.count
    }
  }

  /// The place of the user.
  private var here: Provenance.Place {
    if let event = point.event, let side { return .event(event, side) }
    return point == .turn ? .time(experiment.horizon, .after) : .time(0, .before)
  }

  private func place(_ word: Word) throws(Diagnostic) -> Provenance.Place {
    switch try place(named: word) {
    case .event(let event, let side): .event(event, side ?? .before)
    case .time(let time): .time(time, .after)
    }
  }
}
