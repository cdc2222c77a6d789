import CLayer
import RealModule

/// The pass of a dense layer that does not feed itself and whose neurons share their time constants.
///
/// What happens to a neuron does not depend on the others of its layer. The engine takes some
/// neurons at a time, a *tile*, and leads them through all arrivals. Their state and their weights
/// stay in the nearest caches. The crossings of a tile in one window are solved side by side. At the
/// end all spikes are sorted once.
///
/// A *window* is the time between two arrivals. The crossing is solved for only where V is at the
/// threshold at the end of the window, or where its maximum may lie inside.
///
/// - Complexity: some seven operations a neuron for an arrival; for a spike one root and its place
///   in the order.
final class FeedForwardLayerEngine: LayerEngine {
  let size: Int
  let train: SpikeTrain
  let parameters: [LIFParameters]
  let scale: TimeScale
  let state: LayerState
  let entries: ArrivalEntries
  let weights: BlockedMatrix
  let weightGradient: BlockedMatrix
  let found: FoundSpikes
  /// The maxima of V that a loss reads, like spikes without a reset.
  let impulses: FoundSpikes
  /// The first impulse of each tile, and their number.
  @exclusivity(unchecked) var firstImpulses: [Int]
  /// What maxima at arrivals add to ∂L/∂t of those entries.
  @exclusivity(unchecked) var kinks: [(entry: Int, gradient: Double)] = []
  /// The rows at which something arrived since the gradients were cleared, each as eight times its
  /// number, and whether a row is among them.
  let touchedRows: UnsafeMutableBufferPointer<Int32>
  let isTouched: UnsafeMutableBufferPointer<Int8>
  @exclusivity(unchecked) var touchedCount: Int64 = 0
  /// The number of windows until the pace is told.
  @exclusivity(unchecked) var stepsToPause = 4096
  /// Whether the loss runs over time.
  @exclusivity(unchecked) var isDriven = false
  /// Made when a loss first reads potentials.
  @exclusivity(unchecked) var memory: PotentialMemory?
  let clock: UnsafePointer<clayer_clock>
  let tiles: [Tile]
  private let crossings: Shared<WindowCrossing>
  let arena: Arena
  let adjoint: LayerAdjoint
  private let openLanes: UnsafeMutableBufferPointer<Int32>
  private let openSpikes: UnsafeMutableBufferPointer<Int32>
  /// For each change of epoch the states before it, in the order of the epochs.
  @exclusivity(unchecked) private(set) var boundaries: [(a: AlignedRow, b: AlignedRow)] = []
  @exclusivity(unchecked) private(set) var isDelicate = false

  /// Some neurons, and the place of their first spike among those found.
  struct Tile {
    let first: Int
    let lanes: Int

    /// The numbers of its neurons, padded.
    var neurons: Range<Int> { first..<first + lanes }

    /// The most neurons of a tile.
    static let mostLanes = 128
  }
  /// The first spike of each tile among those found, and their number.
  @exclusivity(unchecked) private(set) var firstSpikes: [Int]

  /// Whether a layer can be simulated by this engine: only currents lift V to the threshold, and
  /// nothing ends the layer early.
  static func fits(_ layer: borrowing Layer) -> Bool {
    layer.recurrent == nil && layer.maxEvents == nil
      && zip(layer.kinds, layer.parameters).allSatisfy { $0 == .li || $1.vThreshold > $1.vLeak }
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
    state = LayerState(arena, layer, scale)
    entries = ArrivalEntries(
      arena, scale, clock, readsInstants: readsInstants, horizon: horizon, rows: layer.weights.rows)
    weights = BlockedMatrix(arena, layer.weights)
    weightGradient = BlockedMatrix(arena, shapedLike: layer.weights)
    touchedRows = arena.take(layer.weights.rows + 2, repeating: 0)
    isTouched = arena.take(layer.weights.rows + 1, repeating: 0)
    found = FoundSpikes(arena)
    impulses = FoundSpikes(arena)
    adjoint = LayerAdjoint(arena, layer, scale)
    let padded = size <= 4 ? 4 : AlignedRow.padded(size)
    let lanes = min(padded, Tile.mostLanes)
    tiles = stride(from: 0, to: padded, by: lanes).map {
      Tile(first: $0, lanes: min(lanes, padded - $0))
    }
    firstSpikes = Array(repeating: 0, count: tiles.count + 1)
    firstImpulses = firstSpikes
    openLanes = arena.take(lanes + AlignedRow.lanes, repeating: 0)
    openSpikes = arena.take(lanes + AlignedRow.lanes, repeating: 0)
  }

  var isSound: Bool { train.isSound && state.isSound }

  func forward(
    from source: SpikeTrain, limit: Int, pace: Pace
  ) throws(SimulationError) -> Bool {
    train.removeAll()
    found.removeAll()
    impulses.removeAll()
    kinks.removeAll(keepingCapacity: true)
    isDriven = false
    isDelicate = false
    stepsToPause = 4096
    entries.lower(source)
    while boundaries.count + 1 < entries.segments.count {
      boundaries.append((AlignedRow(arena, count: size), AlignedRow(arena, count: size)))
    }
    state.start()
    for (number, tile) in tiles.enumerated() {
      firstSpikes[number] = found.count
      guard try lead(tile, limit: limit, pace: pace) else { return false }
    }
    firstSpikes[tiles.count] = found.count
    if scale.ratio == .twoToOne { clayer_complete_found(clock, found.spikes) }
    found.sort(into: train, clock, scale)
    return source.count + train.count < limit
  }

  /// Leads a tile through all arrivals; returns false where the limit is reached.
  private func lead(_ tile: Tile, limit: Int, pace: Pace) throws(SimulationError) -> Bool {
    var lanes = lanes(of: tile)
    var open = clayer_open(lane: openLanes.start, spike: openSpikes.start, count: 0, isDelicate: 0)
    for (number, segment) in entries.segments.enumerated() {
      if number > 0 {
        rebase(tile, number, over: segment.epoch - entries.segments[number - 1].epoch)
      }
      var window = segment.windows.lowerBound
      while window < segment.windows.upperBound {
        let end = min(segment.windows.upperBound, window + stepsToPause)
        let reached = Int(
          clayer_forward(
            clock, entries.arrays, &lanes, Int64(window), Int64(end), Int32(tile.first),
            Int32(truncatingIfNeeded: segment.epoch), found.spikes, &open))
        try tell(pace, steps: reached - window, entries.arrays.pointee.time[reached - 1])
        guard entries.count + found.count < limit else { return false }
        if open.count > 0 {
          guard solve(open, tile, reached, segment.epoch, limit) else { return false }
          window = reached + 1
        } else {
          if reached < end { found.grow() }
          window = reached
        }
      }
    }
    if open.isDelicate != 0 { isDelicate = true }
    return true
  }

  /// The state and the weights of a tile.
  func lanes(of tile: Tile) -> clayer_tile {
    var lanes = state.tile(from: tile.first, lanes: tile.lanes)
    lanes.weights = UnsafePointer(weights.start(of: tile.first))
    lanes.stride = Int64(weights.stride)
    return lanes
  }

  /// Counts windows of a tile, and after 4096 of them tells the pace the time reached.
  func tell(
    _ pace: Pace, steps: Int, _ time: @autoclosure () -> Double
  ) throws(SimulationError) {
    stepsToPause -= steps
    guard stepsToPause <= 0 else { return }
    stepsToPause = 4096
    try pace.reach(time())
  }

  /// Lets the neurons spike for which the general search is needed; returns false where the limit
  /// is reached.
  private func solve(
    _ open: clayer_open, _ tile: Tile, _ window: Int, _ epoch: Int, _ limit: Int
  ) -> Bool {
    let start = entries.instant(window, epoch)
    let end = entries.instant(window + 1, epoch)
    for number in 0..<Int(open.count) {
      let neuron = tile.first + Int(open.lane[number])
      var spike = Int(open.spike[number])
      let current = state.b.values[neuron]
      while true {
        let x = state.a.values[neuron]
        let now = spike < 0 ? start : found.instant(spike, epoch, scale)
        let excess = spike < 0 ? x * now.ym + current * now.c : state.reset.values[neuron]
        let crossing = crossings[neuron]
        if crossing.grazes(excess: excess, current: current * now.ys) { isDelicate = true }
        let root = crossing.first(
          excess: excess, current: current * now.ys, within: end.time - now.time)
        guard now.time + root.length < end.time else { break }
        let instant = scale.seen(at: now.time + root.length, from: now, decays: root.decays)
        let before = current * instant.ys
        spike = found.append(
          instant, neuron: neuron, window: window, current: before,
          inverse: 1 / (before - crossing.theta), scale)
        state.reset(neuron, current, at: instant)
        guard entries.count + found.count < limit else { return false }
        if state.theta.values[neuron] == .infinity { break }
      }
    }
    return true
  }

  /// Moves the start from which the state of a tile is counted to a later epoch.
  func rebase(_ tile: Tile, _ number: Int, over epochs: Int) {
    let change = scale.rebase(over: epochs)
    let lanes = tile.first..<tile.first + tile.lanes
    let boundary = boundaries[number - 1]
    for lane in lanes {
      boundary.a.values[lane] = state.a.values[lane]
      boundary.b.values[lane] = state.b.values[lane]
    }
    clayer_rebase(
      state.a.values.start + tile.first, state.b.values.start + tile.first, Int64(tile.lanes),
      change.mem,
      change.toA, change.syn)
  }
}

extension Arena {
  /// A clock as the C functions read it.
  func clock(_ scale: TimeScale, largestGain: Double) -> UnsafePointer<clayer_clock> {
    let kind =
      switch scale.ratio {
      case .twoToOne: clayer_two_to_one
      case .equal: clayer_equal
      case .any: scale.kappa == nil ? clayer_close : clayer_distinct
      }
    let clock = clayer_clock(
      a: scale.kernel.a, b: scale.kernel.b, tauMem: scale.tauMem, tauSyn: scale.tauSyn,
      kappa: scale.kappa ?? 0, adjointRatio: scale.adjointRatio, epochLength: scale.epochLength,
      largestGain: largestGain, kind: kind)
    return UnsafePointer(take(1, repeating: clock).start)
  }
}
