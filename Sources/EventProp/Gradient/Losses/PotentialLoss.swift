/// A loss that is a function of the potentials of a layer.
package protocol PotentialLoss: LossKind {
  /// L, and its derivatives by what it reads; nil where the engine cannot read it.
  static func value(_ values: LossValues, on potentials: some LayerPotentials) -> PotentialSlopes?
}

extension PotentialLoss {
  package static var ofPotentials: (any PotentialLoss.Type)? { self }
}

/// The potentials of a layer in a run, as a loss reads them.
package protocol LayerPotentials {
  /// ∫ V dt over the run, for each neuron, in volt-scale seconds.
  var integrals: [Double] { get }

  /// The maximum of V over the run, for each neuron; nil where some neuron has spiked.
  var maxima: [Double]? { get }
}

/// The value of a loss that reads potentials, and its derivatives.
package struct PotentialSlopes {
  /// L.
  var value: Double
  /// The coefficient c of a running loss ∫ c V dt for each neuron of the layer; empty without one.
  var drives: [Double] = []
  /// The maxima of V of all neurons of the layer, where the loss reads them.
  var potentials: [Double]?
  /// ∂L/∂V_max of neurons of the layer.
  var maxima: [(neuron: Int, gradient: Double)] = []
}
