import CLayer
import RealModule

/// The pass of a layer with dense matrices whose neurons all share their time constants, one event
/// at a time.
///
/// A *window* is the time between two arrivals from outside. An event reaches every neuron, so only
/// the first crossing in the window counts. One pass over the row adds the weights and evaluates V
/// at the end of the window. The crossing is solved for only where V is at the threshold by then, or
/// where its maximum may have been above it, eight neurons side by side.
///
/// - Complexity: some ten operations a neuron for an event; for a spike one root and a logarithm.
final class DenseLayerEngine: LayerEngine {
  let size: Int
  let train: SpikeTrain
  let parameters: [LIFParameters]
  let scale: TimeScale
  let clock: UnsafePointer<clayer_clock>
  let weights: PaddedMatrix
  let recurrent: PaddedMatrix?
  let weightGradient: PaddedMatrix
  let recurrentGradient: PaddedMatrix?
  let state: LayerState
  private let arena: Arena
  private let crossings: Shared<WindowCrossing>
  private let maxEvents: Int
  /// Whether the layer uses the clock of the spikes that it reads.
  let readsInstants: Bool
  private let horizon: TimeScale.Instant

  /// The epoch from whose start the state is counted.
  private var epoch = 0
  let adjoint: LayerAdjoint
  /// The factors of one arrival for the derivatives by the time constants.
  let arrivalFactors: UnsafeMutableBufferPointer<Double>
  private let lanes: UnsafeMutableBufferPointer<Int32>
  private let tile: UnsafeMutablePointer<clayer_tile>
  private let open: UnsafeMutablePointer<clayer_open>
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

  init(
    _ layer: borrowing Layer, scale: TimeScale, readsInstants: Bool, horizon: Double, _ arena: Arena
  ) {
    self.arena = arena
    train = SpikeTrain(arena)
    size = layer.size
    parameters = layer.parameters
    self.scale = scale
    crossings = Shared([layer.parameters]) { WindowCrossing($0, scale) }
    clock = arena.clock(scale, largestGain: crossings[0].largestGain)
    weights = PaddedMatrix(arena, layer.weights)
    recurrent = layer.recurrent.map { PaddedMatrix(arena, $0) }
    weightGradient = PaddedMatrix(arena, shapedLike: layer.weights)
    recurrentGradient = layer.recurrent.map { PaddedMatrix(arena, shapedLike: $0) }
    state = LayerState(arena, layer, scale)
    maxEvents = layer.maxEvents ?? .max
    self.readsInstants = readsInstants
    self.horizon = scale.instant(at: horizon)
    adjoint = LayerAdjoint(arena, layer, scale)
    arrivalFactors = arena.take(3, repeating: 0)
    lanes = arena.take(state.a.count, repeating: 0)
    tile = arena.take(1, repeating: state.tile(from: 0, lanes: state.a.count)).start
    open =
      arena.take(
        1,
        repeating: clayer_open(
          lane: arena.take(state.a.count + 1, repeating: 0).start, spike: lanes.start, count: 0,
          isDelicate: 0)
      ).start
    order = arena.room(for: 256)
  }

  var isDelicate: Bool { open.pointee.isDelicate != 0 }

  var isSound: Bool { train.isSound && state.isSound }

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
    open.pointee.isDelicate = 0
    state.start()
    var now = scale.instant(at: 0)
    let most = min(maxEvents, limit)
    var arrival = 0
    var next = source.count > 0 ? instant(of: source.spikes[0]) : horizon
    var spike = firstCrossing(nil, now, next)
    while true {
      while let first = spike, count < most {
        now = fire(first.neuron, first.instant)
        try pace.reach(step: train.count - 1, now.time)
        spike = firstCrossing(recurrent?[row: first.neuron], now, next)
      }
      guard arrival < source.count, count < most else { return count < limit }
      try pace.reach(step: arrival, now.time)
      rebase(to: next.epoch)
      now = next
      record(-1 - arrival)
      let row = weights[row: Int(source.spikes[arrival].neuron)]
      arrival += 1
      next = arrival < source.count ? instant(of: source.spikes[arrival]) : horizon
      spike = firstCrossing(row, now, next)
    }
  }

  /// Lets a neuron spike; returns the instant, counted from its own epoch.
  @inline(__always)
  private func fire(_ neuron: Int, _ crossing: TimeScale.Instant) -> TimeScale.Instant {
    let isLater = crossing.time >= Double(epoch + 1) * scale.epochLength
    let instant = isLater ? scale.instant(at: crossing.time) : crossing
    rebase(to: instant.epoch)
    let b = state.b.values[neuron]
    record(train.count)
    train.append(SpikeTrain.Spike(instant, neuron: neuron, current: b * instant.ys))
    state.reset(neuron, b, at: instant)
    return instant
  }

  /// Adds a row of weights and finds the first crossing in the window.
  @inline(__always)
  private func firstCrossing(
    _ row: UnsafePointer<Double>?, _ now: TimeScale.Instant, _ next: TimeScale.Instant
  ) -> (neuron: Int, instant: TimeScale.Instant)? {
    var start = clayer_instant(now)
    var end = clayer_instant(scale.seen(next, from: now.epoch))
    var found = clayer_crossing()
    guard clayer_next(clock, tile, row, &start, &end, lanes.start, &found, open) > 0 else {
      return nil
    }
    var best: (neuron: Int, instant: TimeScale.Instant)?
    if found.lane >= 0 {
      var instant = TimeScale.Instant(found.instant)
      if scale.ratio == .twoToOne {
        instant.time = now.time - scale.tauMem * .log(onePlus: -found.lost)
      }
      best = (Int(found.lane), instant)
    }
    for number in 0..<Int(open.pointee.count) {
      let neuron = Int(open.pointee.lane[number])
      let (a, b) = (state.a.values[neuron], state.b.values[neuron])
      let until = best?.instant.time ?? end.time
      let excess = a * now.ym + b * now.c
      if crossings[neuron].grazes(excess: excess, current: b * now.ys) {
        open.pointee.isDelicate = 1
      }
      let root = crossings[neuron].first(
        excess: excess, current: b * now.ys, within: until - now.time)
      let time = now.time + root.length
      // Of neurons that spike at one time, the first of the layer comes first.
      guard time < until || (time == best?.instant.time && neuron < best?.neuron ?? 0) else {
        continue
      }
      best = (neuron, scale.seen(at: time, from: now, decays: root.decays))
    }
    return best
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
    _ = boundaries[boundaryCount].a.values.update(fromContentsOf: state.a.values)
    _ = boundaries[boundaryCount].b.values.update(fromContentsOf: state.b.values)
    boundaryCount += 1
    let change = scale.rebase(over: epochs)
    clayer_rebase(
      state.a.values.start, state.b.values.start, Int64(state.a.count), change.mem, change.toA,
      change.syn)
    epoch += epochs
  }
}
