internal import EventProp
import Language
internal import Learning

extension PresetReading {
  /// The parts of a preset to which its samples must fit, as far as they could be read.
  struct SampleFrame {
    /// The number of input channels.
    var channels: Int?
    /// The loss; nil for a preset without one.
    var loss: Loss?
    /// Whether there is a loss that could not be read.
    var isLossBroken: Bool
  }

  /// The values of a loss that the samples of a preset replace, so that the loss need not give them.
  func fieldsReplaced(by preset: PresetFields) -> [LossField] {
    func keys(_ node: PresetNode?) -> [String] {
      guard case .mapping(let pairs) = node?.content else { return [] }
      return pairs.compactMap(\.key.text)
    }
    if preset["data"] != nil { return LossField.givenByData }
    guard preset["samples"] != nil else { return [] }
    return LossField.given(by: keys(preset["samples"]))
      + (keys(preset["encode"]).contains("right") ? LossField.given(by: ["targets"]) : [])
  }

  /// How losses and gradients are put together.
  mutating func together(_ node: PresetNode?, beside samples: PresetNode?) -> Samples.Together? {
    guard let node else { return .mean }
    guard samples != nil else {
      complain(.batchWithoutSamples, at: node)
      return nil
    }
    return choice(node, of: "batch")
  }

  /// What all parts of the samples have in common.
  struct SampleRules {
    /// The unit of times and targets.
    var unit: Quantity.TimeUnit
    /// How values become spikes; nil where the file has spikes.
    var encoder: Encoder?
    /// The rest of the preset.
    var frame: SampleFrame
    /// How losses and gradients are put together.
    var together: Samples.Together
  }

  /// The samples in a file with the parts that are held out, and the description of their source.
  mutating func samples(
    _ node: PresetNode, encodedBy encode: PresetNode?, _ together: Samples.Together?,
    in frame: SampleFrame
  ) -> FiledSamples? {
    let fields = fields(
      of: node, in: "samples", allowed: PresetKeys.samples, required: ["file"])
    guard let fields, let place = fields["file"], let file = sampleFile(place) else { return nil }
    let arrays = SampleArrays(file: file, place: place, nodes: fields.nodes)
    var rules = SampleRules(
      unit: .seconds, encoder: nil, frame: frame, together: together ?? .mean)
    var source = self.source(of: arrays)
    if let node = fields["time_unit"] {
      guard let found = timeUnit(node) else { return nil }
      rules.unit = found
      source.timeUnit = found
    }
    if let encode {
      rules.encoder = encoder(encode, of: nil, isMirrored: false, in: frame)
      guard rules.encoder != nil, checkEncoded(arrays, rules) else { return nil }
    } else if let node = fields["values"] {
      complain(.missingKey("encode", in: "the preset"), at: node)
      return nil
    }
    source.encoder = rules.encoder
    guard let layout = layout(arrays, rules),
      var numbers = selected(fields["select"], of: layout, &source)
    else { return nil }
    var parts: [DataSettings.Part: Samples] = [:]
    let before = complaints.count
    for part in PresetKeys.heldOut {
      guard let node = fields[part.rawValue] else { continue }
      let held = heldOut(part, node, from: (arrays, layout), &numbers, rules)
      source.parts[part] = held?.source
      parts[part] = held?.samples
    }
    let samples = samples(arrays, layout, numbers, rules)
    guard complaints.count == before, let samples, together != nil else { return nil }
    return FiledSamples(samples: samples, source: .file(source), heldOut: parts)
  }

  /// The samples with some numbers.
  mutating func samples(
    _ arrays: SampleArrays, _ layout: SampleLayout, _ numbers: [Int], _ rules: SampleRules
  ) -> Samples? {
    let table = SampleTable(numbers: numbers, unit: rules.unit)
    let spikes = spikes(layout, arrays, table, rules)
    var labels: [Int]?
    var targets: Samples.Targets?
    var isComplete = true
    if let node = arrays.nodes["labels"] {
      labels = self.labels(node, of: arrays.file, layout.count, table, rules)
      isComplete = labels != nil
    }
    if let node = arrays.nodes["targets"] {
      targets = self.targets(node, of: arrays.file, layout.count, table, rules.frame)
      isComplete = isComplete && targets != nil
    }
    guard isComplete, let spikes else { return nil }
    if let made = rules.encoder?.targets, let found = labels {
      let neurons = rules.frame.loss?.rule.values.neurons.count ?? 0
      targets = made.targets(of: found, neurons: neurons)
      labels = nil
    }
    return Samples(
      numbers: numbers, countInFile: layout.count, starts: spikes.starts, times: spikes.times,
      channels: spikes.channels, labels: labels, targets: targets, together: rules.together)
  }

  /// The description of a source, apart from what is selected.
  func source(of arrays: SampleArrays) -> SampleSource {
    let path = arrays.place.text ?? ""
    var source = SampleSource(file: path, wholePath: locating(path))
    for key in PresetKeys.sampleArrays { source.arrays[key] = arrays.nodes[key]?.text }
    return source
  }

  /// The times or the values of samples, of which there is at least one.
  mutating func layout(_ arrays: SampleArrays, _ rules: SampleRules) -> SampleLayout? {
    let layout = rules.encoder == nil ? sampleLayout(arrays) : valueLayout(arrays)
    guard let layout, layout.count == 0 else { return layout }
    complain(.noSamples(layout.name), at: layout.node)
    return nil
  }

  /// The selected numbers; all of them without a selection.
  mutating func selected(
    _ node: PresetNode?, of layout: SampleLayout, _ source: inout SampleSource
  ) -> [Int]? {
    guard let node else { return Array(0..<layout.count) }
    source.selected = selection(node, of: layout.count)
    return source.selected?.flatMap { $0 }
  }

  /// The spikes of the selected samples.
  private mutating func spikes(
    _ layout: SampleLayout, _ arrays: SampleArrays, _ table: SampleTable, _ rules: SampleRules
  ) -> SampleSpikes? {
    let count = rules.frame.channels
    switch layout {
    case .rows(let times):
      guard let node = arrays.nodes["channels"] else {
        return spikesByChannel(times, table, count: count)
      }
      let channels = sampleArray(node, of: arrays.file, shape: times.array.shape)
      return channels.flatMap { spikes(times, $0, table, count: count) }
    case .lists(let lists): return spikes(in: lists, table, count: count)
    case .values(let values):
      return rules.encoder.flatMap { spikes(of: values, $0, table, count: count) }
    }
  }

  private mutating func timeUnit(_ node: PresetNode) -> Quantity.TimeUnit? {
    guard let word = text(node) else { return nil }
    if let unit = Quantity.TimeUnit(word) { return unit }
    complain(.quantity(.unknownUnit(word)), at: node)
    return nil
  }

  /// The selected numbers: `17`, `0..99`, or a list of both; rising, each once.
  private mutating func selection(_ node: PresetNode, of count: Int) -> [ClosedRange<Int>]? {
    var nodes = [node]
    if case .list(let items) = node.content { nodes = items }
    guard !nodes.isEmpty else {
      complain(.emptySelection, at: node)
      return nil
    }
    guard let ranges = all(nodes, { $0.range($1, of: count) }) else { return nil }
    let sorted = ranges.sorted { $0.lowerBound < $1.lowerBound }
    for (one, next) in zip(sorted, sorted.dropFirst()) where next.lowerBound <= one.upperBound {
      complain(.sampleTwice(next.lowerBound), at: node)
      return nil
    }
    return sorted
  }

  private mutating func range(_ node: PresetNode, of count: Int) -> ClosedRange<Int>? {
    guard let text = node.text else {
      complain(.expected(.samples, found: node.description), at: node)
      return nil
    }
    let dots = text.firstRange(of: "..")
    let ends = dots.map { [text[..<$0.lowerBound], text[$0.upperBound...]] } ?? [text[...]]
    let numbers = ends.compactMap { Int($0.filter { $0 != " " }) }
    guard numbers.count == ends.count, let first = numbers.first, let last = numbers.last,
      first <= last
    else {
      complain(.expected(.samples, found: node.description), at: node)
      return nil
    }
    for number in [first, last] where !(0..<count).contains(number) {
      complain(.rule(.outOfRange(number, count: count), .value("sample")), at: node)
      return nil
    }
    return first...last
  }
}
