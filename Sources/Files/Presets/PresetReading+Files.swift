internal import EventProp
internal import Study

/// A file of numbers that a preset names.
enum ArrayFile {
  case single(NumberArray)
  case archive(any ArrayArchive)

  /// Reads a `.npy`, `.npz` or `.safetensors` file; the bytes decide which one.
  init(_ bytes: [UInt8]) throws(ArrayFault) {
    if NpzArchive.isArchive(bytes) {
      self = .archive(try NpzArchive(bytes))
    } else if SafetensorsArchive.isArchive(bytes) {
      self = .archive(try SafetensorsArchive(bytes))
    } else {
      self = .single(try NpyReader.read(bytes))
    }
  }
}

extension PresetFault {
  /// Whether the fault is in the file, and not in the text that names it.
  var isUnreadableFile: Bool {
    switch self {
    case .noFile, .unreadableFile: true
    default: false
    }
  }
}

extension PresetReading {
  /// An array from a file, and its place in the preset.
  struct NamedArray {
    var array: NumberArray
    var name: String
    var node: PresetNode

    var values: [Double] { array.values }

    /// The array with its axes exchanged, and with a factor.
    func arranged(isTransposed: Bool, factor: Double) -> NamedArray {
      var arranged = self
      if isTransposed { arranged.array = array.transposed }
      if factor != 1 {
        arranged.array = NumberArray(
          shape: arranged.array.shape, values: arranged.values.map { $0 * factor })
      }
      return arranged
    }
  }

  /// The numbers of `{ file: weights.npz, array: w0 }` or `{ file: w0.npy }`, which must be finite.
  ///
  /// In `shape` nil stands for any length; without `shape` any shape is allowed. The numbers are
  /// transposed and multiplied as the mapping asks for it.
  mutating func numbers(inFileOf node: PresetNode, shape: [Int?]? = nil) -> NamedArray? {
    let before = complaints.count
    let fields = fields(
      of: node, in: "a file", allowed: PresetKeys.matrixFile, required: ["file"])
    guard let fields, let place = fields["file"], let file = file(place) else { return nil }
    let array: NamedArray
    switch (file, fields["array"]) {
    case (.single(let single), nil):
      array = NamedArray(array: single, name: place.text ?? "", node: place)
    case (.archive(let archive), let name?):
      guard let found = self.array(name, of: archive) else { return nil }
      array = found
    case (.archive(let archive), nil):
      // A misspelt key has its own complaint already.
      if complaints.count == before { complain(.arrayNotNamed(archive.names), at: place) }
      return nil
    case (.single, let name?):
      complain(.arrayWithoutName, at: name)
      return nil
    }
    let isTransposed = fields["transpose"].map { truth($0) } ?? false
    let factor = fields["factor"].map { number($0) } ?? 1
    guard let isTransposed, let factor else { return nil }
    let found = isTransposed ? shape.map { $0.reversed() } : shape
    let arranged = array.arranged(isTransposed: isTransposed, factor: factor)
    guard fits(array, integers: nil, shape: found), isFinite(array), isFinite(arranged) else {
      return nil
    }
    if case .archive(let archive as SafetensorsArchive) = file, archive.isFromNumpy,
      array.array.shape.count == 2, let path = place.text
    {
      let remark = Warning.Reading.fromNumpy(file: path)
      if !readings.contains(remark) { readings.append(remark) }
    }
    note(array, isTransposed: isTransposed)
    return arranged
  }

  /// The spikes of `{ file: spikes.npz, times: t, channels: idx }`.
  mutating func inputSpikes(inFileOf node: PresetNode, channels count: Int?) -> [InputSpike]? {
    let spikes = spikes(inFileOf: node, of: "channels", count: count, .channel)
    return spikes.map { spikes in
      zip(spikes.times.values, spikes.indices).map { InputSpike(time: $0, channel: $1) }
    }
  }

  /// The spikes of `{ file: spikes.npz, times: t, neurons: idx }`, by neuron and in order of time.
  mutating func imposedSpikes(
    inFileOf node: PresetNode, count: Int?, layer: String
  ) -> [[Double]]? {
    let spikes = spikes(inFileOf: node, of: "neurons", count: count, .neuron(layer: layer))
    guard let spikes, let count else { return nil }
    var lists = [[Double]](repeating: [], count: count)
    for (time, neuron) in zip(spikes.times.values, spikes.indices) { lists[neuron].append(time) }
    for (neuron, times) in lists.enumerated() {
      lists[neuron] = times.sorted()
      guard let fault = Rules.imposedSpikes(lists[neuron], of: .lif, distinct: true)
      else { continue }
      complain(.rule(fault.violation, .filedSpike(neuron: neuron)), at: spikes.times.node)
      return nil
    }
    return lists
  }

  /// The spikes of a file: the times, and for each one the number of its channel or neuron.
  private mutating func spikes(
    inFileOf node: PresetNode, of what: String, count: Int?, _ subject: PresetFault.Subject
  ) -> (times: NamedArray, indices: [Int])? {
    let keys = PresetKeys.spikes(of: what)
    let fields = fields(of: node, in: "a file of spikes", allowed: keys, required: keys)
    guard let fields, let place = fields["file"], let file = file(place) else { return nil }
    guard case .archive(let archive) = file else {
      complain(.arrayWithoutName, at: place)
      return nil
    }
    let times = fields["times"].flatMap { self.times($0, of: archive) }
    let indices = fields[what].flatMap {
      self.indices($0, of: archive, count: count ?? .max, subject)
    }
    guard let times, let indices else { return nil }
    guard times.values.count == indices.count else {
      complain(
        .unequalSpikes(times: times.values.count, indices: indices.count, of: what), at: node)
      return nil
    }
    return (times, indices)
  }

  private mutating func times(_ node: PresetNode, of archive: any ArrayArchive) -> NamedArray? {
    guard let array = array(node, of: archive), fits(array, integers: false, shape: [nil]),
      isFinite(array), allEntries(of: array, Rules.notNegative, .spike)
    else { return nil }
    return array
  }

  private mutating func indices(
    _ node: PresetNode, of archive: any ArrayArchive, count: Int, _ subject: PresetFault.Subject
  ) -> [Int]? {
    guard let array = array(node, of: archive), fits(array, integers: true, shape: [nil]) else {
      return nil
    }
    // A value beyond 2⁶³ is no Int, so it is out of range.
    let areKnown = allEntries(
      of: array, { Rules.index(Int(exactly: $0) ?? .max, of: count) }, subject)
    return areKnown ? array.values.map { Int($0) } : nil
  }

  /// Complains about the first value that violates a rule of the engine.
  mutating func allEntries(
    of array: NamedArray, _ rule: (Double) -> ExperimentFault.Violation?,
    _ subject: PresetFault.Subject
  ) -> Bool {
    guard let first = array.values.firstIndex(where: { rule($0) != nil }),
      let violation = rule(array.values[first])
    else { return true }
    let value = array.values[first]
    let found = PresetFault.rule(violation, value.isFinite ? subject : .value("\(value)"))
    let others = array.values[(first + 1)...].count { rule($0) != nil }
    let index = array.array.place(of: first).map(String.init).joined(separator: ", ")
    complain(.entry("\(array.name)[\(index)]", found, others: others), at: array.node)
    return false
  }

  private mutating func isFinite(_ array: NamedArray) -> Bool {
    allEntries(of: array, Rules.finite, .value("the value"))
  }

  private mutating func fits(_ array: NamedArray, integers: Bool?, shape: [Int?]?) -> Bool {
    // An empty array is an empty list, whatever its type.
    guard !array.values.isEmpty || shape?.count != 1 else { return true }
    let isInteger = array.array.element.isInteger
    if let integers, !array.values.isEmpty, isInteger != integers {
      complain(.arrays(.wrongType(array.array.element, wantsIntegers: integers)), at: array.node)
      return false
    }
    let found = array.array.shape
    guard let shape else { return true }
    guard found.count == shape.count, zip(shape, found).allSatisfy({ $0 == nil || $0 == $1 })
    else {
      complain(.arrays(.wrongShape(expected: shape, found: found)), at: array.node)
      return false
    }
    return true
  }

  mutating func array(_ node: PresetNode, of archive: any ArrayArchive) -> NamedArray? {
    guard let name = text(node) else { return nil }
    do throws(ArrayFault) {
      return NamedArray(array: try archive.array(named: name), name: name, node: node)
    } catch {
      complain(.arrays(error), at: node)
      return nil
    }
  }

  /// A file, read only once for all its matrices.
  mutating func file(_ node: PresetNode) -> ArrayFile? {
    guard let path = text(node) else { return nil }
    let file = files[path] ?? open(path)
    files[path] = file
    switch file {
    case .success(let file): return file
    case .failure(let fault):
      complain(fault, at: node)
      return nil
    }
  }

  private func open(_ path: String) -> Result<ArrayFile, PresetFault> {
    bytes(of: path).flatMap { bytes in
      do throws(ArrayFault) {
        return .success(try ArrayFile(bytes))
      } catch {
        return .failure(.arrays(error))
      }
    }
  }

  /// The bytes of a file beside the preset.
  func bytes(of path: String) -> Result<[UInt8], PresetFault> {
    do {
      guard let found = try readingFile(path) else { return .failure(.noFile(path)) }
      return .success(found)
    } catch {
      return .failure(.unreadableFile(path))
    }
  }

  /// The word true or false.
  mutating func truth(_ node: PresetNode) -> Bool? {
    switch node.text {
    case "true": return true
    case "false": return false
    default:
      complain(.notTruth(found: node.description), at: node)
      return nil
    }
  }

  /// Notes which way a square matrix is read: its shape does not tell a mistake.
  private mutating func note(_ array: NamedArray, isTransposed: Bool) {
    let shape = array.array.shape
    guard shape.count == 2, shape[0] == shape[1], shape[0] > 1,
      array.array.transposed != array.array
    else { return }
    readings.append(
      .square(matrix: array.name, size: shape[0], isTransposed: isTransposed))
  }
}
