import EventProp

/// The synapses of one way, in the units of the file.
struct NIRSynapses {
  var rows: Int
  var columns: Int
  /// The node of the matrix; nil for spikes that go from neuron i to neuron i.
  var matrix: String?
  /// The weights [in × out]; of a way without a matrix one for each neuron.
  var weights: [Double]
  /// The delays in the same order; nil for none.
  var delays: [Double]?
  /// The constant input of each neuron behind.
  var bias: [Double]?
  var biasNode: String?
  /// What is wrong with single values.
  var faults: [NIRFault] = []

  /// Reads the nodes of a way.
  ///
  /// - Throws: A `NIRFault` for sizes that do not fit each other, and for a second matrix.
  init(_ graph: NIRGraph, _ way: NIRWay, rows: Int?, columns: Int) throws(NIRFault) {
    let nodes = way.between.map { graph.nodes[$0] }
    let place = nodes.firstIndex { $0.role == .matrix }
    if let place, let second = nodes[(place + 1)...].first(where: { $0.role == .matrix }) {
      throw .twoMatrices(nodes[place].name, second.name)
    }
    self.columns = columns
    self.rows = columns
    weights = Array(repeating: 1, count: columns)
    if let place, let weight = nodes[place].parameters["weight"] {
      let node = nodes[place]
      guard weight.shape.count == 2 else {
        throw .shape(node.name, "weight", found: weight.shape)
      }
      let width = weight.shape[1]
      guard weight.shape[0] == columns, width == rows ?? width, width > 0 else {
        throw .arraysOf(node.name, expected: [columns, rows], found: weight.shape)
      }
      self.rows = width
      matrix = node.name
      weights = (0..<width * columns).map {
        weight.values[$0 % columns * width + $0 / columns]
      }
      if let array = node.parameters["bias"] {
        biasNode = node.name
        bias = try Self.spread(array.values, columns, node.name, "bias")
        note(array, of: node.name, "bias")
      }
      note(weight, of: node.name, "weight")
    } else {
      guard columns == rows ?? columns else {
        throw .count(
          graph.nodes[way.target].name, "neurons", expected: rows ?? columns, found: columns)
      }
    }

    for (index, node) in nodes.enumerated() where node.role == .scale || node.role == .delay {
      let isBefore = place.map { index < $0 } ?? false
      let key = node.role == .scale ? "scale" : "delay"
      guard let array = node.parameters[key] else { continue }
      let each = try Self.spread(array.values, isBefore ? self.rows : columns, node.name, key)
      note(array, of: node.name, key)
      apply(each, node, isBefore: isBefore)
    }
    if let biasNode, let bias, bias.contains(where: { $0 != 0 }),
      let place,
      let late = nodes[(place + 1)...].first(where: { node in
        node.role == .delay && node.parameters["delay"]?.values.contains { $0 != 0 } == true
      })
    {
      throw .lateBias(biasNode, delay: late.name)
    }
  }

  /// The neuron on one side of an entry.
  private func neuron(_ entry: Int, isBefore: Bool) -> Int {
    matrix == nil ? entry : isBefore ? entry / columns : entry % columns
  }

  private mutating func apply(_ each: [Double], _ node: NIRNode, isBefore: Bool) {
    guard node.role == .delay else {
      for entry in weights.indices { weights[entry] *= each[neuron(entry, isBefore: isBefore)] }
      // The constant goes through a scale behind the matrix only.
      if !isBefore, let bias { self.bias = zip(bias, each).map { $0 * $1 } }
      return
    }
    var delays = delays ?? Array(repeating: 0, count: weights.count)
    for entry in delays.indices { delays[entry] += each[neuron(entry, isBefore: isBefore)] }
    self.delays = delays
  }

  /// Notes the first value that is not finite, or a negative delay.
  private mutating func note(_ array: NumberArray, of node: String, _ parameter: String) {
    let bad = array.values.firstIndex {
      !$0.isFinite || (parameter == "delay" && $0 < 0)
    }
    guard let bad else { return }
    let value = array.values[bad]
    faults.append(
      .value(
        node, parameter, index: bad, value: value,
        rule: value.isFinite ? "a delay is not negative" : "it must be finite"))
  }

  /// One value for each of some neurons, from as many values or a single one.
  static func spread(
    _ values: [Double], _ count: Int, _ node: String, _ parameter: String
  ) throws(NIRFault) -> [Double] {
    if values.count == 1 { return Array(repeating: values[0], count: count) }
    guard values.count == count else {
      throw .count(node, parameter, expected: count, found: values.count)
    }
    return values
  }

  /// Our synapses.
  func synapses(_ jumps: NIRPopulation.Jumps, _ unit: FileTimeUnit) -> Synapses {
    let ours = weights.indices.map {
      jumps.jump(weights[$0], neuron($0, isBefore: false))
    }
    let times = delays?.map(unit.seconds)
    guard matrix != nil else {
      var diagonal = Synapses(
        rows: rows, columns: columns, sparse: ours.indices.map { ($0, $0, ours[$0]) })
      diagonal.delays = times
      return diagonal
    }
    return Synapses(rows: rows, columns: columns, weights: ours, delays: times)
  }
}

extension NIRFault {
  /// A matrix of a shape that does not fit; nil stands for any length.
  static func arraysOf(_ node: String, expected: [Int?], found: [Int]) -> NIRFault {
    .parameter(node, "weight", .wrongShape(expected: expected, found: found))
  }
}
