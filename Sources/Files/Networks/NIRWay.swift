/// A way for spikes through a graph: from a source through matrices, delays and scales to neurons.
struct NIRWay {
  /// The input or the population that it comes from.
  var source: Int
  /// The population that it leads to.
  var target: Int
  /// The nodes between them.
  var between: [Int]
}

extension NIRGraph {
  /// All ways from the input and from each population to the next neurons.
  ///
  /// - Throws: A `NIRFault` for a loop without a neuron, and for a matrix that reaches no neuron.
  func ways(from sources: [Int]) throws(NIRFault) -> [NIRWay] {
    var ways: [NIRWay] = []
    for source in sources {
      if nodes[source].isPopulation || nodes[source].role == .input {
        for next in targets[source] { try extend(&ways, from: source, [], next) }
      } else {
        // The first node of a graph without an Input.
        try extend(&ways, from: source, [], source)
      }
    }
    return ways
  }

  private func extend(
    _ ways: inout [NIRWay], from source: Int, _ between: [Int], _ next: Int
  ) throws(NIRFault) {
    let node = nodes[next]
    guard !between.contains(next) else { throw .loop(node.name) }
    switch node.role {
    case .population: ways.append(NIRWay(source: source, target: next, between: between))
    case .foreign: throw .foreign(node.name, type: node.type)
    case .input: throw .inputs([nodes[source].name, node.name])
    case .output:
      if let last = between.last(where: { nodes[$0].role != .port }) {
        throw .noNeuron(nodes[last].name)
      }
    case .port, .matrix, .delay, .scale:
      let targets = targets[next]
      if targets.isEmpty, node.role != .port { throw .noNeuron(node.name) }
      for target in targets { try extend(&ways, from: source, between + [next], target) }
    }
  }
}
