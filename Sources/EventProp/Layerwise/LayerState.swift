import CLayer

/// The state of a layer's neurons in a pass, and what decides when they spike.
final class LayerState {
  let a: AlignedRow
  let b: AlignedRow
  /// v_th − v_leak; infinite for a neuron that cannot spike any more, and for the padding.
  let theta: AlignedRow
  /// The least V − v_leak that is looked at more closely.
  ///
  /// A neuron that is below the threshold by a rounding at the end of a window counts too.
  let nearTheta: AlignedRow
  /// v_reset − v_leak.
  let reset: AlignedRow
  private let startA: AlignedRow
  private let startB: AlignedRow
  private let threshold: Double
  private var retired: [Int] = []
  /// The states at t = 0.
  let initial: [LIFState]

  init(_ arena: Arena, _ layer: borrowing Layer, _ scale: TimeScale) {
    let size = layer.size
    let parameters = layer.parameters[0]
    a = AlignedRow(arena, count: size)
    b = AlignedRow(arena, count: size)
    theta = AlignedRow(arena, count: size, repeating: .infinity)
    nearTheta = AlignedRow(arena, count: size, repeating: .infinity)
    reset = AlignedRow(arena, count: size)
    startA = AlignedRow(arena, count: size)
    startB = AlignedRow(arena, count: size)
    initial = layer.initial
    threshold = parameters.vThreshold - parameters.vLeak
    let now = scale.instant(at: 0)
    for (neuron, state) in layer.initial.enumerated() {
      startB.values[neuron] = state.current
      startA.values[neuron] = state.potential - parameters.vLeak - state.current * now.c
      reset.values[neuron] = parameters.vReset - parameters.vLeak
      setThreshold(of: neuron)
    }
  }

  private func setThreshold(of neuron: Int) {
    theta.values[neuron] = threshold
    nearTheta.values[neuron] = threshold - 1e-11 * abs(threshold)
  }

  /// Sets the state at t = 0.
  func start() {
    _ = a.values.update(fromContentsOf: startA.values)
    _ = b.values.update(fromContentsOf: startB.values)
    for neuron in retired { setThreshold(of: neuron) }
    retired.removeAll(keepingCapacity: true)
  }

  /// Lets a neuron never spike again.
  func retire(_ neuron: Int) {
    theta.values[neuron] = .infinity
    nearTheta.values[neuron] = .infinity
    retired.append(neuron)
  }

  var isSound: Bool { a.values.allSatisfy(\.isFinite) && b.values.allSatisfy(\.isFinite) }

  /// The neurons from one on; their number is four, or a multiple of eight.
  func tile(from first: Int, lanes: Int) -> clayer_tile {
    clayer_tile(
      lanes: Int64(lanes), a: a.values.start + first, b: b.values.start + first,
      theta: theta.values.start + first, nearTheta: nearTheta.values.start + first,
      reset: reset.values.start + first, weights: nil, stride: 0)
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
