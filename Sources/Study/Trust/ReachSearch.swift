package import EventProp

/// The search for the first border on one side of a value, one exact run at a time.
///
/// The search walks from the value of the experiment. Each run has the margins of all requirements of
/// its order of events, with their derivatives along the way. They choose the length of the next
/// step. Between two runs with the right order a border could be crossed and crossed back. Then a
/// margin falls at the first run and rises at the second one. If the two tangents of a margin meet
/// below 0, the search takes a run between the two. A pair of borders is therefore missed only if
/// a margin turns more than once between two neighbouring runs. The first border is then halved
/// down to two neighbouring numbers.
package struct ReachSearch: Sendable {
  private let experiment: Experiment
  private let named: Named
  private let carriers: Carriers
  private let rule: AdjointRule
  private let start: Double
  private let limit: Double
  /// Whether runs are small enough for margins.
  private let isWatched: Bool
  /// The width at which a border counts as found.
  private let width: Double
  private let signature: LossSignature
  /// The most events of a run: near v_reset = v_th a neuron fires without end.
  private let mostEvents: Int
  private var isRunaway = false
  private var low: Probe
  private var high: Double?
  private var step: Double
  private let linear: Double?
  /// The number of exact runs so far.
  package private(set) var runs = 0
  /// The answer, once it is known.
  package private(set) var reach: Reach?

  /// The most runs for one side.
  private static let mostRuns = 400
  /// The least step, as a part of the range; nothing is looked for between two runs so near.
  private static let leastStep = 1e-9
  /// A larger run has no margins: a step is then chosen without them.
  package static let mostTouches = 100_000

  /// A run with the right order.
  private struct Probe: Sendable {
    var value: Double
    var margins: [Requirement: (value: Double, speed: Double)] = [:]

    /// The distance to the first border by the derivatives alone.
    var nearest: Double {
      margins.values.reduce(.infinity) { nearest, margin in
        margin.speed < 0 ? min(nearest, margin.value / -margin.speed) : nearest
      }
    }
  }

  /// Prepares the search from the value of a run to a limit on one side of it.
  ///
  /// Throws where the run has no loss, and `SimulationError.stopped` where `pace` stops it.
  package init(
    of named: Named, in trajectory: Trajectory, to limit: Double, rule: AdjointRule = .exact,
    pace: Pace = .free
  ) throws(SimulationError) {
    experiment = trajectory.experiment
    self.named = named
    self.rule = rule
    self.limit = limit
    let start = named.value(in: experiment) ?? 0
    self.start = start
    carriers = Carriers(trajectory.circuit, varying: named.parameters)
    isWatched = trajectory.touchCount <= Self.mostTouches
    width = isWatched ? 0 : 1e-6 * abs(limit - start)
    mostEvents = 10_000 + 20 * trajectory.events.count
    (signature, low) = try Self.probe(
      start, named, trajectory, carriers, isWatched, towards: limit, pace)
    let nearest = low.nearest
    linear = nearest.isFinite ? nearest : nil
    step = abs(limit - start) / 8
  }

  /// The signature and the margins of a run.
  private static func probe(
    _ value: Double, _ named: Named, _ trajectory: Trajectory, _ carriers: Carriers,
    _ isWatched: Bool, towards limit: Double, _ pace: Pace
  ) throws(SimulationError) -> (LossSignature, Probe) {
    guard let loss = trajectory.experiment.loss else { throw .noLoss }
    let evaluation = try trajectory.evaluateLoss()
    let cone = try LossCone(of: loss, on: trajectory, through: carriers, pace: pace)
    let signature = try LossSignature(
      trajectory, through: carriers, loss: loss, evaluation: evaluation, cone: cone, pace: pace)
    var probe = Probe(value: value)
    if isWatched {
      let sign: Double = limit < value ? -1 : 1
      let margins = try Margins(
        of: trajectory, loss: loss, cone: cone, through: carriers, along: [named.speeds],
        pace: pace)
      for (requirement, margin) in margins.all {
        let speed = sign * margin.value.tangents[0]
        guard margin.value.value.isFinite, speed.isFinite else { continue }
        probe.margins[requirement] = (margin.value.value, speed)
      }
    }
    return (signature, probe)
  }

  /// Makes the next run.
  ///
  /// Throws `SimulationError.stopped` where `pace` stops it.
  package mutating func advance(_ pace: (Sweep.Work) -> Pace) throws(SimulationError) {
    guard reach == nil else { return }
    if limit == start || low.value == limit { return end(.limit) }
    let next = nextValue
    if next == low.value || next == high || high.map({ abs($0 - low.value) <= width }) ?? false {
      return try close(pace)
    }
    if runs >= Self.mostRuns { return end(.open) }
    runs += 1
    guard let found = try probe(next, pace), found.signature == signature else {
      if isRunaway { return end(.open) }
      high = next
      return
    }
    let length = abs(next - low.value)
    if length > Self.leastStep * abs(limit - start), !Self.isClear(from: low, to: found.probe) {
      step = length / 2
      return
    }
    step = 2 * length
    low = found.probe
  }

  /// Whether the order of events, and the branch of the loss, are those of a run where a name has
  /// another value.
  ///
  /// A value with which there is no run, or no loss, answers false.
  package static func holds(
    _ named: Named, at value: Double, in trajectory: Trajectory
  ) throws(SimulationError) -> Bool {
    let carriers = Carriers(trajectory.circuit, varying: named.parameters)
    let here = try LossSignature(trajectory, through: carriers, pace: .free)
    var changed = trajectory.experiment
    named.set(value, in: &changed)
    guard let moved = try? Trajectory(of: changed), !moved.isCutShort,
      let there = try? LossSignature(moved, through: carriers, pace: .free)
    else { return false }
    return here == there
  }

  /// The value of the next run.
  private var nextValue: Double {
    if let high { return low.value / 2 + high / 2 }
    let range = abs(limit - start)
    // A little more than the estimate, so that the border is often inside the next step.
    let length = min(max(min(step, low.nearest * 1.05), Self.leastStep * range), range / 8)
    guard length < abs(limit - low.value) else { return limit }
    return limit < start ? low.value - length : low.value + length
  }

  private mutating func probe(
    _ value: Double, _ pace: (Sweep.Work) -> Pace
  ) throws(SimulationError) -> (signature: LossSignature, probe: Probe)? {
    var changed = experiment
    named.set(value, in: &changed)
    let most = experiment.maxEvents ?? Experiment.defaultMaxEvents
    changed.maxEvents = min(most, mostEvents)
    do throws(SimulationError) {
      let trajectory = try Trajectory(of: changed, pace: pace(.running))
      guard !trajectory.isCutShort else {
        isRunaway = trajectory.events.count < most
        return nil
      }
      let isWide = high.map { abs($0 - low.value) > 1e-3 * abs(limit - start) } ?? true
      return try Self.probe(
        value, named, trajectory, carriers, isWatched && isWide, towards: limit,
        pace(.comparing))
    } catch {
      if case .stopped = error { throw error }
      return nil
    }
  }

  /// Whether no margin can have fallen to 0 and risen again between two runs.
  private static func isClear(from one: Probe, to other: Probe) -> Bool {
    let length = abs(other.value - one.value)
    if one.margins.isEmpty || other.margins.isEmpty { return true }
    for (requirement, first) in one.margins {
      guard let second = other.margins[requirement] else {
        if first.value + first.speed * length <= 0 { return false }
        continue
      }
      guard first.speed < 0, second.speed > 0 else { continue }
      let meeting =
        (second.value - second.speed * length - first.value) / (first.speed - second.speed)
      if first.value + first.speed * meeting <= 0 { return false }
    }
    return !other.margins.contains { requirement, second in
      one.margins[requirement] == nil && second.value - second.speed * length <= 0
    }
  }

  /// Describes the border between two neighbouring values.
  private mutating func close(_ pace: (Sweep.Work) -> Pace) throws(SimulationError) {
    guard let high else { return end(.open) }
    func point(_ value: Double) throws(SimulationError) -> SweepPoint {
      var changed = experiment
      named.set(value, in: &changed)
      return try SweepPoint(
        value, changed, rule: rule, derivative: named, carriers, pace)
    }
    func trajectory(_ value: Double) throws(SimulationError) -> Trajectory? {
      var changed = experiment
      named.set(value, in: &changed)
      return try Trajectory.ifRuns(changed, pace(.running))
    }
    let inside = try point(low.value)
    let outside = try point(high)
    let change: Reach.Border.Change
    if case .cannotRun(let error) = outside.failure, outside.spikeTimes.isEmpty {
      change = .cannotRun(error)
    } else if inside.causes?.causes == outside.causes?.causes {
      change = .loss(neuron: try piece(low.value, high, pace))
    } else {
      var order: SweepBorder.Order?
      if let below = try trajectory(low.value), let above = try trajectory(high) {
        order = SweepBorder.Order(from: below, to: above, inside, outside, carriers)
      }
      change = .spikes(SweepBorder(inside, outside, order).change)
    }
    runs += 2
    end(.border(Reach.Border(change: change, inside: inside, outside: outside)))
  }

  /// The neuron whose branch of the loss differs.
  private mutating func piece(
    _ one: Double, _ other: Double, _ pace: (Sweep.Work) -> Pace
  ) throws(SimulationError) -> Int {
    let offset = experiment.loss.map { experiment.network.offsets[$0.layer] } ?? 0
    let neurons = experiment.loss?.rule.values.neurons ?? []
    let first = try probe(one, pace)?.signature.pieces ?? []
    let second = try probe(other, pace)?.signature.pieces ?? []
    let place = zip(first, second).enumerated().first { $1.0 != $1.1 }?.offset ?? 0
    return offset + (neurons.indices.contains(place) ? neurons[place] : 0)
  }

  private mutating func end(_ end: Reach.End) {
    reach = Reach(
      start: start, inside: low.value, end: end, runs: runs, linear: linear,
      isWatched: isWatched)
  }
}
