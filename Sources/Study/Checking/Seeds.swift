import EventProp

extension SynapseIndex {
  /// Whether the synapse belongs to the matrix of a projection.
  fileprivate func isOf(_ projection: Circuit.Projection) -> Bool {
    layer == projection.target && isRecurrent == projection.isRecurrent
  }
}

/// The directions in which parameters move, as duals.
struct Seeds {
  private var tangents: [Parameter: Dual.Tangents] = [:]

  /// One direction for each parameter; there are at most ``Dual/width``.
  init(_ parameters: ArraySlice<Parameter>) {
    self.init(parameters.map { [($0, 1)] })
  }

  /// One direction for each list of parameters with their speeds; there are at most ``Dual/width``.
  init(_ directions: [[(parameter: Parameter, speed: Double)]]) {
    for (direction, moves) in directions.enumerated() {
      for (parameter, speed) in moves {
        tangents[parameter, default: Dual.Tangents()][direction] = speed
      }
    }
  }

  func dual(_ value: Double, _ parameter: Parameter) -> Dual {
    tangents[parameter].map { Dual(value, tangents: $0) } ?? Dual(value)
  }

  func neuron(_ members: Layer, layer: Int, index: Int, integrates: Bool) -> DualNeuron {
    func parameter(_ field: LIFParameters.Field) -> Dual {
      dual(
        members.parameters[index][field], .field(field, layer: layer, neuron: index))
    }
    let initial = members.initial[index]
    return DualNeuron(
      tauMem: parameter(.tauMem), tauSyn: parameter(.tauSyn), vThreshold: parameter(.vThreshold),
      vLeak: parameter(.vLeak), vReset: parameter(.vReset),
      potential: dual(initial.potential, .initialPotential(layer: layer, neuron: index)),
      current: dual(initial.current, .initialCurrent(layer: layer, neuron: index)),
      integrates: integrates)
  }

  func synapses(_ projection: Circuit.Projection) -> DualSynapses {
    var weights: [Int: Dual] = [:]
    var delays: [Int: Dual] = [:]
    for parameter in tangents.keys {
      switch parameter {
      case .weight(let synapse) where synapse.isOf(projection):
        weights[synapse.entry] = dual(projection.synapses.weights[synapse.entry], parameter)
      case .delay(let synapse) where synapse.isOf(projection):
        delays[synapse.entry] = dual(projection.synapses[delay: synapse.entry], parameter)
      default: break
      }
    }
    return DualSynapses(synapses: projection.synapses, weights: weights, delays: delays)
  }
}

/// A matrix with a few varying weights and delays.
struct DualSynapses {
  let synapses: Synapses
  let weights: [Int: Dual]
  let delays: [Int: Dual]

  func weight(_ entry: Int) -> Dual {
    (weights.isEmpty ? nil : weights[entry]) ?? Dual(synapses.weights[entry])
  }

  func delay(_ entry: Int) -> Dual {
    (delays.isEmpty ? nil : delays[entry]) ?? Dual(synapses[delay: entry])
  }
}
