internal import EventProp

extension PresetReading {
  private enum LossKind: String, CaseIterable {
    case linearSpikeTimes = "linear_spike_times"
    case allSpikesMSE = "all_spikes_mse"
    case firstSpikeMSE = "first_spike_mse"
    case ttfsCrossEntropy = "ttfs_cross_entropy"
    case targetTime = "target_time"
    case voltageIntegral = "voltage_integral"
    case maxOverTimeCrossEntropy = "max_over_time_cross_entropy"

    /// The keys besides `kind` and `layer`: first those that are required.
    var keys: (required: [String], optional: [String]) {
      switch self {
      case .linearSpikeTimes: (["terms"], [])
      case .allSpikesMSE, .targetTime: (["targets"], ["neurons", "tau"])
      case .firstSpikeMSE: (["targets"], ["neurons", "tau", "clip"])
      case .ttfsCrossEntropy: (["label"], ["neurons", "tau", "clip"])
      case .voltageIntegral: (["coefficients"], [])
      case .maxOverTimeCrossEntropy: (["label"], ["neurons"])
      }
    }
  }

  mutating func loss(
    _ node: PresetNode, of layers: [LayerOutline], horizon: Double?,
    _ places: inout PresetDocument.Places
  ) -> Loss? {
    places.loss = node.span(in: source)
    guard case .mapping(let pairs) = node.content else {
      complain(.expected(.mapping, found: node.description), at: node)
      return nil
    }
    guard let kindNode = pairs.first(where: { $0.key.text == "kind" })?.value else {
      let every = LossKind.allCases.flatMap { $0.keys.required + $0.keys.optional }
      _ = fields(
        of: node, in: "the loss", allowed: ["kind", "layer"] + every, required: ["kind"])
      return nil
    }
    guard let kind: LossKind = choice(kindNode, of: "kind of loss") else { return nil }
    let (required, optional) = kind.keys
    let fields = fields(
      of: node, in: "a \(kind.rawValue) loss", allowed: ["kind", "layer"] + required + optional,
      required: required)
    guard let fields else { return nil }

    var layer: Int? = layers.indices.last
    if let node = fields["layer"] { layer = self.layer(node, of: layers) }
    let outline = layer.map { layers[$0] }
    let rule = rule(kind, fields, outline, horizon: horizon, &places)
    guard let layer, let rule else { return nil }
    return Loss(layer: layer, rule: rule)
  }

  private mutating func layer(_ node: PresetNode, of layers: [LayerOutline]) -> Int? {
    guard let name = text(node) else { return nil }
    if let index = layers.firstIndex(where: { $0.name == name }) { return index }
    complain(.unknownChoice(name, of: "layer", allowed: layers.map(\.name)), at: node)
    return nil
  }

  private mutating func rule(
    _ kind: LossKind, _ fields: PresetFields, _ layer: LayerOutline?, horizon: Double?,
    _ places: inout PresetDocument.Places
  ) -> Loss.Rule? {
    let tau = fields["tau"].map { positiveTime($0, "tau") } ?? 1
    let clip = fields["clip"].map { positiveTime($0, "clip") } ?? horizon
    let neurons =
      fields["neurons"].map { self.neurons($0, of: layer) } ?? layer?.size.map { Array(0..<$0) }
    switch kind {
    case .linearSpikeTimes:
      let terms = fields["terms"].flatMap { self.terms($0, of: layer, &places) }
      return terms.map { .linearSpikeTimes($0) }
    case .allSpikesMSE:
      let targets = fields["targets"].flatMap {
        perListed($0, "target list", neurons?.count) { reading, node in
          reading.list(node).flatMap { reading.all($0) { $0.time($1) } }
        }
      }
      guard let neurons, let targets, let tau else { return nil }
      return .allSpikesMSE(neurons: neurons, targets: targets, tau: tau)
    case .firstSpikeMSE:
      let targets = fields["targets"].flatMap {
        perListed($0, "target", neurons?.count) { $0.time($1) }
      }
      guard let neurons, let targets, let tau, let clip else { return nil }
      return .firstSpikeMSE(neurons: neurons, targets: targets, tau: tau, clip: clip)
    case .targetTime:
      let targets = fields["targets"].flatMap {
        perListed($0, "target", neurons?.count) { $0.time($1) }
      }
      guard let neurons, let targets, let tau else { return nil }
      return .targetTime(neurons: neurons, targets: targets, tau: tau)
    case .ttfsCrossEntropy:
      let label = fields["label"].flatMap { self.label($0, neurons?.count) }
      guard let neurons, let label, let tau, let clip else { return nil }
      return .ttfsCrossEntropy(neurons: neurons, label: label, tau: tau, clip: clip)
    case .voltageIntegral:
      let coefficients = fields["coefficients"].flatMap {
        perListed($0, "coefficient", layer?.size) { $0.number($1) }
      }
      return coefficients.map { .voltageIntegral($0) }
    case .maxOverTimeCrossEntropy:
      let label = fields["label"].flatMap { self.label($0, neurons?.count) }
      guard let neurons, let label else { return nil }
      return .maxOverTimeCrossEntropy(neurons: neurons, label: label)
    }
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

  /// A list with one item for each neuron that a loss reads.
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
    let keys = ["neuron", "spike", "coefficient"]
    guard let fields = fields(of: node, in: "a term", allowed: keys, required: keys) else {
      return nil
    }
    let neuron = fields["neuron"].flatMap { self.neuron($0, of: layer) }
    let spike = fields["spike"].flatMap { integer($0, atLeast: 0, "the number of a spike") }
    let coefficient = fields["coefficient"].flatMap { number($0) }
    guard let neuron, let spike, let coefficient else { return nil }
    return Loss.SpikeTerm(neuron: neuron, spike: spike, coefficient: coefficient)
  }
}
