import CLayer
import RealModule

/// The pass of a layer with sparse matrices: an event costs time only for the neurons that it
/// reaches.
///
/// A neuron keeps its constants and the epoch from which they count. An event that reaches the
/// neuron brings it to the present epoch. A touched neuron first gets a time before which it cannot
/// spike; this costs one division. Its crossing is solved for only when that time comes before
/// every other event.
final class SparseLayerEngine: LayerEngine {
  let size: Int
  let train: SpikeTrain
  private let parameters: [LIFParameters]
  private let scale: TimeScale
  private let spikesOnce: Bool
  private let tauSyn: Double
  /// The neurons that never spike.
  private let isSilent: [Bool]
  /// The neurons that do not spike, or not any more.
  private var isSpent: [Bool]
  private let crossings: Shared<WindowCrossing>
  private let bounds: Shared<ThresholdCrossing>
  /// The distance in seconds below which two events may fall on one instant up to rounding.
  private let instant: Double
  private let ends: ParameterTerms
  private let weights: Rows
  private let recurrent: Rows?
  private let initial: [LIFState]
  private let maxEvents: Int
  private let readsInstants: Bool
  private let horizon: Double

  private let cells: UnsafeMutableBufferPointer<Cell>
  private let adjoints: UnsafeMutableBufferPointer<AdjointCell>
  private var order: [Int32] = []
  /// The number of epoch changes so far, after each entry of the order.
  private var marks: [Int32] = []
  private var boundaries: [Boundary] = []
  private let sums: NeuronSums
  private let arena: Arena

  /// A neuron's change of epoch: its state before it.
  private struct Boundary {
    var neuron: Int32
    var epochs: Int32
    var a: Double
    var b: Double
  }

  /// A neuron on the way forwards, in half a cache line: all that most events need.
  private struct Cell {
    var a: Double
    var b: Double
    /// The time of the neuron in the queue.
    var due = Double.infinity
    var epoch: Int32 = 0
    /// Whether that time is only a lower bound of its next spike.
    var isTentative = true
  }

  /// How many entries ahead a neuron's state is prefetched; this hides the latency of the last
  /// cache.
  private static let lookahead = 8

  /// A neuron on the way back.
  private struct AdjointCell {
    var p = 0.0
    var q = 0.0
    var epoch: Int32 = 0
  }

  /// The rows of a matrix: for each entry the neuron reached, the weight, and the collected
  /// gradient.
  private final class Rows {
    let weights: [Double]
    let starts: [Int]
    let columns: [Int32]
    let gradient: UnsafeMutableBufferPointer<Double>

    /// Prefetches the entries of a row.
    @inline(__always)
    func prefetch(_ row: Int, gradient isWanted: Bool = false) {
      let count = Int64(starts[row + 1] - starts[row])
      weights.withUnsafeBufferPointer { weights in
        columns.withUnsafeBufferPointer { columns in
          guard let weights = weights.baseAddress, let columns = columns.baseAddress else { return }
          clayer_prefetch_all(columns + starts[row], 4 * count)
          clayer_prefetch_all(weights + starts[row], 8 * count)
        }
      }
      if isWanted { clayer_prefetch_all(gradient.start + starts[row], 8 * count) }
    }

    init(_ synapses: Synapses) {
      weights = synapses.weights
      gradient = .allocate(capacity: max(1, weights.count))
      gradient.initialize(repeating: 0)
      starts = (0...synapses.rows).map {
        $0 < synapses.rows ? synapses.entries(ofRow: $0).lowerBound : synapses.weights.count
      }
      columns =
        synapses.pattern.map { $0.columns.map { Int32($0) } }
        ?? (0..<synapses.weights.count).map { Int32($0 % synapses.columns) }
    }

    deinit { gradient.deallocate() }

    /// The gradient collected so far.
    var collected: SynapseGradient {
      SynapseGradient(weights: Array(gradient.prefix(weights.count)))
    }
  }

  init(
    _ layer: borrowing Layer, scale: TimeScale, readsInstants: Bool, horizon: Double, _ arena: Arena
  ) {
    self.arena = arena
    train = SpikeTrain(arena)
    size = layer.size
    parameters = layer.parameters
    tauSyn = scale.tauSyn
    isSilent = layer.kinds.map { $0 == .li }
    self.scale = scale
    crossings = Shared([layer.parameters]) { WindowCrossing($0, scale) }
    bounds = Shared([layer.parameters]) { ThresholdCrossing(LIFFlow($0)) }
    instant = layer.parameters[0].instant
    ends = ParameterTerms(scale: scale)
    weights = Rows(layer.weights)
    recurrent = layer.recurrent.map { Rows($0) }
    initial = layer.initial
    maxEvents = layer.maxEvents ?? .max
    spikesOnce = layer.spikesOnce
    isSpent = isSilent
    self.readsInstants = readsInstants
    self.horizon = horizon
    cells = arena.take(layer.size, repeating: Cell(a: 0, b: 0))
    adjoints = arena.take(layer.size, repeating: AdjointCell())
    sums = NeuronSums(arena, size: layer.size)
  }

  private(set) var isDelicate = false

  var isSound: Bool {
    train.isSound && (0..<size).allSatisfy { cells[$0].a.isFinite && cells[$0].b.isFinite }
  }

  @inline(__always)
  private func instant(of spike: SpikeTrain.Spike) -> TimeScale.Instant {
    readsInstants ? spike.instant : scale.instant(at: spike.time)
  }

  func forward(
    from source: SpikeTrain, limit: Int, pace: Pace
  ) throws(SimulationError) -> Bool {
    train.removeAll()
    isDelicate = false
    if spikesOnce { isSpent = isSilent }
    order.removeAll(keepingCapacity: true)
    marks.removeAll(keepingCapacity: true)
    boundaries.removeAll(keepingCapacity: true)
    var queue = EarliestCrossing(count: size)
    var now = scale.instant(at: 0)
    for (neuron, state) in initial.enumerated() {
      let excess = state.potential - parameters[neuron].vLeak
      let bound =
        isSilent[neuron]
        ? nil
        : bounds[neuron].bound(
          from: LIFState(potential: state.potential, current: state.current))
      cells.initializeElement(
        at: neuron,
        to: Cell(a: excess - state.current * now.c, b: state.current, due: bound ?? .infinity))
      if let bound { queue[neuron] = bound }
    }
    let most = min(maxEvents, limit)
    var arrival = 0
    while order.count < most {
      let next = arrival < source.count ? source.spikes[arrival].time : .infinity
      let spike = nextSpike(in: &queue, before: min(next, horizon), now)
      guard min(next, spike?.time ?? .infinity) < horizon else { return true }
      try pace.reach(step: order.count, now.time)
      if let spike, spike.time < next {
        now = scale.instant(at: spike.time)
        fire(spike.neuron, now, &queue)
      } else {
        now = instant(of: source.spikes[arrival])
        let row = Int(source.spikes[arrival].neuron)
        if weights.starts[row] < weights.starts[row + 1] {
          order.append(Int32(truncatingIfNeeded: -1 - arrival))
          deliver(weights, row, now, &queue)
          marks.append(Int32(truncatingIfNeeded: boundaries.count))
        }
        arrival += 1
      }
    }
    return order.count < limit
  }

  private func nextSpike(
    in queue: inout EarliestCrossing, before time: Double, _ now: TimeScale.Instant
  ) -> (neuron: Int, time: Double)? {
    while let first = queue.first {
      guard cells[first.neuron].isTentative, first.time < time else { return first }
      cells[first.neuron].isTentative = false
      rebase(first.neuron, to: now)
      let cell = cells[first.neuron]
      let length = crossings[first.neuron].first(
        excess: cell.a * now.ym + cell.b * now.c, current: cell.b * now.ys,
        within: horizon - now.time
      ).length
      cells[first.neuron].due = now.time + length
      queue[first.neuron] = now.time + length
    }
    return nil
  }

  private func fire(
    _ neuron: Int, _ now: TimeScale.Instant, _ queue: inout EarliestCrossing
  ) {
    rebase(neuron, to: now)
    let b = cells[neuron].b
    order.append(Int32(truncatingIfNeeded: train.count))
    train.append(SpikeTrain.Spike(now, neuron: neuron, current: b * now.ys))
    let reset = parameters[neuron].vReset - parameters[neuron].vLeak
    cells[neuron].a = (reset - b * now.c) / now.ym
    // The crossing has happened: a delivery of the neuron to itself at this instant is no tie.
    cells[neuron].isTentative = true
    if spikesOnce { isSpent[neuron] = true }
    if let recurrent { deliver(recurrent, neuron, now, &queue) }
    cells[neuron].due = .infinity
    queue[neuron] = .infinity
    predict(neuron, now, &queue)
    marks.append(Int32(truncatingIfNeeded: boundaries.count))
  }

  @inline(__always)
  private func deliver(
    _ rows: Rows, _ row: Int, _ now: TimeScale.Instant, _ queue: inout EarliestCrossing
  ) {
    rows.prefetch(row)
    let toB = 1 / now.ys
    let toA = -now.c * toB / now.ym
    rows.weights.withUnsafeBufferPointer { weights in
      rows.columns.withUnsafeBufferPointer { columns in
        let end = rows.starts[row + 1]
        for entry in rows.starts[row]..<end {
          let neuron = Int(columns[entry])
          clayer_prefetch(cells.start + Int(columns[min(entry + Self.lookahead, end - 1)]))
          if !cells[neuron].isTentative, cells[neuron].due - now.time <= instant {
            isDelicate = true
          }
          rebase(neuron, to: now)
          cells[neuron].a += weights[entry] * toA
          cells[neuron].b += weights[entry] * toB
          predict(neuron, now, &queue)
        }
      }
    }
  }

  /// Ensures that the time in the queue is not later than the next spike of a neuron.
  ///
  /// A bound that has become later may stay as it is: the old bound still holds.
  @inline(__always)
  private func predict(
    _ neuron: Int, _ now: TimeScale.Instant, _ queue: inout EarliestCrossing
  ) {
    if isSpent[neuron] { return }
    let cell = cells[neuron]
    let state = LIFState(
      potential: cell.a * now.ym + cell.b * now.c + parameters[neuron].vLeak,
      current: cell.b * now.ys)
    cells[neuron].isTentative = true
    guard let bound = bounds[neuron].bound(from: state), now.time + bound < cell.due else { return }
    cells[neuron].due = now.time + bound
    queue[neuron] = now.time + bound
  }

  @inline(__always)
  private func rebase(_ neuron: Int, to now: TimeScale.Instant) {
    let epochs = now.epoch - Int(cells[neuron].epoch)
    if epochs != 0 { rebase(neuron, over: epochs) }
  }

  @inline(never)
  private func rebase(_ neuron: Int, over epochs: Int) {
    boundaries.append(
      Boundary(
        neuron: Int32(truncatingIfNeeded: neuron), epochs: Int32(truncatingIfNeeded: epochs),
        a: cells[neuron].a, b: cells[neuron].b))
    let change = scale.rebase(over: epochs)
    cells[neuron].a = cells[neuron].a * change.mem + cells[neuron].b * change.toA
    cells[neuron].b *= change.syn
    cells[neuron].epoch += Int32(epochs)
  }

  func backward(
    into source: SpikeTrain, everything: Bool, pace: Pace
  ) throws(SimulationError) {
    adjoints.initialize(repeating: AdjointCell())
    if everything { train.makeRoomForJumps() }
    var isActive = false
    for event in order.indices.reversed() {
      let code = Int(order[event])
      try pace.reach(
        step: event, code < 0 ? source.spikes[-1 - code].time : train.spikes[code].time)
      if code < 0 {
        if isActive {
          let spike = source.spikes[-1 - code]
          source.spikes[-1 - code].gradient += collect(
            weights, Int(spike.neuron), instant(of: spike), everything)
        }
      } else {
        let spike = train.spikes[code]
        let neuron = Int(spike.neuron)
        var transmitted = 0.0
        var reset = 0.0
        if isActive {
          if let recurrent {
            transmitted = collect(recurrent, neuron, spike.instant, everything)
          }
          if !everything { rebaseAdjoint(neuron, to: Int(spike.epoch)) }
          let parameters = parameters[neuron]
          reset =
            (parameters.vThreshold - parameters.vReset) * adjoints[neuron].p / spike.ym
        }
        let after = (p: adjoints[neuron].p, q: adjoints[neuron].q)
        if everything { train.note(code, after.p, after.q, transmitted, scale, at: spike.instant) }
        let sum = spike.gradient + transmitted + reset
        if sum != 0 {
          isActive = true
          adjoints[neuron].epoch = spike.epoch
          let jump =
            sum / (spike.current + parameters[neuron].vLeak - parameters[neuron].vThreshold)
          adjoints[neuron].p += jump * spike.ym
          adjoints[neuron].q += jump * scale.adjointRatio * spike.c
          if everything {
            let times = ends.addSpike(
              spike, of: parameters[neuron], before: (adjoints[neuron].p, adjoints[neuron].q),
              after: after,
              to: &sums.others[neuron])
            sums.add(times, to: neuron)
          }
        }
      }
      if everything, isActive { collectBoundaries(of: event) }
    }
    if everything { collectStart() }
  }

  /// Takes back the epoch changes that the forward pass made in an event, the last one first.
  private func collectBoundaries(of event: Int) {
    let first = event > 0 ? Int(marks[event - 1]) : 0
    var factors: (epochs: Int32, boundary: ParameterTerms.Boundary)?
    for number in (first..<Int(marks[event])).reversed() {
      let boundary = boundaries[number]
      let neuron = Int(boundary.neuron)
      let (p, q) = (adjoints[neuron].p, adjoints[neuron].q)
      guard p != 0 || q != 0 else { continue }
      if factors?.epochs != boundary.epochs {
        factors = (boundary.epochs, ends.boundary(over: Int(boundary.epochs)))
      }
      guard let change = factors?.boundary else { continue }
      let times = ends.atBoundary(change, a: boundary.a, b: boundary.b, (p, q))
      sums.add(times, to: neuron)
      adjoints[neuron].q = q * change.change.syn + p * change.change.toQ
      adjoints[neuron].p = p * change.change.mem
    }
  }

  /// Adds the terms at t = 0.
  private func collectStart() {
    let start = ends.start
    for neuron in 0..<size where adjoints[neuron].p != 0 || adjoints[neuron].q != 0 {
      let times = ends.addStart(
        initial[neuron], of: parameters[neuron], (adjoints[neuron].p, adjoints[neuron].q), start,
        to: &sums.others[neuron], and: &sums.initial[neuron])
      sums.add(times, to: neuron)
    }
  }

  @inline(__always)
  private func collect(
    _ rows: Rows, _ row: Int, _ now: TimeScale.Instant, _ everything: Bool
  ) -> Double {
    rows.prefetch(row, gradient: true)
    let iym = 1 / now.ym
    let iys = 1 / now.ys
    let ip = -scale.adjointRatio * now.c * iym * iys
    let tauSyn = self.tauSyn
    let gradient = rows.gradient
    let times =
      everything ? ends.arrivals(at: now) : ParameterTerms.ArrivalFactors(mem: 0, syn: 0, cross: 0)
    return rows.weights.withUnsafeBufferPointer { weights in
      rows.columns.withUnsafeBufferPointer { columns in
        var sum = 0.0
        let end = rows.starts[row + 1]
        for entry in rows.starts[row]..<end {
          let neuron = Int(columns[entry])
          clayer_prefetch(adjoints.start + Int(columns[min(entry + Self.lookahead, end - 1)]))
          let cell = adjoints[neuron]
          guard cell.p != 0 || cell.q != 0 else { continue }
          // A backward pass with `everything` takes back epoch changes one by one, as they were
          // made.
          if !everything, Int(cell.epoch) != now.epoch { rebaseAdjoint(neuron, to: now.epoch) }
          let (p, q) = (adjoints[neuron].p, adjoints[neuron].q)
          let weight = weights[entry]
          let lambdaV = p * iym
          let lambdaI = q * iys + p * ip
          gradient[entry] -= tauSyn * lambdaI
          sum += weight * (lambdaV - lambdaI)
          if everything {
            sums.tauMem.values[neuron] -= weight * (p * times.mem)
            sums.tauSyn.values[neuron] -= weight * (q * times.syn + p * times.cross)
          }
        }
        return sum
      }
    }
  }

  @inline(never)
  private func rebaseAdjoint(_ neuron: Int, to epoch: Int) {
    let epochs = Int(adjoints[neuron].epoch) - epoch
    guard epochs != 0 else { return }
    let change = scale.rebase(over: epochs)
    adjoints[neuron].q = adjoints[neuron].q * change.syn + adjoints[neuron].p * change.toQ
    adjoints[neuron].p *= change.mem
    adjoints[neuron].epoch = Int32(truncatingIfNeeded: epoch)
  }

  func appendAdjointAtZero(to states: inout [AdjointState]) {
    let start = scale.instant(at: 0)
    for neuron in 0..<size {
      states.append(scale.adjoint(adjoints[neuron].p, adjoints[neuron].q, at: start))
    }
  }

  func clearGradients(everything: Bool) {
    for rows in [weights, recurrent] {
      guard let rows else { continue }
      rows.gradient.update(repeating: 0)
    }
    if everything { sums.clear() }
  }

  var gradient: LayerGradient {
    LayerGradient(
      weights: weights.collected, recurrent: recurrent?.collected,
      parameters: sums.parameters, initial: sums.initialStates)
  }
}
