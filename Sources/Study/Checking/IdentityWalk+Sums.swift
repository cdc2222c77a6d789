import EventProp

extension IdentityWalk {
  /// The dependence of the loss on a neuron's potential: ∂L/∂(shift), and the part of L that is
  /// linear in V.
  private func reading(of neuron: Int) -> (shift: Balance, linear: Balance) {
    let stretch = stretches[neuron]
    var shift = Balance()
    var linear = stretch.linear
    if stretch.drive != 0 { shift.add(stretch.drive * trajectory.experiment.horizon) }
    if let impulse = stretch.impulse {
      shift.add(impulse.gradient)
      linear.add(impulse.gradient * impulse.potential)
    }
    return (shift, linear)
  }

  /// Tests a shift and a factor of the potentials of each neuron.
  mutating func weighSums() {
    let offsets = trajectory.circuit.offsets
    for layer in trajectory.experiment.network.layers.indices {
      var scales = (offsets[layer]..<offsets[layer + 1]).map { weighShift(of: $0, layer) }
      addWeights(of: layer, to: &scales)
      for (index, scale) in scales.enumerated() {
        let neuron = offsets[layer] + index
        note(.voltageScale, scale - reading(of: neuron).linear, neuron: neuron, .run)
      }
    }
  }

  /// Tests a shift of the potentials of a neuron; gives the terms of a factor without the weights.
  private mutating func weighShift(of neuron: Int, _ layer: Int) -> Balance {
    let index = neuron - trajectory.circuit.offsets[layer]
    let members = trajectory.experiment.network.layers[layer]
    let parameters = members.parameters[index]
    let derived = gradient.layers[layer].parameters[index]
    let initial = gradient.layers[layer].initial[index]
    // The sums over spikes cancel, so the rounding is the one of their terms.
    var beforeSpikes = abs(derived.vThreshold)
    var afterSpikes = abs(derived.vReset)
    for event in trajectory.spikes(of: neuron) {
      guard let transition = adjoint.transitions[event] else { continue }
      beforeSpikes += parameters.tauMem * abs(transition.lambdaVBefore)
      afterSpikes += parameters.tauMem * abs(transition.lambdaVAfter)
    }
    var shift = Balance()
    shift.add(derived.vThreshold, size: beforeSpikes)
    shift.add(derived.vReset, size: afterSpikes)
    shift.add(derived.vLeak)
    shift.add(initial.potential)
    note(.shift, shift - reading(of: neuron).shift, neuron: neuron, .run)

    var scale = Balance()
    scale.add(
      parameters.vThreshold * derived.vThreshold,
      size: abs(parameters.vThreshold) * beforeSpikes)
    scale.add(parameters.vReset * derived.vReset, size: abs(parameters.vReset) * afterSpikes)
    scale.add(parameters.vLeak * derived.vLeak)
    scale.add(members.initial[index].potential * initial.potential)
    scale.add(members.initial[index].current * initial.current)
    return scale
  }

  /// Adds w ∂L/∂w of every synapse of a layer to the sum of the neuron that it reaches.
  private func addWeights(of layer: Int, to scales: inout [Balance]) {
    let members = trajectory.experiment.network.layers[layer]
    let incoming = [
      (members.weights, gradient.layers[layer].weights),
      (members.recurrent, gradient.layers[layer].recurrent),
    ]
    for case (let synapses?, let gradients?) in incoming {
      for row in 0..<synapses.rows {
        for entry in synapses.entries(ofRow: row) {
          scales[synapses.column(ofEntry: entry, row: row)].add(
            synapses.weights[entry] * gradients.weights[entry])
        }
      }
    }
  }

  /// Tests a factor on all times.
  mutating func weighTimeDilation() {
    let experiment = trajectory.experiment
    let horizon = experiment.horizon
    var balance = Balance()
    for (event, happened) in trajectory.events.enumerated() {
      // The derivative by the time of an input is a sum over its synapses, and rounds as its terms do.
      let size = happened.time * (transmitted[event].size + delayed[event].size)
      if case .input(_, let position) = happened.kind {
        balance.add(happened.time * gradient.inputTimes[position], size: size)
      } else {
        balance.add(0, size: size)
      }
    }
    for (members, derived) in zip(experiment.network.layers, gradient.layers) {
      for (parameters, gradient) in zip(members.parameters, derived.parameters) {
        balance.add(parameters.tauMem * gradient.tauMem)
        balance.add(parameters.tauSyn * gradient.tauSyn)
      }
      for (synapses, gradient) in [
        (members.weights, derived.weights), (members.recurrent, derived.recurrent),
      ] {
        for (delay, derivative) in zip(synapses?.delays ?? [], gradient?.delays ?? []) {
          balance.add(delay * derivative)
        }
      }
    }
    for (neuron, end) in stretches.enumerated() {
      if end.drive != 0 {
        balance.add(horizon * end.drive * end.state.potential)
        let linear = reading(of: neuron).linear
        balance.add(-linear.sum, size: linear.size)
      }
      // A maximum at the horizon moves with the horizon.
      if let impulse = end.impulse, impulse.place == .horizon {
        let slope = end.slope(in: end.state)
        balance.add(
          horizon * impulse.gradient * slope.sum, size: horizon * impulse.gradient * slope.size)
      }
      // At an own spike the maximum is always v_th. The change of V there and the move of the spike
      // cancel, so the rounding is the one of these two terms.
      if let spike = evaluation.spikeOfMaximum(of: neuron, in: trajectory) {
        balance.add(0, size: abs(spike.timeGradient) * trajectory.events[spike.event].time)
      }
    }
    for (event, derivative) in zip(trajectory.events, evaluation.spikeTimeGradients) {
      balance.add(-event.time * derivative)
    }
    note(.timeDilation, balance, neuron: nil, .run)
  }
}
