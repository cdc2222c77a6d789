package import EventProp
import Language
package import Study

extension GradientPart {
  /// The name in reports and files: `hidden.weights`, `out.tau_mem`, `input_times`, `tau_mem`.
  package func name(in experiment: Experiment) -> String {
    (layer.map { experiment.network.layers[$0].name + "." } ?? "") + quantity.rawValue
  }

  /// The name of one value: `hidden.0<-in.2`, `out.0.tau_mem`, `time of input 3`, `tau_mem`.
  package func name(of entry: Int, in experiment: Experiment) -> String {
    parameter(entry)?.name(in: experiment) ?? name(in: experiment)
  }

  /// Finds the part that a file names.
  ///
  /// `hidden.weights`, with `_` or `/` for the dot; `layer0.weights` by position; in a network of one layer
  /// the layer may be left out. `w` is short for `weights`. `length` tells one value per neuron from a shared one
  /// where the name alone does not.
  static func named(
    _ name: String, in experiment: Experiment, length: Int? = nil
  ) throws(GradientFault) -> GradientPart {
    let layers = experiment.network.layers
    for (word, quantity) in words {
      guard name.count >= word.count, name.lowercased().hasSuffix(word) else { continue }
      let owner = name.dropLast(word.count)
      if owner.isEmpty { return try bare(quantity, in: experiment, length: length) }
      guard let separator = owner.last, "._/".contains(separator), quantity != .inputTimes,
        let layer = layer(named: owner.dropLast(), in: layers)
      else { continue }
      let part = GradientPart(layer: layer, quantity)
      guard part.exists(in: experiment) else {
        throw .absent(quantity, layer: layers[layer].name)
      }
      return part
    }
    throw .unknownName(name, known: all(of: experiment).map { $0.name(in: experiment) })
  }

  /// The longest first, so that `recurrent_delays` is not the `delays` of a layer `…_recurrent`.
  private static let words: [(String, Quantity)] =
    (Quantity.allCases.map { ($0.rawValue, $0) } + [("w", .weights)])
    .sorted { $0.0.count > $1.0.count }

  private static func bare(
    _ quantity: Quantity, in experiment: Experiment, length: Int?
  ) throws(GradientFault) -> GradientPart {
    if quantity == .inputTimes { return GradientPart(layer: nil, quantity) }
    let layers = experiment.network.layers
    if quantity.field != nil, layers.count > 1 || length == nil || length == 1 {
      return GradientPart(layer: nil, quantity)
    }
    guard layers.count == 1 else {
      throw .layerNeeded(
        quantity.rawValue, known: layers.map { "\($0.name).\(quantity.rawValue)" })
    }
    let part = GradientPart(layer: 0, quantity)
    guard part.exists(in: experiment) else { throw .absent(quantity, layer: layers[0].name) }
    return part
  }

  static func layer(named name: some StringProtocol, in layers: [Layer]) -> Int? {
    if let layer = layers.firstIndex(where: { $0.name == name })
      ?? layers.firstIndex(where: { $0.name.lowercased() == name.lowercased() })
    {
      return layer
    }
    guard name.lowercased().hasPrefix("layer"),
      let position = Int(name.dropFirst(5).drop { "._/".contains($0) })
    else { return nil }
    return layers.indices.contains(position) ? position : nil
  }

  /// Puts an array that a file has for this part into our order.
  ///
  /// A matrix may be [before × this] or, where the two differ, [this × before]; a sparse one also `[[before, this, value], …]` or
  /// its values alone.
  func arranged(
    _ values: [Double], shape: [Int], in experiment: Experiment
  ) throws(GradientFault) -> ForeignGradient.Part {
    let expected = self.shape(in: experiment)
    let wrong = GradientFault.wrongShape(
      name: name(in: experiment), expected: expected, found: shape)
    guard let synapses = synapses(in: experiment) else {
      let count = expected.first ?? 1
      // An axis of length 1 more or less says nothing.
      guard values.count == count, shape.count(where: { $0 != 1 }) <= 1 else { throw wrong }
      return ForeignGradient.Part(self, values)
    }
    if !synapses.isDense {
      if shape.count == 2, shape[1] == 3,
        shape != expected || isListed(values, synapses)
      {
        return ForeignGradient.Part(self, try listed(values, synapses))
      }
      if shape == [synapses.weights.count] { return ForeignGradient.Part(self, values) }
    }
    let isVector =
      shape.count <= 1 && expected.contains(1) && values.count == expected[0] * expected[1]
    if shape == expected || isVector {
      return ForeignGradient.Part(self, entries(of: synapses) { values[$0 * expected[1] + $1] })
    }
    guard shape == expected.reversed() else { throw wrong }
    return ForeignGradient.Part(
      self, entries(of: synapses) { values[$1 * expected[0] + $0] }, isTransposed: true)
  }

  private func entries(
    of synapses: Synapses, _ value: (_ row: Int, _ column: Int) -> Double
  ) -> [Double] {
    (0..<synapses.rows).flatMap { row in
      synapses.entries(ofRow: row).map { value(row, synapses.column(ofEntry: $0, row: row)) }
    }
  }

  /// Whether rows of three numbers are a synapse and a value each, all synapses together.
  private func isListed(_ values: [Double], _ synapses: Synapses) -> Bool {
    (try? listed(values, synapses)) != nil
  }

  private func listed(
    _ values: [Double], _ synapses: Synapses
  ) throws(GradientFault) -> [Double] {
    var found = [Double?](repeating: nil, count: synapses.weights.count)
    for start in stride(from: 0, to: values.count, by: 3) {
      let before = Int(exactly: values[start]) ?? -1
      let this = Int(exactly: values[start + 1]) ?? -1
      guard let entry = synapses.entry(row: before, column: this) else {
        throw .noSuchSynapse(before, this)
      }
      guard found[entry] == nil else { throw .synapseTwice(before, this) }
      found[entry] = values[start + 2]
    }
    if let entry = found.firstIndex(of: nil),
      let row = (0..<synapses.rows).first(where: { synapses.entries(ofRow: $0).contains(entry) })
    {
      throw .synapseMissing(row, synapses.column(ofEntry: entry, row: row))
    }
    return found.compactMap { $0 }
  }
}
