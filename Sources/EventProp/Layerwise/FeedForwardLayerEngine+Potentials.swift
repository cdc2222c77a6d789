import CLayer
import RealModule

/// The memory of a layer whose potentials a loss reads.
struct PotentialMemory {
  /// Numbers of the neurons: Σ w over all arrivals, and the coefficient of a running loss.
  let received: AlignedRow
  let drives: AlignedRow
  /// Numbers of the rows: how many arrivals came, Σ w c over the neurons, and Σ λ_I over the arrivals.
  let counts: AlignedRow
  let pulls: AlignedRow
  let lambdaI: AlignedRow
  let maximum: clayer_maximum

  init(_ arena: Arena, size: Int, rows: Int) {
    func row(_ count: Int) -> AlignedRow { AlignedRow(arena, count: count) }
    received = row(size)
    drives = row(size)
    counts = row(rows)
    pulls = row(rows)
    lambdaI = row(rows)
    maximum = clayer_maximum(
      excess: row(size).values.start, place: row(size).values.start, a: row(size).values.start,
      b: row(size).values.start)
  }
}

/// The potentials of the last forward pass.
extension FeedForwardLayerEngine: LayerPotentials {
  private var readyMemory: PotentialMemory {
    if let memory { return memory }
    let made = PotentialMemory(arena, size: size, rows: weights.rows)
    memory = made
    return made
  }

  private var paddedSize: Int64 { Int64(AlignedRow.padded(size)) }

  /// ∫ V dt of each neuron.
  ///
  /// Between events tau_mem dU/dt = I − U and tau_syn dI/dt = −I with U = V − v_leak. Over a whole run
  /// therefore ∫ I dt = tau_syn (I(0) + Σ w − I(T)) and ∫ U dt = ∫ I dt − tau_mem (U(T) − U(0) + the
  /// heights of the resets).
  package var integrals: [Double] {
    let memory = readyMemory
    memory.counts.set(to: 0)
    for entry in 0..<entries.entryCount {
      let row = Int(entries.arrays.pointee.row[entry]) / AlignedRow.lanes
      if row < weights.rows { memory.counts.values[row] += 1 }
    }
    memory.received.set(to: 0)
    clayer_weigh_rows(
      weights.start(of: 0), Int64(weights.stride), paddedSize, memory.counts.values.start,
      Int64(weights.rows), memory.received.values.start)
    var resets = [Double](filledWith: 0, count: size)
    for spike in 0..<train.count {
      let neuron = Int(train.spikes[spike].neuron)
      resets[neuron] += state.height.values[neuron]
    }
    let end = entries.end
    return (0..<size).map { neuron in
      let (a, b) = (state.a.values[neuron], state.b.values[neuron])
      let initial = state.initial[neuron]
      let leak = parameters[neuron].vLeak
      let current = initial.current + memory.received.values[neuron] - b * end.ys
      let rise = (a * end.ym + b * end.c) - (initial.potential - leak) + resets[neuron]
      return leak * entries.horizon.time + scale.tauSyn * current - scale.tauMem * rise
    }
  }

  /// The maximum of V of each neuron; nil where a neuron has spiked, or where the time constants are
  /// almost equal.
  package var maxima: [Double]? {
    guard train.count == 0, clock.pointee.kind != clayer_close else { return nil }
    let memory = readyMemory
    memory.maximum.excess.update(repeating: -.infinity, count: Int(paddedSize))
    state.start()
    for tile in tiles {
      var lanes = lanes(of: tile)
      var maximum = clayer_maximum(
        excess: memory.maximum.excess + tile.first, place: memory.maximum.place + tile.first,
        a: memory.maximum.a + tile.first, b: memory.maximum.b + tile.first)
      for (number, segment) in entries.segments.enumerated() {
        if number > 0 {
          rebase(tile, number, over: segment.epoch - entries.segments[number - 1].epoch)
        }
        let isLast = number == entries.segments.count - 1
        clayer_maxima(
          clock, entries.arrays, &lanes, Int64(segment.windows.lowerBound),
          Int64(segment.windows.upperBound), isLast ? 1 : 0, &maximum)
      }
    }
    return (0..<size).map { memory.maximum.excess[$0] + parameters[$0].vLeak }
  }

  /// Prepares the backward pass for the derivatives by the potentials.
  func read(_ slopes: PotentialSlopes) {
    if !slopes.drives.isEmpty {
      let memory = readyMemory
      for (neuron, drive) in slopes.drives.enumerated() { memory.drives.values[neuron] = drive }
    }
    isDriven = !slopes.drives.isEmpty
    setImpulses(slopes.maxima)
  }

  /// Makes an impulse of the derivative by each maximum; they are kept in the order of the tiles and
  /// windows.
  private func setImpulses(_ maxima: [(neuron: Int, gradient: Double)]) {
    impulses.removeAll()
    kinks.removeAll(keepingCapacity: true)
    guard let maximum = memory?.maximum, !maxima.isEmpty else {
      return firstImpulses.withUnsafeMutableBufferPointer { $0.update(repeating: 0) }
    }
    var found:
      [(tile: Int, window: Int, neuron: Int, instant: TimeScale.Instant, gradient: Double)] =
        []
    for (neuron, gradient) in maxima {
      let place = maximum.place[neuron]
      let entry = Int(place.rounded(.down))
      let (window, instant): (Int, TimeScale.Instant)
      if place != place.rounded(.down) {
        let epoch = entries.segment(ofWindow: entry).epoch
        (window, instant) = (
          entry, top(a: maximum.a[neuron], b: maximum.b[neuron], epoch)
        )
      } else if entry == 0 {
        // At t = 0 only the initial state has a derivative.
        continue
      } else {
        (window, instant) = entries.before(entry)
        if entry < entries.entryCount - 1 {
          // The maximum moves with the arrival that ends the rise.
          let ys = entries.arrays.pointee.ys[entry]
          let slope = scale.kernel.a * (maximum.b[neuron] * ys - maximum.excess[neuron])
          kinks.append((entry, gradient * slope))
        }
      }
      found.append((neuron / tiles[0].lanes, window, neuron, instant, gradient))
    }
    found.sort { ($0.tile, $0.window) < ($1.tile, $1.window) }
    for tile in tiles.indices {
      firstImpulses[tile] = impulses.count
      for impulse in found where impulse.tile == tile {
        let place = impulses.append(
          impulse.instant, neuron: impulse.neuron, window: impulse.window, current: 0,
          inverse: -1 / scale.tauMem, scale)
        impulses.spikes.pointee.gradient[place] = impulse.gradient
      }
    }
    firstImpulses[tiles.count] = impulses.count
  }

  /// The instant at which U = I.
  private func top(a: Double, b: Double, _ epoch: Int) -> TimeScale.Instant {
    let kernel = scale.kernel
    let x =
      switch scale.ratio {
      case .twoToOne: -scale.tauMem * Double.log(a / (2 * b))
      case .equal: (b - a) / (kernel.a * b)
      case .any: Double.log(b * (1 - (scale.kappa ?? 0)) / a) / (kernel.b - kernel.a)
      }
    return scale.instant(x, after: epoch)
  }

  /// Adds the explicit parts of a running loss: λ as it is without spikes, and what the resets change.
  ///
  /// Without spikes λ_V = −c (1 − e^(−a x)) and λ_I = −c a b (0)∗(a)∗(b), x before the horizon: the same
  /// for all neurons but for c. What the spikes change is left to the backward pass.
  func addDrives() {
    guard isDriven, let memory else { return }
    let kernel = scale.kernel
    let horizon = entries.horizon.time
    for spike in 0..<found.count {
      let neuron = Int(found.spikes.pointee.neuron[spike])
      let rest = Double.exp(-kernel.a * (horizon - found.spikes.pointee.time[spike]))
      found.spikes.pointee.gradient[spike] +=
        memory.drives.values[neuron] * state.height.values[neuron] * rest
    }
    let rows = Int64(weights.rows)
    let stride = Int64(weights.stride)
    clayer_weigh_lanes(
      weights.start(of: 0), stride, paddedSize, memory.drives.values.start, rows,
      memory.pulls.values.start)
    memory.lambdaI.set(to: 0)
    let end = entries.end
    for segment in entries.segments {
      let last = scale.seen(end, from: segment.epoch)
      for entry in segment.firstEntry..<segment.windows.upperBound {
        let row = Int(entries.arrays.pointee.row[entry]) / AlignedRow.lanes
        let lambda = lambdaOfDrive(entry, until: last)
        memory.lambdaI.values[row] += scale.tauSyn * lambda.lambdaI
        entries.sums.values[entry * AlignedRow.lanes] +=
          lambda.difference * memory.pulls.values[row]
      }
    }
    clayer_subtract_product(
      weightGradient.start(of: 0), stride, paddedSize, memory.lambdaI.values.start, rows,
      memory.drives.values.start)
  }

  /// λ_I and λ_V − λ_I at an arrival for c = 1, without spikes; `end` is the horizon, counted from the
  /// same epoch.
  private func lambdaOfDrive(
    _ entry: Int, until end: TimeScale.Instant
  ) -> (lambdaI: Double, difference: Double) {
    let kernel = scale.kernel
    let length = end.time - entries.arrays.pointee.time[entry]
    // λ_V = P/ym − 1 and λ_I alike; shortly before the horizon that would cancel.
    if length * min(kernel.a, kernel.b) < 1 {
      let stepped = SteppedKernel(kernel, over: length)
      let lambdaI = -kernel.a * kernel.b * stepped.ab
      return (lambdaI, -kernel.a * stepped.a - lambdaI)
    }
    let lambdaV = end.ym * entries.arrays.pointee.iym[entry]
    let q = end.ys + scale.adjointRatio * end.c
    let lambdaI =
      q * entries.arrays.pointee.iys[entry]
      + end.ym * scale.adjointRatio * entries.arrays.pointee.toA[entry]
    return (lambdaI - 1, lambdaV - lambdaI)
  }
}
