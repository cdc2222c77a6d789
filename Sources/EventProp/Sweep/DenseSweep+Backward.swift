import CRows

extension DenseSweep {
  /// Walks the layer's events back: adds to the gradients of its weights, and to ∂L/∂t of the spikes it read.
  ///
  /// ∂L/∂t of the layer's own spikes must hold the loss's part and what the layer after it sent back.
  func backward(into source: SpikeTrain) {
    p.set(to: 0)
    q.set(to: 0)
    var epoch = count == 0 ? 0 : Int.max
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
        rebaseAdjoint(from: &epoch, to: now.epoch)
        let row = Int(source.spikes[arrival].neuron)
        source.spikes[arrival].gradient += collect(
          weights[row: row], weightGradient[row: row], now)
      } else {
        let spike = train.spikes[code]
        let neuron = Int(spike.neuron)
        var sum = spike.gradient
        if isActive {
          rebaseAdjoint(from: &epoch, to: Int(spike.epoch))
          if let recurrent, let recurrentGradient {
            sum += collect(
              recurrent[row: neuron], recurrentGradient[row: neuron], spike.instant)
          }
          sum += height * p.values[neuron] / spike.ym
        }
        guard sum != 0 else { continue }
        if !isActive {
          isActive = true
          epoch = Int(spike.epoch)
        }
        let jump = sum / (spike.current - theta)
        p.values[neuron] += jump * spike.ym
        q.values[neuron] += jump * scale.adjointRatio * spike.c
      }
    }
  }

  @inline(__always)
  private func collect(
    _ weights: UnsafePointer<Double>, _ gradient: UnsafeMutablePointer<Double>,
    _ now: TimeScale.Instant
  ) -> Double {
    let iym = 1 / now.ym
    let iys = 1 / now.ys
    var factors = crows_instant(
      iym: iym, iys: iys,
      ip: scale.kappa.map { -scale.adjointRatio * $0 * iym }
        ?? -scale.adjointRatio * now.c * iym * iys,
      tauSyn: parameters.tauSyn)
    return crows_collect(p.values, q.values, weights, gradient, Int64(p.count), &factors)
  }

  @inline(__always)
  private func rebaseAdjoint(from epoch: inout Int, to earlier: Int) {
    guard earlier != epoch else { return }
    let change = scale.rebase(over: epoch - earlier)
    crows_rebase(q.values, p.values, Int64(p.count), change.syn, change.toQ, change.mem)
    epoch = earlier
  }

  /// Forgets the gradients collected so far.
  func clearGradients() {
    weightGradient.storage.set(to: 0)
    recurrentGradient?.storage.set(to: 0)
  }

  /// ∂L/∂w of the synapses from the layer before, in entry order.
  var weightGradients: [Double] { weightGradient.entries }
  /// ∂L/∂w of the synapses within the layer, in entry order.
  var recurrentGradients: [Double]? { recurrentGradient?.entries }
}
