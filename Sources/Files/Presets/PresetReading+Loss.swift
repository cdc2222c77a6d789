internal import EventProp

extension PresetReading {
  mutating func loss(
    _ node: PresetNode, of layers: [LayerOutline], horizon: Double?, replaced: [LossField],
    _ places: inout PresetDocument.Places
  ) -> Loss? {
    places.loss = node.span(in: source)
    guard case .mapping(let pairs) = node.content else {
      complain(.expected(.mapping, found: node.description), at: node)
      return nil
    }
    guard let kindNode = pairs.first(where: { $0.key.text == "kind" })?.value else {
      let every = Loss.kinds.flatMap { $0.required + $0.optional }.map(\.key)
      _ = fields(
        of: node, in: "the loss", allowed: PresetKeys.loss + every, required: ["kind"])
      return nil
    }
    guard let name = text(kindNode) else { return nil }
    guard let kind = Loss.kinds.first(where: { $0.name == name }) else {
      complain(
        .unknownChoice(name, of: "kind of loss", allowed: Loss.kinds.map { $0.name }), at: kindNode)
      return nil
    }
    let fields = fields(
      of: node, in: "a \(name) loss",
      allowed: PresetKeys.loss + (kind.required + kind.optional).map(\.key),
      required: kind.required.filter { !replaced.contains($0) }.map(\.key))
    guard let fields else { return nil }

    var layer: Int? = layers.indices.last
    if let node = fields["layer"] { layer = self.layer(node, of: layers) }
    let values = values(
      kind, fields, layer.map { layers[$0] }, horizon: horizon, replaced: replaced, &places)
    guard let layer, let values else { return nil }
    return Loss(layer: layer, rule: Loss.Rule(kind, values))
  }

  private mutating func layer(_ node: PresetNode, of layers: [LayerOutline]) -> Int? {
    guard let name = text(node) else { return nil }
    if let index = layers.firstIndex(where: { $0.name == name }) { return index }
    complain(.unknownChoice(name, of: "layer", allowed: layers.map(\.name)), at: node)
    return nil
  }

  /// The values of a kind; nil if one of them cannot be read.
  ///
  /// All values are examined, the neurons first, because they set the length of others. A value
  /// that samples replace may be left out.
  private mutating func values(
    _ kind: any LossKind.Type, _ fields: PresetFields, _ layer: LayerOutline?, horizon: Double?,
    replaced: [LossField], _ places: inout PresetDocument.Places
  ) -> LossValues? {
    var values = LossValues()
    var isComplete = true
    func keep<Value>(_ value: Value?, _ path: WritableKeyPath<LossValues, Value>) {
      if let value { values[keyPath: path] = value } else { isComplete = false }
    }
    let all = kind.optional + kind.required
    let neurons =
      fields["neurons"].map { self.neurons($0, of: layer) } ?? layer?.size.map { Array(0..<$0) }
    for field in all {
      let node = fields[field.key]
      if node == nil, replaced.contains(field) { continue }
      switch field {
      case .neurons: keep(neurons, \.neurons)
      case .target:
        let times = node.flatMap { perListed($0, "target", neurons?.count) { $0.time($1) } }
        keep(times?.map { [$0] }, \.targets)
      case .targets:
        let lists = node.flatMap {
          perListed($0, "target list", neurons?.count) { reading, node in
            reading.list(node).flatMap { reading.all($0) { $0.time($1) } }
          }
        }
        keep(lists, \.targets)
      case .label: keep(node.flatMap { label($0, neurons?.count) }, \.label)
      case .tau:
        if node == nil { lossWithoutTau = kind.name }
        keep(node.map { positiveTime($0, "tau") } ?? values.tau, \.tau)
      case .clip: keep(node.map { positiveTime($0, "clip") } ?? horizon, \.clip)
      case .early: if let node { keep(early(node).map(Optional.some), \.early) }
      case .coefficients:
        let factors = node.flatMap { perListed($0, "coefficient", layer?.size) { $0.number($1) } }
        keep(factors, \.coefficients)
      case .terms: keep(node.flatMap { terms($0, of: layer, &places) }, \.terms)
      }
    }
    return isComplete ? values : nil
  }

  private mutating func early(_ node: PresetNode) -> Loss.Early? {
    let fields = fields(
      of: node, in: "early", allowed: PresetKeys.early, required: PresetKeys.early)
    let tau = fields?["tau"].flatMap { positiveTime($0, "tau") }
    let alpha = fields?["alpha"].flatMap { node in
      number(node).flatMap {
        obeys(Rules.notNegative($0), .value("alpha"), at: node) ? $0 : nil
      }
    }
    guard let tau, let alpha else { return nil }
    return Loss.Early(tau: tau, alpha: alpha)
  }

  private mutating func neurons(_ node: PresetNode, of layer: LayerOutline?) -> [Int]? {
    guard let items = list(node) else { return nil }
    return all(items) { $0.neuron($1, of: layer) }
  }

  private mutating func neuron(_ node: PresetNode, of layer: LayerOutline?) -> Int? {
    guard let neuron = integer(node) else { return nil }
    guard let layer, let size = layer.size else { return neuron }
    return obeys(Rules.index(neuron, of: size), .neuron(layer: layer.name), at: node)
      ? neuron : nil
  }

  private mutating func label(_ node: PresetNode, _ count: Int?) -> Int? {
    guard let label = integer(node) else { return nil }
    guard let count else { return label }
    return obeys(Rules.index(label, of: count), .label, at: node) ? label : nil
  }

  /// A list with one item for each neuron that the loss reads.
  private mutating func perListed<Value>(
    _ node: PresetNode, _ what: String, _ count: Int?,
    _ read: (inout Self, PresetNode) -> Value?
  ) -> [Value]? {
    guard let items = list(node) else { return nil }
    let values = all(items, read)
    if let count, items.count != count {
      complain(.wrongCount(what, expected: count, found: items.count, orOne: false), at: node)
      return nil
    }
    return values
  }

  private mutating func terms(
    _ node: PresetNode, of layer: LayerOutline?, _ places: inout PresetDocument.Places
  ) -> [Loss.SpikeTerm]? {
    guard let items = list(node) else { return nil }
    places.lossTerms = items.map { $0.span(in: source) }
    return all(items) { $0.term($1, of: layer) }
  }

  private mutating func term(_ node: PresetNode, of layer: LayerOutline?) -> Loss.SpikeTerm? {
    guard case .mapping = node.content else {
      complain(.expected(.term, found: node.description), at: node)
      return nil
    }
    let fields = fields(
      of: node, in: "a term", allowed: PresetKeys.term, required: ["neuron", "coefficient"])
    guard let fields else { return nil }
    let neuron = fields["neuron"].flatMap { self.neuron($0, of: layer) }
    let spike = fields["spike"].flatMap { integer($0, atLeast: 0, "the number of a spike") }
    let coefficient = fields["coefficient"].flatMap { number($0) }
    guard let neuron, let coefficient, spike != nil || fields["spike"] == nil else { return nil }
    return Loss.SpikeTerm(neuron: neuron, spike: spike, coefficient: coefficient)
  }
}
