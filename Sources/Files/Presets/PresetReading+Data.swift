internal import EventProp
internal import Learning

extension PresetReading {
  /// The most points of a part, copies or repeats: a larger number is a slip.
  private static let mostPoints = 1_000_000
  /// The most input spikes of a part, which take 1.2 GB.
  static let mostSpikes = 100_000_000

  /// The training samples of the keys `data` and `encode`, if they are there.
  mutating func data(
    _ preset: PresetFields, _ together: Samples.Together?, in frame: SampleFrame
  ) -> FiledSamples? {
    guard let node = preset["data"] else {
      if preset["samples"] == nil, let key = preset.keys["encode"] {
        complain(.encodeWithoutData, at: key)
      }
      return nil
    }
    if preset["samples"] != nil, let key = preset.keys["data"] {
      complain(.dataBesideSamples, at: key)
    }
    guard let place = preset["encode"] else {
      complain(.missingKey("encode", in: "the preset"), at: node)
      return nil
    }
    guard let (name, fields) = setName(node), let set = dataSet(name),
      let encoder = encoder(place, of: set.answer, isMirrored: set.isMirrored, in: frame)
    else { return nil }
    var settings = DataSettings(set, encoder)
    let before = complaints.count
    if let fields {
      for part in DataSettings.Part.allCases {
        settings.sizes[part] = fields[part.rawValue].flatMap { count($0, part.rawValue) }
      }
      settings.seeds = fields["seeds"].flatMap { seeds($0) } ?? [:]
    }
    if let channels = frame.channels, channels != settings.channels {
      complain(.channelsOfData(inputs: channels, needed: settings.channels), at: place)
    }
    for part in DataSettings.Part.allCases where settings.spikeCount(of: part) > Self.mostSpikes {
      complain(.tooLarge("the number of input spikes", most: Self.mostSpikes), at: node)
    }
    checkLoss(of: settings, name, place, in: frame)
    guard complaints.count == before, let together else { return nil }
    let samples = settings.samples(.train, for: frame.loss, together: together)
    return FiledSamples(samples: samples, source: .data(settings))
  }

  /// The name of the set, and the fields of the long form.
  private mutating func setName(
    _ node: PresetNode
  ) -> (name: PresetNode, fields: PresetFields?)? {
    guard case .mapping = node.content else { return (node, nil) }
    let allowed = PresetKeys.data + DataSettings.Part.allCases.map(\.rawValue)
    guard let fields = fields(of: node, in: "data", allowed: allowed, required: ["set"]),
      let name = fields["set"]
    else { return nil }
    return (name, fields)
  }

  private mutating func dataSet(_ node: PresetNode) -> (any DataSet.Type)? {
    guard let name = text(node) else { return nil }
    if let set = DataSettings.sets.first(where: { $0.name == name }) { return set }
    complain(
      .unknownChoice(name, of: "data set", allowed: DataSettings.sets.map { $0.name }), at: node)
    return nil
  }

  /// A number of things, from 1.
  private mutating func count(_ node: PresetNode, _ what: String) -> Int? {
    guard let count = integer(node, atLeast: 1, what) else { return nil }
    if count <= Self.mostPoints { return count }
    complain(.tooLarge(what, most: Self.mostPoints), at: node)
    return nil
  }

  /// The seeds of the parts, in their order.
  private mutating func seeds(_ node: PresetNode) -> [DataSettings.Part: UInt32]? {
    let parts = DataSettings.Part.allCases
    guard let items = list(node) else { return nil }
    guard items.count == parts.count else {
      complain(.wrongLength("seed", expected: parts.count, found: items.count), at: node)
      return nil
    }
    let seeds = all(items) { reading, node -> UInt32? in
      guard let seed = reading.integer(node, atLeast: 0, "a seed") else { return nil }
      if let seed = UInt32(exactly: seed) { return seed }
      reading.complain(.tooLarge("a seed", most: Int(UInt32.max)), at: node)
      return nil
    }
    return seeds.map { Dictionary(uniqueKeysWithValues: zip(parts, $0)) }
  }

  /// The encoder of points, or of the values in a file, which have no answer of their own.
  mutating func encoder(
    _ node: PresetNode, of answer: DataAnswer?, isMirrored: Bool, in frame: SampleFrame
  ) -> Encoder? {
    var allowed = PresetKeys.encode
    switch answer {
    case nil: allowed += PresetKeys.encodeValues + PresetKeys.encodeTargets
    case .label: allowed += PresetKeys.encodeTargets
    case .targets: break
    }
    let before = complaints.count
    let fields = fields(
      of: node, in: "encode", allowed: allowed,
      required: ["to"] + (answer == nil ? ["range"] : []))
    guard let fields else { return nil }
    let from = fields["from"].flatMap { spikeTime($0) } ?? 0
    let to = fields["to"].flatMap { spikeTime($0) }
    if let to, let place = fields["to"], to < from {
      complain(.encodedBackwards(from: from, to: to), at: place)
    }
    var encoder = Encoder(from: from, to: to ?? from)
    encoder.bias = fields["bias"].flatMap { spikeTime($0) }
    encoder.isMirrored = fields["mirror"].flatMap { truth($0) } ?? isMirrored
    encoder.values = fields["range"].flatMap { values($0, silent: fields["silent"]) }
    encoder.copies = fields["copies"].flatMap { count($0, "copies") } ?? 1
    encoder.repeats = fields["repeats"].flatMap { count($0, "repeats") } ?? 1
    if let place = fields["right"] ?? fields["wrong"],
      frame.loss == nil || hasLossField([.target, .targets], for: "targets", at: place, frame)
    {
      for key in PresetKeys.encodeTargets where fields[key] == nil {
        complain(.missingKey(key, in: "encode"), at: node)
      }
      let right = fields["right"].flatMap { time($0) }
      let wrong = fields["wrong"].flatMap { time($0) }
      if let right, let wrong { encoder.targets = Encoder.Targets(right: right, wrong: wrong) }
    }
    return complaints.count == before ? encoder : nil
  }

  /// The values that spike first and last.
  private mutating func values(_ node: PresetNode, silent: PresetNode?) -> Encoder.Values? {
    guard let ends = list(node) else { return nil }
    guard ends.count == 2 else {
      complain(.wrongLength("value", expected: 2, found: ends.count), at: node)
      return nil
    }
    guard let numbers = all(ends, { $0.number($1) }) else { return nil }
    guard numbers[0] != numbers[1], (numbers[1] - numbers[0]).isFinite else {
      complain(.emptyRange, at: node)
      return nil
    }
    return Encoder.Values(
      first: numbers[0], last: numbers[1], silent: silent.flatMap { number($0) })
  }

  /// The time of an encoded spike, at least 0.
  private mutating func spikeTime(_ node: PresetNode) -> Double? {
    time(node).flatMap { obeys(Rules.notNegative($0), .spike, at: node) ? $0 : nil }
  }

  /// Complains where the loss cannot use the labels or the targets of a set.
  private mutating func checkLoss(
    of settings: DataSettings, _ name: PresetNode, _ encode: PresetNode, in frame: SampleFrame
  ) {
    guard let rule = frame.loss?.rule else { return }
    let set = settings.set
    let fields = rule.kind.required + rule.kind.optional
    let found = rule.values.neurons.count
    switch set.answer {
    case .label(let classes):
      if fields.contains(.target) || fields.contains(.targets) {
        if settings.encoder.targets == nil {
          complain(.missingKey("right", in: "encode"), at: encode)
        }
      } else if !hasLossField([.label], for: "labels", at: name, frame) {
        return
      }
      if found < classes {
        complain(.neuronsOfData(set.name, needed: classes, found: found), at: name)
      }
    case .targets(let neurons):
      if hasLossField([.target, .targets], for: "targets", at: name, frame), found != neurons {
        complain(.neuronsOfData(set.name, needed: neurons, found: found), at: name)
      }
    }
  }
}
