import CLayer

/// The arrivals of some neurons, each in its own order of time, and the states after them.
final class OwnArrivals {
  /// A list for each eight neurons.
  let arrays: UnsafeMutableBufferPointer<clayer_arrivals>
  private let arena: Arena
  @exclusivity(unchecked) private var room = 0

  init(_ arena: Arena, lanes: Int) {
    self.arena = arena
    let none = AlignedRow(arena, count: 1).values.start
    arrays =
      arena.take(
        lanes / AlignedRow.lanes,
        repeating: clayer_arrivals(
          time: none, weight: none, arrival: arena.take(1, repeating: 0).start, potential: none,
          current: none, windows: 0, haveOneOrder: 0))
  }

  /// Reads the spikes of the population before the layer.
  func list(
    _ source: SpikeTrain, _ weights: UnsafePointer<Double>, _ delays: UnsafePointer<Double>?,
    stride: Int, _ horizon: Double, _ scratch: Scratch
  ) {
    if source.count + 2 > room { makeRoom(for: (source.count + 2) * 3 / 2) }
    for block in arrays.indices {
      clayer_list_arrivals(
        source.spikes.start, Int64(source.count), weights + block * stride,
        delays.map { $0 + block * stride }, horizon, arrays.start + block,
        scratch.time.values.start,
        scratch.times.values.start, scratch.order.start, scratch.buckets.start)
    }
  }

  private func makeRoom(for entries: Int) {
    room = entries
    let count = entries * AlignedRow.lanes
    for block in arrays.indices {
      func row() -> UnsafeMutablePointer<Double> { AlignedRow(arena, count: count).values.start }
      arrays[block].time = row()
      arrays[block].weight = row()
      arrays[block].potential = row()
      arrays[block].current = row()
      arrays[block].arrival = arena.take(count, repeating: 0).start
    }
  }
}

/// Memory in which times are put in order.
final class Scratch {
  @exclusivity(unchecked) private(set) var time: AlignedRow
  @exclusivity(unchecked) private(set) var times: AlignedRow
  @exclusivity(unchecked) private(set) var order: UnsafeMutableBufferPointer<Int32>
  @exclusivity(unchecked) private(set) var buckets: UnsafeMutableBufferPointer<Int32>
  private let arena: Arena
  @exclusivity(unchecked) private var room = 0

  init(_ arena: Arena) {
    self.arena = arena
    time = AlignedRow(arena, count: 1)
    times = time
    order = arena.room(for: 1)
    buckets = order
  }

  func makeRoom(for count: Int) {
    guard count > room else { return }
    room = count * 3 / 2 + 1
    time = AlignedRow(arena, count: room)
    times = AlignedRow(arena, count: room)
    order = arena.room(for: room)
    buckets = arena.room(for: 2 * room + 1)
  }
}
