package import EventProp

/// The search behind ``Trust``, one piece at a time.
package struct TrustSearch: Sendable {
  private let adjoint: AdjointTrajectory
  private var trajectory: Trajectory { adjoint.trajectory }
  private var experiment: Experiment { adjoint.trajectory.experiment }
  /// The findings so far.
  package private(set) var trust: Trust
  private var isListed = false
  private var jobs: [Job] = []
  /// The search under way, for the first of the jobs.
  private var search: ReachSearch?
  /// The number of jobs done.
  package private(set) var done = 0

  private enum Job: Sendable {
    case confirm(danger: Int)
    case step
    case down(radius: Int), up(radius: Int)
  }

  /// A requirement counts as near if a change of one parameter by this part ends it.
  package static let nearPart = NearMiss.usualPart
  /// The most dangers whose changes are searched for on exact runs.
  private static let mostConfirmed = 8
  /// The most names that are searched for without a request.
  private static let mostNames = 40
  /// The most names whose derivatives are taken.
  private static let mostDerived = 512
  /// The most dangers that are kept.
  private static let mostDangers = 60

  /// Prepares the search for the gradient of a run.
  package init(_ scope: Trust.Scope, of adjoint: AdjointTrajectory) {
    self.adjoint = adjoint
    trust = Trust(scope: scope)
  }

  /// The number of jobs, as far as it is known.
  package var total: Int { isListed ? done + jobs.count : done + 2 }
  /// Whether nothing is left to do.
  package var isFinished: Bool { isListed && jobs.isEmpty }

  /// Does the next piece; throws `SimulationError.stopped` where `pace` stops it.
  package mutating func advance(_ pace: (Sweep.Work) -> Pace) throws(SimulationError) {
    guard isListed else {
      try list(pace)
      isListed = true
      done += 1
      return
    }
    guard let job = jobs.first else { return }
    if search == nil {
      guard let begun = try begin(job, pace(.comparing)) else { return finish() }
      search = begun
    }
    try search?.advance(pace)
    guard let reach = search?.reach else { return }
    trust.runs += reach.runs
    keep(reach, for: job)
    finish()
  }

  private mutating func finish() {
    search = nil
    jobs.removeFirst()
    done += 1
    if jobs.isEmpty { conclude() }
  }

  // MARK: - Jobs

  private func begin(_ job: Job, _ pace: Pace) throws(SimulationError) -> ReachSearch? {
    func search(_ named: Named, to limit: Double) throws(SimulationError) -> ReachSearch {
      try ReachSearch(of: named, in: trajectory, to: limit, rule: adjoint.rule, pace: pace)
    }
    switch job {
    case .confirm(let place):
      guard let crossing = trust.dangers[place].crossing else { return nil }
      return try search(crossing.named, to: crossing.value + 2 * crossing.linear)
    case .step:
      guard let step = trust.step else { return nil }
      return try search(step.named, to: step.scale)
    case .down(let place):
      let named = trust.radii[place].named
      return try search(named, to: named.limits(in: experiment).low)
    case .up(let place):
      let named = trust.radii[place].named
      return try search(named, to: named.limits(in: experiment).high)
    }
  }

  private mutating func keep(_ reach: Reach, for job: Job) {
    switch job {
    case .confirm(let place):
      guard case .near(let requirement, _, _) = trust.dangers[place].kind else { return }
      let exact: Danger.Crossing.Exact =
        reach.border.map {
          requirement.ends(at: $0.change)
            ? .found($0.outside.value - reach.start) : .another($0)
        } ?? .notFound
      trust.dangers[place].crossing?.exact = exact
    case .step: trust.step?.up = reach
    case .down(let place): trust.radii[place].down = reach
    case .up(let place): trust.radii[place].up = reach
    }
  }

  private mutating func conclude() {
    // Exact runs have shown that the first order was wrong about these.
    trust.dangers.removeAll { $0.crossing?.exact == .notFound }
    // The borders of one name say which of its dangers they are.
    if case .name = trust.scope, let radius = trust.radii.first {
      for place in trust.dangers.indices {
        guard case .near(let requirement, _, _) = trust.dangers[place].kind else { continue }
        for reach in [radius.down, radius.up] {
          guard let reach, let border = reach.border, requirement.ends(at: border.change) else {
            continue
          }
          trust.dangers[place].crossing?.exact = .found(border.outside.value - reach.start)
        }
      }
    }
    trust.radii.sort { $0.relative < $1.relative }
  }

  // MARK: - The list

  private mutating func list(_ pace: (Sweep.Work) -> Pace) throws(SimulationError) {
    guard let loss = experiment.loss else { return }
    let carriers = Carriers(trajectory.circuit)
    let cone = try LossCone(
      of: loss, on: trajectory, through: carriers, pace: pace(.comparing))
    trust.isLarge = trajectory.touchCount > ReachSearch.mostTouches
    let step = GradientStep(of: experiment, down: adjoint.gradient)
    if let step {
      let weights = GradientStep.length(
        of: experiment.network.layers.flatMap {
          $0.weights.weights + ($0.recurrent?.weights ?? [])
        })
      trust.stepLength = weights > 0 ? step.length / weights : step.length
      trust.step = Trust.Radius(
        named: .rate(step), value: 0, scale: 1 / trust.stepLength)
    }
    let names = names(step)
    let nearest = try addNear(cone, loss, carriers, names, pace)
    try addWarnings(cone, pace(.comparing))
    trust.dangers.sort { $0.rank < $1.rank }
    trust.dangers = Array(trust.dangers.prefix(Self.mostDangers))
    plan(names, nearest)
  }

  /// The names whose derivatives are taken.
  private func names(_ step: GradientStep?) -> [Named] {
    if case .name(let named) = trust.scope { return [named] }
    if trust.isLarge { return step.map { [.rate($0)] } ?? [] }
    let all = trust.scope == .all ? Trust.everyName(of: experiment) : Trust.names(of: experiment)
    guard all.count > Self.mostDerived else { return all }
    let gradient = adjoint.gradient
    func weight(_ named: Named) -> Double {
      abs((named.derivative(in: gradient) ?? 0) * (named.value(in: experiment) ?? 0))
    }
    return Array(all.sorted { weight($0) > weight($1) }.prefix(Self.mostDerived))
  }

  private mutating func plan(_ names: [Named], _ nearest: [Double]) {
    jobs = trust.dangers.indices.filter { trust.dangers[$0].crossing != nil }
      .prefix(Self.mostConfirmed).map { .confirm(danger: $0) }
    if trust.isLarge, trust.scope != .all {
      jobs = []
    }
    var searched = names
    if case .name = trust.scope {
      trust.step = nil
      jobs = []
    } else {
      if trust.step != nil { jobs.append(.step) }
      searched = names.filter { if case .rate = $0 { false } else { true } }
      if trust.scope == .summary, searched.count > Self.mostNames {
        let order = names.indices.sorted { nearest[$0] < nearest[$1] }
        searched = order.prefix(12).map { names[$0] }
      }
      trust.unsearched = (trust.isLarge ? 0 : names.count) - searched.count
    }
    for named in searched {
      guard let value = named.value(in: experiment) else { continue }
      let place = trust.radii.count
      trust.radii.append(
        Trust.Radius(named: named, value: value, scale: named.scale(in: experiment)))
      jobs += [.down(radius: place), .up(radius: place)]
    }
  }

  /// Adds the requirements that a small change of one name ends, and answers for each name the
  /// smallest relative change that ends any requirement, to first order.
  private mutating func addNear(
    _ cone: LossCone, _ loss: Loss, _ carriers: Carriers, _ names: [Named],
    _ pace: (Sweep.Work) -> Pace
  ) throws(SimulationError) -> [Double] {
    var nearest = [Double](repeating: .infinity, count: names.count)
    var best: [Requirement: Danger] = [:]
    for first in stride(from: 0, to: names.count, by: Dual.width) {
      let chunk = names[first..<min(first + Dual.width, names.count)]
      let margins = try Margins(
        of: trajectory, loss: loss, cone: cone, through: carriers, along: chunk.map(\.speeds),
        pace: pace(.comparing))
      for (requirement, margin) in margins.all where !isTie(requirement, margin) {
        for (direction, named) in chunk.enumerated() {
          let speed = margin.value.tangents[direction]
          guard speed != 0, speed.isFinite, let value = named.value(in: experiment) else {
            continue
          }
          let change = -margin.value.value / speed
          var scale = named.scale(in: experiment)
          if case .rate = named { scale = 1 / trust.stepLength }
          let relative = abs(change) / scale
          nearest[first + direction] = min(nearest[first + direction], relative)
          guard relative < best[requirement]?.crossing?.relative ?? .infinity else { continue }
          best[requirement] = Danger(
            kind: .near(requirement, margin: margin.value.value, time: margin.time),
            crossing: Danger.Crossing(
              named: named, value: value, linear: change, relative: relative))
        }
      }
    }
    trust.dangers += best.filter { isNear($0.key, $0.value) }.values
    return nearest
  }

  /// Whether an arrival and a spike share an instant; this is a tie, which has its own place.
  private func isTie(_ requirement: Requirement, _ margin: Margins.Margin) -> Bool {
    guard case .order(_, let neuron, let spike, _) = requirement,
      let event = trajectory.event(ofSpike: spike, of: neuron)
    else { return false }
    return abs(margin.value.value) <= trajectory.rounding(ofSpike: event)
  }

  /// Whether a small change of a parameter, or of V, ends a requirement.
  private func isNear(_ requirement: Requirement, _ danger: Danger) -> Bool {
    guard case .near(_, let margin, _) = danger.kind else { return false }
    if let relative = danger.crossing?.relative, relative <= Self.nearPart { return true }
    switch requirement {
    case .peak(let neuron, _), .rise(let neuron, _):
      let parameters = trajectory.circuit.parameters(of: neuron)
      return margin <= Self.nearPart * (parameters.vThreshold - parameters.vLeak)
    default: return false
    }
  }

  private mutating func addWarnings(_ cone: LossCone, _ pace: Pace) throws(SimulationError) {
    for warning in try Warning.all(in: trajectory, pace: pace) {
      guard isRelevant(warning, cone) else {
        trust.apart += 1
        continue
      }
      switch warning.kind {
      // The margins have these.
      case .nearMiss, .grazing: continue
      default: trust.dangers.append(Danger(kind: .warning(warning)))
      }
    }
  }

  private func isRelevant(_ warning: Warning, _ cone: LossCone) -> Bool {
    switch warning {
    case .grazing(let neuron, let spike, _, _), .approximate(let neuron, let spike, _):
      cone.contains(spike: spike, of: neuron)
    case .tie(let tie, let spike?): cone.contains(spike: spike, of: tie.neuron)
    case .tie(let tie, nil):
      trajectory.events[tie.delivering].time < cone.watched[tie.neuron]
    case .nearMiss(let neuron, let peak, _, _): peak.time < cone.watched[neuron]
    case .silent(let neuron): cone.watched[neuron] > 0
    default: true
    }
  }
}
