/// L = Σ coefficient · ∫ V dt over [0, t_max], one coefficient for each neuron of the layer.
package enum VoltageIntegral: PotentialLoss {
  package static let name = "voltage_integral"
  package static let required: [LossField] = [.coefficients]
  package static let optional: [LossField] = []
  package static let formula = "L = Σ c·∫ V dt"
  package static let termFormula = "{c}·{integral} = {value}"

  package static func value(
    _ values: LossValues, on potentials: some LayerPotentials
  ) -> PotentialSlopes? {
    let products = zip(values.coefficients, potentials.integrals).map { $0 * $1 }
    return PotentialSlopes(value: products.reduce(0, +), drives: values.coefficients)
  }

  package static func evaluation(
    _ values: LossValues, of layer: Int, on trajectory: Trajectory
  ) -> LossEvaluation {
    let offset = trajectory.circuit.offsets[layer]
    var drives = [Double](filledWith: 0, count: trajectory.circuit.neuronCount)
    var sum = 0.0
    for (neuron, coefficient) in values.coefficients.enumerated() {
      drives[offset + neuron] = coefficient
      for stretch in trajectory.stretches(of: offset + neuron) {
        sum += coefficient * trajectory.integral(over: stretch, of: offset + neuron)
      }
    }
    return LossEvaluation(
      value: sum, spikeTimeGradients: Array(filledWith: 0, count: trajectory.events.count),
      drives: drives, impulses: [:])
  }

  package static func terms(
    _ values: LossValues, of layer: Int, on trajectory: Trajectory
  ) -> [LossTerm] {
    let offset = trajectory.circuit.offsets[layer]
    return values.coefficients.enumerated().compactMap { neuron, coefficient in
      guard coefficient != 0 else { return nil }
      let integrals = trajectory.stretches(of: offset + neuron).map {
        coefficient * trajectory.integral(over: $0, of: offset + neuron)
      }
      return LossTerm(neuron: neuron, reading: .integral, value: integrals.reduce(0, +))
    }
  }

  package static func pieces(
    _ values: LossValues, of layer: Int, on trajectory: Trajectory, _ evaluation: LossEvaluation
  ) -> [Int] { [] }
}

extension Trajectory {
  /// ∫ V dt of a neuron over one of its stretches, in volt-scale seconds.
  package func integral(over stretch: Stretch, of neuron: Int) -> Double {
    circuit.flows[neuron].integral(from: stretch.state, over: stretch.end - stretch.start)
  }
}

extension Loss.Rule {
  /// L = Σ coefficient · ∫ V dt over [0, t_max], one coefficient for each neuron of the layer.
  public static func voltageIntegral(_ coefficients: [Double]) -> Self {
    var values = LossValues()
    values.coefficients = coefficients
    return Self(VoltageIntegral.self, values)
  }
}
