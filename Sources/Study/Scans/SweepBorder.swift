import EventProp

/// A place in a sweep where the spikes change: no gradient knows of it.
package struct SweepBorder: Equatable, Sendable {
  /// The largest value known to lie below it, and the smallest above it.
  package let below: Double, above: Double
  /// The losses there.
  package let lossBelow: Double?, lossAbove: Double?
  /// What happens to the spikes.
  package let change: Change
  /// Whether the loss is another on its two sides.
  package internal(set) var jumps: Bool

  /// What happens to the spikes at a border.
  package enum Change: Equatable, Sendable {
    /// Spikes appear or vanish.
    case count([CountChange])
    /// Something arrives before a spike that it followed.
    case order(Incomparability.Source, neuron: Int, spike: Int)
    /// Arrivals and spikes change places.
    case orders
  }

  /// Spikes of one neuron that appear or vanish.
  package struct CountChange: Equatable, Sendable {
    /// The neuron, counted across layers.
    package let neuron: Int
    /// How many more spikes there are above the border; negative where there are fewer.
    package let difference: Int
    /// The ordinal of the spike, where it is one alone.
    package let spike: Int?
    /// When the first of them happens, in seconds.
    package let time: Double
  }

  /// Whether spikes appear or vanish, and not only change places.
  package var changesCount: Bool { if case .count = change { true } else { false } }

  /// By how much the loss jumps; nil where a side has none.
  package var jump: Double? {
    guard let lossBelow, let lossAbove else { return nil }
    return lossAbove - lossBelow
  }

  /// An arrival and a spike that change places.
  struct Order {
    let source: Incomparability.Source
    let neuron: Int
    let spike: Int

    /// The earliest of those spikes before which something else arrives now; nil where there is none.
    init?(
      from low: Trajectory, to high: Trajectory, _ below: SweepPoint, _ above: SweepPoint,
      _ carriers: Carriers
    ) {
      var found: (time: Double, neuron: Int, spike: Int)?
      let times = high.spikeTimes
      for (neuron, (old, new)) in zip(
        below.causes?.causes ?? [], above.causes?.causes ?? []
      ).enumerated() where old != new {
        let spike = zip(old, new).prefix { $0 == $1 }.count
        guard spike < new.count, spike < old.count, times[neuron][spike] < found?.time ?? .infinity
        else { continue }
        found = (times[neuron][spike], neuron, spike)
      }
      guard let found else { return nil }
      func sources(in run: Trajectory) -> Set<Incomparability.Source> {
        Set(
          run.arrivals(at: found.neuron, beforeSpike: found.spike, through: carriers).keys)
      }
      let difference = sources(in: low).symmetricDifference(sources(in: high))
      guard let source = difference.first, difference.count == 1 else { return nil }
      self.source = source
      neuron = found.neuron
      spike = found.spike
    }
  }

  /// A border between two runs of an experiment.
  init(_ below: SweepPoint, _ above: SweepPoint, _ order: Order?) {
    self.below = below.value
    self.above = above.value
    lossBelow = below.loss
    lossAbove = above.loss
    change = Self.change(from: below.spikeTimes, to: above.spikeTimes, order)
    jumps = if case .count = change { true } else { false }
  }

  private static func change(
    from old: [[Double]], to new: [[Double]], _ order: Order?
  ) -> Change {
    // A run that failed has no spikes.
    let changes = (0..<max(old.count, new.count)).compactMap { neuron in
      countChange(
        of: neuron, from: old.isEmpty ? [] : old[neuron], to: new.isEmpty ? [] : new[neuron])
    }
    if !changes.isEmpty { return .count(changes) }
    guard let order else { return .orders }
    return .order(order.source, neuron: order.neuron, spike: order.spike)
  }

  private static func countChange(
    of neuron: Int, from was: [Double], to now: [Double]
  ) -> CountChange? {
    guard was.count != now.count else { return nil }
    let (longer, shorter) = now.count > was.count ? (now, was) : (was, now)
    let isOne = longer.count - shorter.count == 1
    let spike = isOne ? extra(in: longer, over: shorter) : nil
    return CountChange(
      neuron: neuron, difference: now.count - was.count, spike: spike,
      time: spike.map { longer[$0] } ?? zip(longer, shorter).first { $0 != $1 }?.0
        ?? longer[shorter.count])
  }

  /// Which spike the longer train has that the other has not: the one without which the others moved least.
  private static func extra(in longer: [Double], over shorter: [Double]) -> Int {
    var best = (place: 0, distance: Double.infinity)
    // Distances with the spikes before a place in step, and those after it one behind.
    var distance = zip(longer.dropFirst(), shorter).reduce(0) { $0 + abs($1.0 - $1.1) }
    for place in longer.indices {
      if distance < best.distance { best = (place, distance) }
      guard place < shorter.count else { break }
      distance +=
        abs(longer[place] - shorter[place]) - abs(longer[place + 1] - shorter[place])
    }
    return best.place
  }
}
