/// One synapse of a network: an entry of one of a layer's matrices.
public struct SynapseIndex: Hashable, Sendable {
  /// The layer that the synapse reaches.
  public var layer: Int
  /// Whether the synapse stays inside the layer.
  public var isRecurrent: Bool
  /// The entry in its matrix.
  public var entry: Int

  /// Names an entry of a matrix; by default of the matrix from the layer before.
  public init(layer: Int, isRecurrent: Bool = false, entry: Int) {
    self.layer = layer
    self.isRecurrent = isRecurrent
    self.entry = entry
  }
}

extension Network {
  /// The matrix of a synapse; nil where the network has no such matrix.
  package func matrix(of synapse: SynapseIndex) -> Synapses? {
    layers[synapse.layer][recurrent: synapse.isRecurrent]
  }

  /// The row and the column of a synapse in its matrix.
  ///
  /// - Complexity: O(1) when dense, O(log rows) when sparse.
  package func ends(of synapse: SynapseIndex) -> (row: Int, column: Int) {
    guard let matrix = matrix(of: synapse) else { return (0, 0) }
    let row = matrix.row(ofEntry: synapse.entry)
    return (row, matrix.column(ofEntry: synapse.entry, row: row))
  }
}

extension Circuit {
  /// The synapse of an entry of a projection.
  package func synapse(_ projection: Int, _ entry: Int) -> SynapseIndex {
    SynapseIndex(
      layer: projections[projection].target, isRecurrent: projections[projection].isRecurrent,
      entry: entry)
  }

  /// The number of a synapse's projection; the network must have it.
  package func projection(of synapse: SynapseIndex) -> Int {
    let number = projections.firstIndex {
      $0.target == synapse.layer && $0.isRecurrent == synapse.isRecurrent
    }
    guard let number else { preconditionFailure("the network has no such matrix") }
    return number
  }
}
