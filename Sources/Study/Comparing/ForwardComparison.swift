package import EventProp

/// The comparison of another program's loss and spikes with a run, and the model that explains a
/// difference.
///
/// - Complexity: one run for each ``ModelVariant`` where the spikes differ.
package struct ForwardComparison: Sendable {
  /// One spike that the two programs do not share.
  package struct Difference: Equatable, Sendable {
    /// The neuron, counted across layers.
    package let neuron: Int
    /// The number of the spike, from 0.
    package let spike: Int
    /// Our time in seconds; nil where the spike is missing here.
    package let ours: Double?
    /// The other time in seconds; nil where the spike is missing there.
    package let theirs: Double?
    /// The earlier of the times.
    var time: Double { min(ours ?? .infinity, theirs ?? .infinity) }
  }

  /// A model that gives the other spikes.
  package struct Explanation: Sendable {
    /// The model.
    package let variant: ModelVariant
    /// The largest distance of its spikes from the other ones, in seconds.
    package let distance: Double
    /// The run of that model; nil for a grid of time.
    package let trajectory: Trajectory?
  }

  /// The unit of the other spike times, in seconds: 1, or 10⁻³ or 10⁻⁶ where they agree so.
  package let timeUnit: Double
  /// The number of spikes compared.
  package let count: Int
  /// The largest distance of spikes that both have, in seconds.
  package let distance: Double
  /// The largest distance that counts as rounding, in seconds.
  package let tolerance: Double
  /// The largest relative difference that counts as rounding.
  package let relative: Double
  /// The earliest spike that differs; nil where all agree.
  package let first: Difference?
  /// The model that explains the difference; nil where none does, or nothing differs.
  package let explanation: Explanation?
  /// Our loss and the other one; nil where it was not given or this run has none.
  package let losses: (ours: Double, theirs: Double)?

  /// The relative difference of the losses; nil where they were not compared.
  package var lossResidual: Double? {
    losses.map { losses in
      losses.ours == losses.theirs
        ? 0 : abs(losses.ours - losses.theirs) / max(abs(losses.ours), abs(losses.theirs))
    }
  }

  /// Whether the losses agree, as far as they were compared.
  package var lossAgrees: Bool { (lossResidual ?? 0) <= Self.lossLimit(relative) }

  /// The largest relative difference of losses that counts as rounding, for that of spike times.
  ///
  /// A loss in units of its tau multiplies the rounding of a time by about t/tau, some thousand.
  static func lossLimit(_ ofTimes: Double) -> Double { 1e3 * max(1e-10, ofTimes) }

  /// Whether the two programs have the same spikes.
  package var agrees: Bool { first == nil }

  /// Compares spikes and loss with a run.
  ///
  /// `tolerance` is relative: to t_max for times. Throws `SimulationError.stopped` where `pace`
  /// stops it.
  package init(
    of record: ForeignRecord, with trajectory: Trajectory, tolerance: Double? = nil,
    pace: Pace = .free
  ) throws(SimulationError) {
    let experiment = trajectory.experiment
    relative = tolerance ?? record.rounding
    let limit = relative * experiment.horizon
    self.tolerance = limit
    let given = record.spikes.mapValues { $0.map { $0.filter { $0 < experiment.horizon } } }
    var (theirs, found) = (given, Self.compare(given, with: trajectory, within: limit))
    var unit = 1.0
    // Other programs count in milliseconds or microseconds.
    for factor in [1e-3, 1e-6] where found.first != nil {
      let scaled = record.spikes.mapValues {
        $0.map { $0.map { $0 * factor }.filter { $0 < experiment.horizon } }
      }
      let other = Self.compare(scaled, with: trajectory, within: limit)
      if other.first == nil, other.count > 0 { (theirs, found, unit) = (scaled, other, factor) }
    }
    timeUnit = unit
    (count, distance, first) = (found.count, found.distance, found.first)
    let value = experiment.loss == nil ? nil : try? trajectory.evaluateLoss().value
    losses = record.loss.flatMap { loss in value.map { ($0, loss) } }
    explanation =
      first == nil ? nil : try Self.explain(theirs, trajectory, within: limit, pace)
  }

  // MARK: - Spikes

  private static func compare(
    _ theirs: [Int: [[Double]]], with trajectory: Trajectory, within limit: Double
  ) -> (count: Int, distance: Double, first: Difference?) {
    var count = 0
    var distance = 0.0
    var first: Difference?
    for (layer, lists) in theirs.sorted(by: { $0.key < $1.key }) {
      let offset = trajectory.circuit.offsets[layer]
      for (index, times) in lists.enumerated() {
        let ours = trajectory.spikes(of: offset + index).map { trajectory.events[$0].time }
        count += times.count
        for spike in 0..<max(times.count, ours.count) {
          let found = Difference(
            neuron: offset + index, spike: spike, ours: spike < ours.count ? ours[spike] : nil,
            theirs: spike < times.count ? times[spike] : nil)
          if let one = found.ours, let other = found.theirs {
            distance = max(distance, abs(one - other))
            guard abs(one - other) > limit else { continue }
          }
          if found.time < first?.time ?? .infinity { first = found }
          break
        }
      }
    }
    return (count, distance, first)
  }

  // MARK: - Models

  /// A model may have this many times the events of both runs.
  private static let mostTimes = 4

  private static func explain(
    _ theirs: [Int: [[Double]]], _ trajectory: Trajectory, within limit: Double, _ pace: Pace
  ) throws(SimulationError) -> Explanation? {
    let experiment = trajectory.experiment
    guard theirs.values.contains(where: { $0.contains { !$0.isEmpty } }) else { return nil }
    var best: Explanation?
    for variant in ModelVariant.all(of: experiment) {
      guard var changed = variant.changing(experiment) else { continue }
      try pace.reach(0)
      // Another model may never come to rest; it has then not these spikes.
      let most = Self.mostTimes * (trajectory.events.count + theirs.values.joined().joined().count)
      changed.maxEvents = min(experiment.maxEvents ?? .max, most + Self.mostTimes)
      guard let run = try? Trajectory(of: changed), !run.isCutShort else { continue }
      let found = compare(theirs, with: run, within: limit)
      guard found.first == nil, found.distance < best?.distance ?? .infinity else { continue }
      best = Explanation(variant: variant, distance: found.distance, trajectory: run)
    }
    if let best { return best }
    // These are read off the spikes and fit more easily.
    return cut(theirs, trajectory, within: limit) ?? grid(theirs, trajectory)
  }

  /// A layer that stops early: its spikes are the first ones of ours.
  private static func cut(
    _ theirs: [Int: [[Double]]], _ trajectory: Trajectory, within limit: Double
  ) -> Explanation? {
    for (layer, lists) in theirs.sorted(by: { $0.key < $1.key }) {
      let last = lists.joined().max() ?? 0
      guard last > 0, let range = trajectory.eventCounts(ofLayer: layer, upTo: last + limit)
      else { continue }
      var changed = trajectory.experiment
      changed.network.layers[layer].maxEvents = range.lowerBound
      guard let run = try? Trajectory(of: changed) else { continue }
      let found = compare(theirs, with: run, within: limit)
      if found.first == nil {
        return Explanation(
          variant: .maxEvents(layer: layer, range), distance: found.distance, trajectory: run)
      }
    }
    return nil
  }

  private static let widths = [1e-3, 5e-4, 2e-4, 1e-4, 5e-5, 2e-5, 1e-5, 5e-6, 2e-6, 1e-6]

  /// The widest usual grid on which all spikes lie, if the first spikes are a few steps from ours.
  private static func grid(
    _ theirs: [Int: [[Double]]], _ trajectory: Trajectory
  ) -> Explanation? {
    let times = theirs.values.joined().joined()
    guard times.count >= 2 else { return nil }
    let width = widths.first { width in
      times.allSatisfy { time in
        let steps = time / width
        return abs(steps - steps.rounded()) <= max(1e-6, 4e-7 * steps)
      }
    }
    guard let width else { return nil }
    var distance = 0.0
    for (layer, lists) in theirs {
      for (index, times) in lists.enumerated() {
        let neuron = trajectory.circuit.offsets[layer] + index
        guard let event = trajectory.spikes(of: neuron).first, let time = times.first else {
          continue
        }
        distance = max(distance, abs(trajectory.events[event].time - time))
      }
    }
    return distance <= 20 * width
      ? Explanation(variant: .grid(width), distance: distance, trajectory: nil) : nil
  }
}

extension Trajectory {
  /// The numbers of events of a layer after which it may have stopped, if its last spike is not
  /// later than a time in seconds and it spikes again here; nil if it does not.
  ///
  /// As for a layer's `max_events`, its own spikes count, and so does every arrival from outside it
  /// or delayed.
  fileprivate func eventCounts(ofLayer layer: Int, upTo time: Double) -> ClosedRange<Int>? {
    var count = 0
    var least: Int?
    for (number, event) in events.enumerated() {
      let home = event.spikingNeuron.map { circuit.layerOf[$0] }
      if home == layer, event.time > time { return least.map { $0...max($0, count) } }
      let arrivals = deliveries(of: number).count {
        circuit.projections[$0.projection].target == layer
      }
      count += home == layer ? 1 : arrivals
      if home == layer { least = count }
    }
    return nil
  }
}
