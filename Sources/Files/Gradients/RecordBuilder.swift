import EventProp
import Language
import Study

/// Puts the named arrays of a file together to a record of another program.
///
/// A name belongs to a part of the gradient (`hidden.weights`), to spikes (`hidden.spikes`), to λ at
/// the spikes of a layer (`hidden.lambda_v`), to the loss, or to what a mapping says. Other arrays
/// are matched by shape and order in ``finish()``, where only one way fits.
struct RecordBuilder {
  /// An array of a file.
  struct Named {
    var name: String
    var array: NumberArray
    /// Why the name belongs to no part.
    var fault: PartFault
    /// Whether it is nearly the name of a part that the file does not have.
    var isMisspelt: Bool
  }

  let names: Names
  let mappings: [NameMapping]
  /// The samples of the experiment, and the place of the one that is compared; the place is nil for
  /// all.
  let samples: (all: Samples, place: Int?)?
  private(set) var parts: [ForeignGradient.Part] = []
  /// The parts of each sample, by its place.
  private(set) var sampleParts: [[ForeignGradient.Part]] = []
  private(set) var loss: Double?
  private(set) var losses: [Double] = []
  private(set) var spikes: [Int: [[Double]]] = [:]
  private(set) var readings: [ForeignRecord.Reading] = []
  /// How arrays with other names were read.
  private(set) var matches: [String] = []
  private(set) var passedOver: [String] = []
  private var strangers: [Named] = []
  /// The names of mappings that the file has.
  private(set) var used: Set<String> = []
  /// The times of spikes whose neurons are in another array, by the start of the name.
  private var times: [String: NumberArray] = [:]
  private var neurons: [String: NumberArray] = [:]

  init(_ names: Names, mapping mappings: [NameMapping], samples: (all: Samples, place: Int?)?) {
    self.names = names
    self.mappings = mappings
    self.samples = samples
  }

  var experiment: Experiment { names.experiment }

  /// Whether anything was found.
  var isEmpty: Bool {
    parts.isEmpty && sampleParts.isEmpty && loss == nil && losses.isEmpty && spikes.isEmpty
      && readings.isEmpty
  }

  /// Whether there is a part already.
  func has(_ part: GradientPart) -> Bool {
    parts.contains { $0.part == part }
      || sampleParts.first.map { $0.contains { $0.part == part } } ?? false
  }

  // MARK: - Names

  /// The fault of a name that belongs to nothing and is no misspelt one; nil for others.
  func strangeness(of name: String, beside given: Set<String>) -> PartFault? {
    other(name) == nil ? names.strangeness(of: name, beside: given) : nil
  }

  /// Takes an array by its name; `given` are the parts that the file has by their own names.
  mutating func take(
    _ name: String, _ array: NumberArray, beside given: Set<String>
  ) throws(GradientFault) {
    if let mapping = mappings.first(where: { $0.theirs == name }) {
      used.insert(name)
      return try take(name, array, mapping)
    }
    if try takeOther(name, array) { return }
    let count = array.values.count
    let part: GradientPart
    do throws(PartFault) {
      part = try names.part(named: name, length: count)
    } catch {
      guard case .unknown = error else { throw .naming(error) }
      // Its shape may tell what it is.
      let isMisspelt = names.strangeness(of: name, beside: given) == nil
      strangers.append(Named(name: name, array: array, fault: error, isMisspelt: isMisspelt))
      return
    }
    guard part.quantity != .inputTimes || samples == nil || samples?.place != nil else {
      // The input spikes of a sample are its own.
      passedOver.append(name)
      return
    }
    try take(part, array)
  }

  /// Takes the values of a part, or of a part for each sample.
  mutating func take(
    _ part: GradientPart, _ array: NumberArray, transposing: Bool = false, scale: [Double]? = nil
  ) throws(GradientFault) {
    guard !has(part) else { throw .twice(names.name(of: part)) }
    guard !array.element.isInteger || array.values.isEmpty else {
      throw .arrays(.wrongType(array.element, wantsIntegers: false))
    }
    guard let (slices, isSampled) = slices(of: array, for: part) else {
      return parts.append(try arranged(part, array, transposing, scale))
    }
    guard isSampled else { return parts.append(try arranged(part, slices[0], transposing, scale)) }
    if sampleParts.isEmpty { sampleParts = Array(repeating: [], count: slices.count) }
    for (place, slice) in slices.enumerated() {
      sampleParts[place].append(try arranged(part, slice, transposing, scale))
    }
  }

  private func arranged(
    _ part: GradientPart, _ array: NumberArray, _ transposing: Bool, _ scale: [Double]?
  ) throws(GradientFault) -> ForeignGradient.Part {
    let array = transposing ? array.transposed : array
    let found = try part.arranged(array.values, shape: array.shape, in: experiment)
    guard let scale else {
      return transposing ? ForeignGradient.Part(part, found.values) : found
    }
    let values = found.values.enumerated().map {
      $0.element * (scale.count == 1 ? scale[0] : scale[$0.offset])
    }
    return ForeignGradient.Part(
      part, values, isTransposed: transposing ? false : found.isTransposed)
  }

  /// The slices of an array whose first axis counts samples: of the compared sample alone, or of
  /// each; nil for an array of another shape.
  private func slices(
    of array: NumberArray, for part: GradientPart
  ) -> (slices: [NumberArray], isSampled: Bool)? {
    let expected = part.shape(in: experiment)
    guard let samples, array.shape.count == expected.count + 1,
      let count = array.shape.first, part.quantity != .inputTimes
    else { return nil }
    let inner = Array(array.shape.dropFirst())
    guard inner == expected || inner == expected.reversed() else { return nil }
    let places: [Int]
    if count == samples.all.count {
      places = samples.place.map { [$0] } ?? Array(0..<count)
    } else if count == samples.all.countInFile {
      places = (samples.place.map { [$0] } ?? Array(0..<samples.all.count))
        .map { samples.all.numbers[$0] }
    } else {
      return nil
    }
    let size = inner.reduce(1, *)
    let slices = places.map { place in
      NumberArray(
        shape: inner, values: Array(array.values[place * size..<(place + 1) * size]),
        element: array.element)
    }
    return (slices, samples.place == nil)
  }

  private mutating func take(
    _ name: String, _ array: NumberArray, _ mapping: NameMapping
  ) throws(GradientFault) {
    guard let target = mapping.part else {
      passedOver.append(name)
      return
    }
    let count = array.values.count
    let part = try GradientFault.naming { () throws(PartFault) in
      try names.part(named: target, length: count)
    }
    try take(part, array, transposing: mapping.isTransposed, scale: [1 / mapping.factor])
    matches.append(
      "\(name) is \(names.name(of: part))" + (mapping.isTransposed ? ", transposed" : "")
        + (mapping.factor == 1 ? "" : ", times \(Quantity.display(mapping.factor))"))
  }

  // MARK: - Loss, spikes and λ

  /// What a name that is no part of a gradient stands for.
  private enum Other {
    case loss, losses
    /// Spike times, or the numbers of their neurons, by the start of the name.
    case times(String), neurons(String)
    case spikes(layer: Int)
    case lambda(layer: Int, isPotential: Bool)
  }

  private func other(_ name: String) -> Other? {
    let word = name.lowercased()
    switch word {
    case "loss": return .loss
    case "losses": return .losses
    case "spike_times": return .times("spike")
    case "spike_neurons": return .neurons("spike")
    default: break
    }
    for ending in ["times", "time"] where word == ending || word.hasSuffix("." + ending) {
      return .times(String(name.dropLast(ending.count)))
    }
    if word == "idx" || word.hasSuffix(".idx") { return .neurons(String(name.dropLast(3))) }
    if let layer = layer(of: name, "spikes") { return .spikes(layer: layer) }
    if let layer = layer(of: name, "lambda_v") { return .lambda(layer: layer, isPotential: true) }
    if let layer = layer(of: name, "lambda_i") { return .lambda(layer: layer, isPotential: false) }
    return nil
  }

  /// Takes a loss, spikes or λ; false for another name.
  private mutating func takeOther(
    _ name: String, _ array: NumberArray
  ) throws(GradientFault) -> Bool {
    switch other(name) {
    case nil: return false
    case .loss where array.values.count == 1: loss = array.values[0]
    case .loss, .losses:
      guard takeLosses(array) else {
        throw .wrongShape(
          name: name, expected: samples.map { [$0.all.count] } ?? [], found: array.shape)
      }
    case .times(let stem): times[stem] = array
    case .neurons(let stem): neurons[stem] = array
    case .spikes(let layer): spikes[layer] = try spikeLists(array, ofLayer: layer, name)
    case .lambda(let layer, let isPotential):
      try takeLambda(array, ofLayer: layer, isPotential: isPotential, name)
    }
    return true
  }

  private mutating func takeLosses(_ array: NumberArray) -> Bool {
    guard let samples, array.shape.count == 1 else { return false }
    let values: [Double]
    if array.values.count == samples.all.count {
      values = array.values
    } else if array.values.count == samples.all.countInFile {
      values = samples.all.numbers.map { array.values[$0] }
    } else {
      return false
    }
    if let place = samples.place { loss = values[place] } else { losses = values }
    return true
  }

  /// The layer of `hidden.spikes`; the only layer where the name stands alone.
  private func layer(of name: String, _ suffix: String) -> Int? {
    let word = name.lowercased()
    guard word.hasSuffix(suffix) else { return nil }
    let owner = name.dropLast(suffix.count)
    if owner.isEmpty { return names.network.layers.count == 1 ? 0 : nil }
    guard let separator = owner.last, "._/".contains(separator) else { return nil }
    return names.layer(inFile: owner.dropLast())
  }

  /// The rows of an array, one for each neuron of a layer; a first axis of samples is cut.
  private func rows(
    _ array: NumberArray, ofLayer layer: Int, _ name: String
  ) throws(GradientFault) -> [[Double]] {
    let size = names.network.layers[layer].size
    var (shape, values) = (array.shape, array.values)
    if shape.count == 3, let samples, let place = samples.place, shape[1] == size {
      let number = shape[0] == samples.all.count ? place : samples.all.numbers[place]
      guard number < shape[0] else {
        throw .wrongShape(name: name, expected: [size, shape[2]], found: array.shape)
      }
      let length = shape[1] * shape[2]
      values = Array(values[number * length..<(number + 1) * length])
      shape = Array(shape.dropFirst())
    }
    if shape.count == 1, shape[0] == size { shape.append(1) }
    guard shape.count == 2, shape[0] == size else {
      throw .wrongShape(name: name, expected: [size, shape.last ?? 1], found: array.shape)
    }
    return (0..<size).map { Array(values[$0 * shape[1]..<($0 + 1) * shape[1]]) }
  }

  /// Spike times [neurons, k], padded with inf, NaN or negative times.
  private func spikeLists(
    _ array: NumberArray, ofLayer layer: Int, _ name: String
  ) throws(GradientFault) -> [[Double]] {
    try rows(array, ofLayer: layer, name).map { $0.filter { $0.isFinite && $0 >= 0 }.sorted() }
  }

  /// Takes spike times in lists of any length, one for each neuron of a layer.
  mutating func take(spikes lists: [[Double]], ofLayer layer: Int) throws(GradientFault) {
    let size = names.network.layers[layer].size
    guard lists.count == size else {
      throw .wrongShape(
        name: names.network.layers[layer].name + ".spikes", expected: [size],
        found: [lists.count])
    }
    spikes[layer] = lists.map { $0.filter { $0.isFinite && $0 >= 0 }.sorted() }
  }

  /// Takes the loss.
  mutating func take(loss value: Double) { loss = value }

  /// Takes a value of λ.
  mutating func take(_ reading: ForeignRecord.Reading) { readings.append(reading) }

  private mutating func takeLambda(
    _ array: NumberArray, ofLayer layer: Int, isPotential: Bool, _ name: String
  ) throws(GradientFault) {
    let offset = experiment.network.offsets[layer]
    for (neuron, row) in try rows(array, ofLayer: layer, name).enumerated() {
      for (spike, value) in row.enumerated() where !value.isNaN {
        readings.append(
          ForeignRecord.Reading(
            neuron: offset + neuron, place: .spike(spike), isPotential: isPotential, value: value))
      }
    }
  }

  // MARK: - The end

  /// Matches the arrays with other names, and pairs of times and neurons.
  ///
  /// - Returns: The names that belong to nothing.
  mutating func finish() throws(GradientFault) -> [Named] {
    try pairSpikes()
    let left = try matchStrangers()
    passedOver += left.filter { !$0.isMisspelt }.map(\.name)
    return left
  }

  /// Puts spike times and the numbers of their neurons together, as jaxsnn has them: neurons count
  /// across layers, −1 stands for no spike.
  private mutating func pairSpikes() throws(GradientFault) {
    for (stem, times) in times.sorted(by: { $0.key < $1.key }) {
      guard let neurons = neurons[stem] else { continue }
      guard times.shape == neurons.shape else {
        throw .wrongShape(name: stem + "idx", expected: times.shape, found: neurons.shape)
      }
      let owner = stem.hasSuffix(".") ? names.layer(inFile: stem.dropLast()) : nil
      var (list, numbers) = (times.values, neurons.values)
      if times.shape.count == 2, let samples, let place = samples.place {
        let length = times.shape[1]
        let row = times.shape[0] == samples.all.count ? place : samples.all.numbers[place]
        guard row < times.shape[0] else { continue }
        list = Array(list[row * length..<(row + 1) * length])
        numbers = Array(numbers[row * length..<(row + 1) * length])
      }
      guard times.shape.count <= 1 || times.shape[0] == 1 || list.count < times.values.count else {
        throw .wrongShape(
          name: stem + "time", expected: [times.shape[1]], found: times.shape)
      }
      // The spikes of the inputs are ours already.
      guard owner != nil || !stem.hasSuffix(".") else { continue }
      let offsets = experiment.network.offsets
      let layers = owner.map { [$0] } ?? Array(experiment.network.layers.indices)
      for layer in layers {
        let size = names.network.layers[layer].size
        var lists = [[Double]](repeating: [], count: size)
        let first = owner == nil ? offsets[layer] : 0
        for (time, number) in zip(list, numbers) where time.isFinite && number >= 0 {
          let neuron = Int(number) - first
          if (0..<size).contains(neuron) { lists[neuron].append(time) }
        }
        spikes[layer] = lists.map { $0.sorted() }
      }
    }
  }

  /// The first matrix of an array [samples, …]; another array as it is.
  private func sample(of array: NumberArray) -> NumberArray {
    guard let samples, array.shape.count == 3,
      [samples.all.count, samples.all.countInFile].contains(array.shape[0])
    else { return array }
    let inner = Array(array.shape.dropFirst())
    return NumberArray(
      shape: inner, values: Array(array.values.prefix(inner.reduce(1, *))), element: array.element)
  }

  /// Matches arrays by shape and order, where only one way fits.
  private mutating func matchStrangers() throws(GradientFault) -> [Named] {
    let matcher = ShapeMatcher(names, strangers.map { ($0.name, sample(of: $0.array)) }) { has($0) }
    var left: [Named] = []
    for (stranger, found) in zip(strangers, matcher.matches) {
      guard !found.isEmpty else {
        left.append(stranger)
        continue
      }
      let isWhole = found.count == 1 && sample(of: stranger.array) != stranger.array
      for match in found {
        try take(
          match.part, isWhole ? stranger.array : match.array, transposing: match.isTransposed,
          scale: match.scale)
      }
      matches.append(
        "\(stranger.name) is "
          + found.map { names.name(of: $0.part) + $0.phrase }.joined(separator: " and "))
    }
    return left
  }
}
