import CLayer

/// The state of a layer's neurons in a pass, and what decides when they spike.
final class LayerState {
  let a: AlignedRow
  let b: AlignedRow
  /// v_th − v_leak; infinite for a neuron that does not spike or not any more, and for the padding.
  let theta: AlignedRow
  /// The least V − v_leak that is looked at more closely.
  ///
  /// A neuron that is below the threshold by a rounding at the end of a window counts too.
  let nearTheta: AlignedRow
  /// v_reset − v_leak.
  let reset: AlignedRow
  /// v_th − v_reset; 0 for a neuron that never spikes.
  let height: AlignedRow
  private let startA: AlignedRow
  private let startB: AlignedRow
  private let startTheta: AlignedRow
  private let startNearTheta: AlignedRow
  private let spikesOnce: Bool
  /// The states at t = 0.
  let initial: [LIFState]

  /// Prepares the states; without a clock a is V − v_leak and b is I.
  init(_ arena: Arena, _ layer: borrowing Layer, _ scale: TimeScale?) {
    let size = layer.size
    func row(_ value: Double = 0) -> AlignedRow {
      AlignedRow(arena, count: size, repeating: value)
    }
    a = row()
    b = row()
    theta = row(.infinity)
    nearTheta = row(.infinity)
    reset = row()
    height = row()
    startA = row()
    startB = row()
    startTheta = row(.infinity)
    startNearTheta = row(.infinity)
    spikesOnce = layer.spikesOnce
    initial = layer.initial
    let response = scale?.instant(at: 0).c ?? 0
    for (neuron, state) in layer.initial.enumerated() {
      let parameters = layer.parameters[neuron]
      let threshold = parameters.vThreshold - parameters.vLeak
      startB.values[neuron] = state.current
      startA.values[neuron] = state.potential - parameters.vLeak - state.current * response
      if layer.kinds[neuron] == .lif {
        startTheta.values[neuron] = threshold
        startNearTheta.values[neuron] = threshold - 1e-11 * abs(threshold)
        height.values[neuron] = parameters.vThreshold - parameters.vReset
      }
      reset.values[neuron] = parameters.vReset - parameters.vLeak
    }
    _ = theta.values.update(fromContentsOf: startTheta.values)
    _ = nearTheta.values.update(fromContentsOf: startNearTheta.values)
  }

  /// Sets the state at t = 0.
  func start() {
    _ = a.values.update(fromContentsOf: startA.values)
    _ = b.values.update(fromContentsOf: startB.values)
    guard spikesOnce else { return }
    _ = theta.values.update(fromContentsOf: startTheta.values)
    _ = nearTheta.values.update(fromContentsOf: startNearTheta.values)
  }

  /// Sets a neuron to its state just after a spike; `current` is its constant B.
  func reset(_ neuron: Int, _ current: Double, at instant: TimeScale.Instant) {
    a.values[neuron] = (reset.values[neuron] - current * instant.c) / instant.ym
    end(neuron)
  }

  /// Lets a neuron that has spiked not spike again, where each spikes once.
  func end(_ neuron: Int) {
    guard spikesOnce else { return }
    theta.values[neuron] = .infinity
    nearTheta.values[neuron] = .infinity
  }

  var isSound: Bool { a.values.allSatisfy(\.isFinite) && b.values.allSatisfy(\.isFinite) }

  /// The neurons from one on; their number is four, or a multiple of eight.
  func tile(from first: Int, lanes: Int) -> clayer_tile {
    clayer_tile(
      lanes: Int64(lanes), a: a.values.start + first, b: b.values.start + first,
      theta: theta.values.start + first, nearTheta: nearTheta.values.start + first,
      reset: reset.values.start + first, weights: nil, stride: 0, spikesOnce: spikesOnce ? 1 : 0)
  }
}

extension clayer_instant {
  init(_ instant: TimeScale.Instant) {
    self.init(
      time: instant.time, ym: instant.ym, ys: instant.ys, c: instant.c,
      epoch: Int64(instant.epoch))
  }
}

extension TimeScale.Instant {
  init(_ instant: clayer_instant) {
    self.init(
      time: instant.time, ym: instant.ym, ys: instant.ys, c: instant.c,
      epoch: Int(instant.epoch))
  }
}
