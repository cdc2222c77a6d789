package import EventProp
import RealModule

/// A quantity that is learnt, in one layer or in all of them.
package struct LearnedPart: Hashable, Sendable {
  /// The layer; nil for all layers that have the quantity.
  package var layer: Int?
  /// The quantity.
  package var quantity: Parameter.Quantity
  /// Whether the neurons of a layer keep one common value.
  package var isShared: Bool

  /// Names a part; only the quantities of neurons can be shared.
  package init(_ quantity: Parameter.Quantity, layer: Int? = nil, isShared: Bool = false) {
    precondition(!isShared || !quantity.isSynaptic, "synapses share no value")
    self.layer = layer
    self.quantity = quantity
    self.isShared = isShared
  }
}

/// The parameters of a network that a training moves, as one list of numbers.
///
/// One rate fits all of them only in comparable units. Weights count as they are. Time constants count
/// by their logarithm, so that they stay positive. Delays count in units of tau_syn, and potentials
/// and initial states in units of v_th − v_leak, both of the first neuron of their layer. All but the
/// weights count from where the training starts, so that step 0 is the network itself, bit for bit.
package struct Learned: Sendable {
  /// The learnt parts, each of one layer, in the order of the list.
  package let parts: [Part]
  /// The number of numbers.
  package let count: Int
  /// The network at step 0.
  private let start: Network

  /// One quantity of one layer.
  package struct Part: Sendable {
    /// The layer and the quantity.
    package let part: GradientPart
    /// Whether its neurons keep one common value.
    package let isShared: Bool
    /// The places of its numbers in the list.
    package let places: Range<Int>
    /// How its values become the numbers of the list.
    package let scale: Scale
    /// The values at step 0.
    fileprivate let start: [Double]

    /// Whether its values are delays, which are never below 0.
    fileprivate var isDelay: Bool {
      part.quantity == .delays || part.quantity == .recurrentDelays
    }
  }

  /// How a value becomes a number of the list.
  package enum Scale: Equatable, Sendable {
    /// As it is.
    case plain
    /// By the logarithm of its ratio to the value at step 0.
    case logarithm
    /// As the distance to the value at step 0, in this unit.
    case unit(Double)
  }

  /// Lists what is learnt; a part that the network does not have is left out.
  package init(_ wanted: [LearnedPart], in network: Network) {
    start = network
    let experiment = Experiment(title: "", network: network, inputSpikes: [], horizon: 0)
    var parts: [Part] = []
    var count = 0
    for layer in network.layers.indices {
      for quantity in Parameter.Quantity.ofLayers {
        let part = GradientPart(layer: layer, quantity)
        guard part.exists(in: experiment),
          let match = wanted.first(where: {
            $0.quantity == quantity && ($0.layer == nil || $0.layer == layer)
          })
        else { continue }
        let values = part.parameters(in: experiment).map { experiment[$0] }
        guard !values.isEmpty else { continue }
        let length = match.isShared ? 1 : values.count
        parts.append(
          Part(
            part: part, isShared: match.isShared, places: count..<count + length,
            scale: Scale(of: quantity, network.layers[layer].parameters[0]), start: values))
        count += length
      }
    }
    self.parts = parts
    self.count = count
  }

  /// Whether the derivatives by parameters and initial states of neurons are needed.
  package var needsParameters: Bool { parts.contains { !$0.part.quantity.isSynaptic } }

  /// The numbers of the network at step 0.
  package var initial: [Double] {
    parts.flatMap { part -> [Double] in
      if case .plain = part.scale { return part.start }
      return Array(repeating: 0, count: part.places.count)
    }
  }

  /// The network with given numbers.
  ///
  /// - Complexity: O(parameters).
  package func network(with numbers: [Double]) -> Network {
    var experiment = Experiment(title: "", network: start, inputSpikes: [], horizon: 0)
    for part in parts {
      for (entry, start) in part.start.enumerated() {
        let x = numbers[part.places.lowerBound + (part.isShared ? 0 : entry)]
        let value =
          switch part.scale {
          case .plain: x
          case .logarithm: start * .exp(x)
          case .unit(let unit): start + unit * x
          }
        part.set(part.isDelay ? max(0, value) : value, entry, &experiment)
      }
    }
    return experiment.network
  }

  /// The derivatives by the numbers, from the sums of a batch, each divided by a divisor.
  package func gradient(
    _ layers: [LayerGradient], dividedBy divisor: Double, at numbers: [Double]
  ) -> [Double] {
    let gradient = Gradient(layers: layers)
    var all = [Double](repeating: 0, count: count)
    for part in parts {
      for (entry, derivative) in part.part.values(in: gradient).enumerated() {
        let place = part.places.lowerBound + (part.isShared ? 0 : entry)
        let slope =
          switch part.scale {
          case .plain: 1.0
          case .logarithm: part.start[entry] * .exp(numbers[place])
          case .unit(let unit): unit
          }
        all[place] += derivative * slope / divisor
      }
    }
    return all
  }

  /// The place of a parameter in the list; nil where it is not learnt.
  ///
  /// - Complexity: O(values of its quantity in its layer).
  package func place(of parameter: Parameter) -> Int? {
    for part in parts where part.part.quantity == parameter.quantity {
      if let entry = part.start.indices.first(where: { part.part.parameter($0) == parameter }) {
        return part.places.lowerBound + (part.isShared ? 0 : entry)
      }
    }
    return nil
  }

  /// The part and the parameter of a place in the list; the first of them where several share it.
  package func parameter(at place: Int) -> (part: Part, parameter: Parameter)? {
    guard let part = parts.first(where: { $0.places.contains(place) }),
      let parameter = part.part.parameter(place - part.places.lowerBound)
    else { return nil }
    return (part, parameter)
  }

  /// Brings delays below 0 back to 0; returns how many there were.
  package func project(_ numbers: inout [Double]) -> Int {
    var projected = 0
    for part in parts where part.isDelay {
      for place in part.places {
        guard let least = part.least(at: place), numbers[place] < least else { continue }
        numbers[place] = least
        projected += 1
      }
    }
    return projected
  }
}

extension Learned.Part {
  /// The least number at a place: that of a delay of 0; nil for other quantities.
  func least(at place: Int) -> Double? {
    guard isDelay, case .unit(let unit) = scale else { return nil }
    return -start[place - places.lowerBound] / unit
  }

  /// Sets a value of the part.
  fileprivate func set(_ value: Double, _ entry: Int, _ experiment: inout Experiment) {
    guard let parameter = part.parameter(entry) else { return }
    experiment[parameter] = value
  }
}

extension Learned.Scale {
  fileprivate init(of quantity: Parameter.Quantity, _ neuron: LIFParameters) {
    switch quantity {
    case .weights, .recurrent: self = .plain
    case .tauMem, .tauSyn: self = .logarithm
    case .delays, .recurrentDelays, .inputTimes, .targets: self = .unit(neuron.tauSyn)
    case .vThreshold, .vLeak, .vReset, .initialV, .initialI:
      self = .unit(neuron.vThreshold - neuron.vLeak)
    }
  }
}
