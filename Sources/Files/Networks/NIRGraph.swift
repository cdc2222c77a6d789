/// The graph of a NIR file, with the graphs inside it spread out.
///
/// A node in an inner graph has the name of that graph before its own, as in `rnn/lif`. Edges occur
/// once each.
struct NIRGraph {
  /// The nodes, in the order of their names.
  var nodes: [NIRNode] = []
  /// The places of the nodes that an edge leads to, by the place of the node that it comes from.
  var targets: [[Int]] = []
  /// What the writer of the file says about it, by its keys.
  var statements: [String: String] = [:]

  /// The places of the nodes that an edge comes from, by the place of the node that it leads to.
  var origins: [[Int]] {
    var origins = [[Int]](repeating: [], count: nodes.count)
    for (from, targets) in targets.enumerated() {
      for target in targets { origins[target].append(from) }
    }
    return origins
  }
}

/// A node of a NIR graph.
struct NIRNode {
  /// What a node is for an event-driven network.
  enum Role: Equatable {
    /// An input of the whole network.
    case input
    /// An output of the whole network.
    case output
    /// An input or an output of an inner graph: it changes nothing.
    case port
    /// A matrix `[out, in]`, perhaps with a bias.
    case matrix
    case delay
    case scale
    /// Neurons with a synaptic current; those of kind CubaLI never spike.
    case population(isSpiking: Bool)
    /// A node that Backspike has no counterpart for.
    case foreign
  }

  var name: String
  /// The type as the file has it, such as CubaLIF.
  var type: String
  var role: Role
  /// The numbers of the node, by their names in the file.
  var parameters: [String: NumberArray] = [:]

  /// The numbers that are read of each type.
  static let parameters: [String: [String]] = [
    "Input": ["shape"], "Output": ["shape"], "Linear": ["weight"], "Affine": ["weight", "bias"],
    "Delay": ["delay"], "Scale": ["scale"],
    "CubaLIF": [
      "tau_mem", "tau_syn", "r", "v_leak", "v_threshold", "v_reset", "w_in",
    ],
    "CubaLI": ["tau_mem", "tau_syn", "r", "v_leak", "w_in"],
  ]

  /// The numbers that may be missing, and what they are then.
  ///
  /// nir 1.0.5 and older know no `v_reset`.
  static let defaults: [String: Double] = ["v_reset": 0, "w_in": 1]

  /// The role of a type.
  static func role(ofType type: String, isInner: Bool) -> Role {
    switch type {
    case "Input": isInner ? .port : .input
    case "Output": isInner ? .port : .output
    case "Linear", "Affine": .matrix
    case "Delay": .delay
    case "Scale": .scale
    case "CubaLIF": .population(isSpiking: true)
    case "CubaLI": .population(isSpiking: false)
    default: .foreign
    }
  }

  var isPopulation: Bool { if case .population = role { true } else { false } }
}
