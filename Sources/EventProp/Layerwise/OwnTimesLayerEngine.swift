import CLayer

/// The pass of a layer whose neurons have times of their own: time constants, delays of their
/// synapses, or given spikes.
///
/// The layer does not feed itself, so each neuron can be led through its own arrivals in its own
/// order. Eight neurons go side by side, each from its arrival to its next one. The crossings of a
/// *tile* of up to 128 neurons are solved eight at a time. V and I are carried from event to event,
/// and the states are kept for the way back.
///
/// - Complexity: some seventy operations a neuron for an arrival, because two exponentials belong to
///   one neuron only; with delays in addition one place in a sorted order; 36 bytes a neuron for an
///   arrival.
final class OwnTimesLayerEngine: LayerEngine {
  let size: Int
  let train: SpikeTrain
  let parameters: [LIFParameters]
  let state: LayerState
  let found: FoundSpikes
  let lambdaV: AlignedRow
  let lambdaI: AlignedRow
  let sums: NeuronSums
  let weights: BlockedMatrix
  let weightGradient: BlockedMatrix
  let delays: BlockedMatrix?
  let delayGradient: BlockedMatrix?
  let tiles: [Tile]
  /// The first spike of each tile among those found, and their number.
  @exclusivity(unchecked) private(set) var firstSpikes: [Int]
  private let crossings: Shared<WindowCrossing>
  private let horizon: Double
  private let left: UnsafeMutablePointer<clayer_left>
  private let given: GivenTimes?
  private let scratch: Scratch
  /// The delays of each row that are not 0, each once, in order.
  private let delaysOfRows: [[Double]]
  private let arena: Arena
  /// The number of delayed arrivals of the last pass.
  @exclusivity(unchecked) private(set) var arrivalCount = 0
  @exclusivity(unchecked) private var isNeuronDelicate = false

  /// Some neurons and what they read.
  struct Tile {
    let first: Int
    let neurons: clayer_neurons
    let arrivals: OwnArrivals

    /// The most neurons of a tile.
    static let mostLanes = 128
  }

  /// The reason why a layer cannot be simulated by this engine; nil where it can or where it needs no
  /// times of its own.
  static func obstacle(in layer: borrowing Layer, number: Int) -> LayerwiseEngine.Obstacle? {
    guard layer.needsOwnTimes else { return nil }
    // Here a layer needs room for all pairs of neurons.
    let fits =
      layer.recurrent == nil && layer.maxEvents == nil
      && (layer.weights.isDense || layer.weights.rows * layer.weights.columns <= 2_000_000)
      && (layer.imposedSpikes != nil
        || zip(layer.kinds, layer.parameters).allSatisfy {
          $0 == .li || $1.vThreshold > $1.vLeak
        })
    if fits { return nil }
    if layer.imposedSpikes != nil { return .givenSpikes(layer: number) }
    return layer.hasDelays ? .delays(layer: number) : .unequalTimeConstants(layer: number)
  }

  init(
    _ layer: borrowing Layer, scale: TimeScale, readsInstants: Bool, horizon: Double, _ arena: Arena
  ) {
    self.arena = arena
    self.horizon = horizon
    size = layer.size
    parameters = layer.parameters
    train = SpikeTrain(arena)
    found = FoundSpikes(arena)
    state = LayerState(arena, layer, nil)
    crossings = Shared([layer.parameters]) { WindowCrossing($0, TimeScale($0)) }
    lambdaV = AlignedRow(arena, count: size)
    lambdaI = AlignedRow(arena, count: size)
    sums = NeuronSums(arena, size: size)
    weights = BlockedMatrix(arena, layer.weights)
    weightGradient = BlockedMatrix(arena, shapedLike: layer.weights)
    delays = layer.weights.delays.map { BlockedMatrix(arena, layer.weights, values: $0) }
    delayGradient = delays.map { _ in BlockedMatrix(arena, shapedLike: layer.weights) }
    delaysOfRows =
      layer.weights.delays.map { [synapses = layer.weights] delays in
        (0..<synapses.rows).map { row in
          Set(delays[synapses.entries(ofRow: row)]).subtracting([0]).sorted()
        }
      } ?? []
    given = layer.imposedSpikes.map { [once = layer.spikesOnce] times in
      GivenTimes(arena, once ? times.map { Array($0.prefix(1)) } : times, before: horizon)
    }
    left =
      arena.take(
        1,
        repeating: clayer_left(
          lane: arena.take(Tile.mostLanes + 1, repeating: 0).start,
          elapsed: AlignedRow(arena, count: Tile.mostLanes + 1).values.start, count: 0,
          isDelicate: 0)
      ).start
    scratch = Scratch(arena)
    let constants = Constants(arena, parameters, crossings)
    let padded = AlignedRow.padded(size)
    tiles = stride(from: 0, to: padded, by: Tile.mostLanes).map {
      [state, given, stride = weights.stride] first in
      let lanes = min(Tile.mostLanes, padded - first)
      return Tile(
        first: first,
        neurons: constants.neurons(from: first, lanes: lanes, stride: stride, state, given),
        arrivals: OwnArrivals(arena, lanes: lanes))
    }
    firstSpikes = Array(repeating: 0, count: tiles.count + 1)
  }

  /// The rows of the neurons' constants.
  private struct Constants {
    let a: AlignedRow
    let b: AlignedRow
    let inverseSpread: AlignedRow
    let tauMem: AlignedRow
    let tauSyn: AlignedRow
    let largestGain: AlignedRow

    init(_ arena: Arena, _ parameters: [LIFParameters], _ crossings: Shared<WindowCrossing>) {
      func row() -> AlignedRow { AlignedRow(arena, count: parameters.count, repeating: 1) }
      (a, b, inverseSpread) = (row(), row(), row())
      (tauMem, tauSyn, largestGain) = (row(), row(), row())
      for (neuron, own) in parameters.enumerated() {
        a.values[neuron] = 1 / own.tauMem
        b.values[neuron] = 1 / own.tauSyn
        let spread = abs(a.values[neuron] - b.values[neuron])
        inverseSpread.values[neuron] = spread > 0 ? 1 / spread : 0
        tauMem.values[neuron] = own.tauMem
        tauSyn.values[neuron] = own.tauSyn
        largestGain.values[neuron] = crossings[neuron].largestGain
      }
    }

    func neurons(
      from first: Int, lanes: Int, stride: Int, _ state: LayerState, _ given: GivenTimes?
    ) -> clayer_neurons {
      let tile = state.tile(from: first, lanes: lanes)
      return clayer_neurons(
        lanes: Int64(lanes), a: a.values.start + first, b: b.values.start + first,
        inverseSpread: inverseSpread.values.start + first, tauMem: tauMem.values.start + first,
        tauSyn: tauSyn.values.start + first, largestGain: largestGain.values.start + first,
        potential: tile.a, current: tile.b, theta: tile.theta, nearTheta: tile.nearTheta,
        reset: tile.reset, height: state.height.values.start + first,
        given: given.map { UnsafePointer($0.times.start) },
        next: given.map { $0.next.start + first },
        spikesOnce: tile.spikesOnce, stride: Int64(stride))
    }
  }

  var isSound: Bool { train.isSound && state.isSound }

  var isDelicate: Bool { isNeuronDelicate || left.pointee.isDelicate != 0 }

  func forward(
    from source: SpikeTrain, limit: Int, pace: Pace
  ) throws(SimulationError) -> Bool {
    train.removeAll()
    found.removeAll()
    state.start()
    given?.start()
    isNeuronDelicate = false
    left.pointee.isDelicate = 0
    scratch.makeRoom(for: source.count)
    arrivalCount = delayedArrivals(of: source)
    guard source.count + arrivalCount < limit else { return false }
    for (number, tile) in tiles.enumerated() {
      firstSpikes[number] = found.count
      try pace.reach(0)
      tile.arrivals.list(
        source, weights.start(of: tile.first), delays?.start(of: tile.first),
        stride: weights.stride, horizon, scratch)
      guard lead(tile, limit: limit - source.count - arrivalCount) else { return false }
    }
    firstSpikes[tiles.count] = found.count
    found.sort(into: train)
    return true
  }

  private func delayedArrivals(of source: SpikeTrain) -> Int {
    guard delays != nil else { return 0 }
    var count = 0
    for spike in 0..<source.count {
      let row = delaysOfRows[Int(source.spikes[spike].neuron)]
      let time = source.spikes[spike].time
      count += row.firstPlace { time + $0 >= horizon }
    }
    return count
  }

  /// Leads the neurons of a tile through their arrivals; returns false where they spike too often.
  private func lead(_ tile: Tile, limit: Int) -> Bool {
    var neurons = tile.neurons
    let arrivals = tile.arrivals.arrays.start
    var window = 0
    while true {
      window = Int(
        clayer_lead(
          &neurons, arrivals, Int64(window), Int32(truncatingIfNeeded: tile.first), found.spikes,
          left))
      guard found.count < limit else { return false }
      if left.pointee.count != 0 {
        for number in 0..<Int(left.pointee.count) {
          guard lead(number, of: tile, through: window, limit: limit) else { return false }
        }
        window += 1
      } else if window == Int(arrivals.pointee.windows) {
        return true
      } else {
        found.grow()
      }
    }
  }

  /// Leads one of the neurons that were left to the end of a window, with the general search.
  private func lead(_ number: Int, of tile: Tile, through window: Int, limit: Int) -> Bool {
    let lane = Int(left.pointee.lane[number])
    let neuron = tile.first + lane
    let place = window * AlignedRow.lanes + lane % AlignedRow.lanes
    let arrivals = tile.arrivals.arrays[lane / AlignedRow.lanes]
    let start = arrivals.time[place]
    let length = arrivals.time[place + AlignedRow.lanes] - start
    let crossing = crossings[neuron]
    var elapsed = left.pointee.elapsed[number]
    var excess = state.a.values[neuron]
    var current = state.b.values[neuron]
    while given != nil || state.theta.values[neuron] < .infinity {
      var (x, syn) = (0.0, 0.0)
      if let given {
        x = given.times[Int(given.next[neuron])] - start - elapsed
        syn = crossing.flow.kernel.decays(over: x).syn
      } else {
        if crossing.grazes(excess: excess, current: current) { isNeuronDelicate = true }
        let root = crossing.first(excess: excess, current: current, within: length - elapsed)
        (x, syn) = (root.length, root.decays.syn)
      }
      guard elapsed + x < length else { break }
      elapsed += x
      current *= syn
      excess = state.reset.values[neuron]
      found.append(
        time: given.map { $0.times[Int($0.next[neuron])] } ?? start + elapsed, neuron: neuron,
        window: window, current: current, inverse: 1 / (current - crossing.theta))
      given?.next[neuron] += 1
      if given == nil { state.end(neuron) }
      guard found.count < limit else { return false }
    }
    let flow = crossing.flow
    let decay = flow.kernel.decays(over: length - elapsed)
    state.a.values[neuron] = excess * decay.mem + current * flow.kernel.a * decay.phi
    state.b.values[neuron] = current * decay.syn
    return true
  }
}

/// The given spike times of a layer's neurons.
private struct GivenTimes {
  /// The times of one neuron after another, each list with an infinite time at its end.
  let times: UnsafeMutableBufferPointer<Double>
  /// The place of each neuron's next time.
  let next: UnsafeMutableBufferPointer<Int64>
  private let starts: [Int64]

  init(_ arena: Arena, _ lists: [[Double]], before horizon: Double) {
    let ends = lists.map { $0.prefix { $0 < horizon } + [.infinity] }
    // The neurons that pad the last eight have no times.
    let all = ends.flatMap { $0 } + [.infinity]
    times = arena.room(for: all.count)
    _ = times.initialize(fromContentsOf: all)
    var starts: [Int64] = []
    var start = 0
    for list in ends {
      starts.append(Int64(start))
      start += list.count
    }
    while starts.count % AlignedRow.lanes != 0 { starts.append(Int64(start)) }
    self.starts = starts
    next = arena.take(starts.count, repeating: 0)
  }

  func start() { _ = next.update(fromContentsOf: starts) }
}

extension Layer {
  /// Whether neurons of the layer have times of their own.
  var needsOwnTimes: Bool { hasDelays || imposedSpikes != nil || hasUnequalTimeConstants }

  /// Whether a synapse of the layer has a delay, also one of 0.
  fileprivate var hasDelays: Bool { weights.delays != nil || recurrent?.delays != nil }

  private var hasUnequalTimeConstants: Bool {
    let first = parameters[0]
    return parameters.contains { $0.tauMem != first.tauMem || $0.tauSyn != first.tauSyn }
  }
}
