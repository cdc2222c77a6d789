internal import EventProp
internal import Learning

extension PresetReading {
  /// The most neurons or channels: a larger number is a slip, and no memory would hold their
  /// synapses.
  static let mostNeurons = 1_000_000

  /// The facts about a layer that other parts of a preset need, as far as they could be read.
  struct LayerOutline {
    var name: String
    var size: Int?
  }

  mutating func document(_ root: PresetNode) -> PresetDocument? {
    var isFromFile = false
    if case .mapping(let pairs) = root.content {
      isFromFile = pairs.contains { $0.key.text == "network" }
    }
    let fields = fields(
      of: root, in: "the preset",
      allowed: PresetKeys.preset,
      required: ["title", "t_max", "inputs"] + (isFromFile ? [] : ["layers"]))
    guard let fields else { return nil }
    checkNetworkForm(fields)

    var places = PresetDocument.Places()
    let title = fields["title"].flatMap { text($0) }
    let about = fields["about"].flatMap { text($0) }
    let horizon = fields["t_max"].flatMap { positiveTime($0, "t_max") }
    let maxEvents = fields["max_events"].flatMap { integer($0, atLeast: 1, "max_events") }
    let shared = fields["parameters"].flatMap { parameters($0, count: nil, in: "parameters") }
    var outlines: [LayerOutline] = []
    let network = fields["network"].flatMap { self.network($0, &outlines, &places) }
    let inputs = fields["inputs"].flatMap { self.inputs($0, of: fields, network, &places) }
    let layers =
      network?.layers
      ?? fields["layers"].flatMap {
        self.layers($0, shared: shared ?? [:], inputs: inputs?.size, &outlines, &places)
      }
    let replaced = fieldsReplaced(by: fields)
    let loss = fields["loss"].flatMap {
      self.loss($0, of: outlines, horizon: horizon, replaced: replaced, &places)
    }
    let together = together(fields["batch"], beside: fields["samples"] ?? fields["data"])
    let frame = SampleFrame(
      channels: inputs?.size, loss: loss,
      isLossBroken: fields["loss"] != nil && loss == nil)
    let data = data(fields, together, in: frame)
    let encode = fields["data"] == nil ? fields["encode"] : nil
    var found =
      fields["samples"].flatMap { samples($0, encodedBy: encode, together, in: frame) } ?? data
    if let horizon, let samples = found?.samples {
      let late = samples.spikeCount(from: horizon)
      if late > 0 { lateSpikes = (late, samples.spikeCount) }
    }

    guard let title, let horizon, let inputs, let size = inputs.size, let spikes = inputs.spikes,
      let layers
    else { return nil }
    var experiment = Experiment(
      title: title, about: about, network: Network(inputs: size, layers: layers),
      inputSpikes: spikes, horizon: horizon, maxEvents: maxEvents, loss: loss)
    if let samples = found?.samples, complaints.isEmpty {
      experiment = samples.experiment(ofSample: samples.numbers[0], in: experiment)
    }
    // The readers ask for each rule at its value; this check finds a rule that a reader forgot.
    if complaints.isEmpty {
      for fault in experiment.faults {
        complain(
          .rule(fault.violation, .value("this experiment")), at: fields["network"] ?? root)
      }
    }
    let training = fields["training"].flatMap { node -> TrainingSettings? in
      if fields["samples"] == nil, fields["data"] == nil {
        complain(.training(.withoutData), at: node)
      }
      if fields["loss"] == nil { complain(.training(.withoutLoss), at: node) }
      return self.training(node, of: experiment)
    }
    found?.training = training
    return PresetDocument(
      experiment: experiment, filedSamples: found, source: source,
      places: places, doubt: doubt,
      remarks: remarks)
  }

  /// The number of channels and the input spikes; each is nil where it could not be read.
  private mutating func inputs(
    _ node: PresetNode, of preset: PresetFields, _ network: Network?,
    _ places: inout PresetDocument.Places
  ) -> (size: Int?, spikes: [InputSpike]?)? {
    // The file of a network knows its number of channels.
    let required = preset["network"] == nil ? ["size"] : []
    let fields = fields(of: node, in: "inputs", allowed: PresetKeys.inputs, required: required)
    guard let fields else { return nil }
    let given = fields["size"].flatMap { self.size($0) }
    if let network, let given, given != network.inputs, let node = fields["size"] {
      complain(.wrongLength("channel", expected: network.inputs, found: given), at: node)
    }
    let size = network?.inputs ?? given
    guard let list = fields["spikes"] else { return (size, []) }
    let other = ["samples", "data"].first { preset[$0] != nil }
    if let other, let key = fields.keys["spikes"] {
      complain(.spikesBesideSamples(key: other), at: key)
      return (size, [])
    }
    if case .mapping = list.content {
      let spikes = inputSpikes(inFileOf: list, channels: size)
      // A later complaint about one of these spikes points at the file.
      places.inputSpikes = (spikes ?? []).map { _ in list.span(in: source) }
      return (size, spikes)
    }
    guard let items = self.list(list) else { return (size, nil) }
    places.inputSpikes = items.map { $0.span(in: source) }
    return (size, all(items) { $0.inputSpike($1, channels: size) })
  }

  private mutating func inputSpike(_ node: PresetNode, channels: Int?) -> InputSpike? {
    guard case .list(let pair) = node.content, pair.count == 2 else {
      complain(.expected(.inputSpike, found: node.description), at: node)
      return nil
    }
    let time = time(pair[0])
    let channel = integer(pair[1])
    if let time { _ = obeys(Rules.notNegative(time), .spike, at: pair[0]) }
    if let channel, let channels {
      _ = obeys(Rules.index(channel, of: channels), .channel, at: pair[1])
    }
    guard let time, let channel else { return nil }
    return InputSpike(time: time, channel: channel)
  }

  /// A number of neurons or channels.
  mutating func size(_ node: PresetNode) -> Int? {
    guard let size = integer(node, atLeast: 1, "size") else { return nil }
    guard size <= Self.mostNeurons else {
      complain(.tooLarge("size", most: Self.mostNeurons), at: node)
      return nil
    }
    return size
  }
}
