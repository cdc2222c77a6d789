import EventProp

/// The numbers of a population and of the synapses into it, in the units of the file.
struct NIRPopulation {
  var name: String
  var size: Int
  var isSpiking: Bool
  /// The numbers of the node, one for each neuron.
  var values: [String: [Double]]
  var weights: NIRSynapses
  var recurrent: NIRSynapses?
  /// The constant input of each neuron, as a weight that always arrives.
  var bias: [Double]
  var biasNode: String?

  /// Reads a population; what is wrong with its numbers is added to the faults.
  init(
    _ graph: NIRGraph, _ node: Int, incoming: NIRWay, recurrent: NIRWay?, before: Int?,
    _ faults: inout [NIRFault]
  ) throws(NIRFault) {
    let found = graph.nodes[node]
    name = found.name
    isSpiking = found.role == .population(isSpiking: true)
    let size = try Self.size(of: found, graph, incoming, before: before)
    self.size = size
    weights = try NIRSynapses(graph, incoming, rows: before, columns: size)
    self.recurrent = nil
    if let recurrent {
      self.recurrent = try NIRSynapses(graph, recurrent, rows: size, columns: size)
    }
    values = [:]
    bias = [Double](repeating: 0, count: size)
    for parameter in NIRNode.parameters[found.type] ?? [] {
      guard let array = found.parameters[parameter] else {
        values[parameter] = Array(repeating: NIRNode.defaults[parameter] ?? 0, count: size)
        continue
      }
      let all = try NIRSynapses.spread(array.values, size, name, parameter)
      let isTime = parameter.hasPrefix("tau")
      for (index, value) in all.enumerated() {
        let isRight = value.isFinite && (!isTime || value >= .leastNormalMagnitude)
        guard !isRight else { continue }
        faults.append(
          .value(
            name, parameter, index: index, value: value,
            rule: value.isFinite ? "a time constant is greater than 0" : "it must be finite"))
        break
      }
      values[parameter] = all
    }
    if isSpiking, let reset = values["v_reset"], let threshold = values["v_threshold"],
      let index = (0..<size).first(where: { reset[$0] >= threshold[$0] })
    {
      faults.append(
        .value(
          name, "v_reset", index: index, value: reset[index],
          rule: "a neuron restarts below its v_threshold"))
    }
    // A matrix that two ways share has one bias.
    var counted: Set<String> = []
    for synapses in [weights] + (self.recurrent.map { [$0] } ?? []) {
      faults += synapses.faults
      guard let node = synapses.biasNode, let more = synapses.bias,
        counted.insert(node).inserted
      else { continue }
      for index in 0..<size { bias[index] += more[index] }
      if more.contains(where: { $0 != 0 }) { biasNode = node }
    }
  }

  /// The number of neurons: that of a list of their numbers, or the height of the matrix before.
  private static func size(
    of node: NIRNode, _ graph: NIRGraph, _ way: NIRWay, before: Int?
  ) throws(NIRFault) -> Int {
    var size: (count: Int, parameter: String)?
    for parameter in NIRNode.parameters[node.type] ?? [] {
      guard let array = node.parameters[parameter] else { continue }
      guard array.shape.count(where: { $0 != 1 }) <= 1 else {
        throw .shape(node.name, parameter, found: array.shape)
      }
      guard array.values.count != 1 else { continue }
      if let size, size.count != array.values.count {
        throw .count(
          node.name, parameter, expected: size.count, found: array.values.count)
      }
      size = (array.values.count, parameter)
    }
    if let size {
      guard size.count > 0 else { throw .count(node.name, size.parameter, expected: 1, found: 0) }
      return size.count
    }
    let matrix = way.between.last { graph.nodes[$0].role == .matrix }
    let height = matrix.flatMap { graph.nodes[$0].parameters["weight"]?.shape.first }
    return height ?? before ?? 1
  }

  // MARK: Our numbers

  /// What an arrival with weight 1 adds to our I, for each neuron.
  struct Jumps {
    /// r · w_in, and dt for `step`.
    var numerators: [Double]
    /// tau_syn, in the unit of the file.
    var denominators: [Double]

    /// The jump of a weight: one rounding where the numerator is 1.
    func jump(_ weight: Double, _ neuron: Int) -> Double {
      numerators[neuron] * weight / denominators[neuron]
    }

    var range: ClosedRange<Double> {
      let all = numerators.indices.map { jump(1, $0) }
      return (all.min() ?? 0)...(all.max() ?? 0)
    }
  }

  /// The jumps of a convention; `dt`, in the unit of the file, belongs to `step`.
  func jumps(_ convention: WeightConvention, _ dt: Double?) -> Jumps {
    let ones = [Double](repeating: 1, count: size)
    let tau = values["tau_syn"] ?? ones
    switch convention {
    case .jump: return Jumps(numerators: ones, denominators: ones)
    case .dirac: return Jumps(numerators: gains, denominators: tau)
    case .step: return Jumps(numerators: gains.map { $0 * (dt ?? 1) }, denominators: tau)
    }
  }

  /// r · w_in of each neuron.
  var gains: [Double] {
    let (r, input) = (values["r"] ?? [], values["w_in"] ?? [])
    return (0..<size).map { r[$0] * input[$0] }
  }

  /// The layer; a bias b is the constant c = r · w_in · b, which is added to `v_leak` and is missing
  /// in I at first, since I has to grow to it.
  func layer(named name: String, _ jumps: Jumps, _ unit: FileTimeUnit) -> Layer {
    let constants = zip(gains, bias).map { $0 * $1 }
    let parameters = (0..<size).map { neuron in
      LIFParameters(
        tauMem: unit.seconds(values["tau_mem"]?[neuron] ?? 0),
        tauSyn: unit.seconds(values["tau_syn"]?[neuron] ?? 0),
        vThreshold: isSpiking ? values["v_threshold"]?[neuron] ?? 0 : 1,
        vLeak: (values["v_leak"]?[neuron] ?? 0) + constants[neuron],
        vReset: isSpiking ? values["v_reset"]?[neuron] ?? 0 : 0)
    }
    return Layer(
      name: name, parameters: parameters, weights: weights.synapses(jumps, unit),
      recurrent: recurrent?.synapses(jumps, unit),
      kinds: Array(repeating: isSpiking ? .lif : .li, count: size),
      initial: constants.map { LIFState(potential: 0, current: $0 == 0 ? 0 : -$0) })
  }
}
