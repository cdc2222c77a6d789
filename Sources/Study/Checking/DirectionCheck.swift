package import EventProp

/// A gradient, checked as a whole along random directions, and one derivative at a time only where a direction disagrees.
///
/// One replay of the run gives the derivatives along ``RandomDirections/count`` directions, and the gradient under test gives
/// the same numbers as sums. A wrong entry changes them all. Where they disagree, the set of parameters is divided again and
/// again, eight parts in a replay, until the wrong entries are found. Then ``GradientCheck`` judges those, as it judges every
/// entry in a full check. So no entry is called wrong that a full check would not call wrong.
///
/// Differences are taken along one line for each part of the gradient: all its parameters change together. A part whose
/// line gives another value, or changes the order of events, is halved until the entries are found.
///
/// - Complexity: a replay, and some 10 runs for each part of the gradient; for each set of wrong entries about log₈ P replays
///   more, for P parameters.
package struct DirectionCheck: Sendable {
  /// The number of derivatives up to which a check of each is as fast.
  package static let fewest = 64
  /// The number of wrong entries after which the search ends.
  package static let mostWrong = 8
  /// The synapses that deliver in a run, and its spikes, up to which differences are taken.
  package static let mostTouches = 500_000
  /// The number of directions.
  package static let directionCount = RandomDirections.count
  /// The seed of the directions.
  package static let seed = RandomDirections.seed
  /// The probability with which ``visibleError`` is not seen.
  package static let risk = RandomDirections.risk
  /// How much a direction may disagree, in tolerances of a single derivative.
  static let threshold = 1.0 / 16
  /// How many times the effect of rounding a direction may disagree.
  private static let roundingFactor = 4.0

  /// Derivatives that were looked at by themselves and do not agree.
  package private(set) var rows: [GradientCheck.Row] = []
  /// The parts of the gradient that disagree with forward mode.
  package private(set) var differing: [GradientPart] = []
  /// What differences say of each part of the gradient, as far as they were taken.
  package private(set) var lines: [DifferenceLine] = []
  /// The number of derivatives that disagree with forward mode, at least.
  package private(set) var leastWrong = 0
  /// The number of parameters that were checked.
  package var count: Int { directions.parameters.count }
  /// The judgement so far.
  package var verdict: GradientCheck.Verdict { check.verdict }
  /// The number of steps done.
  package private(set) var done = 0
  /// The number of steps, as far as they are known.
  package var total: Int { done + stage.left + pending.count }
  /// Whether nothing is left to do.
  package var isFinished: Bool { stage == .differences && pending.isEmpty }
  /// Whether the run is short enough for differences.
  package let takesDifferences: Bool
  /// Whether the directions have been compared, and all that disagree is searched.
  package var hasDirections: Bool { stage == .differences }

  private var check: GradientCheck
  private var directions: RandomDirections
  /// The positions of each part of the gradient.
  private let parts: [Range<Int>]
  private var stage = Stage.directions
  /// How much a direction may disagree, rounding included, once that is known.
  private var allowed = Self.threshold
  private var isRoundingKnown = false
  /// The largest effect of rounding on a derivative of each kind, once it is known.
  private var rounding: [GradientPart: Double] = [:]
  /// The largest disagreement that no single derivative explains.
  private var unexplained = 0.0
  /// The sets whose differences are still to be taken.
  private var pending: [LineSet] = []

  /// What is compared next.
  private enum Stage: Equatable {
    case directions
    /// The parts of the gradient from a number on, in one direction; the disagreeing sets so far.
    case parts(from: Int, direction: Int, [OpenSet])
    /// Sets that disagree in one direction, the worst last.
    case search([OpenSet], direction: Int)
    case differences

    var left: Int {
      switch self {
      case .directions: 1
      case .parts(_, _, let open), .search(let open, _): 1 + open.count
      case .differences: 0
      }
    }
  }

  /// A set of positions that disagrees, and by how much.
  fileprivate struct OpenSet: Equatable {
    var positions: Range<Int>
    var discrepancy: Double
  }

  /// Prepares the check of a gradient of a run.
  ///
  /// `parameters` is nil for all of them. `adjoint` is that of the run by the exact rule, if it is known. Throws as
  /// ``GradientCheck`` does.
  package init(
    of gradient: Gradient, on trajectory: Trajectory, parameters: [Parameter]? = nil,
    adjoint: AdjointTrajectory? = nil, pace: Pace = .free
  ) throws(SimulationError) {
    takesDifferences = trajectory.touchCount <= Self.mostTouches
    check = try GradientCheck(
      of: gradient, on: trajectory, parameters: parameters, differences: takesDifferences,
      adjoint: adjoint, pace: pace)
    parts = Self.parts(of: check.parameters)
    directions = RandomDirections(
      check.parameters, speeds: Self.speeds(of: parts, in: check, trajectory.experiment))
    if takesDifferences { pending = LineSet.all(of: parts, in: check) }
  }

  /// The ranges of parameters of one part of the gradient.
  private static func parts(of parameters: [Parameter]) -> [Range<Int>] {
    var parts: [Range<Int>] = []
    var start = 0
    for position in parameters.indices
    where position + 1 == parameters.count
      || parameters[position + 1].part != parameters[start].part
    {
      parts.append(start..<position + 1)
      start = position + 1
    }
    return parts
  }

  /// 1 over the tolerance of each derivative.
  ///
  /// A kind without any derivative has no tolerance to speak of, and an infinite speed would spoil all sums. So no
  /// tolerance is below 2⁻⁴⁰ of the largest one, each times the change of its parameter.
  private static func speeds(
    of parts: [Range<Int>], in check: GradientCheck, _ experiment: Experiment,
    rounding: [GradientPart: Double] = [:]
  ) -> [Double] {
    let tolerances = parts.map { part in
      let parameter = check.parameters[part.lowerBound]
      return check.tolerance(of: parameter, rounding: rounding[parameter.kind] ?? 0)
    }
    let largest = zip(parts, tolerances).reduce(0.0) { largest, part in
      max(largest, part.1 * experiment.change(of: check.parameters[part.0.lowerBound]))
    }
    return zip(parts, tolerances).flatMap { part, tolerance in
      part.map { position in
        let change = experiment.change(of: check.parameters[position])
        return 1 / max(tolerance, 0x1p-40 * largest / change)
      }
    }
  }

  /// The smallest error of a single derivative that would have been seen, relative to the largest derivative of its kind;
  /// kinds without any derivative do not count.
  package var visibleError: Double {
    let tolerances = parts.compactMap { part -> Double? in
      let parameter = check.parameters[part.lowerBound]
      let scale = check.scale(of: parameter)
      let rounding = rounding[parameter.kind] ?? 0
      return scale > 0 ? check.tolerance(of: parameter, rounding: rounding) / scale : nil
    }
    return RandomDirections.visible(from: max(allowed, unexplained)) * (tolerances.max() ?? 0)
  }

  // MARK: - Forward mode

  /// Makes the next step.
  ///
  /// `pace` hears now and then which time is reached, and may stop the work; the step then stays the next one.
  package mutating func advance(pace: Pace = .free) throws(SimulationError) {
    try pace.reach(0)
    switch stage {
    case .directions: try compareDirections(pace)
    case .parts(let start, let direction, let open):
      try compareParts(from: start, direction, open, pace)
    case .search(let open, let direction): try search(open, direction, pace)
    case .differences: if !pending.isEmpty { try takeDifferences(pace) }
    }
    done += 1
  }

  private mutating func compareDirections(_ pace: Pace) throws(SimulationError) {
    let found = try directions.discrepancies(
      of: check.gradient, from: check.forwardMode, pace: pace)
    func worst() -> Int? {
      // With this form of the condition a NaN disagrees.
      (0..<RandomDirections.count).filter { !(abs(found[$0]) <= allowed) }
        .max { abs(found[$0]).orInfinite < abs(found[$1]).orInfinite }
    }
    if worst() != nil, !isRoundingKnown {
      // The directions are made anew, so that every kind counts as much as its rounding lets it.
      rounding = try check.roundingOfKinds(pace: pace)
      directions = RandomDirections(
        check.parameters,
        speeds: Self.speeds(
          of: parts, in: check, check.forwardMode.trajectory.experiment, rounding: rounding))
      allowed = max(allowed, Self.roundingFactor * (try roundingOfDirections(pace)))
      isRoundingKnown = true
      return
    }
    guard let direction = worst() else {
      stage = .differences
      return
    }
    stage =
      rows.isEmpty
      ? .parts(from: 0, direction: direction, [])
      : .search(
        [OpenSet(positions: 0..<count, discrepancy: found[direction])], direction: direction)
  }

  /// The largest change that rounding makes in a direction.
  private mutating func roundingOfDirections(_ pace: Pace) throws(SimulationError) -> Double {
    let exact = directions.derivatives(of: check.exact)
    let forward = try check.forwardMode.derivatives(
      along: directions.parameters.indices.map { directions[$0] }, of: directions.parameters,
      pace: pace)
    var largest = 0.0
    for moved in try check.roundedRuns(pace: pace) {
      let changes = [
        directions.derivatives(of: moved.adjoint) - exact,
        try moved.forwardMode.derivatives(
          along: directions.parameters.indices.map { directions[$0] }, of: directions.parameters,
          pace: pace) - forward,
      ]
      for change in changes {
        for direction in 0..<RandomDirections.count {
          largest = max(largest, abs(change[direction]))
        }
      }
    }
    return largest
  }

  private mutating func compareParts(
    from start: Int, _ direction: Int, _ open: [OpenSet], _ pace: Pace
  ) throws(SimulationError) {
    let end = min(start + RandomDirections.count, parts.count)
    let disagreeing = open + (try disagreeing(Array(parts[start..<end]), direction, pace))
    if end < parts.count {
      stage = .parts(from: end, direction: direction, disagreeing)
    } else {
      differing = disagreeing.map { check.parameters[$0.positions.lowerBound].part }
      stage = .search(disagreeing.sorted(), direction: direction)
    }
  }

  /// The sets that disagree in a direction.
  private func disagreeing(
    _ sets: [Range<Int>], _ direction: Int, _ pace: Pace
  ) throws(SimulationError) -> [OpenSet] {
    let found = try directions.discrepancies(
      of: check.gradient, from: check.forwardMode, in: sets, direction: direction, pace: pace)
    return zip(sets, found).filter { !(abs($1) <= allowed) }
      .map { OpenSet(positions: $0, discrepancy: $1) }
  }

  /// Divides the set that disagrees most, or judges its derivatives if they are few.
  private mutating func search(
    _ open: [OpenSet], _ direction: Int, _ pace: Pace
  ) throws(SimulationError) {
    var open = open
    guard let worst = open.popLast() else {
      // What is left is compared again, unless nothing was found this time.
      let known = rows.count
      leastWrong = known
      stage = known > searched ? .directions : .differences
      searched = known
      return
    }
    if worst.positions.count > RandomDirections.count {
      let sets = worst.positions.divided(by: RandomDirections.count)
      let disagreeing = try disagreeing(sets, direction, pace)
      if disagreeing.isEmpty { leaveUnexplained(worst) }
      stage = .search((open + disagreeing).sorted(), direction: direction)
      return
    }
    var wrong: [(position: Int, row: GradientCheck.Row)] = []
    for position in worst.positions {
      let forward = try check.forwardDerivative(at: position, pace: pace)
      let parameter = check.parameters[position]
      guard !(abs(check.gradient[parameter] - forward) <= check.tolerance(of: parameter)) else {
        continue
      }
      let row = try check.row(at: position, pace: pace)
      if row.verdict == .differs { wrong.append((position, row)) }
    }
    if wrong.isEmpty { leaveUnexplained(worst) }
    for (position, row) in wrong {
      directions.stop(position)
      rows.append(row)
    }
    leastWrong = rows.count + open.count
    stage = rows.count < Self.mostWrong ? .search(open, direction: direction) : .differences
    // A wrong derivative has been compared with its own differences.
    if !rows.isEmpty { pending = [] }
  }

  /// The number of rows when the directions were compared last.
  private var searched = 0

  private mutating func leaveUnexplained(_ set: OpenSet) {
    unexplained = max(unexplained, abs(set.discrepancy).orInfinite)
  }

  // MARK: - Differences

  private mutating func takeDifferences(_ pace: Pace) throws(SimulationError) {
    guard let set = pending.last, let differences = try check.differences(pace: pace) else {
      return
    }
    let judged = try set.judged(by: differences, in: check, pace)
    switch judged {
    case .agrees(let visible):
      note(set) { $0.visible = max($0.visible ?? 0, visible) }
    case .isSingle:
      let row = try check.row(at: set.positions[0], pace: pace)
      if row.verdict != .agrees { rows.append(row) }
      if row.verdict == .differs { leastWrong += 1 }
      if case .notComparable = row.verdict { note(set) { $0.obstacles += 1 } }
    case .disagrees(let isComparable):
      let isKnown = lines.contains { $0.part == set.part(in: check) && $0.obstacles > 0 }
      pending.removeLast()
      guard isComparable || !isKnown else {
        return note(set) { $0.untested += set.positions.count }
      }
      pending += set.halves
      return
    }
    pending.removeLast()
    if verdict == .differs {
      pending = []
    }
  }

  /// Notes a result of the part to which a set belongs.
  private mutating func note(_ set: LineSet, _ change: (inout DifferenceLine) -> Void) {
    let part = set.part(in: check)
    let place = lines.firstIndex { $0.part == part } ?? lines.count
    if place == lines.count { lines.append(DifferenceLine(part: part)) }
    change(&lines[place])
  }
}

extension [DirectionCheck.OpenSet] {
  /// The same, the worst last.
  fileprivate func sorted() -> Self {
    sorted { abs($0.discrepancy).orInfinite < abs($1.discrepancy).orInfinite }
  }
}

extension Double {
  /// The number, or infinity in place of NaN.
  fileprivate var orInfinite: Double { isNaN ? .infinity : self }
}

extension Range<Int> {
  /// The range in up to `count` parts of nearly one size, each but the last a multiple of it.
  fileprivate func divided(by count: Int) -> [Range<Int>] {
    let chunks = (self.count + count - 1) / count
    let size = (chunks + count - 1) / count * count
    return stride(from: lowerBound, to: upperBound, by: size).map {
      $0..<Swift.min($0 + size, upperBound)
    }
  }
}
