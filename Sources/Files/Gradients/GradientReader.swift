package import EventProp
import Language
package import Study

/// Reads a foreign gradient of an experiment.
///
/// A JSON file holds a whole report, a part of one, or an object with the names of parts as keys
/// (`hidden.weights`). A `.npz` file holds arrays with such names; the extra arrays of `export npz`
/// are ignored. A `.npy` file holds one part: the part with the name of the file, or the only part
/// with the shape of the array. NaN and infinities are read as they are: they are faults of the
/// gradient, not of its form.
package enum GradientReader {
  /// Reads a file.
  ///
  /// - Parameters:
  ///   - bytes: The content of the file.
  ///   - name: The name or path as written by the user, for complaints and for the name of a single
  ///     array.
  ///   - experiment: The experiment of the gradient.
  /// - Returns: The parts found, at least one.
  /// - Throws: All faults of the file.
  package static func read(
    _ bytes: [UInt8], named name: String, of experiment: Experiment
  ) throws(GradientComplaints) -> ForeignGradient {
    if bytes.starts(with: NpyHeader.magic) || NpzArchive.isArchive(bytes) {
      return try readArrays(bytes, named: name, of: experiment)
    }
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
    var reading = GradientReading(source: source, names: Names(experiment, .full))
    do throws(Diagnostic) {
      reading.read(try PresetTree.compose(source))
      reading.complainIfEmpty()
    } catch {
      reading.complaints = [error]
    }
    guard reading.complaints.isEmpty else { throw reading.sorted }
    guard !reading.parts.isEmpty else { throw GradientComplaints(.nothingInIt, in: name) }
    return gradient(
      reading.parts, of: experiment, passingOver: reading.passedOver.compactMap(\.key.text))
  }

  private static func readArrays(
    _ bytes: [UInt8], named file: String, of experiment: Experiment
  ) throws(GradientComplaints) -> ForeignGradient {
    guard NpzArchive.isArchive(bytes) else {
      do throws(GradientFault) {
        let array = try floats { () throws(ArrayFault) in try NpyReader.read(bytes) }
        return ForeignGradient([try part(array, inFileNamed: file, of: experiment)])
      } catch {
        throw GradientComplaints(error, in: file)
      }
    }
    let archive: NpzArchive
    do throws(ArrayFault) {
      archive = try NpzArchive(bytes)
    } catch {
      throw GradientComplaints(.arrays(error), in: file)
    }
    let names = Names(experiment, .full)
    var parts: [ForeignGradient.Part] = []
    var faults: [(fault: GradientFault, array: String)] = []
    var passedOver: [(fault: GradientFault, array: String)] = []
    let given = names.parts(among: archive.names)
    for name in archive.names where !RunArchive.extras.contains(name) {
      if let fault = names.strangeness(of: name, beside: given) {
        passedOver.append((.naming(fault), name))
        continue
      }
      do throws(GradientFault) {
        let array = try floats { () throws(ArrayFault) in try archive.array(named: name) }
        let part = try GradientFault.naming { () throws(PartFault) in
          try names.part(named: name, length: array.values.count)
        }
        guard !parts.contains(where: { $0.part == part }) else {
          throw GradientFault.twice(names.name(of: part))
        }
        parts.append(try part.arranged(array.values, shape: array.shape, in: experiment))
      } catch {
        faults.append((error, name))
      }
    }
    guard faults.isEmpty else { throw GradientComplaints(faults, in: file) }
    guard !parts.isEmpty else {
      throw passedOver.isEmpty
        ? GradientComplaints(.nothingInIt, in: file) : GradientComplaints(passedOver, in: file)
    }
    return gradient(parts, of: experiment, passingOver: passedOver.map(\.array))
  }

  /// Parts in the order of a gradient, whatever the order in the file.
  private static func gradient(
    _ parts: [ForeignGradient.Part], of experiment: Experiment, passingOver names: [String]
  ) -> ForeignGradient {
    ForeignGradient(
      GradientPart.all(of: experiment).compactMap { part in parts.first { $0.part == part } },
      passedOver: names)
  }

  /// An array of floating-point numbers.
  private static func floats(
    _ read: () throws(ArrayFault) -> NumberArray
  ) throws(GradientFault) -> NumberArray {
    do throws(ArrayFault) {
      let array = try read()
      guard !array.element.isInteger || array.values.isEmpty else {
        throw ArrayFault.wrongType(array.element, wantsIntegers: false)
      }
      return array
    } catch {
      throw .arrays(error)
    }
  }

  /// The part with the name of a file, or the only part with the shape of the array.
  private static func part(
    _ array: NumberArray, inFileNamed file: String, of experiment: Experiment
  ) throws(GradientFault) -> ForeignGradient.Part {
    let last = file.split(separator: "/").last ?? ""
    let stem = last.lowercased().hasSuffix(".npy") ? last.dropLast(4) : last
    let names = Names(experiment, .full)
    if let part = try? names.part(named: String(stem), length: array.values.count) {
      return try part.arranged(array.values, shape: array.shape, in: experiment)
    }
    let fitting = GradientPart.all(of: experiment).compactMap {
      try? $0.arranged(array.values, shape: array.shape, in: experiment)
    }
    let exact = fitting.filter { $0.part.shape(in: experiment) == array.shape }
    let candidates = exact.isEmpty ? fitting : exact
    guard let first = candidates.first else { throw .noPartFits(array.shape) }
    guard candidates.count == 1 else {
      throw .manyPartsFit(array.shape, candidates.map { names.name(of: $0.part) })
    }
    return first
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

/// A gradient as JSON, read node by node.
private struct GradientReading {
  let source: SourceText
  let names: Names
  var parts: [ForeignGradient.Part] = []
  var complaints: [Diagnostic] = []
  /// The keys that belong to no part.
  var passedOver: [(fault: PartFault, key: PresetNode)] = []

  /// The complaints in the order of their places in the file.
  var sorted: GradientComplaints {
    GradientComplaints(complaints.sorted { $0.span.start < $1.span.start }, in: source)
  }

  /// The keys of a report that are not about the gradient.
  private static let otherKeys: Set<String> = [
    "version", "title", "t_max", "complete", "loss", "events", "adjoint", "adjoint_at_zero",
    "warnings", "rule",
  ]
  private static let otherLayerKeys: Set<String> = ["name", "size", "spikes", "final"]

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
      case _ where Self.otherKeys.contains(name): continue
      default: readNamed(key, value, beside: given)
      }
    }
  }

  /// Complains about all names where none belongs to a part.
  mutating func complainIfEmpty() {
    guard parts.isEmpty else { return }
    for (fault, key) in passedOver { complain(.naming(fault), at: key) }
  }

  /// Reads a part, or passes over a value that belongs to no part of a gradient.
  private mutating func readNamed(
    _ key: PresetNode, _ value: PresetNode, beside given: Set<String>
  ) {
    if let fault = names.strangeness(of: key.text ?? "", beside: given) {
      passedOver.append((fault, key))
    } else {
      readPart(key, value)
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

  private mutating func readPart(_ key: PresetNode, _ value: PresetNode) {
    guard !isNull(value), let array = numbers(value) else { return }
    do throws(GradientFault) {
      let part = try GradientFault.naming { () throws(PartFault) in
        try names.part(named: key.text ?? "", length: array.values.count)
      }
      take(part, array, at: key, value)
    } catch {
      complain(error, at: key)
    }
  }

  private mutating func take(
    _ part: GradientPart, _ array: (shape: [Int], values: [Double]), at key: PresetNode,
    _ value: PresetNode
  ) {
    guard !parts.contains(where: { $0.part == part }) else {
      return complain(.twice(names.name(of: part)), at: key)
    }
    do throws(GradientFault) {
      parts.append(try part.arranged(array.values, shape: array.shape, in: names.experiment))
    } catch {
      complain(error, at: value)
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
