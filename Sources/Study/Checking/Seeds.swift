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

  /// Up to ``Dual/width`` directions at once: each parameter with its speeds in them.
  init(_ parameters: some Sequence<Parameter>, _ speeds: [Dual.Tangents]) {
    tangents = Dictionary(uniqueKeysWithValues: zip(parameters, speeds))
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
    var synapses = DualSynapses(synapses: projection.synapses)
    for (parameter, tangents) in tangents {
      switch parameter {
      case .weight(let synapse) where synapse.isOf(projection):
        synapses.weights[synapse.entry] = tangents
      case .delay(let synapse) where synapse.isOf(projection):
        synapses.delays[synapse.entry] = tangents
      default: break
      }
    }
    return synapses
  }
}

/// A matrix with some varying weights and delays.
struct DualSynapses {
  let synapses: Synapses
  var weights: Movement
  var delays: Movement

  init(synapses: Synapses) {
    self.synapses = synapses
    weights = Movement(count: synapses.weights.count)
    delays = weights
  }

  func weight(_ entry: Int) -> Dual { weights.dual(synapses.weights[entry], entry) }

  func delay(_ entry: Int) -> Dual { delays.dual(synapses[delay: entry], entry) }
}

/// The tangents of the entries of a matrix: a few in a dictionary, many in an array with a place for each entry.
struct Movement {
  private var few: [Int: Dual.Tangents] = [:]
  private var all: [Dual.Tangents] = []
  private let count: Int

  /// Nothing moves; `count` is the number of entries of the matrix.
  init(count: Int) { self.count = count }

  subscript(entry: Int) -> Dual.Tangents? {
    get { all.isEmpty ? few.isEmpty ? nil : few[entry] : all[entry] }
    set {
      if all.isEmpty, 16 * few.count >= count {
        all = Array(repeating: Dual.Tangents(), count: count)
        for (entry, tangents) in few { all[entry] = tangents }
      }
      if all.isEmpty { few[entry] = newValue } else { all[entry] = newValue ?? Dual.Tangents() }
    }
  }

  /// The value of an entry as a dual.
  func dual(_ value: Double, _ entry: Int) -> Dual {
    self[entry].map { Dual(value, tangents: $0) } ?? Dual(value)
  }
}
