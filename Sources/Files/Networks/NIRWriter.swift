package import EventProp
import Language

/// Writes a network as a NIR file.
///
/// r and w_in are 1, and a weight is w · tau_syn: an arrival then adds w to I by the equations of
/// NIR as they stand. The metadata say so, and that times are in seconds. Reading back gives the
/// same network, with weights that differ by a rounding at the most.
package enum NIRWriter {
  /// A part of a network that NIR has no form for.
  package enum Refusal: Error, Equatable, Sendable {
    /// Delays that are neither one for each neuron before nor one for each neuron of the layer.
    case delays(layer: String, isRecurrent: Bool)
    /// Neurons of two kinds in a layer.
    case mixedKinds(layer: String)
    /// Neurons that never spike, before a layer that they would have to reach.
    case integrators(layer: String)
    /// Given spikes.
    case imposedSpikes(layer: String)
    /// A limit of events.
    case maxEvents(layer: String?)
    /// A potential at t = 0.
    case initialPotential(layer: String)
    /// Two layers of which the nodes would have one name.
    case name(String)
  }

  /// What a file does not say.
  package enum Loss: Equatable, Sendable {
    /// Synapses that do not exist have become weights of 0.
    case dense(layer: String, isRecurrent: Bool)
    /// The current at t = 0 has become a bias.
    case bias(layer: String)
  }

  /// The bytes of a file, and what it does not say.
  package static func write(
    _ experiment: Experiment
  ) throws(Refusal) -> (bytes: [UInt8], losses: [Loss]) {
    if experiment.maxEvents != nil { throw .maxEvents(layer: nil) }
    var file = Building()
    file.begin(inputs: experiment.network.inputs)
    for (number, layer) in experiment.network.layers.enumerated() {
      try file.add(layer, isLast: number == experiment.network.layers.count - 1)
    }
    return (file.finished(), file.losses)
  }
}

extension NIRWriter {
  /// A file while it is being written.
  private struct Building: ~Copyable {
    private let writer = HDF5Writer()
    private var edges: [String] = []
    private var names: Set<String> = ["input", "output"]
    private(set) var losses: [Loss] = []
    /// The node that the next one follows.
    private var last = "input"
    private var size = 0

    private static let nodes = "node/nodes"

    mutating func begin(inputs: Int) {
      writer.add("1.0.8", at: "version")
      writer.addGroup("node")
      writer.add("NIRGraph", at: "node/type")
      writer.addGroup("node/metadata")
      writer.add("backspike", at: "node/metadata/writer")
      writer.add(WeightConvention.dirac.rawValue, at: "node/metadata/\(NIRTelling.keys.weights)")
      writer.add(FileTimeUnit.s.rawValue, at: "node/metadata/\(NIRTelling.keys.timeUnit)")
      writer.addGroup(Self.nodes)
      end("input", "Input", inputs)
      size = inputs
    }

    /// The bytes of the file, with its output and its edges.
    mutating func finished() -> [UInt8] {
      end("output", "Output", size)
      edges += [last, "output"]
      writer.add(TextArray(shape: [edges.count / 2, 2], values: edges), at: "node/edges")
      return writer.bytes()
    }

    private func end(_ name: String, _ type: String, _ size: Int) {
      writer.addGroup("\(Self.nodes)/\(name)")
      writer.add(type, at: "\(Self.nodes)/\(name)/type")
      writer.add(
        NumberArray(shape: [1], values: [Double(size)], element: .int64),
        at: "\(Self.nodes)/\(name)/shape")
    }

    mutating func add(_ layer: Layer, isLast: Bool) throws(Refusal) {
      guard layer.imposedSpikes == nil else { throw .imposedSpikes(layer: layer.name) }
      guard layer.maxEvents == nil else { throw .maxEvents(layer: layer.name) }
      guard let kind = layer.kinds.first, layer.kinds.allSatisfy({ $0 == kind }) else {
        throw .mixedKinds(layer: layer.name)
      }
      guard kind == .lif || isLast && layer.recurrent == nil else {
        throw .integrators(layer: layer.name)
      }
      guard layer.initial.allSatisfy({ $0.potential == 0 }) else {
        throw .initialPotential(layer: layer.name)
      }
      let bias = layer.initial.map { $0.current == 0 ? 0 : -$0.current }
      let hasBias = bias.contains { $0 != 0 }
      if hasBias { losses.append(.bias(layer: layer.name)) }
      try add(layer.weights, of: layer, bias: hasBias ? bias : nil, from: last, isRecurrent: false)
      try addNeurons(layer, kind, bias)
      if let recurrent = layer.recurrent {
        try add(recurrent, of: layer, bias: nil, from: layer.name, isRecurrent: true)
      }
      last = layer.name
      size = layer.parameters.count
    }

    private mutating func addNeurons(
      _ layer: Layer, _ kind: Layer.NeuronKind, _ bias: [Double]
    ) throws(Refusal) {
      let parameters = layer.parameters
      let ones = parameters.map { _ in 1.0 }
      var values: [(String, [Double])] = [
        ("tau_mem", parameters.map(\.tauMem)), ("tau_syn", parameters.map(\.tauSyn)),
        ("r", ones), ("v_leak", zip(parameters, bias).map { $0.vLeak - $1 }), ("w_in", ones),
      ]
      if kind == .lif {
        values += [
          ("v_threshold", parameters.map(\.vThreshold)), ("v_reset", parameters.map(\.vReset)),
        ]
      }
      try node(
        layer.name, kind == .lif ? "CubaLIF" : "CubaLI",
        values.map { ($0, NumberArray(shape: [$1.count], values: $1)) })
    }

    /// Adds a matrix, with its delays before or behind it, and the edges from a node to the layer.
    private mutating func add(
      _ synapses: Synapses, of layer: Layer, bias: [Double]?, from source: String,
      isRecurrent: Bool
    ) throws(Refusal) {
      let name = layer.name + (isRecurrent ? "_recurrent" : "_weights")
      if !synapses.isDense { losses.append(.dense(layer: layer.name, isRecurrent: isRecurrent)) }
      var weights = [Double](repeating: 0, count: synapses.rows * synapses.columns)
      for row in 0..<synapses.rows {
        for entry in synapses.entries(ofRow: row) {
          let column = synapses.column(ofEntry: entry, row: row)
          weights[column * synapses.rows + row] = Self.weight(
            of: synapses.weights[entry], layer.parameters[column].tauSyn)
        }
      }
      var arrays = [
        ("weight", NumberArray(shape: [synapses.columns, synapses.rows], values: weights))
      ]
      if let bias { arrays.append(("bias", NumberArray(shape: [bias.count], values: bias))) }
      try node(name, bias == nil ? "Linear" : "Affine", arrays)

      var path = [source, name, layer.name]
      if let delays = try Self.delays(of: synapses, layer.name, isRecurrent) {
        let delay = layer.name + (isRecurrent ? "_recurrent_delay" : "_delay")
        let array = NumberArray(shape: [delays.values.count], values: delays.values)
        try node(delay, "Delay", [("delay", array)])
        path.insert(delay, at: delays.isBefore ? 1 : 2)
      }
      for (from, to) in zip(path, path.dropFirst()) { edges += [from, to] }
    }

    private mutating func node(
      _ name: String, _ type: String, _ arrays: [(String, NumberArray)]
    ) throws(Refusal) {
      guard names.insert(name).inserted else { throw .name(name) }
      writer.addGroup("\(Self.nodes)/\(name)")
      writer.add(type, at: "\(Self.nodes)/\(name)/type")
      for (key, array) in arrays { writer.add(array, at: "\(Self.nodes)/\(name)/\(key)") }
    }

    /// The weight W for which W / tau is nearest to ours; w · tau can be one step beside it.
    private static func weight(of ours: Double, _ tau: Double) -> Double {
      let product = ours * tau
      return [product, product.nextUp, product.nextDown].first { $0 / tau == ours } ?? product
    }

    /// One delay for each neuron before a matrix or behind it; nil for none.
    private static func delays(
      of synapses: Synapses, _ layer: String, _ isRecurrent: Bool
    ) throws(Refusal) -> (values: [Double], isBefore: Bool)? {
      guard let delays = synapses.delays, delays.contains(where: { $0 != 0 }) else { return nil }
      var before = [Double?](repeating: nil, count: synapses.rows)
      var behind = [Double?](repeating: nil, count: synapses.columns)
      var (isBefore, isBehind) = (true, true)
      for row in 0..<synapses.rows {
        for entry in synapses.entries(ofRow: row) {
          let column = synapses.column(ofEntry: entry, row: row)
          if before[row] ?? delays[entry] != delays[entry] { isBefore = false }
          if behind[column] ?? delays[entry] != delays[entry] { isBehind = false }
          before[row] = delays[entry]
          behind[column] = delays[entry]
        }
      }
      if isBefore { return (before.map { $0 ?? 0 }, true) }
      if isBehind { return (behind.map { $0 ?? 0 }, false) }
      throw .delays(layer: layer, isRecurrent: isRecurrent)
    }
  }
}
