import EventProp
import Language

/// What a NIR file tells about its unit of time and the meaning of its weights.
struct NIRTelling {
  var layers: [NIRPopulation]
  var choice: NIRChoice
  /// What the writer of the file says, by keys of its metadata.
  var statements: [String: String]

  /// The keys of the metadata in which a writer states them.
  static let keys = (weights: "weights", timeUnit: "time_unit")

  // MARK: The unit of time

  /// The unit of time: as chosen, as stated, or by the size of the time constants.
  ///
  /// Time constants lie between 0.1 ms and 1 s. A file in seconds has none of 1 or more, and a file
  /// in milliseconds none below 1.
  func timeUnit() throws(NIRFault) -> (unit: FileTimeUnit, reason: String) {
    if let unit = choice.timeUnit { return (unit, "as you said") }
    if let unit = statements[Self.keys.timeUnit].flatMap(FileTimeUnit.init(rawValue:)) {
      return (unit, "as the file states")
    }
    if let step = spyxStep, abs(step - 1) < 1e-5 { throw .timesInSteps }
    let all = values("tau_mem") + values("tau_syn")
    let (least, most) = (all.min() ?? 0, all.max() ?? 0)
    guard most >= 1e-4 else { throw .tinyTimes(most: most) }
    let range =
      least == most
      ? "all time constants are \(Quantity.display(least))"
      : "time constants go from \(Quantity.display(least)) to \(Quantity.display(most))"
    if most < 1 { return (.s, range) }
    if least >= 1 { return (.ms, range) }
    throw .timeUnit(least: least, most: most)
  }

  // MARK: The weights

  /// The meaning of a weight: as chosen, as stated, by r and w_in of a grid, or by the equations.
  ///
  /// - Returns: The meaning, and for `step` the step in seconds; nil if it cannot be told, with a
  ///   fault.
  func convention(
    _ unit: FileTimeUnit, _ faults: inout [NIRFault]
  ) throws(NIRFault) -> (kind: WeightConvention, dt: Double?, reason: String)? {
    let step = step.map(unit.seconds)
    let told = "r = tau_mem/dt and w_in = tau_syn/dt everywhere"
    switch choice.weights {
    case .step?:
      if let dt = choice.dt { return (.step, dt, "as you said") }
      guard let step else { throw .noStep }
      return (.step, step, told)
    case let kind?:
      guard choice.dt == nil else { throw .stepNotAsked }
      return (kind, nil, "as you said")
    case nil where choice.dt != nil: throw .stepNotAsked
    case nil: break
    }
    let stated = statements[Self.keys.weights].flatMap(WeightConvention.init(rawValue:))
    if let stated, stated != .step { return (stated, nil, "as the file states") }
    if let step { return (.step, step, told) }
    if isDirac { return (.dirac, nil, "r and w_in are near 1") }
    faults.append(unknown(unit))
    return nil
  }

  /// The step of a grid, in the unit of the file, by which a writer multiplied r and w_in.
  private var step: Double? {
    let gains = values("r") + values("w_in")
    // A step is shorter than the time constants, or the grid would show nothing.
    guard gains.allSatisfy({ $0 > 1 }) else { return nil }
    return Self.common(zip(values("tau_mem") + values("tau_syn"), gains).map { $0 / $1 })
  }

  /// The step of a grid, in the unit of the file, for which r is the decay of V in a step, as Spyx
  /// writes it; the weights of Spyx are jumps, but other files may have such numbers by chance.
  private var spyxStep: Double? {
    let r = values("r")
    guard r.allSatisfy({ $0 < 1 }) else { return nil }
    return Self.common(zip(values("tau_mem"), r).map { $0 * (1 - $1) })
  }

  /// The one value of all, where writers compute with 24 bits at the least.
  private static func common(_ values: [Double]) -> Double? {
    guard let least = values.min(), let most = values.max(), least > 0,
      most <= least * (1 + 1e-4)
    else { return nil }
    // The number of fewest digits that all are near to is the one that was meant.
    let middle = (least + most) / 2
    let rounded = (1...15).lazy.compactMap { Double(Quantity.display(middle, digits: $0)) }
    return rounded.first { abs($0 - middle) <= 1e-5 * middle } ?? middle
  }

  /// Whether the equations of NIR as they stand give a network of a usual size.
  ///
  /// Where a spike were the height of many thresholds, the weights were made for something else.
  private var isDirac: Bool {
    spyxStep == nil
      && layers.allSatisfy { layer in
        let gains = (layer.values["r"] ?? []) + (layer.values["w_in"] ?? [])
        guard gains.allSatisfy({ (0.25...4).contains($0) }) else { return false }
        let (weight, neuron) = Self.typical(layer)
        let jump = abs(layer.jumps(.dirac, nil).jump(weight, neuron))
        return jump <= 20 * abs(layer.values["v_threshold"]?[neuron] ?? 1)
      }
  }

  private func values(_ name: String) -> [Double] {
    layers.flatMap { $0.values[name] ?? [] }
  }

  /// The size of the weight in the middle of all, without zeros, and its neuron.
  private static func typical(_ layer: NIRPopulation) -> (weight: Double, neuron: Int) {
    let sorted = layer.weights.weights.enumerated().filter { $0.element != 0 }
      .sorted { abs($0.element) < abs($1.element) }
    guard !sorted.isEmpty else { return (1, 0) }
    let (entry, weight) = sorted[sorted.count / 2]
    return (abs(weight), entry % layer.size)
  }

  private func unknown(_ unit: FileTimeUnit) -> NIRFault {
    let layer = layers[0]
    let (weight, neuron) = Self.typical(layer)
    let jump = layer.jumps(.dirac, nil).jump(weight, neuron)
    return .convention(
      node: layer.name, weight: weight, dirac: jump, step: jump * unit.value(1e-3))
  }
}
