package import EventProp

extension Names {
  /// A synapse from `n0<-in2`, `in2->n0` or `w[n0,in2]`.
  package func synapse(_ word: Word) throws(Diagnostic) -> SynapseIndex {
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
    let synapse = synapse(
      to: place.index, ofLayer: place.layer, fromRow: source.row, isRecurrent: source.isRecurrent)
    guard let synapse else {
      throw word.complaint(
        "no \(source.isRecurrent ? "recurrent " : "")synapse \(word.text)",
        remedy: "info weights lists those there are")
    }
    return synapse
  }

  private func split(_ text: String, at separator: String) -> (String, String)? {
    guard let range = text.firstRange(of: separator) else { return nil }
    return (String(text[..<range.lowerBound]), String(text[range.upperBound...]))
  }

  /// The synapse between a row of a layer's matrix and a neuron of the layer; nil if there is none.
  package func synapse(
    to column: Int, ofLayer layer: Int, fromRow row: Int, isRecurrent: Bool
  ) -> SynapseIndex? {
    network.layers[layer][recurrent: isRecurrent]?.entry(row: row, column: column).map {
      SynapseIndex(layer: layer, isRecurrent: isRecurrent, entry: $0)
    }
  }
}
