package import EventProp

/// Why a name belongs to no part of a gradient.
package enum PartFault: Error, Equatable {
  case unknown(String, known: [String])
  case layerNeeded(String, known: [String])
  case absent(Parameter.Quantity, layer: String)
}

extension Names {
  /// The name of a part in reports and files: `hidden.weights`, `out.tau_mem`, `input_times`, `tau_mem`.
  package func name(of part: GradientPart) -> String {
    (part.layer.map { network.layers[$0].name + "." } ?? "") + part.quantity.rawValue
  }

  /// The name of one value of a part: `n0<-in2` or `hidden.0<-in.2`; `tau_mem` for a shared one.
  package func name(of entry: Int, in part: GradientPart) -> String {
    part.parameter(entry).map { name(of: $0) } ?? name(of: part)
  }

  /// The part with a name in a file.
  ///
  /// The name is `hidden.weights`, with `_` or `/` allowed for the dot, or `layer0.weights` by
  /// position. In a network of one layer the layer may be left out. `w` is short for `weights`.
  /// `length` tells one value per neuron from a shared value where the name does not.
  package func part(named name: String, length: Int? = nil) throws(PartFault) -> GradientPart {
    for (word, quantity) in Self.partWords {
      guard name.count >= word.count, name.lowercased().hasSuffix(word) else { continue }
      let owner = name.dropLast(word.count)
      if owner.isEmpty { return try bare(quantity, length: length) }
      guard let separator = owner.last, "._/".contains(separator), quantity != .inputTimes,
        let layer = layer(inFile: owner.dropLast())
      else { continue }
      return try part(quantity, ofLayer: layer)
    }
    throw .unknown(name, known: GradientPart.all(of: experiment).map { self.name(of: $0) })
  }

  /// A quantity of a layer; throws if the layer has no such synapses or delays.
  package func part(
    _ quantity: Parameter.Quantity, ofLayer layer: Int
  ) throws(PartFault) -> GradientPart {
    let part = GradientPart(layer: layer, quantity)
    guard part.exists(in: experiment) else {
      throw .absent(quantity, layer: network.layers[layer].name)
    }
    return part
  }

  /// Longer names come first, so that `recurrent_delays` is not the `delays` of a layer
  /// `…_recurrent`.
  private static let partWords: [(String, Parameter.Quantity)] =
    ((Parameter.Quantity.ofLayers + [.inputTimes]).map { ($0.rawValue, $0) } + [("w", .weights)])
    .sorted { $0.0.count > $1.0.count }

  private func bare(
    _ quantity: Parameter.Quantity, length: Int?
  ) throws(PartFault) -> GradientPart {
    if quantity == .inputTimes { return GradientPart(layer: nil, quantity) }
    let layers = network.layers
    if quantity.field != nil, layers.count > 1 || length == nil || length == 1 {
      return GradientPart(layer: nil, quantity)
    }
    guard layers.count == 1 else {
      throw .layerNeeded(
        quantity.rawValue, known: layers.map { "\($0.name).\(quantity.rawValue)" })
    }
    return try part(quantity, ofLayer: 0)
  }

  /// A layer by its name in a file, or by its position as `layer0`.
  package func layer(inFile name: some StringProtocol) -> Int? {
    let layers = network.layers
    if let layer = layers.firstIndex(where: { $0.name == name }) ?? layer(named: String(name)) {
      return layer
    }
    guard name.lowercased().hasPrefix("layer"),
      let position = Int(name.dropFirst(5).drop { "._/".contains($0) })
    else { return nil }
    return layers.indices.contains(position) ? position : nil
  }
}
