extension Loss {
  /// Why the loss does not fit a network; empty where it does.
  package func faults(in network: Network) -> [ExperimentFault] {
    var faults = FaultList()
    addFaults(to: &faults, in: network)
    return faults.all
  }

  func addFaults(to faults: inout FaultList, in network: Network) {
    if let violation = Rules.index(layer, of: network.layers.count) {
      return faults.add(violation, at: .loss)
    }
    let size = network.layers[layer].size
    func check(_ violation: ExperimentFault.Violation?, item: Int) {
      faults.add(violation, at: .lossItem(item))
    }
    func check(neurons: [Int]) {
      for (item, neuron) in neurons.enumerated() {
        check(Rules.index(neuron, of: size), item: item)
      }
    }
    func check(targets: [Double]) {
      for (item, target) in targets.enumerated() {
        faults.add(Rules.finite(target), at: .parameter(.target(item, spike: 0)))
      }
    }
    switch rule {
    case .linearSpikeTimes(let terms):
      for (item, term) in terms.enumerated() {
        check(
          Rules.index(term.neuron, of: size) ?? Rules.atLeast(0, term.spike)
            ?? Rules.finite(term.coefficient), item: item)
      }
    case .allSpikesMSE(let neurons, let targets, let tau):
      check(neurons: neurons)
      for (item, targets) in targets.enumerated() {
        for (spike, target) in targets.enumerated() {
          faults.add(Rules.finite(target), at: .parameter(.target(item, spike: spike)))
        }
      }
      faults.add(Rules.count(targets.count, neurons.count), at: .loss)
      faults.add(Rules.positive(tau), at: .loss)
    case .firstSpikeMSE(let neurons, let targets, let tau, let clip):
      check(neurons: neurons)
      check(targets: targets)
      faults.add(Rules.count(targets.count, neurons.count), at: .loss)
      faults.add(Rules.positive(tau) ?? Rules.positive(clip), at: .loss)
    case .ttfsCrossEntropy(let neurons, let label, let tau, let clip):
      check(neurons: neurons)
      faults.add(Rules.index(label, of: neurons.count), at: .loss)
      faults.add(Rules.positive(tau) ?? Rules.positive(clip), at: .loss)
    case .targetTime(let neurons, let targets, let tau):
      check(neurons: neurons)
      check(targets: targets)
      faults.add(Rules.count(targets.count, neurons.count), at: .loss)
      faults.add(Rules.positive(tau), at: .loss)
    case .voltageIntegral(let coefficients):
      for (item, value) in coefficients.enumerated() { check(Rules.finite(value), item: item) }
      faults.add(Rules.count(coefficients.count, size), at: .loss)
    case .maxOverTimeCrossEntropy(let neurons, let label):
      check(neurons: neurons)
      faults.add(Rules.index(label, of: neurons.count), at: .loss)
    }
  }
}
