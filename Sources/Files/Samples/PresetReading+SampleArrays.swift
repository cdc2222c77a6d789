internal import EventProp
internal import Learning

extension PresetReading {
  /// The array that a key names in an archive; in `shape` nil stands for any length.
  mutating func sampleArray(
    _ node: PresetNode, of file: SampleFile, shape: [Int?]
  ) -> NamedArray? {
    guard let array = sampleArray(node, of: file) else { return nil }
    return hasShape(array, shape) ? array : nil
  }

  /// The array of any shape that a key names.
  mutating func sampleArray(_ node: PresetNode, of file: SampleFile) -> NamedArray? {
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
  mutating func sampleLayout(_ arrays: SampleArrays) -> SampleLayout? {
    let place = arrays.place
    switch (arrays.file, arrays.nodes["times"]) {
    case (.hdf5(let bytes), _): return sampleLayout(arrays, bytes)
    case (.arrays(.archive), let node?):
      return sampleArray(node, of: arrays.file, shape: [nil, nil]).map { .rows($0) }
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
  mutating func spikesByChannel(
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
  mutating func spikes(
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

  mutating func labels(
    _ node: PresetNode, of file: SampleFile, _ count: Int, _ table: SampleTable,
    _ rules: SampleRules
  ) -> [Int]? {
    let frame = rules.frame
    // Labels that become targets have been asked for by the encoder.
    guard
      rules.encoder?.targets != nil || hasLossField([.label], for: "labels", at: node, frame),
      let array = sampleArray(node, of: file, shape: [count])
    else { return nil }
    let classes = frame.loss?.rule.values.neurons.count ?? .max
    guard allEntries(of: array, table, Self.indexRule(classes), .label) else { return nil }
    return table.numbers.map { Int(array.values[$0]) }
  }

  mutating func targets(
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
  mutating func hasLossField(
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
}
