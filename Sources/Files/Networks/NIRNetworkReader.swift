package import EventProp

/// A network from a NIR file, and how it was read.
package struct NIRNetwork: Equatable, Sendable {
  /// The network.
  package let network: Network
  /// What a weight was taken to mean.
  package let convention: WeightConvention
  /// The step of the grid, in seconds, for `step`.
  package let dt: Double?
  /// The unit that the times of the file were taken to have.
  package let timeUnit: FileTimeUnit
  /// Why the convention and the unit are these, in a phrase each.
  package let reasons: (convention: String, timeUnit: String)
  /// How each population was read, in the order of the layers.
  package let populations: [Population]

  /// How a population was read.
  package struct Population: Equatable, Sendable {
    /// The node of the file.
    package let node: String
    /// The node of the weights into it, and that of its recurrent weights; nil for spikes that come
    /// without a matrix.
    package let matrices: (weights: String?, recurrent: String?)
    /// What an arrival with weight 1 adds to I, the least and the most of all its neurons.
    package let jump: ClosedRange<Double>
    /// The node of a bias, which became part of `v_leak` and of the initial I.
    package let bias: String?

    package static func == (a: Self, b: Self) -> Bool {
      a.node == b.node && a.matrices == b.matrices && a.jump == b.jump && a.bias == b.bias
    }
  }

  package static func == (a: Self, b: Self) -> Bool {
    a.network == b.network && a.convention == b.convention && a.dt == b.dt
      && a.timeUnit == b.timeUnit && a.populations == b.populations
  }
}

/// Reads a network from a NIR file.
///
/// The equations of NIR are `tau_syn dI/dt = −I + w_in S` and `tau_mem dV/dt = (v_leak − V) + r I`.
/// The map to a `Network` is exact: our I is r times theirs.
package struct NIRNetworkReader {
  private let graph: NIRGraph
  private let choice: NIRChoice
  private var faults: [NIRFault] = []

  /// Reads the bytes of a file.
  ///
  /// - Returns: The network, or everything that stands against it.
  package static func read(
    _ bytes: [UInt8], _ choice: NIRChoice = NIRChoice()
  ) -> Result<NIRNetwork, NIRFaults> {
    do throws(NIRFault) {
      var reader = NIRNetworkReader(graph: try NIRGraphReader.read(bytes), choice: choice)
      let network = try reader.network()
      guard let network else { return .failure(NIRFaults(faults: reader.faults)) }
      return .success(network)
    } catch {
      return .failure(NIRFaults(faults: [error]))
    }
  }

  private init(graph: NIRGraph, choice: NIRChoice) {
    self.graph = graph
    self.choice = choice
  }

  // MARK: The graph

  private mutating func network() throws(NIRFault) -> NIRNetwork? {
    for node in graph.nodes where node.role == .foreign {
      faults.append(.foreign(node.name, type: node.type))
    }
    guard faults.isEmpty else { return nil }
    let populations = graph.nodes.indices.filter { graph.nodes[$0].isPopulation }
    guard !populations.isEmpty else { throw .noPopulation }
    let input = try input()
    // A population that no edge reaches can take the place of a missing input.
    var ways = try graph.ways(from: populations.contains(input) ? [] : [input])
    if populations.contains(input) {
      ways.append(NIRWay(source: -1, target: input, between: []))
    } else {
      for index in ways.indices { ways[index].source = -1 }
    }
    ways += try graph.ways(from: populations)
    let chain = try chain(ways, of: populations)
    return try network(chain, ways, input: graph.nodes[input])
  }

  /// The node at which spikes from outside begin.
  private func input() throws(NIRFault) -> Int {
    let inputs = graph.nodes.indices.filter { graph.nodes[$0].role == .input }
    let origins = graph.origins
    let open =
      inputs.isEmpty
      ? graph.nodes.indices.filter { index in
        graph.nodes[index].role != .output && origins[index].allSatisfy { $0 == index }
      } : inputs
    guard open.count == 1 else { throw .inputs(open.map { graph.nodes[$0].name }) }
    return open[0]
  }

  /// The populations in the order of the layers.
  private func chain(_ ways: [NIRWay], of populations: [Int]) throws(NIRFault) -> [Int] {
    var chain: [Int] = []
    var source = -1
    while true {
      var targets: [Int] = []
      for way in ways where way.source == source && way.target != source {
        guard !targets.contains(way.target) else {
          throw .twoWays(name(source), name(way.target))
        }
        targets.append(way.target)
      }
      guard targets.count <= 1 else { throw .branches(name(source), targets.map(name)) }
      guard let next = targets.first else { break }
      guard !chain.contains(next) else { throw .feedback(name(source), name(next)) }
      chain.append(next)
      source = next
    }
    guard !chain.isEmpty else { throw .branches(name(-1), []) }
    if let lost = populations.first(where: { !chain.contains($0) }) {
      throw .unreached(name(lost))
    }
    for way in ways where way.source >= 0 {
      if graph.nodes[way.source].role == .population(isSpiking: false) {
        throw .potential(name(way.source), name(way.target))
      }
      guard ways.count(where: { $0.source == way.source && $0.target == way.target }) == 1 else {
        throw .twoWays(name(way.source), name(way.target))
      }
    }
    return chain
  }

  private func name(_ node: Int) -> String { node < 0 ? "input" : graph.nodes[node].name }

  // MARK: Numbers

  private mutating func network(
    _ chain: [Int], _ ways: [NIRWay], input: NIRNode
  ) throws(NIRFault) -> NIRNetwork? {
    var layers: [NIRPopulation] = []
    var before: Int? = input.parameters["shape"].map { $0.values.reduce(1, { $0 * $1 }) }
      .flatMap { Int(exactly: $0) }
    var inputs: Int?
    for (number, node) in chain.enumerated() {
      let source = number == 0 ? -1 : chain[number - 1]
      let incoming = ways.first { $0.source == source && $0.target == node }
      let recurrent = ways.first { $0.source == node && $0.target == node }
      guard let incoming else { throw .unreached(name(node)) }
      let population = try NIRPopulation(
        graph, node, incoming: incoming, recurrent: recurrent, before: before, &faults)
      if number == 0 { inputs = population.weights.rows }
      before = population.size
      layers.append(population)
    }
    guard faults.isEmpty, let inputs else { return nil }
    let telling = NIRTelling(layers: layers, choice: choice, statements: graph.statements)
    let timeUnit: (unit: FileTimeUnit, reason: String)
    do throws(NIRFault) {
      timeUnit = try telling.timeUnit()
    } catch {
      faults.append(error)
      // A second question is asked with the first one.
      timeUnit = (.s, "")
    }
    let convention = try telling.convention(timeUnit.unit, &faults)
    guard let convention, faults.isEmpty else { return nil }
    var names = LayerNames()
    var read: [Layer] = []
    var notes: [NIRNetwork.Population] = []
    for population in layers {
      let jumps = population.jumps(convention.kind, convention.dt.map(timeUnit.unit.value))
      read.append(population.layer(named: names.name(for: population.name), jumps, timeUnit.unit))
      notes.append(
        NIRNetwork.Population(
          node: population.name,
          matrices: (population.weights.matrix, population.recurrent?.matrix),
          jump: jumps.range, bias: population.biasNode))
    }
    return NIRNetwork(
      network: Network(inputs: inputs, layers: read), convention: convention.kind,
      dt: convention.dt, timeUnit: timeUnit.unit,
      reasons: (convention.reason, timeUnit.reason), populations: notes)
  }
}

/// Everything that stands against a NIR file; at least one fault.
package struct NIRFaults: Error, Equatable, Sendable {
  /// The faults, in the order in which they were found.
  package let faults: [NIRFault]
}
