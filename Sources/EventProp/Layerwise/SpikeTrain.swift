import CLayer

/// The spikes of one population in a pass, in order of time.
///
/// The memory stays from one pass to the next, so that finding events allocates nothing.
final class SpikeTrain {
  /// A spike: its instant on the clock of its layer, and the derivative that the backward pass
  /// collects at it.
  typealias Spike = clayer_spike

  private let arena: Arena
  @exclusivity(unchecked) private(set) var spikes: UnsafeMutableBufferPointer<Spike>
  @exclusivity(unchecked) private(set) var count = 0

  /// The values that the last backward pass with `everything` found at each spike.
  @exclusivity(unchecked) private(set) var jumps: UnsafeMutableBufferPointer<Jump>

  /// The values that a backward pass finds at a spike.
  struct Jump: BitwiseCopyable {
    /// λ_V just after the spike.
    var lambdaVAfter: Double
    /// λ_I, which does not jump.
    var lambdaI: Double
    /// Σ w (λ_V − λ_I) over the synapses of the neuron inside its layer.
    var transmitted: Double
  }

  /// Keeps the values at a spike; P and Q are the constants of the neuron's adjoint just after it,
  /// counted as the instant is.
  @inline(__always)
  func note(
    _ spike: Int, _ p: Double, _ q: Double, _ transmitted: Double, _ scale: TimeScale,
    at instant: TimeScale.Instant
  ) {
    note(
      spike, lambdaV: p / instant.ym, lambdaI: scale.lambdaI(p, q, at: instant),
      transmitted: transmitted)
  }

  /// Keeps the values at a spike.
  @inline(__always)
  func note(_ spike: Int, lambdaV: Double, lambdaI: Double, transmitted: Double) {
    jumps.initializeElement(
      at: spike, to: Jump(lambdaVAfter: lambdaV, lambdaI: lambdaI, transmitted: transmitted))
  }

  init(_ arena: Arena) {
    self.arena = arena
    spikes = arena.room(for: 64)
    jumps = arena.room(for: 64)
  }

  /// Makes room for the values at each spike.
  func makeRoomForJumps() {
    guard jumps.count < count else { return }
    jumps = arena.room(for: spikes.count)
  }

  /// Whether all times and currents are finite.
  var isSound: Bool {
    (0..<count).allSatisfy { spikes[$0].time.isFinite && spikes[$0].current.isFinite }
  }

  func removeAll() { count = 0 }

  @inline(__always)
  func append(_ spike: Spike) {
    if count == spikes.count { grow() }
    spikes.initializeElement(at: count, to: spike)
    count += 1
  }

  private func grow() {
    spikes = arena.doubled(spikes)
  }

  /// Makes room for spikes; those of the last pass are lost where there was not enough.
  private func makeRoom(for count: Int) {
    if spikes.count < count { spikes = arena.room(for: count * 3 / 2) }
  }

  /// Room for so many new spikes; the old ones are gone.
  func room(for count: Int) -> UnsafeMutablePointer<Spike> {
    makeRoom(for: count)
    self.count = count
    return spikes.start
  }

  /// Counts a spike from the epoch in which it happens.
  func countFromOwnEpoch(_ spike: Int, _ scale: TimeScale) {
    let old = spikes[spike]
    let instant = scale.instant(at: old.time)
    if instant.epoch != Int(old.epoch) {
      spikes[spike] = Spike(instant, neuron: Int(old.neuron), current: old.current)
    }
  }

  /// Takes over the times and neurons of another train.
  func copy(_ other: SpikeTrain) {
    room(for: other.count).update(from: other.spikes.start, count: other.count)
  }

  /// Takes over the times and channels of the input spikes before the horizon.
  func setInputs(_ queue: InputQueue, before horizon: Double) {
    makeRoom(for: queue.spikes.count)
    count = 0
    for spike in queue.spikes {
      guard spike.time < horizon else { break }
      spikes.initializeElement(
        at: count,
        to: Spike(
          time: spike.time, ym: 1, ys: 1, c: 0, current: 0, gradient: 0,
          neuron: Int32(truncatingIfNeeded: spike.channel), epoch: 0))
      count += 1
    }
  }

  /// Fills the instants of all spikes from their times.
  func setInstants(_ clock: UnsafePointer<clayer_clock>, _ scale: TimeScale) {
    guard clock.pointee.kind == clayer_close else {
      return clayer_instants(clock, spikes.start, Int64(count))
    }
    for spike in 0..<count {
      let instant = scale.instant(at: spikes[spike].time)
      spikes[spike] = Spike(instant, neuron: Int(spikes[spike].neuron), current: 0)
    }
  }

  func clearGradients() {
    for spike in 0..<count { spikes[spike].gradient = 0 }
  }
}

extension SpikeTrain.Spike {
  @inline(__always)
  init(_ instant: TimeScale.Instant, neuron: Int, current: Double) {
    self.init(
      time: instant.time, ym: instant.ym, ys: instant.ys, c: instant.c, current: current,
      gradient: 0, neuron: Int32(truncatingIfNeeded: neuron),
      epoch: Int32(truncatingIfNeeded: instant.epoch))
  }

  @inline(__always)
  var instant: TimeScale.Instant {
    TimeScale.Instant(time: time, ym: ym, ys: ys, c: c, epoch: Int(epoch))
  }
}
