extension Loss {
  func addFaults(to faults: inout FaultList, in network: Network) {
    if let violation = Rules.index(layer, of: network.layers.count) {
      return faults.add(violation, at: .loss("layer"))
    }
    let size = network.layers[layer].size
    let values = rule.values
    for field in rule.kind.required + rule.kind.optional {
      switch field {
      case .neurons:
        for (item, neuron) in values.neurons.enumerated() {
          faults.add(Rules.index(neuron, of: size), at: .lossItem(item))
        }
      case .target, .targets:
        faults.add(Rules.count(values.targets.count, values.neurons.count), at: .loss(field.key))
        for (item, targets) in values.targets.enumerated() {
          if field == .target { faults.add(Rules.count(targets.count, 1), at: .lossItem(item)) }
          for (spike, target) in targets.enumerated() {
            faults.add(Rules.finite(target), at: .parameter(.target(item, spike: spike)))
          }
        }
      case .label:
        faults.add(Rules.index(values.label, of: values.neurons.count), at: .loss(field.key))
      case .tau: faults.add(Rules.positive(values.tau), at: .loss(field.key))
      case .clip: faults.add(Rules.positive(values.clip), at: .loss(field.key))
      case .early:
        guard let early = values.early else { continue }
        faults.add(Rules.positive(early.tau), at: .loss("early tau"))
        faults.add(Rules.notNegative(early.alpha), at: .loss("early alpha"))
      case .coefficients:
        faults.add(Rules.count(values.coefficients.count, size), at: .loss(field.key))
        for (item, coefficient) in values.coefficients.enumerated() {
          faults.add(Rules.finite(coefficient), at: .lossItem(item))
        }
      case .terms:
        for (item, term) in values.terms.enumerated() {
          faults.add(
            Rules.index(term.neuron, of: size) ?? Rules.atLeast(0, term.spike ?? 0)
              ?? Rules.finite(term.coefficient), at: .lossItem(item))
        }
      }
    }
  }
}
