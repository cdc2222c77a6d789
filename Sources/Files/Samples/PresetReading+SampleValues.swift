internal import EventProp
internal import Learning

extension PresetReading {
  /// Whether the keys beside values fit them; complaints tell where they do not.
  mutating func checkEncoded(_ arrays: SampleArrays, _ rules: SampleRules) -> Bool {
    let before = complaints.count
    for key in ["times", "channels"] {
      if let node = arrays.nodes[key] { complain(.besideEncode(key), at: node) }
    }
    if rules.encoder?.targets != nil {
      if let node = arrays.nodes["targets"] { complain(.targetsTwice, at: node) }
      if arrays.nodes["labels"] == nil {
        complain(.missingKey("labels", in: "samples"), at: arrays.place)
      }
    }
    return complaints.count == before
  }

  /// The values of the samples, as the file keeps them: [samples, ...].
  mutating func valueLayout(_ arrays: SampleArrays) -> SampleLayout? {
    let found: NamedArray?
    switch (arrays.file, arrays.nodes["values"]) {
    case (_, let node?): found = sampleArray(node, of: arrays.file)
    case (.arrays(.single(let single)), nil):
      found = NamedArray(array: single, name: arrays.place.text ?? "", node: arrays.place)
    case (.arrays(.archive(let archive)), nil):
      complain(.valuesNotNamed(archive.names), at: arrays.place)
      return nil
    case (.hdf5(let bytes), nil):
      do throws(ArrayFault) {
        complain(.valuesNotNamed(try HDF5File(bytes).members()), at: arrays.place)
      } catch {
        complain(.arrays(error), at: arrays.place)
      }
      return nil
    }
    guard let found else { return nil }
    let shape = found.array.shape
    guard shape.count >= 2 else {
      complain(.arrays(.wrongShape(expected: [nil, nil], found: shape)), at: found.node)
      return nil
    }
    return .values(found)
  }

  /// The first spikes that stand for values; all axes but the first one are features, the last axis
  /// running fastest.
  mutating func spikes(
    of values: NamedArray, _ encoder: Encoder, _ table: SampleTable, count: Int?
  ) -> SampleSpikes? {
    guard let range = encoder.values else { return nil }
    let width = values.array.shape.dropFirst().reduce(1, *)
    let channels = encoder.channels(ofFeatures: width)
    if let count, channels != count {
      complain(.channelsOfData(inputs: count, needed: channels), at: values.node)
      return nil
    }
    let areValues = allEntries(of: values, table, obey: range.contains) {
      .valueOutside($0, of: range)
    }
    guard areValues else { return nil }
    var spikes = SampleSpikes()
    for number in table.numbers {
      let row = values.values[number * width..<(number + 1) * width]
      for spike in encoder.spikes(of: row.map { range.feature(of: $0) }) {
        spikes.append(spike.time, spike.channel)
      }
      spikes.starts.append(spikes.times.count)
      guard spikes.times.count <= Self.mostSpikes else {
        complain(.tooLarge("the number of input spikes", most: Self.mostSpikes), at: values.node)
        return nil
      }
    }
    return spikes
  }
}
