/// The memory of a sweep: cut into rows in the order in which they are asked for, and given back as a whole.
final class Slab {
  private var chunks: [UnsafeMutableRawPointer] = []
  private var next: UnsafeMutableRawPointer?
  private var left = 0

  /// The least memory taken from the system at once, in bytes: enough for a network of some dozens of neurons.
  private static let chunk = 16 << 10
  /// A line of the cache and a whole vector, in bytes.
  private static let alignment = 64

  deinit {
    for chunk in chunks { chunk.deallocate() }
  }

  /// Values that live as long as the slab.
  func take<Value: BitwiseCopyable>(
    _ count: Int, repeating value: Value
  ) -> UnsafeMutablePointer<Value> {
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
    return place.initializeMemory(as: Value.self, repeating: value, count: count)
  }
}
