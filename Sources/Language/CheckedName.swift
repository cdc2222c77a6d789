package import EventProp
import Study

/// The subject of `check`: all derivatives, or the derivatives of a name.
package struct CheckedName: Sendable {
  /// The name as typed.
  package var text: String
  /// The derivatives, or nil for all of them.
  package var parameters: [Parameter]?
  /// The shared parameter, whose derivative is the sum of the derivatives; nil for other names.
  package var shared: LIFParameters.Field?
  /// Whether each derivative is checked by itself, however many there are.
  package var isWhole = false

  /// Reads the words after the verb: names as in `set` or in reports, then perhaps `all`.
  ///
  /// Throws a `Diagnostic` at a word that is no name.
  package init(_ words: [Word], _ names: Names) throws(Diagnostic) {
    text = words.map(\.text).joined(separator: " ")
    guard let first = words.first, let last = words.last else { return }
    isWhole = last.text.lowercased() == "all"
    guard first.text.lowercased() != "all" else {
      try Self.expectNothing(after: words.dropFirst())
      return
    }
    var rest = isWhole ? words.dropLast() : words[...]
    try rest.joinName()
    let name = rest.removeFirst()
    if !rest.isEmpty, let word = Suggestion.nearest(to: first.text, among: ["delay", "time"]) {
      throw first.complaint("no '\(first.text)' to check", remedy: "did you mean \(word)?")
    }
    try Self.expectNothing(after: rest)
    let parameters = try names.find(name).parameters
    switch parameters.first {
    case .field(let field, _, _)?: shared = parameters.count > 1 ? field : nil
    case .delay(let synapse)?:
      try Self.expectDelay(of: synapse, name.after("delay ") ?? name, names)
    case .weight?, .initialPotential?, .initialCurrent?, .inputTime?: break
    case .target?, nil:
      throw name.complaint(
        "the gradient has no derivative by \(name.text)",
        remedy: "it has those by weights, delays, input times, parameters and initial states")
    }
    self.parameters = parameters
  }

  private static func expectNothing(after rest: ArraySlice<Word>) throws(Diagnostic) {
    guard let extra = rest.first else { return }
    throw extra.complaint(
      "check takes one name, found '\(extra.text)' after it", remedy: "help check")
  }

  private static func expectDelay(
    of synapse: SynapseIndex, _ word: Word, _ names: Names
  ) throws(Diagnostic) {
    guard names.network.matrix(of: synapse)?.delays == nil else { return }
    throw word.complaint(
      "\(names.name(of: synapse)) has no delay",
      remedy:
        "set delay \(word.text) 1ms gives it one, or a preset by \(synapse.isRecurrent ? "recurrent_" : "")delays"
    )
  }
}
