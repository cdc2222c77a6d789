/// The input spikes of a run in the order in which they happen, with a read position.
///
/// Spikes at or after the horizon never happen and are left out; spikes at one time keep the order in which they
/// were given.
///
/// jaxsnn: InputQueue, whose empty queue returns a default time; this one returns nil.
package struct InputQueue: Equatable, Sendable {
  /// One queued spike: its time in seconds, its channel, and its position in the experiment's list.
  package struct Element: Equatable, Sendable {
    /// The time, in seconds.
    package let time: Double
    /// The input channel.
    package let channel: Int
    /// The position in the experiment's list of input spikes.
    package let position: Int
  }

  /// All spikes that happen before the horizon, in time order.
  package let spikes: [Element]
  /// The number of spikes taken.
  package private(set) var head = 0

  /// Sorts the input spikes of an experiment.
  ///
  /// - Complexity: O(n log n) in the number of spikes, O(n) where they are in order.
  package init(_ spikes: [InputSpike], before horizon: Double) {
    var queued: [Element] = []
    queued.reserveCapacity(spikes.count)
    var isSorted = true
    for (position, spike) in spikes.enumerated() where spike.time < horizon {
      if let last = queued.last, last.time > spike.time { isSorted = false }
      queued.append(Element(time: spike.time, channel: spike.channel, position: position))
    }
    if !isSorted { queued.sort { ($0.time, $0.position) < ($1.time, $1.position) } }
    self.spikes = queued
  }

  /// Whether every spike has been taken.
  package var isEmpty: Bool { head == spikes.count }
  /// The next spike, or nil.
  package var first: Element? { isEmpty ? nil : spikes[head] }
  /// The time of the next spike, or nil.
  package var nextTime: Double? { first?.time }

  /// Takes the next spike.
  package mutating func popFirst() -> Element? {
    guard let element = first else { return nil }
    head += 1
    return element
  }
}
