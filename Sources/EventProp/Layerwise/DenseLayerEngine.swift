import CRows
import RealModule

/// The pass of a layer with dense matrices whose neurons all share their parameters.
///
/// A *window* is the time between two arrivals from outside. An event reaches every neuron, so a
/// crossing that is found beyond the end of the window would be out of date. One pass over the row
/// adds the weights and evaluates V at the end of the window. The crossing is solved for only where
/// V is at the threshold by then, or where its maximum may have been above it.
///
/// - Complexity: some eight operations a neuron for an event; for a spike one root and the search
///   for the earliest.
final class DenseLayerEngine: LayerEngine {
  let size: Int
  let train: SpikeTrain
  let parameters: LIFParameters
  let scale: TimeScale
  let crossing: WindowCrossing
  let ends: ParameterTerms
  let weights: PaddedMatrix
  let recurrent: PaddedMatrix?
  let weightGradient: PaddedMatrix
  let recurrentGradient: PaddedMatrix?
  let sums: NeuronSums
  let initial: [LIFState]
  private let arena: Arena
  let maxEvents: Int
  private let spikesOnce: Bool
  /// The neurons that have spiked; used where each may spike once.
  private var isSpent: [Bool]
  /// Whether the layer uses the clock of the spikes that it reads.
  let readsInstants: Bool
  let horizon: TimeScale.Instant

  /// The epoch from whose start the state is counted.
  private var epoch = 0
  let a: AlignedRow
  let b: AlignedRow
  let p: AlignedRow
  let q: AlignedRow
  /// The spikes found in the window, one slot each.
  let times: AlignedRow
  private let slots: UnsafeMutableBufferPointer<Slot>
  let found: UnsafeMutableBufferPointer<Int32>
  /// The events in order: s for own spike s, −1 − k for arrival k of the spikes read.
  private(set) var order: UnsafeMutableBufferPointer<Int32>
  private(set) var count = 0

  /// The state before each change of epoch, in order.
  private(set) var boundaries: [Boundary] = []
  private(set) var boundaryCount = 0

  struct Boundary {
    var from: Int
    var a: AlignedRow
    var b: AlignedRow
  }

  private struct Slot {
    var neuron: Int32
    var decays: (mem: Double, syn: Double)
  }

  init(
    _ layer: borrowing Layer, scale: TimeScale, readsInstants: Bool, horizon: Double, _ arena: Arena
  ) {
    self.arena = arena
    train = SpikeTrain(arena)
    size = layer.size
    parameters = layer.parameters[0]
    self.scale = scale
    crossing = WindowCrossing(parameters, scale)
    ends = ParameterTerms(parameters: parameters, scale: scale)
    weights = PaddedMatrix(arena, layer.weights)
    recurrent = layer.recurrent.map { PaddedMatrix(arena, $0) }
    weightGradient = PaddedMatrix(arena, shapedLike: layer.weights)
    recurrentGradient = layer.recurrent.map { PaddedMatrix(arena, shapedLike: $0) }
    initial = layer.initial
    maxEvents = layer.maxEvents ?? .max
    spikesOnce = layer.spikesOnce
    isSpent = layer.spikesOnce ? Array(repeating: false, count: size) : []
    self.readsInstants = readsInstants
    self.horizon = scale.instant(at: horizon)
    // The padding never reaches a threshold.
    a = AlignedRow(arena, count: size, repeating: -1e100)
    b = AlignedRow(arena, count: size)
    p = AlignedRow(arena, count: size)
    q = AlignedRow(arena, count: size)
    sums = NeuronSums(arena, size: size)
    times = AlignedRow(arena, count: size, repeating: .infinity)
    slots = arena.take(a.count, repeating: Slot(neuron: 0, decays: (0, 0)))
    found = arena.take(a.count, repeating: 0)
    order = arena.room(for: 256)
  }

  private(set) var isDelicate = false

  var isSound: Bool {
    train.isSound && (0..<size).allSatisfy { a.values[$0].isFinite && b.values[$0].isFinite }
  }

  @inline(__always)
  private func record(_ code: Int) {
    if count == order.count { grow() }
    order.initializeElement(at: count, to: Int32(truncatingIfNeeded: code))
    count += 1
  }

  private func grow() {
    order = arena.doubled(order)
  }

  @inline(__always)
  func instant(of spike: SpikeTrain.Spike) -> TimeScale.Instant {
    readsInstants ? spike.instant : scale.instant(at: spike.time)
  }

  func forward(
    from source: SpikeTrain, limit: Int, pace: Pace
  ) throws(SimulationError) -> Bool {
    train.removeAll()
    count = 0
    epoch = 0
    boundaryCount = 0
    isDelicate = false
    for neuron in isSpent.indices { isSpent[neuron] = false }
    var now = scale.instant(at: 0)
    for (neuron, state) in initial.enumerated() {
      b.values[neuron] = state.current
      a.values[neuron] = state.potential - parameters.vLeak - state.current * now.c
    }
    for lane in size..<a.count { a.values[lane] = -1e100 }
    let most = min(maxEvents, limit)
    var arrival = 0
    var next = source.count > 0 ? instant(of: source.spikes[0]) : horizon
    var waiting = scan(nil, now, next)
    while true {
      while waiting > 0, count < most {
        let slot = Int(crows_earliest(times.values.start, Int64(AlignedRow.padded(waiting))))
        let time = times.values[slot]
        guard time < .infinity else { break }
        waiting = fire(slot, at: time, of: waiting, &now, until: next)
        try pace.reach(step: train.count - 1, time)
      }
      guard arrival < source.count, count < most else { return count < limit }
      try pace.reach(step: arrival, now.time)
      rebase(to: next.epoch)
      now = next
      record(-1 - arrival)
      let row = weights[row: Int(source.spikes[arrival].neuron)]
      arrival += 1
      next = arrival < source.count ? instant(of: source.spikes[arrival]) : horizon
      waiting = scan(row, now, next)
    }
  }

  /// Lets the neuron of a slot spike; returns the number of slots in use afterwards.
  @inline(__always)
  private func fire(
    _ slot: Int, at time: Double, of waiting: Int, _ now: inout TimeScale.Instant,
    until next: TimeScale.Instant
  ) -> Int {
    let neuron = Int(slots[slot].neuron)
    let instant = scale.instant(at: time, from: now, decays: slots[slot].decays)
    rebase(to: instant.epoch)
    let current = b.values[neuron] * instant.ys
    record(train.count)
    train.append(SpikeTrain.Spike(instant, neuron: neuron, current: current))
    let reset = parameters.vReset - parameters.vLeak
    a.values[neuron] = (reset - b.values[neuron] * instant.c) / instant.ym
    if spikesOnce { isSpent[neuron] = true }
    if let recurrent {
      now = instant
      return scan(recurrent[row: neuron], now, next)
    }
    // The crossings of the other neurons stay valid; only this neuron starts anew.
    guard !spikesOnce else {
      times.values[slot] = .infinity
      return waiting
    }
    let again = crossing.first(
      excess: reset, current: current, within: next.time - time, endExcess: nil)
    guard time + again.length < next.time else {
      times.values[slot] = .infinity
      return waiting
    }
    times.values[slot] = time + again.length
    slots[slot].decays = (
      instant.ym * again.decays.mem / now.ym, instant.ys * again.decays.syn / now.ys
    )
    return waiting
  }

  /// Adds a row of weights and finds the neurons that may spike in the window; returns the number
  /// of slots in use.
  @inline(__always)
  private func scan(
    _ row: UnsafePointer<Double>?, _ now: TimeScale.Instant, _ next: TimeScale.Instant
  ) -> Int {
    let end = scale.seen(next, from: now.epoch)
    let iym = 1 / now.ym
    let iys = 1 / now.ys
    var window = crows_window(
      toA: scale.kappa.map { -$0 * iym } ?? -now.c * iym * iys, toB: iys, ym: now.ym, ys: now.ys,
      c: now.c, endYm: end.ym, endYs: end.ys, endC: end.c,
      // A neuron that is below the threshold by a rounding at the end of the window counts as a
      // candidate.
      theta: crossing.theta - 1e-11 * abs(crossing.theta),
      leastCurrent: crossing.leastCurrent, largestGain: crossing.largestGain)
    var candidates = Int(
      crows_arrive(a.values.start, b.values.start, row, Int64(a.count), &window, found.start))
    // The padding also tends to v_leak, so that a long window may report it as a candidate.
    while candidates > 0, found[candidates - 1] >= size { candidates -= 1 }
    guard candidates > 0 else { return 0 }
    return recurrent == nil
      ? solveAll(candidates, now, next, end) : solveEarliest(candidates, now, next, end)
  }

  private func solveAll(
    _ candidates: Int, _ now: TimeScale.Instant, _ next: TimeScale.Instant,
    _ end: TimeScale.Instant
  ) -> Int {
    let length = next.time - now.time
    var used = 0
    for candidate in 0..<candidates {
      let neuron = Int(found[candidate])
      if spikesOnce, isSpent[neuron] { continue }
      let x = a.values[neuron]
      let z = b.values[neuron]
      let endExcess = x * end.ym + z * end.c
      if crossing.isAtThreshold(endExcess, current: z * end.ys) { isDelicate = true }
      let root = crossing.first(
        excess: x * now.ym + z * now.c, current: z * now.ys, within: length,
        endExcess: endExcess)
      guard now.time + root.length < next.time else { continue }
      times.values[used] = now.time + root.length
      slots[used] = Slot(neuron: Int32(truncatingIfNeeded: neuron), decays: root.decays)
      used += 1
    }
    for slot in used..<AlignedRow.padded(used) { times.values[slot] = .infinity }
    return used
  }

  /// Solves for the earliest crossing only: after a spike every neuron is searched anew.
  private func solveEarliest(
    _ candidates: Int, _ now: TimeScale.Instant, _ next: TimeScale.Instant,
    _ end: TimeScale.Instant
  ) -> Int {
    var end = end
    var best = WindowCrossing.Root.none
    var winner = -1
    for candidate in 0..<candidates {
      let neuron = Int(found[candidate])
      if spikesOnce, isSpent[neuron] { continue }
      let x = a.values[neuron]
      let z = b.values[neuron]
      let endExcess = x * end.ym + z * end.c
      let current = z * now.ys
      if crossing.isAtThreshold(endExcess, current: z * end.ys) { isDelicate = true }
      // The test: V is below the threshold and still rises, or the current is below the least one,
      // at the best time so far.
      if winner >= 0, endExcess < crossing.theta,
        endExcess <= z * end.ys || current <= crossing.leastCurrent
      {
        continue
      }
      let root = crossing.first(
        excess: x * now.ym + z * now.c, current: current,
        within: winner < 0 ? next.time - now.time : best.length, endExcess: endExcess)
      guard root.length < best.length, now.time + root.length < next.time else { continue }
      best = root
      winner = neuron
      end = scale.seen(at: now.time + root.length, from: now, decays: root.decays)
    }
    guard winner >= 0 else { return 0 }
    times.values[0] = now.time + best.length
    for slot in 1..<AlignedRow.lanes { times.values[slot] = .infinity }
    slots[0] = Slot(neuron: Int32(truncatingIfNeeded: winner), decays: best.decays)
    return 1
  }

  /// Moves the start from which the state is counted to a later epoch.
  @inline(__always)
  private func rebase(to later: Int) {
    if later != epoch { rebase(over: later - epoch) }
  }

  private func rebase(over epochs: Int) {
    if boundaryCount == boundaries.count {
      boundaries.append(
        Boundary(from: 0, a: AlignedRow(arena, count: size), b: AlignedRow(arena, count: size)))
    }
    boundaries[boundaryCount].from = epoch
    _ = boundaries[boundaryCount].a.values.update(fromContentsOf: a.values)
    _ = boundaries[boundaryCount].b.values.update(fromContentsOf: b.values)
    boundaryCount += 1
    let change = scale.rebase(over: epochs)
    crows_rebase(a.values.start, b.values.start, Int64(a.count), change.mem, change.toA, change.syn)
    for lane in size..<a.count { a.values[lane] = -1e100 }
    epoch += epochs
  }
}
