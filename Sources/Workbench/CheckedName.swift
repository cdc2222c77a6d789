import EventProp
import Language
import Study

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
    guard first.text.lowercased() != "all" else {
      try Self.expectNothing(after: words.dropFirst())
      return
    }
    var rest = words[...]
    try rest.joinName()
    let name = rest.removeFirst()
    if !rest.isEmpty, let word = Suggestion.nearest(to: first.text, among: ["delay", "time"]) {
      throw first.complaint("no '\(first.text)' to check", remedy: "did you mean \(word)?")
    }
    try Self.expectNothing(after: rest)
    let target = try Edit.find(name, in: experiment)
    let numbers = target.numbers(in: experiment.network)
    switch target {
    case .parameter(let field, _): shared = numbers.count > 1 ? field : nil
    case .delay(let synapse): try Self.expectDelay(of: synapse, name.after("delay ") ?? name, names)
    case .weight, .initial, .input: break
    case .horizon, .lossTarget, .maxEvents:
      throw name.complaint(
        "the gradient has no derivative by \(name.text)",
        remedy: "it has those by weights, delays, input times, parameters and initial states")
    }
    parameters = numbers
  }

  private static func expectNothing(after rest: ArraySlice<Word>) throws(Diagnostic) {
    guard let extra = rest.first else { return }
    throw extra.complaint(
      "check takes one name, found '\(extra.text)' after it", remedy: "help check")
  }

  private static func expectDelay(
    of synapse: Names.SynapseName, _ word: Word, _ names: Names
  ) throws(Diagnostic) {
    let layer = names.network.layers[synapse.layer]
    guard (synapse.isRecurrent ? layer.recurrent : layer.weights)?.delays == nil else { return }
    throw word.complaint(
      "\(names.canonical(synapse)) has no delay",
      remedy:
        "set delay \(word.text) 1ms gives it one, or a preset by \(synapse.isRecurrent ? "recurrent_" : "")delays"
    )
  }
}
