import CLayer
import RealModule

/// The spikes of a layer in the order in which a pass finds them: tile after tile, and for each tile
/// window after window.
final class FoundSpikes {
  let spikes: UnsafeMutablePointer<clayer_found>
  private let arena: Arena
  /// The spikes in order of time.
  @exclusivity(unchecked) private(set) var order: UnsafeMutableBufferPointer<Int32>
  @exclusivity(unchecked) private var times: AlignedRow
  @exclusivity(unchecked) private var buckets: UnsafeMutableBufferPointer<Int32>

  /// The rows are longer than the room by one vector, which is written before it is counted.
  private static let margin = AlignedRow.lanes

  var count: Int { Int(spikes.pointee.count) }

  init(_ arena: Arena) {
    self.arena = arena
    order = arena.room(for: 1)
    times = AlignedRow(arena, count: 1)
    buckets = arena.room(for: 1)
    spikes = arena.take(1, repeating: Self.room(for: 256, arena)).start
  }

  private static func room(for count: Int, _ arena: Arena) -> clayer_found {
    func row() -> UnsafeMutablePointer<Double> {
      arena.take(count + margin, repeating: 1.0).start
    }
    func whole() -> UnsafeMutablePointer<Int32> {
      arena.take(count + margin, repeating: 0).start
    }
    return clayer_found(
      time: row(), ym: row(), ys: row(), c: row(), current: row(), inverse: row(),
      gradient: row(), neuron: whole(), window: whole(), epoch: whole(), count: 0,
      room: Int64(count))
  }

  func removeAll() { spikes.pointee.count = 0 }

  /// Doubles the room.
  func grow() {
    let old = spikes.pointee
    var new = Self.room(for: 2 * Int(old.room), arena)
    new.count = old.count
    let count = self.count
    new.time.update(from: old.time, count: count)
    new.ym.update(from: old.ym, count: count)
    new.ys.update(from: old.ys, count: count)
    new.c.update(from: old.c, count: count)
    new.current.update(from: old.current, count: count)
    new.inverse.update(from: old.inverse, count: count)
    new.neuron.update(from: old.neuron, count: count)
    new.window.update(from: old.window, count: count)
    new.epoch.update(from: old.epoch, count: count)
    spikes.pointee = new
  }

  /// Adds a spike; returns its place.
  ///
  /// `inverse` is what ∂L/∂t is multiplied with to give the jump of λ_V.
  func append(
    _ instant: TimeScale.Instant, neuron: Int, window: Int, current: Double, inverse: Double,
    _ scale: TimeScale
  ) -> Int {
    if spikes.pointee.count == spikes.pointee.room { grow() }
    let place = count
    let spikes = self.spikes.pointee
    spikes.time[place] = instant.time
    spikes.ym[place] = instant.ym
    // At tau_mem = 2 tau_syn the place holds the part of V that has decayed since the time given.
    spikes.ys[place] = scale.ratio == .twoToOne ? 0 : instant.ys
    spikes.c[place] = instant.c
    spikes.current[place] = current
    spikes.inverse[place] = inverse
    spikes.neuron[place] = Int32(truncatingIfNeeded: neuron)
    spikes.window[place] = Int32(truncatingIfNeeded: window)
    spikes.epoch[place] = Int32(truncatingIfNeeded: instant.epoch)
    self.spikes.pointee.count += 1
    return place
  }

  /// Adds a spike of a neuron that has no clock.
  func append(time: Double, neuron: Int, window: Int, current: Double, inverse: Double) {
    if spikes.pointee.count == spikes.pointee.room { grow() }
    let spikes = self.spikes.pointee
    spikes.time[count] = time
    spikes.current[count] = current
    spikes.inverse[count] = inverse
    spikes.neuron[count] = Int32(truncatingIfNeeded: neuron)
    spikes.window[count] = Int32(truncatingIfNeeded: window)
    self.spikes.pointee.count += 1
  }

  /// The instant of a spike of the present tile, whose time may not be filled in yet.
  func instant(_ spike: Int, _ epoch: Int, _ scale: TimeScale) -> TimeScale.Instant {
    let spikes = self.spikes.pointee
    let ym = spikes.ym[spike]
    guard scale.ratio == .twoToOne else {
      return TimeScale.Instant(
        time: spikes.time[spike], ym: ym, ys: spikes.ys[spike], c: spikes.c[spike], epoch: epoch)
    }
    return TimeScale.Instant(
      time: spikes.time[spike] - scale.tauMem * Double.log(onePlus: -spikes.ys[spike]), ym: ym,
      ys: ym * ym, c: -ym * ym, epoch: epoch)
  }

  /// A spike, counted from the epoch of its window.
  func spike(_ number: Int) -> SpikeTrain.Spike {
    let spikes = self.spikes.pointee
    return SpikeTrain.Spike(
      time: spikes.time[number], ym: spikes.ym[number], ys: spikes.ys[number],
      c: spikes.c[number], current: spikes.current[number], gradient: spikes.gradient[number],
      neuron: spikes.neuron[number], epoch: spikes.epoch[number])
  }

  /// Prepares ``place(of:)``.
  func setPlaces() {
    for place in 0..<count { buckets[Int(order[place])] = Int32(truncatingIfNeeded: place) }
  }

  /// The place of a spike in the train.
  func place(of number: Int) -> Int { Int(buckets[number]) }

  /// Writes the spikes to a train in order of time.
  func sort(into train: SpikeTrain, _ clock: UnsafePointer<clayer_clock>, _ scale: TimeScale) {
    setOrder()
    if clayer_write(clock, spikes, order.start, train.room(for: count)) != 0 {
      for spike in 0..<count { train.countFromOwnEpoch(spike, scale) }
    }
  }

  /// Writes the spikes of neurons that have no clock.
  func sort(into train: SpikeTrain) {
    setOrder()
    let room = train.room(for: count)
    let spikes = self.spikes.pointee
    for place in 0..<count {
      let number = Int(order[place])
      room[place] = SpikeTrain.Spike(
        time: spikes.time[number], ym: 1, ys: 1, c: 0, current: spikes.current[number], gradient: 0,
        neuron: spikes.neuron[number], epoch: 0)
    }
  }

  private func setOrder() {
    let spikes = self.spikes.pointee
    if order.count < count + 1 {
      order = arena.room(for: Int(spikes.room) + 1)
      times = AlignedRow(arena, count: Int(spikes.room) + 1)
      buckets = arena.room(for: 2 * Int(spikes.room) + 2)
    }
    clayer_order(
      spikes.time, spikes.neuron, Int64(count), order.start, times.values.start, buckets.start)
  }
}
