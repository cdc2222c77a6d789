/// The spikes of one population in a pass, in order of time.
///
/// The memory stays from one pass to the next, so that finding events allocates nothing.
final class SpikeTrain {
  /// A spike: its instant on the clock of its layer, and the derivative that the backward pass
  /// collects at it.
  struct Spike: BitwiseCopyable {
    var time: Double
    var ym: Double
    var ys: Double
    var c: Double
    /// The synaptic current of the neuron just before its reset; 0 for an input.
    var current: Double
    /// ∂L/∂t, loss per second.
    var gradient: Double
    /// The neuron or channel in its population.
    var neuron: Int32
    var epoch: Int32
  }

  private let arena: Arena
  private(set) var spikes: UnsafeMutableBufferPointer<Spike>
  private(set) var count = 0

  /// The values that the last backward pass with `everything` found at each spike.
  private(set) var jumps: UnsafeMutableBufferPointer<Jump>

  /// The values that a backward pass finds at a spike.
  struct Jump: BitwiseCopyable {
    /// λ_V just after the spike.
    var lambdaVAfter: Double
    /// λ_I, which does not jump.
    var lambdaI: Double
    /// Σ w (λ_V − λ_I) over the synapses of the neuron inside its layer.
    var transmitted: Double
  }

  /// Keeps the values at a spike; P and Q are the constants of the neuron's adjoint just after it.
  @inline(__always)
  func note(_ spike: Int, _ p: Double, _ q: Double, _ transmitted: Double, _ scale: TimeScale) {
    let instant = spikes[spike].instant
    jumps.initializeElement(
      at: spike,
      to: Jump(
        lambdaVAfter: p / instant.ym, lambdaI: scale.lambdaI(p, q, at: instant),
        transmitted: transmitted))
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
