internal import EventProp

extension PresetReading {
  /// The population on one side of a matrix.
  struct Population {
    var size: Int?
    /// The name of the layer; nil for input channels.
    var layer: String?

    var subject: PresetFault.Subject { layer.map { .neuron(layer: $0) } ?? .channel }
  }

  /// The most drawn synapses of one matrix: more do not fit into the memory of most machines.
  private static let mostSynapses = 100_000_000

  /// A matrix of weights with its delays.
  mutating func synapses(
    _ weights: PresetNode?, _ delays: PresetNode?, from rows: Population, to columns: Population
  ) -> Synapses? {
    let read = weights.flatMap { matrix($0, rows, columns) }
    guard let delays else { return read?.synapses }
    guard var read else {
      checkTimes(delays)
      return nil
    }
    guard let values = self.delays(delays, of: read) else { return nil }
    read.synapses.delays = values
    return read.synapses
  }

  /// Synapses, and the entry of each synapse in the order of the text.
  private struct Matrix {
    var synapses: Synapses
    var order: [Int]
  }

  private mutating func matrix(
    _ node: PresetNode, _ rows: Population, _ columns: Population
  ) -> Matrix? {
    switch node.content {
    case .scalar(let text, _):
      let isFile = text.hasSuffix(".npz") || text.hasSuffix(".npy")
      complain(
        isFile ? .bareFile(text) : .expected(.matrix, found: node.description), at: node)
      return nil
    case .list(let items):
      let values = dense(node, items, rows.size, columns.size) { $0.number($1) }
      guard let values, let rows = rows.size, let columns = columns.size else { return nil }
      return Matrix(synapses: Synapses(rows: rows, columns: columns, weights: values), order: [])
    case .mapping: return drawn(node, rows, columns)
    }
  }

  /// The values of nested lists, row by row.
  private mutating func dense(
    _ node: PresetNode, _ items: [PresetNode], _ rows: Int?, _ columns: Int?,
    _ read: (inout Self, PresetNode) -> Double?
  ) -> [Double]? {
    let lists = items.map { item -> [PresetNode]? in
      if case .list(let row) = item.content { row } else { nil }
    }
    guard lists.contains(where: { $0 != nil }) || items.isEmpty else {
      complain(.expected(.matrix, found: "a list of single values"), at: node)
      return nil
    }
    var isComplete = true
    for (item, row) in zip(items, lists) where row == nil {
      complain(.expected(.list, found: item.description), at: item)
      isComplete = false
    }
    let read = lists.compactMap { $0 }.map { all($0, read) }
    guard isComplete, let rows, let columns else { return nil }

    let lengths = lists.map { $0?.count ?? 0 }
    guard Set(lengths).count <= 1 else {
      for (item, length) in zip(items, lengths) where length != columns {
        complain(.wrongRow(expected: columns, found: length), at: item)
      }
      if items.count != rows {
        complain(.wrongLength("row", expected: rows, found: items.count), at: node)
      }
      return nil
    }
    let width = lengths.first ?? 0
    guard items.count == rows, width == columns else {
      complain(
        .wrongShape(expected: (rows, columns), found: (items.count, width)), at: node)
      return nil
    }
    let values = read.compactMap { $0 }
    return values.count == read.count ? values.flatMap { $0 } : nil
  }

  /// A matrix in one of the forms for a mapping.
  private mutating func drawn(
    _ node: PresetNode, _ rows: Population, _ columns: Population
  ) -> Matrix? {
    let forms = PresetKeys.matrix
    if case .mapping(let pairs) = node.content, pairs.contains(where: { $0.key.text == "file" }) {
      let values = numbers(inFileOf: node, shape: [rows.size, columns.size])?.values
      guard let values, let rows = rows.size, let columns = columns.size else { return nil }
      return Matrix(synapses: Synapses(rows: rows, columns: columns, weights: values), order: [])
    }
    let before = complaints.count
    guard let fields = fields(of: node, in: "a matrix", allowed: forms) else { return nil }
    guard fields.keys.count == 1 else {
      if complaints.count == before { complain(.notOneForm(forms), at: node) }
      return nil
    }
    if let normal = fields["normal"] { return self.normal(normal, rows.size, columns.size) }
    if let fanOut = fields["fan_out"] { return self.fanOut(fanOut, rows.size, columns.size) }
    return fields["sparse"].flatMap { sparse($0, rows, columns) }
  }

  private mutating func normal(_ node: PresetNode, _ rows: Int?, _ columns: Int?) -> Matrix? {
    let fields = fields(
      of: node, in: "normal", allowed: PresetKeys.normal, required: ["mean", "std"])
    guard let fields, let draw = draw(fields) else { return nil }
    guard let rows, let columns, isBearable(rows, columns, node) else { return nil }
    let weights = SeededNormal.matrix(
      count: rows * columns, mean: draw.mean, deviation: draw.deviation, seed: draw.seed)
    return Matrix(synapses: Synapses(rows: rows, columns: columns, weights: weights), order: [])
  }

  private mutating func fanOut(_ node: PresetNode, _ rows: Int?, _ columns: Int?) -> Matrix? {
    let fields = fields(
      of: node, in: "fan_out", allowed: PresetKeys.fanOut,
      required: ["count", "mean", "std"])
    guard let fields else { return nil }
    let draw = draw(fields)
    let count = fields["count"].flatMap { integer($0, atLeast: 1, "count") }
    guard let place = fields["count"], let count, let draw, let rows, let columns else {
      return nil
    }
    guard count <= columns else {
      complain(.fanOut(count: count, targets: columns), at: place)
      return nil
    }
    guard isBearable(rows, count, node) else { return nil }
    let triples = SeededNormal.fanOut(
      rows: rows, columns: columns, count: count, mean: draw.mean, deviation: draw.deviation,
      seed: draw.seed)
    return Matrix(
      synapses: Synapses(rows: rows, columns: columns, sparse: triples),
      order: Array(triples.indices))
  }

  private mutating func draw(
    _ fields: PresetFields
  ) -> (mean: Double, deviation: Double, seed: UInt64)? {
    let mean = fields["mean"].flatMap { number($0) }
    let deviation = fields["std"].flatMap { number($0) }
    if let node = fields["std"], let deviation, deviation < 0 {
      complain(.negativeDeviation, at: node)
    }
    var seed: UInt64? = 0
    if let node = fields["seed"] {
      seed = node.text.flatMap { UInt64($0) }
      if seed == nil { complain(.expected(.integer, found: node.description), at: node) }
    }
    guard let mean, let deviation, let seed else { return nil }
    return (mean, deviation, drawing == 0 ? seed : seed &+ SplitMix64.mixed(drawing))
  }

  private mutating func isBearable(_ rows: Int, _ columns: Int, _ node: PresetNode) -> Bool {
    let (count, overflow) = rows.multipliedReportingOverflow(by: columns)
    if !overflow, count <= Self.mostSynapses { return true }
    complain(.tooLarge("the number of synapses", most: Self.mostSynapses), at: node)
    return false
  }

  /// One synapse of a sparse list.
  private struct Triple {
    var row: Int
    var column: Int
    var value: Double
    var node: PresetNode
  }

  private mutating func triple(
    _ node: PresetNode, _ read: (inout Self, PresetNode) -> Double?
  ) -> Triple? {
    guard case .list(let items) = node.content, items.count == 3 else {
      complain(.expected(.synapse, found: node.description), at: node)
      return nil
    }
    let row = integer(items[0])
    let column = integer(items[1])
    let value = read(&self, items[2])
    guard let row, let column, let value else { return nil }
    return Triple(row: row, column: column, value: value, node: node)
  }

  private mutating func check(_ triple: Triple, _ rows: Population, _ columns: Population) {
    guard case .list(let items) = triple.node.content else { return }
    for (population, index, node) in [
      (rows, triple.row, items[0]), (columns, triple.column, items[1]),
    ] {
      guard let size = population.size else { continue }
      _ = obeys(Rules.index(index, of: size), population.subject, at: node)
    }
  }

  private mutating func sparse(
    _ node: PresetNode, _ rows: Population, _ columns: Population
  ) -> Matrix? {
    guard let items = list(node) else { return nil }
    let before = complaints.count
    var seen: Set<[Int]> = []
    let triples = all(items) { reading, item in
      let triple = reading.triple(item) { reading, node in reading.number(node) }
      if let triple {
        reading.check(triple, rows, columns)
        if !seen.insert([triple.row, triple.column]).inserted {
          reading.complain(.synapseTwice(triple.row, triple.column), at: item)
        }
      }
      return triple
    }
    guard let triples, let height = rows.size, let width = columns.size,
      complaints.count == before
    else { return nil }
    let synapses = Synapses(
      rows: height, columns: width, sparse: triples.map { ($0.row, $0.column, $0.value) })
    // Entries go row by row, and in the order of the list within a row.
    let byRow = triples.indices.sorted { (triples[$0].row, $0) < (triples[$1].row, $1) }
    var order = [Int](repeating: 0, count: triples.count)
    for (entry, index) in byRow.enumerated() { order[index] = entry }
    return Matrix(synapses: synapses, order: order)
  }
}

// Delays.
extension PresetReading {
  private mutating func delays(_ node: PresetNode, of matrix: Matrix) -> [Double]? {
    let synapses = matrix.synapses
    switch node.content {
    case .scalar:
      return delay(node).map { Array(repeating: $0, count: synapses.weights.count) }
    case .list(let items) where synapses.isDense:
      return dense(node, items, synapses.rows, synapses.columns) { $0.delay($1) }
    case .list(let items):
      guard !items.contains(where: { $0.text == nil }) else {
        complain(.sparseShape(isSparse: true), at: node)
        return nil
      }
      let values = all(items) { $0.delay($1) }
      guard items.count == matrix.order.count else {
        let count = matrix.order.count
        complain(.wrongLength("delay", expected: count, found: items.count), at: node)
        return nil
      }
      return values.map { inEntryOrder($0, matrix) }
    case .mapping(let pairs):
      if pairs.contains(where: { $0.key.text == "file" }) {
        return delays(inFileOf: node, of: matrix)
      }
      let fields = fields(
        of: node, in: "delays", allowed: PresetKeys.delays, required: ["sparse"])
      guard let list = fields?["sparse"] else { return nil }
      guard !synapses.isDense else {
        complain(.sparseShape(isSparse: false), at: node)
        return nil
      }
      return sparseDelays(list, of: synapses)
    }
  }

  /// Delays of an array: a matrix like the weights, or one value for each synapse of a sparse list.
  private mutating func delays(inFileOf node: PresetNode, of matrix: Matrix) -> [Double]? {
    let synapses = matrix.synapses
    let shape = synapses.isDense ? [synapses.rows, synapses.columns] : [matrix.order.count]
    guard let array = numbers(inFileOf: node, shape: shape),
      allEntries(of: array, Rules.notNegative, .value("a delay"))
    else { return nil }
    guard !synapses.isDense else { return array.values }
    return inEntryOrder(array.values, matrix)
  }

  /// Values in entry order, from values in the order of the text.
  private func inEntryOrder(_ values: [Double], _ matrix: Matrix) -> [Double] {
    var ordered = values
    for (index, entry) in matrix.order.enumerated() { ordered[entry] = values[index] }
    return ordered
  }

  /// Delays as `[before, this, time]`, one for each synapse, in any order.
  private mutating func sparseDelays(_ node: PresetNode, of synapses: Synapses) -> [Double]? {
    guard let items = list(node) else { return nil }
    let triples = all(items) { reading, item in reading.triple(item) { $0.delay($1) } }
    guard let triples else { return nil }
    let before = complaints.count
    var delays = [Double?](repeating: nil, count: synapses.weights.count)
    for triple in triples {
      guard let entry = synapses.entry(row: triple.row, column: triple.column) else {
        complain(.noSuchSynapse(triple.row, triple.column), at: triple.node)
        continue
      }
      if delays[entry] != nil {
        complain(.synapseTwice(triple.row, triple.column), at: triple.node)
      }
      delays[entry] = triple.value
    }
    for row in 0..<synapses.rows {
      for entry in synapses.entries(ofRow: row) where delays[entry] == nil {
        let column = synapses.column(ofEntry: entry, row: row)
        complain(.synapseWithoutDelay(row, column), at: node)
      }
    }
    return complaints.count == before ? delays.compactMap { $0 } : nil
  }

  /// Checks the times of delays if their matrix could not be read.
  private mutating func checkTimes(_ node: PresetNode) {
    switch node.content {
    case .scalar: _ = delay(node)
    case .list(let items):
      for item in items {
        if case .list(let row) = item.content {
          for node in row where node.text != nil { _ = delay(node) }
        } else {
          _ = delay(item)
        }
      }
    case .mapping(let pairs):
      if pairs.contains(where: { $0.key.text == "file" }) { _ = numbers(inFileOf: node) }
    }
  }
}
