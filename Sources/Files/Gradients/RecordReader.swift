package import EventProp
import Language
package import Study

/// Reads what another program says about an experiment: gradient, loss, spikes and λ.
///
/// A JSON file holds a whole report, a part of one, or an object with names as keys: parts of the
/// gradient (`hidden.weights`), `hidden.spikes`, `hidden.lambda_v`, `loss`. A `.npz` or
/// `.safetensors` file holds arrays with such names, an HDF5 file datasets with such paths, and a
/// file of NIR data the spikes of its nodes. A `.npy` file holds one part: the part with
/// the name of the file, or the only part with the shape of the array. Arrays with other names are
/// matched by their shapes and order, see ``ShapeMatcher``. NaN and infinities are read as they
/// are: they are faults of the gradient, not of its form.
package enum RecordReader {
  /// Reads a file.
  ///
  /// - Parameters:
  ///   - bytes: The content of the file.
  ///   - name: The name or path as written by the user, for complaints and for the name of a single
  ///     array.
  ///   - experiment: The experiment.
  ///   - mapping: The meaning of names.
  ///   - samples: The samples of the experiment and the place of the one on the bench, from whose
  ///     slice an array [samples, …] is read; the place is nil for all samples.
  /// - Returns: What was found, at least one thing.
  /// - Throws: All faults of the file.
  package static func read(
    _ bytes: [UInt8], named name: String, of experiment: Experiment,
    mapping: [NameMapping] = [], samples: (all: Samples, place: Int?)? = nil
  ) throws(GradientComplaints) -> ForeignRecord {
    let builder = RecordBuilder(Names(experiment, .full), mapping: mapping, samples: samples)
    if bytes.starts(with: NpyHeader.magic) {
      return try readArray(bytes, named: name, builder)
    }
    if NpzArchive.isArchive(bytes) {
      return try readArchive(named: name, builder) { () throws(ArrayFault) in try NpzArchive(bytes)
      }
    }
    if SafetensorsArchive.isArchive(bytes) {
      return try readArchive(named: name, builder) { () throws(ArrayFault) in
        try SafetensorsArchive(bytes)
      }
    }
    if HDF5File.isHDF5(bytes) {
      return try readArchive(named: name, builder) { () throws(ArrayFault) in
        try HDF5Archive(bytes)
      }
    }
    return try readText(bytes, named: name, builder)
  }

  /// Reads several files as one record; a thing that two files have is taken from the first.
  package static func read(
    _ files: [(name: String, bytes: [UInt8])], of experiment: Experiment,
    mapping: [NameMapping] = [], samples: (all: Samples, place: Int?)? = nil
  ) throws(GradientComplaints) -> ForeignRecord {
    for (place, one) in mapping.enumerated() {
      if mapping[..<place].contains(where: { $0.theirs == one.theirs }) {
        throw GradientComplaints(.mappedTwice(one.theirs), in: files[0].name)
      }
    }
    var record = ForeignRecord(ForeignGradient([]))
    for file in files {
      let found = try read(
        file.bytes, named: file.name, of: experiment, mapping: mapping, samples: samples)
      if let part = record.sharedPart(with: found) {
        throw GradientComplaints(.twice(Names(experiment, .full).name(of: part)), in: file.name)
      }
      record.merge(found)
    }
    if let unused = mapping.first(where: { !record.mapped.contains($0.theirs) }) {
      throw GradientComplaints(.mappedNothing(unused.theirs), in: files[0].name)
    }
    return record
  }

  // MARK: - Arrays

  private static func readArray(
    _ bytes: [UInt8], named file: String, _ builder: RecordBuilder
  ) throws(GradientComplaints) -> ForeignRecord {
    var builder = builder
    do throws(GradientFault) {
      let array = try reading { () throws(ArrayFault) in try NpyReader.read(bytes) }
      let stem = stem(of: file)
      if builder.mappings.contains(where: { $0.theirs == stem }) {
        try builder.take(stem, array, beside: [])
      } else {
        let part = try part(array, named: stem, of: builder.experiment)
        try builder.take(part, array)
      }
    } catch {
      throw GradientComplaints(error, in: file)
    }
    return record(builder)
  }

  private static func readArchive(
    named file: String, _ builder: RecordBuilder,
    _ open: () throws(ArrayFault) -> any ArrayArchive
  ) throws(GradientComplaints) -> ForeignRecord {
    var builder = builder
    let archive: any ArrayArchive
    do throws(ArrayFault) {
      archive = try open()
    } catch {
      throw GradientComplaints(.arrays(error), in: file)
    }
    let given = builder.names.parts(among: archive.names)
    var faults: [(fault: GradientFault, array: String)] = []
    var unreadable: [(fault: GradientFault, array: String)] = []
    for name in archive.names {
      do throws(GradientFault) {
        let array = try reading { () throws(ArrayFault) in try archive.array(named: name) }
        try builder.take(name, array, beside: given)
      } catch {
        if case .arrays(let reason) = error, !reason.isDamage,
          let fault = builder.strangeness(of: name, beside: given)
        {
          unreadable.append((.naming(fault), name))
        } else {
          faults.append((error, name))
        }
      }
    }
    var left: [RecordBuilder.Named] = []
    do throws(GradientFault) {
      left = try builder.finish()
    } catch {
      faults.append((error, file))
    }
    faults += left.filter(\.isMisspelt).map { (.naming($0.fault), $0.name) }
    let order = archive.names
    faults.sort { order.firstIndex(of: $0.array) ?? 0 < order.firstIndex(of: $1.array) ?? 0 }
    guard faults.isEmpty else { throw GradientComplaints(faults, in: file) }
    let passedOver = left.map { (GradientFault.naming($0.fault), $0.name) } + unreadable
    guard !builder.isEmpty else {
      throw passedOver.isEmpty
        ? GradientComplaints(.nothingInIt, in: file) : GradientComplaints(passedOver, in: file)
    }
    return record(builder, alsoPassingOver: unreadable.map(\.array))
  }

  /// An array of a file.
  private static func reading(
    _ read: () throws(ArrayFault) -> NumberArray
  ) throws(GradientFault) -> NumberArray {
    do throws(ArrayFault) {
      return try read()
    } catch {
      throw .arrays(error)
    }
  }

  private static func stem(of file: String) -> String {
    let last = file.split(separator: "/").last ?? ""
    return String(last.lowercased().hasSuffix(".npy") ? last.dropLast(4) : last)
  }

  /// The part with the name of a file, or the only part with the shape of the array.
  private static func part(
    _ array: NumberArray, named stem: String, of experiment: Experiment
  ) throws(GradientFault) -> GradientPart {
    let names = Names(experiment, .full)
    guard !array.element.isInteger || array.values.isEmpty else {
      throw .arrays(.wrongType(array.element, wantsIntegers: false))
    }
    if let part = try? names.part(named: stem, length: array.values.count) { return part }
    let fitting = GradientPart.all(of: experiment).filter {
      (try? $0.arranged(array.values, shape: array.shape, in: experiment)) != nil
    }
    let exact = fitting.filter { $0.shape(in: experiment) == array.shape }
    let candidates = exact.isEmpty ? fitting : exact
    guard let first = candidates.first else { throw .noPartFits(array.shape) }
    guard candidates.count == 1 else {
      throw .manyPartsFit(array.shape, candidates.map { names.name(of: $0) })
    }
    return first
  }

  // MARK: - Text

  private static func readText(
    _ bytes: [UInt8], named name: String, _ builder: RecordBuilder
  ) throws(GradientComplaints) -> ForeignRecord {
    if let complaint = SourceText.complaint(about: bytes) {
      let isText = bytes.first { $0 > 0x20 }.map { "[{\u{EF}".utf16.contains(UInt16($0)) } ?? false
      guard isText else { throw GradientComplaints(.notAGradient, in: name) }
      throw GradientComplaints(
        [complaint], in: SourceText(String(decoding: bytes, as: UTF8.self), named: name.unmasked))
    }
    let text = String(decoding: bytes, as: UTF8.self)
    guard text.contains(where: { !$0.isWhitespace }) else {
      throw GradientComplaints(.empty, in: name)
    }
    let source = SourceText(text, named: name.unmasked)
    var reading = TextReading(source: source, builder: builder)
    do throws(Diagnostic) {
      reading.read(try PresetTree.compose(source))
      reading.finish()
    } catch {
      reading.complaints = [error]
    }
    guard reading.complaints.isEmpty else { throw reading.sorted }
    guard !reading.builder.isEmpty else { throw GradientComplaints(.nothingInIt, in: name) }
    return record(reading.builder, alsoPassingOver: reading.passedOver.compactMap(\.key.text))
  }

  // MARK: - The record

  /// The record, with the parts in the order of a gradient, whatever the order in the file.
  private static func record(
    _ builder: RecordBuilder, alsoPassingOver names: [String] = []
  ) -> ForeignRecord {
    let order = GradientPart.all(of: builder.experiment)
    func gradient(_ parts: [ForeignGradient.Part]) -> ForeignGradient {
      ForeignGradient(order.compactMap { part in parts.first { $0.part == part } })
    }
    var record = ForeignRecord(gradient(builder.parts))
    record.samples = builder.sampleParts.map(gradient)
    record.loss = builder.loss
    record.losses = builder.losses
    record.spikes = builder.spikes
    record.adjoint = builder.readings
    record.matches = builder.matches
    record.mapped = builder.used
    record.passedOver = builder.passedOver + names
    return record
  }
}

extension GradientComplaints {
  init(_ fault: GradientFault, in file: String) {
    self.init([(fault, nil)], in: file)
  }

  fileprivate init(_ faults: [(fault: GradientFault, array: String)], in file: String) {
    self.init(faults.map { ($0.fault, Optional($0.array)) }, in: file)
  }

  private init(_ faults: [(GradientFault, String?)], in file: String) {
    lines = faults.map { fault, array in
      "\(file.unmasked): error: \(array.map { "'\(ArrayFault.shown($0))': " } ?? "")\(fault.message)"
        + (fault.remedy.map { "; " + $0 } ?? "")
    }
    rendered = lines.joined(separator: "\n")
  }

  fileprivate init(_ diagnostics: [Diagnostic], in source: SourceText) {
    lines = diagnostics.map {
      $0.heading(in: source) + ($0.remedy.map { "; " + $0.unmasked } ?? "")
    }
    rendered = diagnostics.map { $0.rendered(in: source) }.joined(separator: "\n")
  }
}

/// A record as JSON, read node by node.
private struct TextReading {
  let source: SourceText
  var builder: RecordBuilder
  var complaints: [Diagnostic] = []
  /// The keys that belong to nothing and have no numbers.
  var passedOver: [(fault: PartFault, key: PresetNode)] = []
  /// The nodes of the names that the builder may still match.
  private var keys: [String: PresetNode] = [:]

  init(source: SourceText, builder: RecordBuilder) {
    self.source = source
    self.builder = builder
  }

  private var names: Names { builder.names }

  /// The complaints in the order of their places in the file.
  var sorted: GradientComplaints {
    GradientComplaints(complaints.sorted { $0.span.start < $1.span.start }, in: source)
  }

  /// The keys of a report that are not about the gradient.
  private static let otherKeys: Set<String> = [
    "version", "title", "t_max", "complete", "events", "adjoint_at_zero", "warnings", "rule",
    "sample", "samples", "accuracy",
  ]
  private static let otherLayerKeys: Set<String> = ["name", "size", "final"]

  private mutating func complain(_ fault: GradientFault, at node: PresetNode) {
    complaints.append(
      Diagnostic(at: node.span(in: source), fault.message, remedy: fault.remedy))
  }

  mutating func read(_ root: PresetNode) {
    guard case .mapping(let pairs) = root.content else {
      return complain(.expectedMapping(found: root.description), at: root)
    }
    let given = names.parts(among: pairs.compactMap(\.key.text))
    for (key, value) in pairs {
      let name = key.text ?? ""
      switch name {
      case "layers": readLayers(value)
      case "gradient": readNamed(value)
      case "adjoint": readAdjoint(value)
      case _ where isSpikes(name): readSpikes(key, value)
      case _ where Self.otherKeys.contains(name): continue
      default: readNamed(key, value, beside: given)
      }
    }
  }

  /// Matches the names that are left, and complains about them where nothing was found.
  mutating func finish() {
    do throws(GradientFault) {
      let left = try builder.finish()
      for stranger in left where stranger.isMisspelt || builder.isEmpty {
        if let key = keys[stranger.name] { complain(.naming(stranger.fault), at: key) }
      }
      guard builder.isEmpty else { return }
      for (fault, key) in passedOver { complain(.naming(fault), at: key) }
    } catch {
      complaints.append(
        Diagnostic(
          at: SourceSpan(start: SourcePosition(line: 1, column: 1)), error.message,
          remedy: error.remedy))
    }
  }

  /// Reads a value by its name, or passes over it.
  private mutating func readNamed(
    _ key: PresetNode, _ value: PresetNode, beside given: Set<String>
  ) {
    let name = key.text ?? ""
    let isMapped = builder.mappings.contains { $0.theirs == name }
    keys[name] = key
    if !isMapped, let fault = builder.strangeness(of: name, beside: given) {
      let known = complaints.count
      guard let array = numbers(value), !array.shape.isEmpty else {
        complaints.removeSubrange(known...)
        passedOver.append((fault, key))
        return
      }
      take(name, array, at: key, value, beside: given)
    } else {
      readPart(key, value, beside: given)
    }
  }

  /// An object whose keys are names of parts.
  private mutating func readNamed(_ node: PresetNode) {
    guard case .mapping(let pairs) = node.content else {
      return complain(.expectedMapping(found: node.description), at: node)
    }
    let given = names.parts(among: pairs.compactMap(\.key.text))
    for (key, value) in pairs { readNamed(key, value, beside: given) }
  }

  private mutating func readPart(
    _ key: PresetNode, _ value: PresetNode, beside given: Set<String>
  ) {
    guard !isNull(value), let array = numbers(value) else { return }
    take(key.text ?? "", array, at: key, value, beside: given)
  }

  private mutating func take(
    _ name: String, _ array: (shape: [Int], values: [Double]), at key: PresetNode,
    _ value: PresetNode, beside given: Set<String>
  ) {
    do throws(GradientFault) {
      try builder.take(
        name, NumberArray(shape: array.shape, values: array.values), beside: given)
    } catch {
      complain(error, at: error.isAboutName ? key : value)
    }
  }

  private mutating func take(
    _ part: GradientPart, _ array: (shape: [Int], values: [Double]), at key: PresetNode,
    _ value: PresetNode
  ) {
    do throws(GradientFault) {
      try builder.take(part, NumberArray(shape: array.shape, values: array.values))
    } catch {
      complain(error, at: error.isAboutName ? key : value)
    }
  }

  // MARK: - Spikes and λ

  /// Whether a name is that of the spikes of a layer.
  private func isSpikes(_ name: String) -> Bool { layer(ofSpikes: name) != nil }

  private func layer(ofSpikes name: String) -> Int? {
    for separator in [".", "_", "/"] where name.lowercased().hasSuffix(separator + "spikes") {
      return names.layer(inFile: name.dropLast(7))
    }
    return name.lowercased() == "spikes" && names.network.layers.count == 1 ? 0 : nil
  }

  private mutating func readSpikes(_ key: PresetNode, _ value: PresetNode) {
    if let layer = layer(ofSpikes: key.text ?? "") { readSpikes(value, ofLayer: layer) }
  }

  /// Reads a list of spike times for each neuron.
  private mutating func readSpikes(_ node: PresetNode, ofLayer layer: Int) {
    guard case .list(let items) = node.content else {
      return complain(.expectedList(found: node.description), at: node)
    }
    var lists: [[Double]] = []
    for item in items {
      guard case .list(let times) = item.content else {
        return complain(.expectedList(found: item.description), at: item)
      }
      var list: [Double] = []
      for time in times {
        guard let value = number(time) else { return }
        list.append(value)
      }
      lists.append(list)
    }
    do throws(GradientFault) {
      try builder.take(spikes: lists, ofLayer: layer)
    } catch {
      complain(error, at: node)
    }
  }

  /// Reads λ at events, as a report has it: the number of an event, and λ of each layer.
  private mutating func readAdjoint(_ node: PresetNode) {
    guard case .list(let entries) = node.content else {
      return complain(.expectedList(found: node.description), at: node)
    }
    let offsets = names.network.offsets
    for entry in entries {
      guard case .mapping(let pairs) = entry.content else {
        return complain(.expectedMapping(found: entry.description), at: entry)
      }
      guard let text = pairs.first(where: { $0.key.text == "event" })?.value.text,
        let event = Int(text)
      else { return complain(.expectedNumber(found: entry.description), at: entry) }
      for (key, isPotential) in [("lambda_v", true), ("lambda_i", false)] {
        guard let value = pairs.first(where: { $0.key.text == key })?.value else { continue }
        guard case .mapping(let layers) = value.content else {
          return complain(.expectedMapping(found: value.description), at: value)
        }
        for (name, list) in layers {
          guard let layer = names.layer(inFile: name.text ?? "") else {
            return complain(
              .unknownLayer(name.text ?? "", known: names.network.layers.map(\.name)), at: name)
          }
          guard let array = numbers(list) else { return }
          guard array.values.count == names.network.layers[layer].size else {
            return complain(
              .wrongShape(
                name: "\(key) of \(name.text ?? "")",
                expected: [names.network.layers[layer].size], found: array.shape), at: list)
          }
          for (neuron, value) in array.values.enumerated() {
            builder.take(
              ForeignRecord.Reading(
                neuron: offsets[layer] + neuron, place: .event(event), isPotential: isPotential,
                value: value))
          }
        }
      }
    }
  }

  private mutating func readLayers(_ node: PresetNode) {
    guard case .list(let layers) = node.content else {
      return complain(.expectedList(found: node.description), at: node)
    }
    for (position, layer) in layers.enumerated() {
      guard case .mapping(let pairs) = layer.content else {
        complain(.expectedMapping(found: layer.description), at: layer)
        continue
      }
      guard let number = number(of: layer, pairs, at: position) else { continue }
      for (key, value) in pairs {
        switch key.text ?? "" {
        case "gradient": readLayer(number, value)
        case "spikes": readSpikes(value, ofLayer: number)
        case let name where Self.otherLayerKeys.contains(name): continue
        default: readPart(key, value, ofLayer: number)
        }
      }
    }
  }

  /// The number of a layer: by its name, or by its position where it has no name.
  private mutating func number(
    of node: PresetNode, _ pairs: [(key: PresetNode, value: PresetNode)], at position: Int
  ) -> Int? {
    let layers = names.network.layers
    if let name = pairs.first(where: { $0.key.text == "name" })?.value {
      guard let layer = names.layer(inFile: name.text ?? "") else {
        complain(.unknownLayer(name.text ?? "", known: layers.map(\.name)), at: name)
        return nil
      }
      return layer
    }
    guard layers.indices.contains(position) else {
      complain(.noLayerAt(position, count: layers.count), at: node)
      return nil
    }
    return position
  }

  private mutating func readLayer(_ layer: Int, _ node: PresetNode) {
    guard case .mapping(let pairs) = node.content else {
      return complain(.expectedMapping(found: node.description), at: node)
    }
    for (key, value) in pairs { readPart(key, value, ofLayer: layer) }
  }

  private mutating func readPart(_ key: PresetNode, _ value: PresetNode, ofLayer layer: Int) {
    let name = key.text ?? ""
    let known = Parameter.Quantity.ofLayers
    guard
      let quantity = known.first(where: { $0.rawValue == name }) ?? (name == "w" ? .weights : nil)
    else {
      return complain(.naming(.unknown(name, known: known.map(\.rawValue))), at: key)
    }
    guard !isNull(value) else { return }
    do throws(GradientFault) {
      let part = try GradientFault.naming { () throws(PartFault) in
        try names.part(quantity, ofLayer: layer)
      }
      guard let array = numbers(value) else { return }
      take(part, array, at: key, value)
    } catch {
      complain(error, at: key)
    }
  }

  // MARK: - Numbers

  private func isNull(_ node: PresetNode) -> Bool {
    if case .scalar("null", isQuoted: false) = node.content { true } else { false }
  }

  /// A number, a list of numbers or a list of such lists; nil after a complaint.
  ///
  /// A deeper list is read only for its shape, which the complaint shows.
  private mutating func numbers(
    _ node: PresetNode, depth: Int = 0
  ) -> (shape: [Int], values: [Double])? {
    guard case .list(let items) = node.content, depth < 3 else {
      return number(node).map { ([], [$0]) }
    }
    var values: [Double] = []
    var inner: [Int]?
    for item in items {
      guard let (shape, own) = numbers(item, depth: depth + 1) else { return nil }
      if let inner, inner != shape {
        if inner.count == 1, shape.count == 1 {
          complain(.raggedRow(expected: inner[0], found: shape[0]), at: item)
        } else {
          let isList = inner.isEmpty
          complain(
            isList
              ? .expectedNumber(found: item.description) : .expectedList(found: item.description),
            at: item)
        }
        return nil
      }
      inner = shape
      values += own
    }
    return ([items.count] + (inner ?? []), values)
  }

  private mutating func number(_ node: PresetNode) -> Double? {
    if let text = node.text, let value = Double(text) { return value }
    complain(.expectedNumber(found: node.description), at: node)
    return nil
  }
}
