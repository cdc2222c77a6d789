package import EventProp

/// The names of what an experiment has: `n0` counts across layers, `hidden.0` inside one, `in2` is a channel.
package struct Names: Sendable {
  package let network: Network

  /// The names of an experiment's network.
  package init(_ experiment: Experiment) {
    network = experiment.network
  }

  /// A synapse, found by name.
  package struct SynapseName: Equatable, Sendable {
    /// The layer that it reaches.
    package var layer: Int
    /// Whether it stays inside the layer.
    package var isRecurrent: Bool
    /// The presynaptic neuron or channel in its population.
    package var row: Int
    /// The postsynaptic neuron in its layer.
    package var column: Int
    /// The entry in its matrix.
    package var entry: Int

    package init(
      layer: Int, isRecurrent: Bool, row: Int, column: Int, entry: Int
    ) {
      self.layer = layer
      self.isRecurrent = isRecurrent
      self.row = row
      self.column = column
      self.entry = entry
    }
  }

  /// What an experiment has, in a phrase for complaints.
  package var inventory: String {
    let neurons = network.neuronCount == 1 ? "n0" : "n0-n\(network.neuronCount - 1)"
    let inputs = network.inputs == 1 ? "in0" : "in0-in\(network.inputs - 1)"
    return "this net has \(network.inputs > 0 ? inputs + ", " : "")\(neurons)"
  }

  /// `hidden.0` for a neuron counted across layers.
  package func full(_ neuron: Int) -> String {
    let place = network.place(of: neuron)
    return "\(network.layers[place.layer].name).\(place.index)"
  }

  /// A neuron from `n3`, `hidden.0`, or a bare number; counted across layers.
  package func neuron(_ word: Word) throws(Diagnostic) -> Int {
    guard let neuron = findNeuron(word.text) else {
      throw word.complaint("no neuron \(word.text)", remedy: inventory)
    }
    return neuron
  }

  private func findNeuron(_ text: String) -> Int? {
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
      return network.offsets[layer]
    }
    return network.offsets[layer] + index
  }

  /// The neurons of `out.tau_mem` or `hidden.0.v_th`, and what follows the last dot; nil for a word without a dot.
  package func owned(_ word: Word) throws(Diagnostic) -> (
    owner: String, neurons: [Int], field: String
  )? {
    guard let dot = word.text.lastIndex(of: ".") else { return nil }
    let owner = String(word.text[..<dot])
    let field = String(word.text[word.text.index(after: dot)...])
    if let layer = layer(named: owner) {
      return (owner, Array(network.offsets[layer]..<network.offsets[layer + 1]), field)
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

  private func channel(_ text: String) -> Int? {
    let lower = text.lowercased()
    guard lower.hasPrefix("in") else { return nil }
    let digits = lower.dropFirst(2).drop { $0 == "." }
    return Int(digits).flatMap { (0..<network.inputs).contains($0) ? $0 : nil }
  }

  /// A synapse from `n0<-in2`, `in2->n0` or `w[n0,in2]`.
  package func synapse(_ word: Word) throws(Diagnostic) -> SynapseName {
    var text = word.text.filter { $0 != " " }
    if text.lowercased().hasPrefix("w["), text.hasSuffix("]") {
      text = String(text.dropFirst(2).dropLast())
    }
    let ends: (target: String, source: String)
    if let sides = split(text, at: "<-") ?? split(text, at: ",") {
      ends = sides
    } else if let sides = split(text, at: "->") {
      ends = (sides.1, sides.0)
    } else {
      throw word.complaint(
        "'\(word.text)' is no synapse", remedy: "write it n0<-in2, in2->n0 or w[n0,in2]")
    }
    guard let target = findNeuron(ends.target) else {
      throw word.complaint("no neuron \(ends.target)", remedy: inventory)
    }
    let place = network.place(of: target)
    let source: (isRecurrent: Bool, row: Int)
    if let channel = channel(ends.source), place.layer == 0 {
      source = (false, channel)
    } else if let neuron = findNeuron(ends.source), channel(ends.source) == nil {
      let from = network.place(of: neuron)
      guard from.layer == place.layer || from.layer == place.layer - 1 else {
        throw word.complaint(
          "no synapse \(word.text)", remedy: "a layer reads only the one before it and itself")
      }
      source = (from.layer == place.layer, from.index)
    } else {
      throw word.complaint("no synapse \(word.text)", remedy: inventory)
    }
    let matrix =
      source.isRecurrent
      ? network.layers[place.layer].recurrent : network.layers[place.layer].weights
    guard let entry = matrix?.entry(row: source.row, column: place.index) else {
      throw word.complaint(
        "no \(source.isRecurrent ? "recurrent " : "")synapse \(word.text)",
        remedy: "info weights lists those there are")
    }
    return SynapseName(
      layer: place.layer, isRecurrent: source.isRecurrent, row: source.row, column: place.index,
      entry: entry)
  }

  private func split(_ text: String, at separator: String) -> (String, String)? {
    guard let range = text.firstRange(of: separator) else { return nil }
    return (String(text[..<range.lowerBound]), String(text[range.upperBound...]))
  }

  /// The synapse from a row of one of a layer's matrices to a neuron of the layer, or nil where there is none.
  package func synapse(
    to column: Int, ofLayer layer: Int, fromRow row: Int, isRecurrent: Bool
  ) -> SynapseName? {
    let matrix = isRecurrent ? network.layers[layer].recurrent : network.layers[layer].weights
    return matrix?.entry(row: row, column: column).map { entry in
      SynapseName(layer: layer, isRecurrent: isRecurrent, row: row, column: column, entry: entry)
    }
  }

  /// The canonical form of a synapse: `n0<-in2`.
  package func canonical(_ synapse: SynapseName) -> String {
    let offsets = network.offsets
    let target = "n\(offsets[synapse.layer] + synapse.column)"
    return target + "<-"
      + source(row: synapse.row, of: synapse.layer, isRecurrent: synapse.isRecurrent)
  }

  /// The name of a row of a layer's matrix: `in2` or `n0`.
  package func source(row: Int, of layer: Int, isRecurrent: Bool) -> String {
    if isRecurrent { return "n\(network.offsets[layer] + row)" }
    return layer == 0 ? "in\(row)" : "n\(network.offsets[layer - 1] + row)"
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
