import EventProp
internal import Learning

extension PresetReading {
  /// The rules of a training; `experiment` has what may be learnt.
  mutating func training(_ node: PresetNode, of experiment: Experiment) -> TrainingSettings? {
    let fields = fields(of: node, in: "training", allowed: PresetKeys.training)
    guard let fields else { return nil }
    var settings = TrainingSettings()
    var isComplete = true
    func keep<Value>(
      _ key: String, _ path: WritableKeyPath<TrainingSettings, Value>,
      _ read: (PresetNode) -> Value?
    ) {
      guard let node = fields[key] else { return }
      if let value = read(node) { settings[keyPath: path] = value } else { isComplete = false }
    }
    keep("epochs", \.epochs) { integer($0, atLeast: 1, "epochs") }
    keep("batch", \.batch) { integer($0, atLeast: 1, "batch") }
    keep("rate", \.rate) { positive($0, "rate") }
    keep("decay", \.decay) { decay($0) }
    keep("clip", \.clipping) { clipping($0) }
    keep("shuffle", \.shuffles) { truth($0) }
    keep("skip_silent", \.skipsSilentLabels) { truth($0) }
    keep("bump", \.bump) { positive($0, "bump") }
    keep("existence", \.existence) { node in
      guard experiment.loss?.rule.kind.required.contains(.label) ?? false else {
        complain(.training(.withoutLabels), at: node)
        return nil
      }
      return positive(node, "existence")
    }
    keep("seed", \.seed) { seed($0) }
    keep("learn", \.learn) { learnt($0, in: experiment) }
    guard let optimizer = optimizer(fields) else { return nil }
    settings.optimizer = optimizer
    return isComplete ? settings : nil
  }

  /// A number greater than 0.
  private mutating func positive(_ node: PresetNode, _ what: String) -> Double? {
    number(node).flatMap { obeys(Rules.positive($0), .value(what), at: node) ? $0 : nil }
  }

  private mutating func optimizer(_ fields: PresetFields) -> Optimizer? {
    let kinds = ["sgd", "momentum", "adam"]
    let node = fields["optimizer"]
    let name = node.map { text($0) } ?? "adam"
    guard let name else { return nil }
    let constants = ["momentum": ["momentum"], "adam": ["beta1", "beta2", "epsilon"]]
    for (kind, keys) in constants.sorted(by: { $0.key < $1.key }) where kind != name {
      for key in keys {
        if let place = fields.keys[key] {
          complain(.training(.besideOptimizer(key, name, of: kind)), at: place)
          return nil
        }
      }
    }
    func constant(_ key: String, _ usual: Double) -> Double? {
      guard let node = fields[key] else { return usual }
      guard let value = number(node) else { return nil }
      let most = key == "epsilon" ? Double.infinity : 1
      guard value >= 0, value < most else {
        complain(.training(.outside(key, most: most)), at: node)
        return nil
      }
      return value
    }
    switch name {
    case "sgd": return .sgd
    case "momentum": return constant("momentum", 0.9).map { .momentum(factor: $0) }
    case "adam":
      let values = (constant("beta1", 0.9), constant("beta2", 0.999), constant("epsilon", 1e-8))
      guard let beta1 = values.0, let beta2 = values.1, let epsilon = values.2 else { return nil }
      return .adam(beta1: beta1, beta2: beta2, epsilon: epsilon)
    default:
      if let node { complain(.unknownChoice(name, of: "optimizer", allowed: kinds), at: node) }
      return nil
    }
  }

  /// A factor for each epoch, or a factor for each epoch or step by name.
  private mutating func decay(_ node: PresetNode) -> TrainingSettings.Decay? {
    guard case .mapping = node.content else {
      return positive(node, "decay").map { .perEpoch($0) }
    }
    let fields = fields(of: node, in: "decay", allowed: PresetKeys.decay, required: ["factor"])
    guard let fields, let factor = fields["factor"].flatMap({ positive($0, "factor") }) else {
      return nil
    }
    guard let per = fields["per"] else { return .perEpoch(factor) }
    switch text(per) {
    case "epoch": return .perEpoch(factor)
    case "step": return .perStep(factor)
    case let other?:
      complain(.unknownChoice(other, of: "decay", allowed: ["epoch", "step"]), at: per)
      return nil
    case nil: return nil
    }
  }

  private mutating func clipping(_ node: PresetNode) -> Clipping? {
    let fields = fields(of: node, in: "clip", allowed: PresetKeys.clip)
    guard let fields else { return nil }
    switch (fields["norm"], fields["value"]) {
    case (let norm?, nil): return positive(norm, "norm").map { .norm($0) }
    case (nil, let value?): return positive(value, "value").map { .value($0) }
    default:
      complain(.notOneForm(["norm", "value"]), at: node)
      return nil
    }
  }

  /// Quantities such as `weights`, `out.delays` or `shared tau_mem`; one alone needs no list.
  private mutating func learnt(_ node: PresetNode, in experiment: Experiment) -> [LearnedPart]? {
    var items = [node]
    if case .list(let list) = node.content { items = list }
    guard !items.isEmpty else {
      complain(.training(.nothingLearnt), at: node)
      return nil
    }
    return all(items) { $0.learnedPart($1, in: experiment) }
  }

  private mutating func learnedPart(_ node: PresetNode, in experiment: Experiment) -> LearnedPart? {
    guard let text = text(node) else { return nil }
    let quantities = Parameter.Quantity.ofLayers
    var words = text.split(separator: " ")
    let isShared = words.first == "shared" && words.count == 2
    if isShared { words.removeFirst() }
    guard words.count == 1, let word = words.first else {
      complain(.training(.unknownQuantity(text, allowed: quantities.map(\.rawValue))), at: node)
      return nil
    }
    let names = experiment.network.layers.map(\.name)
    for (number, name) in names.enumerated() where word.hasPrefix(name + ".") {
      if let part = part(word.dropFirst(name.count + 1), layer: number) { return checked(part) }
    }
    if let part = part(word, layer: nil) { return checked(part) }
    complain(.training(.unknownQuantity(text, allowed: quantities.map(\.rawValue))), at: node)
    return nil

    func part(_ word: Substring, layer: Int?) -> LearnedPart? {
      quantities.first { $0.rawValue == word }.flatMap { quantity in
        isShared && quantity.isSynaptic
          ? nil : LearnedPart(quantity, layer: layer, isShared: isShared)
      }
    }
    func checked(_ part: LearnedPart) -> LearnedPart? {
      let layers = part.layer.map { [$0] } ?? Array(names.indices)
      if layers.contains(where: { GradientPart(layer: $0, part.quantity).exists(in: experiment) }) {
        return part
      }
      complain(.training(.missingQuantity(text)), at: node)
      return nil
    }
  }
}
