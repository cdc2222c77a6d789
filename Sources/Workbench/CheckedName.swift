import EventProp
import Notation

/// What `check` was asked to verify: all, or the derivatives that a name means.
struct CheckedName: Sendable {
  /// The name as it was typed.
  var text: String
  /// The derivatives, or nil for all there are.
  var parameters: [CheckedParameter]?
  /// The parameter whose derivatives add up to that of one shared value.
  var shared: LIFParameters.Field?

  /// Reads the words after the verb: the names that `set` takes and those that reports print.
  ///
  /// Throws a `Diagnostic` that points at the word that means nothing.
  init(_ words: [Word], in experiment: Experiment) throws(Diagnostic) {
    text = words.map(\.text).joined(separator: " ")
    guard let first = words.first else { return }
    let names = Names(experiment)
    switch first.text.lowercased() {
    case "all":
      try Self.expectNothing(after: 1, in: words)
    case "delay":
      guard words.count > 1 else {
        throw first.complaint("the delay of which synapse?", remedy: "check delay n0<-in2")
      }
      try Self.expectNothing(after: 2, in: words)
      parameters = [try Self.delay(words[1], names)]
    case "time":
      parameters = [.inputTime(try Self.inputSpike(words, experiment))]
    default:
      if words.count > 1,
        let word = Suggestion.nearest(to: first.text, among: ["delay", "time"])
      {
        throw first.complaint("no '\(first.text)' to check", remedy: "did you mean \(word)?")
      }
      try Self.expectNothing(after: 1, in: words)
      (parameters, shared) = try Self.named(first, experiment, names)
    }
  }

  private static func expectNothing(after count: Int, in words: [Word]) throws(Diagnostic) {
    guard words.count > count else { return }
    throw words[count].complaint(
      "check takes one name, found '\(words[count].text)' after it", remedy: "help check")
  }

  private static func delay(_ word: Word, _ names: Names) throws(Diagnostic) -> CheckedParameter {
    let synapse = try names.synapse(word)
    let layer = names.network.layers[synapse.layer]
    guard (synapse.isRecurrent ? layer.recurrent : layer.weights)?.delays != nil else {
      throw word.complaint(
        "\(names.canonical(synapse)) has no delay",
        remedy: "a preset gives delays by \(synapse.isRecurrent ? "recurrent_" : "")delays")
    }
    return synapse.isRecurrent
      ? .recurrentDelay(layer: synapse.layer, entry: synapse.entry)
      : .delay(layer: synapse.layer, entry: synapse.entry)
  }

  /// The position of an input spike from `time of input 3`.
  private static func inputSpike(
    _ words: [Word], _ experiment: Experiment
  ) throws(Diagnostic) -> Int {
    let phrase = words.dropFirst().prefix(2).map { $0.text.lowercased() }
    guard phrase == ["of", "input"], words.count > 3 else {
      let wrong = zip(words.dropFirst(), ["of", "input"]).first { $0.text.lowercased() != $1 }
      throw (wrong?.0 ?? words[words.count - 1]).complaint(
        "the time of which input spike?", remedy: "check time of input 3, or check in.0")
    }
    try expectNothing(after: 4, in: words)
    let count = experiment.inputSpikes.count
    guard let position = Int(words[3].text), (0..<count).contains(position) else {
      throw words[3].complaint(
        "no input spike \(words[3].text)",
        remedy: count == 0 ? "this run has none" : "they are numbered 0 to \(count - 1)")
    }
    return position
  }

  private static func named(
    _ word: Word, _ experiment: Experiment, _ names: Names
  ) throws(Diagnostic) -> ([CheckedParameter], LIFParameters.Field?) {
    if let initial = try initialStates(word, names) { return (initial, nil) }
    switch try Edit.find(word, in: experiment, alsoKnown: initialNames) {
    case .weight(let synapse):
      return (
        [
          synapse.isRecurrent
            ? .recurrent(layer: synapse.layer, entry: synapse.entry)
            : .weight(layer: synapse.layer, entry: synapse.entry)
        ], nil
      )
    case .parameter(let field, let neurons):
      let parameters = neurons.map { neuron in
        let place = names.network.place(of: neuron)
        return CheckedParameter.parameter(layer: place.layer, neuron: place.index, field: field)
      }
      return (parameters, neurons.count > 1 ? field : nil)
    case .input(let position): return ([.inputTime(position)], nil)
    case .horizon, .lossTarget, .maxEvents:
      throw word.complaint(
        "the gradient has no derivative by \(word.text)",
        remedy: "it has those by weights, delays, input times, parameters and initial states")
    }
  }

  private static let initialNames = ["initial_v", "initial_i"]

  /// V(0) or I(0): `initial_v` of all neurons, `out.initial_v`, `hidden.0.initial_i`; nil for other names.
  private static func initialStates(
    _ word: Word, _ names: Names
  ) throws(Diagnostic) -> [CheckedParameter]? {
    let field = word.text.split(separator: ".").last.map { $0.lowercased() } ?? ""
    let name = initialNames.first { Suggestion.areAlike($0, field) }
    guard let name else { return nil }
    let neurons = try names.owned(word)?.neurons ?? Array(0..<names.network.neuronCount)
    return neurons.map { neuron in
      let place = names.network.place(of: neuron)
      return name == "initial_v"
        ? .initialPotential(layer: place.layer, neuron: place.index)
        : .initialCurrent(layer: place.layer, neuron: place.index)
    }
  }
}
