/// The memory of a pass: cut into rows in the order in which they are asked for, and given back as a whole.
///
/// What it gives are buffers, whose subscripts are checked in builds for debugging and cost nothing in others.
final class Arena {
  private var chunks: [UnsafeMutableRawPointer] = []
  private var next: UnsafeMutableRawPointer?
  private var left = 0

  /// The least memory taken from the system at once, in bytes: enough for a network of some dozens of neurons.
  private static let chunk = 32 << 10
  /// A line of the cache and a whole vector, in bytes.
  private static let alignment = 64

  deinit {
    for chunk in chunks { chunk.deallocate() }
  }

  /// Values that live as long as the arena.
  func take<Value: BitwiseCopyable>(
    _ count: Int, repeating value: Value
  ) -> UnsafeMutableBufferPointer<Value> {
    let place: UnsafeMutableBufferPointer<Value> = room(for: count)
    place.initialize(repeating: value)
    return place
  }

  /// The same values with twice the room.
  ///
  /// What they had is given back with the arena: in the end at most half of all is in vain.
  @inline(never)
  func doubled<Value: BitwiseCopyable>(
    _ values: UnsafeMutableBufferPointer<Value>
  ) -> UnsafeMutableBufferPointer<Value> {
    let larger: UnsafeMutableBufferPointer<Value> = room(for: 2 * values.count)
    _ = larger.moveInitialize(fromContentsOf: values)
    return larger
  }

  /// Room for values that are not there yet.
  func room<Value: BitwiseCopyable>(for count: Int) -> UnsafeMutableBufferPointer<Value> {
    let lines = (count * MemoryLayout<Value>.stride + Self.alignment - 1) / Self.alignment
    let bytes = max(1, lines) * Self.alignment
    let place: UnsafeMutableRawPointer
    if let next, bytes <= left {
      place = next
    } else {
      left = max(bytes, Self.chunk)
      place = .allocate(byteCount: left, alignment: Self.alignment)
      chunks.append(place)
    }
    next = place + bytes
    left -= bytes
    return UnsafeMutableBufferPointer(
      start: place.bindMemory(to: Value.self, capacity: count), count: count)
  }
}

extension UnsafeMutableBufferPointer {
  /// The first value, for the kernels in C; a buffer of an arena always has a place.
  @inline(__always)
  var start: UnsafeMutablePointer<Element> { baseAddress.unsafelyUnwrapped }
}
