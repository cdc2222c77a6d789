internal import EventProp
import Language

extension PresetReading {
  /// One value per neuron, each with its place.
  struct PerNeuron {
    /// One value for all neurons, or one for each.
    var values: [Double]
    var nodes: [PresetNode]

    func value(of neuron: Int) -> Double { values.count == 1 ? values[0] : values[neuron] }
    func node(of neuron: Int) -> PresetNode { nodes.count == 1 ? nodes[0] : nodes[neuron] }
  }

  typealias ParameterValues = [LIFParameters.Field: PerNeuron]

  /// Parameters in a mapping; without a count, as for shared parameters, each one is a single
  /// number.
  mutating func parameters(_ node: PresetNode, count: Int??, in place: String) -> ParameterValues? {
    let allowed = LIFParameters.Field.allCases
    guard let fields = fields(of: node, in: place, allowed: allowed.map(\.rawValue)) else {
      return nil
    }
    var values: ParameterValues = [:]
    for field in allowed {
      guard let node = fields[field.rawValue] else { continue }
      let read = { (reading: inout Self, node: PresetNode) -> Double? in
        field.isTime ? reading.positiveTime(node, "a time constant") : reading.number(node)
      }
      if let count {
        values[field] = perNeuron(node, count: count, read)
      } else if let value = read(&self, node) {
        values[field] = PerNeuron(values: [value], nodes: [node])
      }
    }
    return values
  }

  /// One value for all neurons, or a list with one for each.
  mutating func perNeuron(
    _ node: PresetNode, count: Int?, _ read: (inout Self, PresetNode) -> Double?
  ) -> PerNeuron? {
    guard case .list(let items) = node.content else {
      return read(&self, node).map { PerNeuron(values: [$0], nodes: [node]) }
    }
    let values = all(items, read)
    if let count, items.count != count {
      complain(
        .wrongCount("value", expected: count, found: items.count, orOne: true), at: node)
      return nil
    }
    // A list of one value belongs to a single neuron.
    return values.map { PerNeuron(values: $0, nodes: items) }
  }

  mutating func layers(
    _ node: PresetNode, shared: ParameterValues, inputs: Int?, _ outlines: inout [LayerOutline],
    _ places: inout PresetDocument.Places
  ) -> [Layer]? {
    guard let items = list(node) else { return nil }
    guard !items.isEmpty else {
      complain(.rule(.noLayers, .value("layers")), at: node)
      return nil
    }
    places.layers = items.map { $0.span(in: source) }
    var layers: [Layer] = []
    var before = inputs
    for item in items {
      let layer = layer(item, shared: shared, before: before, &outlines)
      if let layer { layers.append(layer) }
      before = outlines.last?.size
    }
    return layers.count == items.count ? layers : nil
  }

  /// Reads a layer; its outline is appended in every case.
  private mutating func layer(
    _ node: PresetNode, shared: ParameterValues, before: Int?, _ outlines: inout [LayerOutline]
  ) -> Layer? {
    let number = outlines.count
    outlines.append(LayerOutline(name: "layer\(number)", size: nil))
    var place = "layer \(number)"
    if case .mapping(let pairs) = node.content,
      let name = pairs.first(where: { $0.key.text == "name" })?.value.text
    {
      place = "layer '\(name)'"
    }
    guard
      let fields = fields(
        of: node, in: place, allowed: PresetKeys.layer, required: ["size", "weights"])
    else { return nil }

    let name = name(fields, &outlines)
    let size = fields["size"].flatMap { self.size($0) }
    outlines[number].size = size
    let outline = outlines[number]
    let kinds = fields["neurons"].flatMap { self.kinds($0, count: size) }
    let own =
      fields["parameters"].flatMap { parameters($0, count: .some(size), in: "parameters") } ?? [:]
    let initial = fields["initial"].flatMap { self.initial($0, count: size) }
    let maxEvents = fields["max_events"].flatMap { integer($0, atLeast: 1, "max_events") }

    let rows = Population(size: before, layer: number == 0 ? nil : outlines[number - 1].name)
    let columns = Population(size: size, layer: outline.name)
    let weights = synapses(fields["weights"], fields["delays"], from: rows, to: columns)
    var recurrent: Synapses?
    if fields["recurrent"] != nil {
      recurrent = synapses(
        fields["recurrent"], fields["recurrent_delays"], from: columns, to: columns)
    } else if let key = fields.keys["recurrent_delays"] {
      complain(.delaysWithoutRecurrent, at: key)
    }
    let spikesOnce = fields["spikes"]?.text == "once"
    let imposed = fields["spikes"].flatMap {
      spikesOnce ? nil : imposedSpikes($0, count: size, layer: outline.name)
    }
    if let imposed, let kinds, let node = fields["spikes"] {
      let each = kinds.count == 1 ? Array(repeating: kinds[0], count: imposed.count) : kinds
      for (neuron, (times, kind)) in zip(imposed, each).enumerated() {
        guard let fault = Rules.imposedSpikes(times, of: kind), kind == .li else { continue }
        complain(.rule(fault.violation, .imposedSpike(neuron: neuron)), at: node)
      }
    }

    guard let name, let size else { return nil }
    let settings = Settings(
      node: node, own: own, shared: shared, kinds: kinds ?? [.lif], initial: initial,
      hasGivenSpikes: fields["spikes"] != nil && !spikesOnce)
    let neurons = neurons(size, settings)
    guard let weights else { return nil }
    var layer = Layer(
      name: name, parameters: neurons.map(\.parameters), weights: weights, recurrent: recurrent,
      kinds: neurons.map(\.kind), initial: neurons.map(\.state), maxEvents: maxEvents)
    layer.imposedSpikes = imposed
    layer.spikesOnce = spikesOnce
    return layer
  }

  /// The given spike times of a layer: a list for each neuron in order of time, or a file in any
  /// order.
  private mutating func imposedSpikes(
    _ node: PresetNode, count: Int?, layer: String
  ) -> [[Double]]? {
    if case .mapping = node.content {
      return imposedSpikes(inFileOf: node, count: count, layer: layer)
    }
    guard case .list(let lists) = node.content else {
      complain(.expected(.givenSpikes, found: node.description), at: node)
      return nil
    }
    if let count, lists.count != count {
      complain(
        .wrongCount("list", expected: count, found: lists.count, orOne: false), at: node)
      return nil
    }
    return all(lists) { reading, node in
      guard let items = reading.list(node) else { return nil }
      let times = reading.all(items) { reading, node in reading.time(node) }
      if let times, let fault = Rules.imposedSpikes(times, of: .lif, distinct: true) {
        reading.complain(.rule(fault.violation, .imposedSpike(neuron: 0)), at: items[fault.spike])
      }
      return times
    }
  }

  private mutating func name(_ fields: PresetFields, _ outlines: inout [LayerOutline]) -> String? {
    let number = outlines.count - 1
    var place = fields.node
    if let node = fields["name"] {
      place = node
      guard let name = text(node) else { return nil }
      outlines[number].name = name
    }
    let name = outlines[number].name
    guard !name.isEmpty else {
      complain(.expected(.text, found: "nothing"), at: place)
      return nil
    }
    if let fault = Self.fault(ofLayerName: name) {
      complain(fault, at: place)
      return nil
    }
    // The prompt does not distinguish capitals and small letters.
    let taken = outlines.dropLast().first { $0.name.lowercased() == name.lowercased() }
    if let taken {
      complain(.layerNameTaken(taken.name), at: place)
      return nil
    }
    return name
  }

  /// Why a name is impossible for a layer: `hidden.0` at the prompt is a neuron, and other words
  /// have a meaning.
  static func fault(ofLayerName name: String) -> PresetFault? {
    if let sign = name.unicodeScalars.first(where: \.isMasked) {
      return .layerNameSign(Character(sign))
    }
    let signs = name.filter { !$0.isLetter && !$0.isNumber && $0 != "_" && $0 != "-" }
    if let sign = signs.first { return .layerNameSign(sign) }
    let word = name.lowercased().filter { $0 != "_" }
    func isNumbered(_ prefix: String) -> Bool {
      word.hasPrefix(prefix) && Int(word.dropFirst(prefix.count)) != nil
    }
    if word == "in" || isNumbered("in") {
      return .layerNameReserved(name, meaning: "in0 is an input channel")
    }
    if isNumbered("n") || isNumbered("") {
      return .layerNameReserved(name, meaning: "n0 is a neuron of any layer")
    }
    if word == "target" || isNumbered("target") {
      return .layerNameReserved(name, meaning: "target0 is a target of the loss")
    }
    if LIFParameters.Field(named: name) != nil || word == "tmax" {
      return .layerNameReserved(name, meaning: "it is a parameter")
    }
    return nil
  }

  /// One kind for all neurons, or a list with one for each.
  private mutating func kinds(_ node: PresetNode, count: Int?) -> [Layer.NeuronKind]? {
    guard case .list(let items) = node.content else {
      return choice(node, of: "kind of neuron").map { [$0] }
    }
    let kinds: [Layer.NeuronKind]? = all(items) { $0.choice($1, of: "kind of neuron") }
    if let count, items.count != count {
      complain(.wrongCount("kind", expected: count, found: items.count, orOne: true), at: node)
      return nil
    }
    return kinds
  }

  private mutating func initial(
    _ node: PresetNode, count: Int?
  ) -> (v: PerNeuron?, i: PerNeuron?)? {
    guard let fields = fields(of: node, in: "initial", allowed: PresetKeys.initial) else {
      return nil
    }
    let v = fields["v"].flatMap { perNeuron($0, count: count) { $0.number($1) } }
    let i = fields["i"].flatMap { perNeuron($0, count: count) { $0.number($1) } }
    return (v, i)
  }
}
