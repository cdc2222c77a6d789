package import EventProp

/// The names of the parts of an experiment; both spellings are read, one of them is written.
///
/// Answers at the prompt use the short spelling: `n0` counts neurons across layers, `n0<-in2` is a
/// synapse, `in.2` is a spike of a channel. Files and reports in the shell use the full spelling:
/// `hidden.0`, `hidden.0<-in.2`, `time of input 3`.
package struct Names: Sendable {
  /// A way to write a name.
  package enum Spelling: Sendable {
    case short, full
  }

  package let experiment: Experiment
  /// The default spelling of parameters, synapses and neurons.
  package let spelling: Spelling

  /// The number of the first neuron of each layer when neurons are counted across layers, and the total.
  let offsets: [Int]

  package var network: Network { experiment.network }

  /// The names of an experiment; an answer that uses a single value of this type mixes no
  /// spellings.
  package init(_ experiment: Experiment, _ spelling: Spelling = .short) {
    self.experiment = experiment
    self.spelling = spelling
    offsets = experiment.network.offsets
  }

  /// The layers, neurons and channels of the experiment, in a phrase for complaints.
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
      // The name of a layer with one neuron also names this neuron.
      guard let layer = layer(named: text), network.layers[layer].size == 1 else { return nil }
      return offsets[layer]
    }
    return offsets[layer] + index
  }

  /// The neurons of `out.tau_mem` or `hidden.0.v_th`, and the text after the last dot; nil for a
  /// word without a dot.
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
    // A misspelt layer, perhaps with a number after it.
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
  /// The parameter by its name; case and underscores do not count.
  package init?(named name: String) {
    let folded = Suggestion.folded(name)
    guard let field = Self.allCases.first(where: { Suggestion.folded($0.rawValue) == folded })
    else { return nil }
    self = field
  }
}
