import EventProp

/// A model that differs from ours in one respect, as other programs have it.
package enum ModelVariant: Equatable, Sendable {
  /// v_leak is 0.
  case noLeak
  /// V starts at v_leak.
  case startsAtLeak
  /// v_reset is 0.
  case resetsToZero
  /// Each neuron spikes at most once.
  case once
  /// tau_syn is this part of tau_mem.
  case tauRatio(Double)
  /// tau_mem and tau_syn are exchanged.
  case exchangedTaus
  /// There are no recurrent synapses.
  case noRecurrence
  /// Neurons do not reach themselves.
  case noSelf
  /// All delays are 0.
  case noDelays
  /// The currents at t = 0 are 0.
  case noInitialCurrent
  /// The spikes of one input channel are left out.
  case missingChannel(Int)
  /// The square matrices of a layer are read the other way round.
  case transposed(layer: Int)
  /// All weights are multiplied by a power of the receiving neuron's time constants.
  case scaledWeights(tauMem: Int, tauSyn: Int)
  /// A layer stops after its last spike in the other program: its number of events, arrivals
  /// included, lies in a range.
  case maxEvents(layer: Int, ClosedRange<Int>)
  /// All spikes lie on a grid of time of this width, in seconds.
  case grid(Double)

  /// The variants that change an experiment, without those that are read off the spikes.
  static func all(of experiment: Experiment) -> [ModelVariant] {
    let channels = Set(experiment.inputSpikes.map(\.channel)).sorted()
    let powers = [(0, -1), (0, 1), (-1, 0), (1, 0), (1, -1), (-1, 1)]
    return [.noLeak, .startsAtLeak, .resetsToZero, .once, .tauRatio(0.5), .tauRatio(1)]
      + [.exchangedTaus, .noRecurrence, .noSelf, .noDelays, .noInitialCurrent]
      + experiment.network.layers.indices.map { .transposed(layer: $0) }
      + powers.map { .scaledWeights(tauMem: $0.0, tauSyn: $0.1) }
      + channels.prefix(mostChannels).map { .missingChannel($0) }
  }

  private static let mostChannels = 64

  /// The experiment with this model; nil where it is no other one, or none that can be run.
  func changing(_ experiment: Experiment) -> Experiment? {
    var changed = experiment
    for layer in changed.network.layers.indices { change(&changed.network.layers[layer], layer) }
    if case .missingChannel(let channel) = self {
      changed.inputSpikes.removeAll { $0.channel == channel }
    }
    return changed == experiment || !changed.faults.isEmpty ? nil : changed
  }

  private func change(_ layer: inout Layer, _ number: Int) {
    switch self {
    case .noLeak: layer.setParameters { $0.vLeak = 0 }
    case .resetsToZero: layer.setParameters { $0.vReset = 0 }
    case .tauRatio(let ratio): layer.setParameters { $0.tauSyn = ratio * $0.tauMem }
    case .exchangedTaus:
      layer.setParameters {
        let tauMem = $0.tauMem
        $0.tauMem = $0.tauSyn
        $0.tauSyn = tauMem
      }
    case .startsAtLeak:
      for neuron in layer.initial.indices {
        layer.initial[neuron].potential = layer.parameters[neuron].vLeak
      }
    case .noInitialCurrent:
      for neuron in layer.initial.indices { layer.initial[neuron].current = 0 }
    case .once: layer.spikesOnce = true
    // The synapses stay, so that they have gradients.
    case .noRecurrence:
      guard let recurrent = layer.recurrent else { return }
      layer.recurrent = recurrent.scaled(
        byColumn: Array(repeating: 0, count: recurrent.columns))
    case .noSelf:
      guard var recurrent = layer.recurrent else { return }
      for row in 0..<recurrent.rows {
        if let entry = recurrent.entry(row: row, column: row) { recurrent.weights[entry] = 0 }
      }
      layer.recurrent = recurrent
    case .noDelays:
      layer.weights.delays = layer.weights.delays.map { $0.map { _ in 0 } }
      guard var recurrent = layer.recurrent else { return }
      recurrent.delays = recurrent.delays.map { $0.map { _ in 0 } }
      layer.recurrent = recurrent
    case .transposed(let target):
      guard number == target else { return }
      layer.weights = layer.weights.transposed
      layer.recurrent = layer.recurrent?.transposed
    case .scaledWeights(let mem, let syn):
      let factors = layer.parameters.map { parameters in
        var factor = 1.0
        for (tau, power) in [(parameters.tauMem, mem), (parameters.tauSyn, syn)] where power != 0 {
          factor = power > 0 ? factor * tau : factor / tau
        }
        return factor
      }
      layer.weights = layer.weights.scaled(byColumn: factors)
      layer.recurrent = layer.recurrent?.scaled(byColumn: factors)
    case .missingChannel, .maxEvents, .grid: break
    }
  }
}

extension Layer {
  fileprivate mutating func setParameters(_ change: (inout LIFParameters) -> Void) {
    for neuron in parameters.indices { change(&parameters[neuron]) }
  }
}

extension Synapses {
  /// A square dense matrix with rows and columns exchanged; any other one as it is.
  fileprivate var transposed: Synapses {
    guard isDense, rows == columns, rows > 1 else { return self }
    var changed = self
    for row in 0..<rows {
      for column in 0..<columns {
        changed.weights[row * columns + column] = weights[column * rows + row]
      }
    }
    return changed
  }

  fileprivate func scaled(byColumn factors: [Double]) -> Synapses {
    var changed = self
    for row in 0..<rows {
      for entry in entries(ofRow: row) {
        changed.weights[entry] *= factors[column(ofEntry: entry, row: row)]
      }
    }
    return changed
  }
}
