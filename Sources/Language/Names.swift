package import EventProp

/// The names of what an experiment has: reading them in either spelling, and writing them in one.
///
/// The prompt's answers use the short spelling: `n0` counts neurons across layers, `n0<-in2` is a synapse, `in.2` a spike of a
/// channel. Files and reports of the shell use the full one: `hidden.0`, `hidden.0<-in.2`, `time of input 3`.
package struct Names: Sendable {
  /// How a name is written.
  package enum Spelling: Sendable {
    case short, full
  }

  package let experiment: Experiment
  /// How parameters, synapses and neurons are written where no spelling is named.
  package let spelling: Spelling

  /// The number of the first neuron of each layer when neurons are counted across layers, and the total.
  let offsets: [Int]

  package var network: Network { experiment.network }

  /// The names of an experiment; an answer that uses one value of this type mixes no spellings.
  package init(_ experiment: Experiment, _ spelling: Spelling = .short) {
    self.experiment = experiment
    self.spelling = spelling
    offsets = experiment.network.offsets
  }

  /// What an experiment has, in a phrase for complaints.
  package var inventory: String {
    let neurons = network.neuronCount == 1 ? "n0" : "n0-n\(network.neuronCount - 1)"
    let inputs = network.inputs == 1 ? "in0" : "in0-in\(network.inputs - 1)"
    return "this net has \(network.inputs > 0 ? inputs + ", " : "")\(neurons)"
  }

  /// A neuron from `n3`, `hidden.0`, or a bare number; counted across layers.
  package func neuron(_ word: Word) throws(Diagnostic) -> Int {
    guard let neuron = findNeuron(word.text) else {
      throw word.complaint("no neuron \(word.text)", remedy: inventory)
    }
    return neuron
  }

  func findNeuron(_ text: String) -> Int? {
    let lower = text.lowercased()
    let digits = lower.hasPrefix("n") ? lower.dropFirst() : lower[...]
    if let number = Int(digits) {
      return (0..<network.neuronCount).contains(number) ? number : nil
    }
    guard let dot = text.lastIndex(of: "."), let index = Int(text[text.index(after: dot)...]),
      let layer = layer(named: String(text[..<dot])), index >= 0,
      index < network.layers[layer].size
    else {
      // A layer of one neuron is a name for that neuron.
      guard let layer = layer(named: text), network.layers[layer].size == 1 else { return nil }
      return offsets[layer]
    }
    return offsets[layer] + index
  }

  /// The neurons of `out.tau_mem` or `hidden.0.v_th`, and what follows the last dot; nil for a word without a dot.
  package func owned(_ word: Word) throws(Diagnostic) -> (
    owner: String, neurons: [Int], field: String
  )? {
    guard let dot = word.text.lastIndex(of: ".") else { return nil }
    let owner = String(word.text[..<dot])
    let field = String(word.text[word.text.index(after: dot)...])
    if let layer = layer(named: owner) {
      return (owner, Array(offsets[layer]..<offsets[layer + 1]), field)
    }
    if let neuron = findNeuron(owner) { return (owner, [neuron], field) }
    var place = word
    place.span.length = owner.unicodeScalars.count
    // A misspelt layer, with or without a number after it.
    let index = owner.lastIndex(of: ".").flatMap {
      Int(owner[owner.index(after: $0)...]) == nil ? nil : $0
    }
    let name = String(owner[..<(index ?? owner.endIndex)])
    let near =
      layer(named: name) == nil
      ? Suggestion.nearest(to: name, among: network.layers.map(\.name)) : nil
    throw place.complaint(
      "no neuron \(owner)",
      remedy: near.map { "did you mean \($0)\(index.map { owner[$0...] } ?? "")?" } ?? inventory)
  }

  /// A layer by its name, whatever the case.
  package func layer(named text: String) -> Int? {
    network.layers.firstIndex { $0.name.lowercased() == text.lowercased() }
  }

  func channel(_ text: String) -> Int? {
    let lower = text.lowercased()
    guard lower.hasPrefix("in") else { return nil }
    let digits = lower.dropFirst(2).drop { $0 == "." }
    return Int(digits).flatMap { (0..<network.inputs).contains($0) ? $0 : nil }
  }
}

extension LIFParameters.Field {
  /// The parameter that a name means; case and underscores are ignored.
  package init?(named name: String) {
    let folded = Suggestion.folded(name)
    guard let field = Self.allCases.first(where: { Suggestion.folded($0.rawValue) == folded })
    else { return nil }
    self = field
  }
}
