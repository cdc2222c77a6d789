internal import EventProp
import Language

extension PresetReading {
  /// The parts of a preset to which its samples must fit, as far as they could be read.
  struct SampleFrame {
    /// The number of input channels.
    var channels: Int?
    /// The horizon, in seconds.
    var horizon: Double?
    /// The loss; nil for a preset without one.
    var loss: Loss?
    /// Whether there is a loss that could not be read.
    var isLossBroken: Bool
  }

  /// The values of a loss that samples replace, so that the loss need not give them.
  func fieldsReplaced(bySamples node: PresetNode?) -> [LossField] {
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
    if let horizon = frame.horizon {
      let late = samples.spikeCount(from: horizon)
      if late > 0 { lateSpikes = (late, samples.spikeCount) }
    }
    return FiledSamples(samples: samples, source: source)
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

  /// How a file keeps the spikes of its samples.
  enum SampleLayout {
    /// A row of equal length for each sample.
    case rows(NamedArray)
    /// A list for each sample.
    case lists(SampleLists)

    /// The number of samples.
    var count: Int {
      switch self {
      case .rows(let times): times.array.shape[0]
      case .lists(let lists): lists.count
      }
    }

    /// The name of the times.
    var name: String {
      switch self {
      case .rows(let times): times.name
      case .lists(let lists): lists.times
      }
    }

    /// The place of the times in the preset.
    var node: PresetNode {
      switch self {
      case .rows(let times): times.node
      case .lists(let lists): lists.node
      }
    }
  }

  /// The selected samples and the unit of their times.
  struct SampleTable {
    var numbers: [Int]
    var unit: Quantity.TimeUnit

    /// The seconds of a time in the file; the division by a power of ten rounds once.
    func seconds(_ time: Double) -> Double { time / unit.perSecond }
  }

  /// The spikes of all samples, as `Samples` keeps them.
  struct SampleSpikes {
    var starts = [0]
    var times: [Double] = []
    var channels: [Int32] = []

    mutating func append(_ time: Double, _ channel: Int) {
      times.append(time)
      channels.append(Int32(channel))
    }
  }

  // MARK: - Keys

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

  // MARK: - Arrays

  /// The array that a key names in an archive; in `shape` nil stands for any length.
  private mutating func sampleArray(
    _ node: PresetNode, of file: SampleFile, shape: [Int?]
  ) -> NamedArray? {
    guard let array = sampleArray(node, of: file) else { return nil }
    return hasShape(array, shape) ? array : nil
  }

  /// The array of any shape that a key names.
  private mutating func sampleArray(_ node: PresetNode, of file: SampleFile) -> NamedArray? {
    switch file {
    case .arrays(.archive(let archive)): return array(node, of: archive)
    case .arrays(.single):
      complain(.arrayWithoutName, at: node)
      return nil
    case .hdf5(let bytes):
      guard let name = text(node) else { return nil }
      do throws(ArrayFault) {
        return NamedArray(array: try HDF5File(bytes).numbers(name), name: name, node: node)
      } catch {
        complain(.arrays(error), at: node)
        return nil
      }
    }
  }

  mutating func hasShape(_ array: NamedArray, _ shape: [Int?]) -> Bool {
    let found = array.array.shape
    let fits = found.count == shape.count && zip(shape, found).allSatisfy { $0 == nil || $0 == $1 }
    if !fits { complain(.arrays(.wrongShape(expected: shape, found: found)), at: array.node) }
    return fits
  }

  /// The times of the samples, as the file keeps them.
  private mutating func sampleLayout(_ fields: PresetFields, _ file: SampleFile) -> SampleLayout? {
    guard let place = fields["file"] else { return nil }
    switch (file, fields["times"]) {
    case (.hdf5(let bytes), _): return sampleLayout(fields, bytes)
    case (.arrays(.archive), let node?):
      return sampleArray(node, of: file, shape: [nil, nil]).map { .rows($0) }
    case (.arrays(.archive(let archive)), nil):
      complain(.timesNotNamed(archive.names), at: place)
      return nil
    case (.arrays(.single), let node?):
      complain(.arrayWithoutName, at: node)
      return nil
    case (.arrays(.single(let array)), nil):
      let times = NamedArray(array: array, name: place.text ?? "", node: place)
      return hasShape(times, [nil, nil]) ? .rows(times) : nil
    }
  }

  /// One spike for each channel; a time that is infinite or NaN stands for no spike.
  private mutating func spikesByChannel(
    _ times: NamedArray, _ table: SampleTable, count: Int?
  ) -> SampleSpikes? {
    let width = times.array.shape[1]
    if let count, width != count {
      complain(.channelsOfSamples(expected: count, found: width), at: times.node)
      return nil
    }
    guard allEntries(of: times, table, Self.timeRule, .spike) else { return nil }
    var spikes = SampleSpikes()
    spikes.times.reserveCapacity(table.numbers.count * width)
    spikes.channels.reserveCapacity(table.numbers.count * width)
    for number in table.numbers {
      for channel in 0..<width {
        let time = times.values[number * width + channel]
        if time.isFinite { spikes.append(table.seconds(time), channel) }
      }
      spikes.starts.append(spikes.times.count)
    }
    return spikes
  }

  /// Spikes with their channels; a channel of −1 stands for no spike, and so does a time that is
  /// infinite or NaN.
  private mutating func spikes(
    _ times: NamedArray, _ channels: NamedArray, _ table: SampleTable, count: Int?
  ) -> SampleSpikes? {
    let width = times.array.shape[1]
    let isPadding = { (place: Int) in
      channels.values[place] == -1 || !times.values[place].isFinite && !(times.values[place] < 0)
    }
    let areTimes = allEntries(of: times, table, Self.timeRule, .spike, except: isPadding)
    let areChannels = allEntries(
      of: channels, table, Self.indexRule(count ?? Int(Int32.max)), .channel, except: isPadding)
    guard areTimes, areChannels else { return nil }
    var spikes = SampleSpikes()
    for number in table.numbers {
      for place in number * width..<(number + 1) * width where !isPadding(place) {
        spikes.append(table.seconds(times.values[place]), Int(channels.values[place]))
      }
      spikes.starts.append(spikes.times.count)
    }
    return spikes
  }

  private mutating func labels(
    _ node: PresetNode, of file: SampleFile, _ count: Int, _ table: SampleTable,
    _ frame: SampleFrame
  ) -> [Int]? {
    guard hasLossField([.label], for: "labels", at: node, frame),
      let array = sampleArray(node, of: file, shape: [count])
    else { return nil }
    let classes = frame.loss?.rule.values.neurons.count ?? .max
    guard allEntries(of: array, table, Self.indexRule(classes), .label) else { return nil }
    return table.numbers.map { Int(array.values[$0]) }
  }

  private mutating func targets(
    _ node: PresetNode, of file: SampleFile, _ count: Int, _ table: SampleTable,
    _ frame: SampleFrame
  ) -> Samples.Targets? {
    guard hasLossField([.target, .targets], for: "targets", at: node, frame) else { return nil }
    let neurons = frame.loss?.rule.values.neurons.count
    let takesLists = frame.loss?.rule.kind.required.contains(.targets) ?? false
    // A loss on all spikes may have several targets for each neuron.
    var shape: [Int?] = [count, neurons]
    guard let array = sampleArray(node, of: file) else { return nil }
    if takesLists, array.array.shape.count == 3 { shape.append(nil) }
    guard hasShape(array, shape) else { return nil }
    let rule = { (time: Double) -> ExperimentFault.Violation? in
      takesLists && !(time < 0) ? nil : Rules.finite(time)
    }
    guard allEntries(of: array, table, rule, .value("the target")) else { return nil }
    let longest = array.array.shape.count == 3 ? array.array.shape[2] : 1
    let width = array.array.shape[1] * longest
    let values = table.numbers.flatMap { number in
      array.values[number * width..<(number + 1) * width].map {
        $0.isFinite ? table.seconds($0) : .nan
      }
    }
    return Samples.Targets(values: values, neurons: array.array.shape[1], longest: longest)
  }

  /// Whether the loss has one of the values that samples give; a complaint tells where it does not.
  private mutating func hasLossField(
    _ fields: [LossField], for key: String, at node: PresetNode, _ frame: SampleFrame
  ) -> Bool {
    guard !frame.isLossBroken else { return true }
    let kind = frame.loss?.rule.kind
    let known = (kind?.required ?? []) + (kind?.optional ?? [])
    if fields.contains(where: known.contains) { return true }
    let takers = Loss.kinds.filter { kind in
      fields.contains(where: (kind.required + kind.optional).contains)
    }
    complain(.lossWithoutKey(key, kind: kind?.name, takers: takers.map { $0.name }), at: node)
    return false
  }

  // MARK: - Rules

  /// A time is not negative; infinity and NaN stand for no spike.
  static func timeRule(_ time: Double) -> ExperimentFault.Violation? {
    time < 0 ? .negative(time) : nil
  }

  /// A number is whole, and there is a channel or a position of this number.
  static func indexRule(_ count: Int) -> (Double) -> ExperimentFault.Violation? {
    { value in
      // A value beyond 2⁶³ is no Int, so it is out of range.
      Int(exactly: value).map { Rules.index($0, of: count) }
        ?? (value.rounded() == value && value.isFinite
          ? .outOfRange(.max, count: count) : .notFinite)
    }
  }

  /// The fault of a value in a file of samples.
  static func fault(
    _ value: Double, _ violation: ExperimentFault.Violation, _ subject: PresetFault.Subject,
    _ table: SampleTable
  ) -> PresetFault {
    switch (violation, subject) {
    case (.notFinite, .channel), (.notFinite, .label): .expected(.integer, found: "\(value)")
    case (.negative, _) where value.isFinite: .rule(.negative(table.seconds(value)), subject)
    case (.negative, _), (.notFinite, .spike): .rule(.notFinite, .value("the time"))
    default: .rule(violation, subject)
    }
  }

  /// Complains about the first value of a selected sample that violates a rule, with the number of
  /// the sample.
  private mutating func allEntries(
    of array: NamedArray, _ table: SampleTable, _ rule: (Double) -> ExperimentFault.Violation?,
    _ subject: PresetFault.Subject, except isPadding: (Int) -> Bool = { _ in false }
  ) -> Bool {
    let width = array.values.count / array.array.shape[0]
    var first: (number: Int, place: Int)?
    var others = 0
    for number in table.numbers {
      for place in number * width..<(number + 1) * width
      where !isPadding(place) && rule(array.values[place]) != nil {
        if first == nil { first = (number, place) } else { others += 1 }
      }
    }
    guard let first, let violation = rule(array.values[first.place]) else { return true }
    let fault = Self.fault(array.values[first.place], violation, subject, table)
    let index = array.array.place(of: first.place).map(String.init).joined(separator: ", ")
    complain(
      .entry("sample \(first.number), \(array.name)[\(index)]", fault, others: others),
      at: array.node)
    return false
  }
}

extension Quantity.TimeUnit {
  /// The number of these units in a second.
  fileprivate var perSecond: Double {
    switch self {
    case .seconds: 1
    case .milliseconds: 1e3
    case .microseconds: 1e6
    case .nanoseconds: 1e9
    }
  }
}
