package import EventProp
package import Study

extension Names {
  /// The meaning of a name; a complaint points at the word and suggests an existing name.
  package func find(_ name: Word) throws(Diagnostic) -> Named {
    let keys = Parameter.Quantity.ofNeurons.map(\.rawValue)
    let folded = name.text.lowercased().filter { $0 != "_" }
    if folded == "tmax" { return .horizon }
    if folded == "maxevents" { return .maxEvents(layer: nil) }
    if let quantity = Parameter.Quantity(ofNeuronsNamed: name.text) {
      return .parameters(Parameter.each(quantity, of: 0..<network.neuronCount, in: network))
    }
    if let synapse = name.after("delay ") {
      return .parameters([.delay(try self.synapse(synapse))])
    }
    if let number = name.after("time of input ") {
      return .parameters([.inputTime(try inputSpike(number))])
    }
    if name.text.contains("<-") || name.text.contains("->") || folded.hasPrefix("w[") {
      return .parameters([.weight(try synapse(name))])
    }
    if let place = Self.numbers(in: folded, after: "in"), let channel = place.first {
      return .parameters([
        .inputTime(try inputSpike(of: channel, place.dropFirst().first ?? 0, name))
      ])
    }
    if folded == "target" || Self.numbers(in: folded, after: "target") != nil {
      let place = Self.numbers(in: folded, after: "target") ?? [0]
      let target = Parameter.target(place[0], spike: place.dropFirst().first ?? 0)
      guard Parameter.targets(of: experiment).contains(target) else { throw noTarget(name) }
      return .parameters([target])
    }
    if let owned = try owned(name) {
      if Suggestion.areAlike(owned.field, "max_events") {
        guard let layer = layer(named: owned.owner) else {
          throw name.complaint(
            "only a layer or the whole run has max_events",
            remedy: "set \(network.layers[0].name).max_events 1000, set max_events 1000")
        }
        return .maxEvents(layer: layer)
      }
      guard let quantity = Parameter.Quantity(ofNeuronsNamed: owned.field) else {
        throw name.complaint(
          "no parameter '\(name.text)'",
          remedy: Suggestion.nearest(to: owned.field, among: keys).map {
            "did you mean \(owned.owner).\($0)?  (info params)"
          } ?? "see (info params)")
      }
      return .parameters(Parameter.each(quantity, of: owned.neurons, in: network))
    }
    throw name.complaint(
      "no parameter '\(name.text)'",
      remedy: (Suggestion.nearest(to: name.text, among: keys + ["t_max", "target", "max_events"])
        .map { "did you mean \($0)?  " } ?? "see ") + "(info params)")
  }

  /// One or two numbers after a word: `in2`, `in.2.1`, `target.0`.
  private static func numbers(in text: String, after word: String) -> [Int]? {
    guard text.hasPrefix(word) else { return nil }
    let parts = text.dropFirst(word.count).split(separator: ".", omittingEmptySubsequences: true)
    let numbers = parts.compactMap { Int($0) }
    return (1...2).contains(parts.count) && numbers.count == parts.count ? numbers : nil
  }

  /// An input spike by its number in reports.
  package func inputSpike(_ word: Word) throws(Diagnostic) -> Int {
    let count = experiment.inputSpikes.count
    guard let position = Int(word.text), (0..<count).contains(position) else {
      throw word.complaint(
        "no input spike \(word.text)",
        remedy: count == 0 ? "this run has none" : "they are numbered 0 to \(count - 1)")
    }
    return position
  }

  /// The position of a spike of a channel, whose spikes are counted in order of time.
  private func inputSpike(
    of channel: Int, _ number: Int, _ name: Word
  ) throws(Diagnostic) -> Int {
    let spikes = experiment.inputSpikes(ofChannel: channel)
    guard !spikes.isEmpty else {
      throw name.complaint("no input spike on channel \(channel)", remedy: inventory)
    }
    guard spikes.indices.contains(number) else {
      throw name.complaint(
        "in\(channel) has no spike \(number)",
        remedy: spikes.count == 1
          ? "its only one is in.\(channel)"
          : "they are in.\(channel).0 to in.\(channel).\(spikes.count - 1)")
    }
    return spikes[number]
  }

  /// The complaint about a target that the loss does not have.
  private func noTarget(_ name: Word) -> Diagnostic {
    let targets = Parameter.targets(of: experiment)
    guard let first = targets.first, let last = targets.last else {
      return experiment.loss == nil
        ? name.complaint("this experiment has no loss", remedy: "add a loss to the preset")
        : name.complaint("this loss has no target", remedy: "a preset with targets has some")
    }
    return name.complaint(
      "the loss has no \(name.text)",
      remedy: targets.count == 1
        ? "it has \(short(first)) alone" : "it has \(short(first)) to \(short(last))")
  }
}

extension Parameter.Quantity {
  /// The quantity of a neuron by its name; case and underscores do not count.
  package init?(ofNeuronsNamed name: String) {
    guard let found = Self.ofNeurons.first(where: { Suggestion.areAlike($0.rawValue, name) })
    else { return nil }
    self = found
  }
}

extension Word {
  /// The word without a beginning, whatever its case; nil for a word without this beginning.
  func after(_ beginning: String) -> Word? {
    guard text.lowercased().hasPrefix(beginning) else { return nil }
    return Word(
      String(text.dropFirst(beginning.count)), column: span.start.column + beginning.count)
  }
}
