internal import EventProp
internal import Learning

/// A file of samples, and the places where a preset names its arrays.
struct SampleArrays {
  var file: SampleFile
  /// The place of the file in the preset.
  var place: PresetNode
  /// The keys, such as `times`, with their values.
  var nodes: [String: PresetNode]
}

extension PresetReading {
  /// A part of the samples that takes no part in the training: the last ones, some that a seed draws,
  /// or others from arrays of their own.
  ///
  /// The numbers of the first two kinds are taken out of `numbers`.
  mutating func heldOut(
    _ part: DataSettings.Part, _ node: PresetNode,
    from whole: (arrays: SampleArrays, layout: SampleLayout), _ numbers: inout [Int],
    _ rules: SampleRules
  ) -> (source: SampleSource.Part, samples: Samples)? {
    let key = part.rawValue
    guard case .mapping = node.content else {
      guard let count = heldOutCount(node, key, of: numbers.count) else { return nil }
      let taken = Array(numbers.suffix(count))
      numbers.removeLast(count)
      return samples(whole.arrays, whole.layout, taken, rules).map { (.last(count), $0) }
    }
    let allowed = PresetKeys.drawnPart + PresetKeys.ownPart
    let before = complaints.count
    guard let fields = fields(of: node, in: key, allowed: allowed) else { return nil }
    let ownKeys = PresetKeys.ownPart.filter { fields[$0] != nil }
    guard PresetKeys.drawnPart.contains(where: { fields[$0] != nil }) else {
      return ownKeys.isEmpty
        ? missingCount() : samples(ofOwn: fields, key, beside: whole.arrays, rules)
    }
    guard ownKeys.isEmpty else {
      complain(.partTwice(key), at: node)
      return nil
    }
    guard let place = fields["count"] else { return missingCount() }
    let count = heldOutCount(place, key, of: numbers.count)
    let seed = fields["seed"].map { self.seed($0) } ?? 0
    guard let count, let seed else { return nil }
    let order = DataOrder(count: numbers.count, TrainingSettings(seed: seed)).samples(ofEpoch: 0)
    let taken = Set(order.prefix(count).map { numbers[$0] })
    numbers.removeAll { taken.contains($0) }
    return samples(whole.arrays, whole.layout, taken.sorted(), rules)
      .map { (.drawn(count, seed: seed), $0) }

    func missingCount() -> (source: SampleSource.Part, samples: Samples)? {
      // A misspelt key has its own complaint already.
      if complaints.count == before { complain(.missingKey("count", in: key), at: node) }
      return nil
    }
  }

  /// A number of samples that leaves at least one.
  private mutating func heldOutCount(_ node: PresetNode, _ key: String, of total: Int) -> Int? {
    guard let count = integer(node, atLeast: 1, key) else { return nil }
    if count < total { return count }
    complain(.heldOut(key, count: count, of: total), at: node)
    return nil
  }

  /// The samples of a part with arrays of its own; in a file of its own they may have the same names.
  private mutating func samples(
    ofOwn fields: PresetFields, _ key: String, beside others: SampleArrays, _ rules: SampleRules
  ) -> (source: SampleSource.Part, samples: Samples)? {
    var own = SampleArrays(file: others.file, place: others.place, nodes: fields.nodes)
    if let place = fields["file"] {
      guard let file = sampleFile(place) else { return nil }
      let names = others.nodes.filter { PresetKeys.sampleArrays.contains($0.key) }
      own = SampleArrays(file: file, place: place, nodes: fields.nodes.merging(names) { a, _ in a })
    }
    var source = source(of: own)
    for name in ["labels", "targets"] where others.nodes[name] != nil && own.nodes[name] == nil {
      complain(.missingKey(name, in: key), at: fields.node)
      return nil
    }
    guard rules.encoder == nil || checkEncoded(own, rules), let layout = layout(own, rules),
      let numbers = selected(fields["select"], of: layout, &source),
      let samples = samples(own, layout, numbers, rules)
    else { return nil }
    return (.own(source), samples)
  }
}
