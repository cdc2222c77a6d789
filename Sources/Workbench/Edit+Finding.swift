import EventProp
import Files
import Language

extension Edit {
  /// Finds what a name means; a complaint points at the word and suggests one of the parameters.
  static func find(_ name: Word, in experiment: Experiment) throws(Diagnostic) -> Target {
    let fields =
      LIFParameters.Field.allCases.map(\.rawValue) + InitialState.allCases.map(\.rawValue)
    let network = experiment.network
    let names = Names(experiment)
    let folded = name.text.lowercased().filter { $0 != "_" }
    if folded == "tmax" { return .horizon }
    if folded == "maxevents" { return .maxEvents(layer: nil) }
    if let field = LIFParameters.Field(named: name.text) {
      return .parameter(field, neurons: Array(0..<network.neuronCount))
    }
    if let synapse = name.after("delay ") { return .delay(try names.synapse(synapse)) }
    if let number = name.after("time of input ") {
      return .input(try inputSpike(number, in: experiment))
    }
    if name.text.contains("<-") || name.text.contains("->") || folded.hasPrefix("w[") {
      return .weight(try names.synapse(name))
    }
    if let initial = initialState(named: name.text) {
      return .initial(initial, neurons: Array(0..<network.neuronCount))
    }
    if let place = numbers(in: folded, after: "in"), let channel = place.first {
      return .input(try inputSpike(of: channel, place.dropFirst().first ?? 0, name, in: experiment))
    }
    if folded == "target" || numbers(in: folded, after: "target") != nil {
      let place = numbers(in: folded, after: "target") ?? [0]
      let spike = place.dropFirst().first ?? 0
      guard lossTarget(place[0], spike, in: experiment) != nil else {
        throw noTarget(name, in: experiment)
      }
      return .lossTarget(place[0], spike: spike)
    }
    if let owned = try names.owned(name) {
      if owned.field.lowercased().filter({ $0 != "_" }) == "maxevents" {
        guard let layer = names.layer(named: owned.owner) else {
          throw name.complaint(
            "only a layer or the whole run has max_events",
            remedy: "set \(network.layers[0].name).max_events 1000, set max_events 1000")
        }
        return .maxEvents(layer: layer)
      }
      if let initial = initialState(named: owned.field) {
        return .initial(initial, neurons: owned.neurons)
      }
      guard let field = LIFParameters.Field(named: owned.field) else {
        throw name.complaint(
          "no parameter '\(name.text)'",
          remedy: Suggestion.nearest(to: owned.field, among: fields).map {
            "did you mean \(owned.owner).\($0)?  (info params)"
          } ?? "see (info params)")
      }
      return .parameter(field, neurons: owned.neurons)
    }
    throw name.complaint(
      "no parameter '\(name.text)'",
      remedy: (Suggestion.nearest(to: name.text, among: fields + ["t_max", "target", "max_events"])
        .map { "did you mean \($0)?  " } ?? "see ") + "(info params)")
  }

  private static func initialState(named text: String) -> InitialState? {
    InitialState.allCases.first { Suggestion.areAlike($0.rawValue, text) }
  }

  /// One or two numbers after a word: `in2`, `in.2.1`, `target.0`.
  private static func numbers(in text: String, after word: String) -> [Int]? {
    guard text.hasPrefix(word) else { return nil }
    let parts = text.dropFirst(word.count).split(separator: ".", omittingEmptySubsequences: true)
    let numbers = parts.compactMap { Int($0) }
    return (1...2).contains(parts.count) && numbers.count == parts.count ? numbers : nil
  }

  /// An input spike by the number that reports give it.
  static func inputSpike(_ word: Word, in experiment: Experiment) throws(Diagnostic) -> Int {
    let count = experiment.inputSpikes.count
    guard let position = Int(word.text), (0..<count).contains(position) else {
      throw word.complaint(
        "no input spike \(word.text)",
        remedy: count == 0 ? "this run has none" : "they are numbered 0 to \(count - 1)")
    }
    return position
  }

  /// The position of a spike of a channel, counted in the order in which a person sees them.
  private static func inputSpike(
    of channel: Int, _ number: Int, _ name: Word, in experiment: Experiment
  ) throws(Diagnostic) -> Int {
    let spikes = experiment.inputSpikes(ofChannel: channel)
    guard !spikes.isEmpty else {
      throw name.complaint(
        "no input spike on channel \(channel)", remedy: Names(experiment).inventory)
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
  private static func noTarget(_ name: Word, in experiment: Experiment) -> Diagnostic {
    let targets = lossTargets(of: experiment)
    guard let last = targets.last else {
      return experiment.loss == nil
        ? name.complaint("this experiment has no loss", remedy: "add a loss to the preset")
        : name.complaint("this loss has no target", remedy: "a preset with targets has some")
    }
    let names = Names(experiment)
    let first = names.canonical(targets[0], in: experiment)
    return name.complaint(
      "the loss has no \(name.text)",
      remedy: targets.count == 1
        ? "it has \(first) alone" : "it has \(first) to \(names.canonical(last, in: experiment))")
  }
}

extension Experiment {
  /// The positions of the spikes of a channel, in the order of their times.
  func inputSpikes(ofChannel channel: Int) -> [Int] {
    inputSpikes.indices.filter { inputSpikes[$0].channel == channel }
      .sorted { (inputSpikes[$0].time, $0) < (inputSpikes[$1].time, $1) }
  }
}
