import CLayer

extension DenseLayerEngine {
  func backward(
    into source: SpikeTrain, everything: Bool, pace: Pace
  ) throws(SimulationError) {
    adjoint.start()
    let (p, q) = (adjoint.p, adjoint.q)
    var epoch = 0
    var boundary = boundaryCount
    // Before the first jump λ is zero, and nothing can be collected.
    var isActive = false
    if everything { train.makeRoomForJumps() }
    var event = count
    while event > 0 {
      event -= 1
      let code = Int(order[event])
      try pace.reach(
        step: event, code < 0 ? source.spikes[-1 - code].time : train.spikes[code].time)
      if code < 0 {
        guard isActive else { continue }
        let arrival = -1 - code
        let now = instant(of: source.spikes[arrival])
        rebaseAdjoint(from: &epoch, to: now.epoch, &boundary, everything)
        let row = Int(source.spikes[arrival].neuron)
        source.spikes[arrival].gradient += collect(
          weights[row: row], weightGradient[row: row], now, everything)
      } else {
        let spike = train.spikes[code]
        let neuron = Int(spike.neuron)
        var transmitted = 0.0
        var reset = 0.0
        if isActive {
          rebaseAdjoint(from: &epoch, to: Int(spike.epoch), &boundary, everything)
          if let recurrent, let recurrentGradient {
            transmitted = collect(
              recurrent[row: neuron], recurrentGradient[row: neuron], spike.instant, everything)
          }
          reset = state.height.values[neuron] * p.values[neuron] / spike.ym
        }
        if everything {
          train.note(
            code, p.values[neuron], q.values[neuron], transmitted, scale, at: spike.instant)
        }
        let sum = spike.gradient + transmitted + reset
        guard sum != 0 else { continue }
        if !isActive {
          isActive = true
          epoch = Int(spike.epoch)
          while boundary > 0, boundaries[boundary - 1].from >= epoch { boundary -= 1 }
        }
        let jump = sum / (spike.current + parameters[neuron].vLeak - parameters[neuron].vThreshold)
        let after = (p: p.values[neuron], q: q.values[neuron])
        adjoint.jump(by: jump, at: spike, of: neuron)
        guard everything else { continue }
        adjoint.addSpike(spike, of: neuron, after: after)
      }
    }
    guard everything else { return }
    if isActive { rebaseAdjoint(from: &epoch, to: 0, &boundary, everything) }
    adjoint.addStart()
  }

  @inline(__always)
  private func collect(
    _ weights: UnsafePointer<Double>, _ gradient: UnsafeMutablePointer<Double>,
    _ now: TimeScale.Instant, _ everything: Bool
  ) -> Double {
    var tile = clayer_adjoint(
      lanes: Int64(adjoint.p.count), p: adjoint.p.values.start, q: adjoint.q.values.start,
      height: nil, weights: weights, gradient: gradient, stride: Int64(AlignedRow.lanes),
      tauMem: adjoint.sums.tauMem.values.start, tauSyn: adjoint.sums.tauSyn.values.start)
    var instant = clayer_instant(now)
    guard everything else { return clayer_collect_row(clock, &tile, &instant, nil) }
    let factors = adjoint.ends.arrivals(at: now)
    arrivalFactors[0] = factors.mem
    arrivalFactors[1] = factors.syn
    arrivalFactors[2] = factors.cross
    let start = UnsafePointer(arrivalFactors.start)
    var times = clayer_times(mem: start, syn: start + 1, cross: start + 2)
    return clayer_collect_row(clock, &tile, &instant, &times)
  }

  @inline(__always)
  private func rebaseAdjoint(
    from epoch: inout Int, to earlier: Int, _ boundary: inout Int, _ everything: Bool
  ) {
    guard earlier != epoch else { return }
    if everything {
      boundary -= 1
      adjoint.addBoundary(
        boundaries[boundary].a, boundaries[boundary].b, of: 0..<size, over: epoch - earlier)
    }
    adjoint.rebase(0..<adjoint.p.count, over: epoch - earlier)
    epoch = earlier
  }

  func appendAdjointAtZero(to states: inout [AdjointState]) { adjoint.appendAtZero(to: &states) }

  func clearGradients(everything: Bool) {
    weightGradient.storage.set(to: 0)
    recurrentGradient?.storage.set(to: 0)
    if everything { adjoint.sums.clear() }
  }

  var gradient: LayerGradient {
    LayerGradient(
      weights: SynapseGradient(weights: weightGradient.entries),
      recurrent: recurrentGradient.map { SynapseGradient(weights: $0.entries) },
      parameters: adjoint.sums.parameters, initial: adjoint.sums.initialStates)
  }
}
