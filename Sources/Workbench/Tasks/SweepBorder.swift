import EventProp
import Language
import Study

/// A place in a sweep where the spikes change: no gradient knows of it.
package struct SweepBorder: Equatable, Sendable {
  /// The largest value known to lie below it, and the smallest above it.
  package let below: Double, above: Double
  /// The losses there.
  package let lossBelow: Double?, lossAbove: Double?
  /// What happens to the spikes.
  package let change: String
  /// Whether spikes appear or vanish, and not only change places.
  package let changesCount: Bool
  /// Whether the loss is another on its two sides.
  package internal(set) var jumps: Bool

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
      _ causes: SpikeCauses
    ) {
      var found: (time: Double, neuron: Int, spike: Int)?
      let times = high.spikeTimes
      for (neuron, (old, new)) in zip(below.causes, above.causes).enumerated() where old != new {
        let spike = zip(old, new).prefix { $0 == $1 }.count
        guard spike < new.count, spike < old.count, times[neuron][spike] < found?.time ?? .infinity
        else { continue }
        found = (times[neuron][spike], neuron, spike)
      }
      guard let found else { return nil }
      let difference = causes.sources(of: found.neuron, before: found.spike, in: low)
        .symmetricDifference(causes.sources(of: found.neuron, before: found.spike, in: high))
      guard let source = difference.first, difference.count == 1 else { return nil }
      self.source = source
      neuron = found.neuron
      spike = found.spike
    }
  }

  /// A border between two runs of an experiment.
  init(_ below: SweepPoint, _ above: SweepPoint, _ order: Order?, in experiment: Experiment) {
    self.below = below.value
    self.above = above.value
    lossBelow = below.loss
    lossAbove = above.loss
    (change, changesCount) = Self.change(from: below.spikes, to: above.spikes, order, experiment)
    jumps = changesCount
  }

  private static func change(
    from old: [SweepPoint.Spike], to new: [SweepPoint.Spike], _ order: Order?,
    _ experiment: Experiment
  ) -> (String, Bool) {
    let before = times(old)
    let after = times(new)
    var changes: [(time: Double, text: String)] = []
    for neuron in Set(before.keys).union(after.keys) {
      let was = before[neuron] ?? []
      let now = after[neuron] ?? []
      guard was.count != now.count else { continue }
      let appears = now.count > was.count
      let (longer, shorter) = appears ? (now, was) : (was, now)
      guard longer.count - shorter.count == 1 else {
        let count = longer.count - shorter.count
        changes.append(
          (
            zip(longer, shorter).first { $0 != $1 }?.0 ?? longer[shorter.count],
            "\(count) spikes of n\(neuron) \(appears ? "appear" : "vanish")"
          ))
        continue
      }
      let place = extra(in: longer, over: shorter)
      changes.append(
        (
          longer[place],
          "spike n\(neuron) \(place) \(appears ? "appears" : "vanishes") at "
            + Quantity.displayTime(longer[place])
        ))
    }
    changes.sort { ($0.time, $0.text) < ($1.time, $1.text) }
    if let first = changes.first {
      let others = changes.count - 1
      let second = others == 1 ? ", with it \(changes[1].text)" : ""
      return (first.text + (others > 1 ? ", with \(others) neurons after it" : second), true)
    }
    guard let order else { return ("arrivals and spikes change places", false) }
    let source =
      switch order.source {
      case .input(let position): "spike \(name(ofInput: position, in: experiment))"
      case .spike(let neuron, let ordinal): "spike n\(neuron) \(ordinal)"
      }
    return ("\(source) and spike n\(order.neuron) \(order.spike) change places", false)
  }

  /// `in2 1` for the second spike of a channel, in their order in time.
  private static func name(ofInput position: Int, in experiment: Experiment) -> String {
    let spike = experiment.inputSpikes[position]
    let earlier = experiment.inputSpikes.enumerated().count { other in
      other.element.channel == spike.channel
        && (other.element.time, other.offset) < (spike.time, position)
    }
    return "in\(spike.channel) \(earlier)"
  }

  private static func times(_ spikes: [SweepPoint.Spike]) -> [Int: [Double]] {
    Dictionary(grouping: spikes, by: \.neuron).mapValues { $0.map(\.time) }
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
