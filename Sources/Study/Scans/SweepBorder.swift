import EventProp

/// A place in a sweep where the spikes change; the gradient does not show it.
package struct SweepBorder: Equatable, Sendable {
  /// The nearest values known to lie below and above the border.
  package let below: Double, above: Double
  /// The losses at these two values.
  package let lossBelow: Double?, lossAbove: Double?
  /// The change of the spikes.
  package let change: Change
  /// Whether the loss differs on the two sides.
  package internal(set) var jumps: Bool

  /// The change of the spikes at a border.
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
    /// The number of spikes above the border minus the number below it.
    package let difference: Int
    /// The ordinal of the spike if only one appears or vanishes.
    package let spike: Int?
    /// The time of the first of them, in seconds.
    package let time: Double
  }

  /// Whether spikes appear or vanish; otherwise they only change places.
  package var changesCount: Bool { if case .count = change { true } else { false } }

  /// The jump of the loss; nil where a side has no loss.
  package var jump: Double? {
    guard let lossBelow, let lossAbove else { return nil }
    return lossAbove - lossBelow
  }

  /// An arrival and a spike that change places.
  struct Order {
    let source: Incomparability.Source
    let neuron: Int
    let spike: Int

    /// The earliest spike whose earlier arrivals differ on the two sides; nil where there is none.
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

  /// The spike that only the longer train has: the one whose removal lets the other spikes move
  /// least.
  private static func extra(in longer: [Double], over shorter: [Double]) -> Int {
    var best = (place: 0, distance: Double.infinity)
    // The distances, with spikes before a position paired in step and spikes after it paired one
    // behind.
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
