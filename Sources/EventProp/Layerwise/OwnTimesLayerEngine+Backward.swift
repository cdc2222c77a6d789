import CLayer

extension OwnTimesLayerEngine {
  func backward(
    into source: SpikeTrain, everything: Bool, pace: Pace
  ) throws(SimulationError) {
    lambdaV.set(to: 0)
    lambdaI.set(to: 0)
    let spikes = found.spikes.pointee
    let order = found.order
    for place in 0..<train.count {
      spikes.gradient[Int(order[place])] = train.spikes[place].gradient
    }
    for (number, tile) in tiles.enumerated() where firstSpikes[number] < firstSpikes[number + 1] {
      try pace.reach(0)
      var neurons = tile.neurons
      var lambdas = clayer_lambdas(
        lambdaV: lambdaV.values.start + tile.first, lambdaI: lambdaI.values.start + tile.first,
        gradient: weightGradient.start(of: tile.first),
        delayGradient: delayGradient?.start(of: tile.first),
        tauMem: everything ? sums.tauMem.values.start + tile.first : nil,
        tauSyn: everything ? sums.tauSyn.values.start + tile.first : nil)
      clayer_lead_back(
        &neurons, tile.arrivals.arrays.start, &lambdas, found.spikes, Int64(firstSpikes[number]),
        Int64(firstSpikes[number + 1]), Int32(truncatingIfNeeded: tile.first),
        source.spikes.start)
    }
    if everything { addEnds() }
  }

  /// Adds what the spikes and t = 0 contribute to the derivatives by the other parameters.
  private func addEnds() {
    train.makeRoomForJumps()
    let spikes = found.spikes.pointee
    for place in 0..<train.count {
      let number = Int(found.order[place])
      let neuron = Int(spikes.neuron[number])
      let (after, before) = (spikes.ym[number], spikes.c[number])
      train.note(place, lambdaV: after, lambdaI: spikes.ys[number], transmitted: 0)
      let tauMem = parameters[neuron].tauMem
      sums.others[neuron].vThreshold += tauMem * before
      sums.others[neuron].vReset -= tauMem * after
      sums.others[neuron].vLeak -= tauMem * (before - after)
    }
    for (neuron, own) in parameters.enumerated() {
      let atZero = LIFState(
        potential: own.tauMem * lambdaV.values[neuron],
        current: own.tauSyn * lambdaI.values[neuron])
      sums.others[neuron].vLeak += atZero.potential
      sums.initial[neuron].potential -= atZero.potential
      sums.initial[neuron].current -= atZero.current
    }
  }

  func appendAdjointAtZero(to states: inout [AdjointState]) {
    for neuron in 0..<size {
      states.append(
        AdjointState(lambdaV: lambdaV.values[neuron], lambdaI: lambdaI.values[neuron]))
    }
  }

  func clearGradients(everything: Bool) {
    weightGradient.clear()
    delayGradient?.clear()
    if everything { sums.clear() }
  }

  var gradient: LayerGradient {
    LayerGradient(
      weights: SynapseGradient(
        weights: weightGradient.entries, delays: delayGradient?.entries), recurrent: nil,
      parameters: sums.parameters, initial: sums.initialStates)
  }
}
