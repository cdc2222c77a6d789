/// The derivatives of a loss by the weights and delays of every matrix, without those by anything
/// else.
///
/// They need no state of the run, so that a walk back which collects only them costs a fraction of a
/// whole ``BackwardPass``.
package struct MatrixGradients: Equatable, Sendable {
  /// The derivatives by the matrices into one layer.
  package struct Layer: Equatable, Sendable {
    /// Those by the synapses from the layer before.
    package let weights: SynapseGradient
    /// Those by the synapses within the layer, where there are any.
    package let recurrent: SynapseGradient?

    /// Those by the matrix within the layer, or by the one from the layer before.
    package subscript(recurrent isRecurrent: Bool) -> SynapseGradient? {
      isRecurrent ? recurrent : weights
    }
  }

  /// One part for each layer.
  package let layers: [Layer]

  /// Takes the part of a gradient.
  package init(_ gradient: Gradient) {
    layers = gradient.layers.map { Layer(weights: $0.weights, recurrent: $0.recurrent) }
  }

  /// The derivative by the weight of a synapse; the network must have it.
  package subscript(weight synapse: SynapseIndex) -> Double {
    guard let matrix = layers[synapse.layer][recurrent: synapse.isRecurrent] else {
      preconditionFailure("the network has no such matrix")
    }
    return matrix.weights[synapse.entry]
  }
}
