import CRows

extension DenseSweep {
  func backward(into source: SpikeTrain, everything: Bool) {
    p.set(to: 0)
    q.set(to: 0)
    var epoch = 0
    var boundary = boundaryCount
    // Before the first jump λ is zero, and nothing can be collected.
    var isActive = false
    let height = parameters.vThreshold - parameters.vReset
    let theta = parameters.vThreshold - parameters.vLeak
    var event = count
    while event > 0 {
      event -= 1
      let code = Int(order[event])
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
        var sum = spike.gradient
        if isActive {
          rebaseAdjoint(from: &epoch, to: Int(spike.epoch), &boundary, everything)
          if let recurrent, let recurrentGradient {
            sum += collect(
              recurrent[row: neuron], recurrentGradient[row: neuron], spike.instant, everything)
          }
          sum += height * p.values[neuron] / spike.ym
        }
        guard sum != 0 else { continue }
        if !isActive {
          isActive = true
          epoch = Int(spike.epoch)
          while boundary > 0, boundaries[boundary - 1].from >= epoch { boundary -= 1 }
        }
        let jump = sum / (spike.current - theta)
        let after = (p: p.values[neuron], q: q.values[neuron])
        p.values[neuron] += jump * spike.ym
        q.values[neuron] += jump * scale.adjointRatio * spike.c
        if everything { collect(spike, of: neuron, after: after) }
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
    let iym = 1 / now.ym
    let iys = 1 / now.ys
    var factors = crows_instant(
      iym: iym, iys: iys,
      ip: scale.kappa.map { -scale.adjointRatio * $0 * iym }
        ?? -scale.adjointRatio * now.c * iym * iys,
      tauSyn: parameters.tauSyn)
    guard everything else {
      return crows_collect(p.values, q.values, weights, gradient, Int64(p.count), &factors)
    }
    let primitive = antiderivatives(at: now)
    var times = crows_times(
      mem: iys * (primitive.gain - now.c * iym * primitive.mem), syn: iys * primitive.syn,
      cross: iys * primitive.cross)
    return crows_collect_all(
      p.values, q.values, weights, gradient, tauMemGradient.values, tauSynGradient.values,
      Int64(p.count), &factors, &times)
  }

  private func antiderivatives(at now: TimeScale.Instant) -> TimeScale.Antiderivatives {
    scale.antiderivatives(
      now.time - Double(now.epoch) * scale.epochLength, ratio: now.ys / now.ym)
  }

  /// The derivatives by a neuron's parameters that its own spike adds; `after` is its adjoint at the later side.
  private func collect(
    _ spike: SpikeTrain.Spike, of neuron: Int, after: (p: Double, q: Double)
  ) {
    let before = (p: p.values[neuron], q: q.values[neuron])
    let lambda = (before: before.p / spike.ym, after: after.p / spike.ym)
    parameterGradient[neuron].vThreshold += parameters.tauMem * lambda.before
    parameterGradient[neuron].vReset -= parameters.tauMem * lambda.after
    parameterGradient[neuron].vLeak -= parameters.tauMem * (lambda.before - lambda.after)

    let primitive = antiderivatives(at: spike.instant)
    let b = spike.current / spike.ys
    let top = (parameters.vThreshold - parameters.vLeak - b * spike.c) / spike.ym
    let bottom = (parameters.vReset - parameters.vLeak - b * spike.c) / spike.ym
    tauMemGradient.values[neuron] +=
      before.p * (top * primitive.mem + b * primitive.gain)
      - after.p * (bottom * primitive.mem + b * primitive.gain)
    tauSynGradient.values[neuron] +=
      b
      * ((before.q - after.q) * primitive.syn + (before.p - after.p) * primitive.cross)
  }

  /// What is left at t = 0: the initial states, and the earlier end of every neuron's first stretch.
  private func collectStart() {
    let now = scale.instant(at: 0)
    let primitive = antiderivatives(at: now)
    for neuron in 0..<size {
      let (p, q) = (p.values[neuron], q.values[neuron])
      guard p != 0 || q != 0 else { continue }
      let lambdaV = p / now.ym
      let lambdaI = q / now.ys - scale.adjointRatio * now.c * p / (now.ym * now.ys)
      let b = initial[neuron].current
      let a = initial[neuron].potential - parameters.vLeak - b * now.c
      parameterGradient[neuron].vLeak += parameters.tauMem * lambdaV
      tauMemGradient.values[neuron] -= p * (a * primitive.mem + b * primitive.gain)
      tauSynGradient.values[neuron] -= b * (q * primitive.syn + p * primitive.cross)
      initialGradient[neuron].potential -= parameters.tauMem * lambdaV
      initialGradient[neuron].current -= parameters.tauSyn * lambdaI
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
      collectBoundary(boundaries[boundary], change, over: epoch - earlier)
    }
    crows_rebase(q.values, p.values, Int64(p.count), change.syn, change.toQ, change.mem)
    epoch = earlier
  }

  /// The ends of the stretches on both sides of an epoch's start, with the state that the way forwards had there.
  private func collectBoundary(_ boundary: Boundary, _ change: TimeScale.Rebase, over epochs: Int) {
    let later = scale.antiderivatives(0, ratio: 1)
    let isGone = change.mem == 0 || change.syn == 0
    let earlier =
      isGone
      ? TimeScale.Antiderivatives(mem: 0, gain: 0, syn: 0, cross: 0)
      : scale.antiderivatives(
        Double(epochs) * scale.epochLength, ratio: change.syn / change.mem)
    for neuron in 0..<size {
      let (p2, q2) = (p.values[neuron], q.values[neuron])
      guard p2 != 0 || q2 != 0 else { continue }
      let (p1, q1) = (p2 * change.mem, q2 * change.syn + p2 * change.toQ)
      let (a1, b1) = (boundary.a.values[neuron], boundary.b.values[neuron])
      let (a2, b2) = (a1 * change.mem + b1 * change.toA, b1 * change.syn)
      tauMemGradient.values[neuron] +=
        p1 * (a1 * earlier.mem + b1 * earlier.gain) - p2 * (a2 * later.mem + b2 * later.gain)
      tauSynGradient.values[neuron] +=
        b1 * (q1 * earlier.syn + p1 * earlier.cross) - b2 * (q2 * later.syn + p2 * later.cross)
    }
  }

  func clearGradients(everything: Bool) {
    weightGradient.storage.set(to: 0)
    recurrentGradient?.storage.set(to: 0)
    guard everything else { return }
    tauMemGradient.set(to: 0)
    tauSynGradient.set(to: 0)
    for neuron in 0..<size {
      parameterGradient[neuron] = ParameterGradient()
      initialGradient[neuron] = LIFState()
    }
  }

  func gradient(of layer: Layer) -> LayerGradient {
    var gradient = LayerGradient(zeroFor: layer)
    gradient.weights.weights = weightGradient.entries
    if let recurrentGradient { gradient.recurrent?.weights = recurrentGradient.entries }
    for neuron in 0..<size {
      gradient.parameters[neuron] = parameterGradient[neuron]
      gradient.parameters[neuron].tauMem = tauMemGradient.values[neuron]
      gradient.parameters[neuron].tauSyn = tauSynGradient.values[neuron]
      gradient.initial[neuron] = initialGradient[neuron]
    }
    return gradient
  }
}
