/// Deliveries on their way, the earliest first; of equal times, in order of emission.
struct PendingArrivals: Sendable {
  struct Element: Sendable {
    let time: Double
    let order: Int
    let emitter: Int
    let delivery: Delivery
  }

  private var heap: [Element] = []
  private var emitted = 0

  var first: Element? { heap.first }
  var count: Int { heap.count }

  private static func precedes(_ one: Element, _ other: Element) -> Bool {
    (one.time, one.order) < (other.time, other.order)
  }

  /// Puts a delivery on its way.
  ///
  /// - Complexity: O(log n) in the deliveries under way.
  mutating func insert(_ delivery: Delivery, from emitter: Int, at time: Double) {
    heap.append(Element(time: time, order: emitted, emitter: emitter, delivery: delivery))
    emitted += 1
    var child = heap.count - 1
    while child > 0, Self.precedes(heap[child], heap[(child - 1) / 2]) {
      heap.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  /// Takes the earliest delivery.
  mutating func removeFirst() -> Element {
    heap.swapAt(0, heap.count - 1)
    let earliest = heap.removeLast()
    var parent = 0
    while 2 * parent + 1 < heap.count {
      var child = 2 * parent + 1
      if child + 1 < heap.count, Self.precedes(heap[child + 1], heap[child]) { child += 1 }
      guard Self.precedes(heap[child], heap[parent]) else { break }
      heap.swapAt(child, parent)
      parent = child
    }
    return earliest
  }
}
