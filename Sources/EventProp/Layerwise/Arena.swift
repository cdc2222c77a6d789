/// The memory of a pass, cut into rows on request and released as a whole.
///
/// The rows are buffers. Debug builds check their subscripts; other builds do not, so they cost
/// nothing.
final class Arena {
  private var chunks: [UnsafeMutableRawPointer] = []
  private var next: UnsafeMutableRawPointer?
  private var left = 0

  /// The smallest block of memory taken from the system, in bytes; it holds a network of some
  /// dozens of neurons.
  private static let chunk = 32 << 10
  /// The size of a cache line and of a whole vector, in bytes.
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

  /// Copies values into twice the room.
  ///
  /// The old room is released only with the arena. At most half of the memory is wasted.
  @inline(never)
  func doubled<Value: BitwiseCopyable>(
    _ values: UnsafeMutableBufferPointer<Value>
  ) -> UnsafeMutableBufferPointer<Value> {
    let larger: UnsafeMutableBufferPointer<Value> = room(for: 2 * values.count)
    _ = larger.moveInitialize(fromContentsOf: values)
    return larger
  }

  /// Room for values that come later.
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
  /// The address of the first value, for the C kernels; a buffer of an arena always has one.
  @inline(__always)
  var start: UnsafeMutablePointer<Element> { baseAddress.unsafelyUnwrapped }
}
