import CLayer

extension DenseLayerEngine {
  func backward(
    into source: SpikeTrain, everything: Bool, pace: Pace
  ) throws(SimulationError) {
    p.set(to: 0)
    q.set(to: 0)
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
        p.values[neuron] += jump * spike.ym
        q.values[neuron] += jump * scale.adjointRatio * spike.c
        guard everything else { continue }
        let times = ends.addSpike(
          spike, of: parameters[neuron], before: (p.values[neuron], q.values[neuron]), after: after,
          to: &sums.others[neuron])
        sums.add(times, to: neuron)
      }
    }
    guard everything else { return }
    if isActive { rebaseAdjoint(from: &epoch, to: 0, &boundary, everything) }
    collectStart()
  }

  @inline(__always)
  private func collect(
    _ weights: UnsafePointer<Double>, _ gradient: UnsafeMutablePointer<Double>,
    _ now: TimeScale.Instant, _ everything: Bool
  ) -> Double {
    var tile = clayer_adjoint(
      lanes: Int64(p.count), p: p.values.start, q: q.values.start, height: nil,
      weights: weights, gradient: gradient, stride: Int64(AlignedRow.lanes),
      tauMem: sums.tauMem.values.start, tauSyn: sums.tauSyn.values.start)
    var instant = clayer_instant(now)
    guard everything else { return clayer_collect_row(clock, &tile, &instant, nil) }
    let factors = ends.arrivals(at: now)
    arrivalFactors[0] = factors.mem
    arrivalFactors[1] = factors.syn
    arrivalFactors[2] = factors.cross
    let start = UnsafePointer(arrivalFactors.start)
    var times = clayer_times(mem: start, syn: start + 1, cross: start + 2)
    return clayer_collect_row(clock, &tile, &instant, &times)
  }

  /// Adds the parts that remain at t = 0.
  private func collectStart() {
    let start = ends.start
    for neuron in 0..<size {
      let (p, q) = (p.values[neuron], q.values[neuron])
      guard p != 0 || q != 0 else { continue }
      let times = ends.addStart(
        state.initial[neuron], of: parameters[neuron], (p, q), start, to: &sums.others[neuron],
        and: &sums.initial[neuron])
      sums.add(times, to: neuron)
    }
  }

  @inline(__always)
  private func rebaseAdjoint(
    from epoch: inout Int, to earlier: Int, _ boundary: inout Int, _ everything: Bool
  ) {
    guard earlier != epoch else { return }
    let change = scale.rebase(over: epoch - earlier)
    if everything {
      boundary -= 1
      collect(boundaries[boundary], over: epoch - earlier)
    }
    clayer_rebase(
      q.values.start, p.values.start, Int64(p.count), change.syn, change.toQ, change.mem)
    epoch = earlier
  }

  /// Adds the ends of the two stretches that meet at the start of an epoch, with the forward state
  /// there.
  private func collect(_ boundary: Boundary, over epochs: Int) {
    let factors = ends.boundary(over: epochs)
    for neuron in 0..<size {
      let (p, q) = (p.values[neuron], q.values[neuron])
      guard p != 0 || q != 0 else { continue }
      let times = ends.atBoundary(
        factors, a: boundary.a.values[neuron], b: boundary.b.values[neuron], (p, q))
      sums.add(times, to: neuron)
    }
  }

  func appendAdjointAtZero(to states: inout [AdjointState]) {
    let start = scale.instant(at: 0)
    for neuron in 0..<size {
      states.append(scale.adjoint(p.values[neuron], q.values[neuron], at: start))
    }
  }

  func clearGradients(everything: Bool) {
    weightGradient.storage.set(to: 0)
    recurrentGradient?.storage.set(to: 0)
    if everything { sums.clear() }
  }

  var gradient: LayerGradient {
    LayerGradient(
      weights: SynapseGradient(weights: weightGradient.entries),
      recurrent: recurrentGradient.map { SynapseGradient(weights: $0.entries) },
      parameters: sums.parameters, initial: sums.initialStates)
  }
}
