import CLayer

/// The arrivals of a layer as its clock sees them, in order of time.
///
/// Every epoch with arrivals is a *segment*. It has an entry for each of its arrivals, and one at its
/// end for the next arrival or the horizon, counted from the same epoch. A window leads from one
/// entry to the next. The first entry of all is the start of the run; it belongs to a row of zeros.
final class ArrivalEntries {
  let arrays: UnsafeMutablePointer<clayer_entries>
  @exclusivity(unchecked) private(set) var segments: [Segment] = []
  /// The number of arrivals.
  @exclusivity(unchecked) private(set) var count = 0
  private let arena: Arena
  private let scale: TimeScale
  private let clock: UnsafePointer<clayer_clock>
  let horizon: TimeScale.Instant
  private let readsInstants: Bool
  private let zeroRow: Int32
  @exclusivity(unchecked) private var room = 0
  /// Eight parts of ∂L/∂t for each entry, as a backward pass adds them up.
  @exclusivity(unchecked) private(set) var sums: AlignedRow
  /// The factors of the derivatives by the time constants, for each entry.
  @exclusivity(unchecked) private(set) var times: clayer_times
  @exclusivity(unchecked) private var timesRoom = 0
  @exclusivity(unchecked) private var timeRows: [UnsafeMutableBufferPointer<Double>] = []
  /// The arrivals with their instants on this clock, where the source has another one.
  private let arrivals: SpikeTrain

  /// The entries of one epoch.
  struct Segment {
    let epoch: Int
    /// The windows, by the entry at their start.
    let windows: Range<Int>
    /// The arrivals that start windows; the start of the run starts one more.
    let arrivals: Range<Int>

    /// The entry of the first arrival.
    var firstEntry: Int { windows.upperBound - arrivals.count }
  }

  init(
    _ arena: Arena, _ scale: TimeScale, _ clock: UnsafePointer<clayer_clock>, readsInstants: Bool,
    horizon: Double, rows: Int
  ) {
    self.arena = arena
    self.scale = scale
    self.readsInstants = readsInstants
    self.horizon = scale.instant(at: horizon)
    self.clock = clock
    zeroRow = Int32(truncatingIfNeeded: rows * AlignedRow.lanes)
    arrivals = SpikeTrain(arena)
    sums = AlignedRow(arena, count: 1)
    let none = AlignedRow(arena, count: 1).values.start
    times = clayer_times(mem: none, syn: none, cross: none)
    arrays =
      arena.take(
        1,
        repeating: clayer_entries(
          time: none, ym: none, ys: none, c: none, iym: none, iys: none, toA: none,
          row: arena.take(1, repeating: 0).start)
      ).start
  }

  /// Reads the spikes of the population before the layer.
  func lower(_ source: SpikeTrain) {
    count = source.count
    let most = count + 2 * min(count, horizon.epoch + 1) + 2 + AlignedRow.lanes
    if most > room { makeRoom(for: most * 3 / 2) }
    var spikes = source
    if !readsInstants {
      arrivals.copy(source)
      arrivals.setInstants(clock, scale)
      spikes = arrivals
    }
    segments.removeAll(keepingCapacity: true)
    set(0, scale.instant(at: 0))
    var entry = 1
    var start = 0
    var arrival = 0
    var epoch = 0
    while true {
      let first = arrival
      if arrival < count, Int(spikes.spikes[arrival].epoch) == epoch {
        arrival += Int(
          clayer_copy(spikes.spikes.start, Int64(arrival), Int64(count), arrays, Int64(entry)))
        entry += arrival - first
      }
      segments.append(Segment(epoch: epoch, windows: start..<entry, arrivals: first..<arrival))
      let next = arrival < count ? spikes.spikes[arrival].instant : horizon
      set(entry, scale.seen(next, from: epoch))
      guard arrival < count else { break }
      entry += 1
      start = entry
      epoch = next.epoch
    }
    clayer_complete(arrays, Int64(entry + 1))
  }

  private func set(_ entry: Int, _ instant: TimeScale.Instant) {
    arrays.pointee.time[entry] = instant.time
    arrays.pointee.ym[entry] = instant.ym
    arrays.pointee.ys[entry] = instant.ys
    arrays.pointee.c[entry] = instant.c
    arrays.pointee.row[entry] = zeroRow
  }

  private func makeRoom(for most: Int) {
    room = most
    func row() -> UnsafeMutablePointer<Double> {
      AlignedRow(arena, count: most, repeating: 1).values.start
    }
    arrays.pointee = clayer_entries(
      time: row(), ym: row(), ys: row(), c: row(), iym: row(), iys: row(), toA: row(),
      row: arena.take(AlignedRow.padded(most), repeating: 0).start)
    sums = AlignedRow(arena, count: most * AlignedRow.lanes)
  }

  /// The number of entries.
  var entryCount: Int { (segments.last?.windows.upperBound ?? 0) + 1 }

  /// Prepares for a backward pass.
  func clearSums() {
    sums.values.start.update(repeating: 0, count: entryCount * AlignedRow.lanes)
  }

  /// Adds the parts of ∂L/∂t to the spikes that the layer read.
  func addSums(to source: SpikeTrain) {
    for segment in segments {
      clayer_add_sums(
        sums.values.start + segment.firstEntry * AlignedRow.lanes,
        source.spikes.start + segment.arrivals.lowerBound, Int64(segment.arrivals.count))
    }
  }

  /// Prepares for a backward pass with the derivatives by the time constants.
  func setTimes(_ ends: ParameterTerms) {
    if timesRoom < entryCount {
      timesRoom = room
      let rows = (0..<3).map { _ in AlignedRow(arena, count: room).values }
      timeRows = rows
      times = clayer_times(mem: rows[0].start, syn: rows[1].start, cross: rows[2].start)
    }
    for segment in segments {
      for entry in segment.windows {
        let factors = ends.arrivals(at: instant(entry, segment.epoch))
        timeRows[0][entry] = factors.mem
        timeRows[1][entry] = factors.syn
        timeRows[2][entry] = factors.cross
      }
    }
  }

  /// The instant of an entry of an epoch.
  func instant(_ entry: Int, _ epoch: Int) -> TimeScale.Instant {
    TimeScale.Instant(
      time: arrays.pointee.time[entry], ym: arrays.pointee.ym[entry],
      ys: arrays.pointee.ys[entry], c: arrays.pointee.c[entry],
      epoch: epoch)
  }

  /// The horizon, counted from the last epoch with arrivals.
  var end: TimeScale.Instant {
    instant(entryCount - 1, segments.last?.epoch ?? 0)
  }

  /// The segment of a window.
  func segment(ofWindow window: Int) -> Segment {
    segments[segments.firstPlace { $0.windows.upperBound > window }]
  }

  /// The window that ends at an entry, and the instant of the entry, counted from the epoch of the
  /// window.
  func before(_ entry: Int) -> (window: Int, instant: TimeScale.Instant) {
    let number = segments.firstPlace { $0.windows.upperBound >= entry }
    if segments[number].windows.lowerBound < entry {
      return (entry - 1, instant(entry, segments[number].epoch))
    }
    // The first arrival of an epoch: the epoch before has an entry of its own for it.
    let last = segments[number - 1].windows.upperBound
    return (last - 1, instant(last, segments[number - 1].epoch))
  }
}
