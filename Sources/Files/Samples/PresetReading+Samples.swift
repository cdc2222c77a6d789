internal import EventProp
import Language

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

  /// The values of a loss that samples replace, so that the loss need not give them.
  func fieldsReplaced(bySamples node: PresetNode?, orData data: PresetNode?) -> [LossField] {
    if data != nil { return LossField.givenByData }
    guard let node, case .mapping(let pairs) = node.content else { return [] }
    return LossField.given(by: pairs.compactMap(\.key.text))
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

  /// The samples in a file, and the description of their source.
  mutating func samples(
    _ node: PresetNode, _ together: Samples.Together?, in frame: SampleFrame
  ) -> FiledSamples? {
    let fields = fields(
      of: node, in: "samples", allowed: PresetKeys.samples, required: ["file"])
    guard let fields, let place = fields["file"], let path = text(place),
      let file = sampleFile(place, path)
    else { return nil }
    var source = SampleSource(file: path, wholePath: locating(path))
    for key in PresetKeys.sampleArrays {
      if let name = fields[key]?.text { source.arrays[key] = name }
    }
    var unit = Quantity.TimeUnit.seconds
    if let node = fields["time_unit"] {
      guard let found = timeUnit(node) else { return nil }
      unit = found
      source.timeUnit = found
    }
    guard let layout = sampleLayout(fields, file) else { return nil }
    let countInFile = layout.count
    guard countInFile > 0 else {
      complain(.noSamples(layout.name), at: layout.node)
      return nil
    }
    var numbers = Array(0..<countInFile)
    if let node = fields["select"] {
      guard let ranges = selection(node, of: countInFile) else { return nil }
      numbers = ranges.flatMap { $0 }
      source.selected = ranges
    }
    let table = SampleTable(numbers: numbers, unit: unit)
    let spikes = spikes(layout, fields, file, table, count: frame.channels)
    var labels: [Int]?
    var targets: Samples.Targets?
    var isComplete = true
    if let node = fields["labels"] {
      labels = self.labels(node, of: file, countInFile, table, frame)
      isComplete = labels != nil
    }
    if let node = fields["targets"] {
      targets = self.targets(node, of: file, countInFile, table, frame)
      isComplete = isComplete && targets != nil
    }
    guard isComplete, let spikes, let together else { return nil }
    let samples = Samples(
      numbers: numbers, countInFile: countInFile, starts: spikes.starts, times: spikes.times,
      channels: spikes.channels, labels: labels, targets: targets,
      together: together)
    return FiledSamples(samples: samples, source: .file(source))
  }

  /// The spikes of the selected samples.
  private mutating func spikes(
    _ layout: SampleLayout, _ fields: PresetFields, _ file: SampleFile, _ table: SampleTable,
    count: Int?
  ) -> SampleSpikes? {
    switch layout {
    case .rows(let times):
      guard let node = fields["channels"] else {
        return spikesByChannel(times, table, count: count)
      }
      let channels = sampleArray(node, of: file, shape: times.array.shape)
      return channels.flatMap { spikes(times, $0, table, count: count) }
    case .lists(let lists): return spikes(in: lists, table, count: count)
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
