import EventProp

/// The search for the mistakes that reproduce a foreign gradient.
///
/// Candidates are the wrong rules and their pairs. For each candidate, every part lists the
/// scalings that turn the candidate into the foreign values. A scaling that serves all parts that
/// need one makes an explanation. Candidates that change nothing on this run are left out.
struct ExplanationSearch {
  private let parts: [ComparedPart]
  private let runs: [ComparedRun]
  /// The exact gradient by the pass that computes the wrong ones, so that a rule without effect
  /// gives the same bits.
  private let exact: [[Double]]
  private let precision: Precision
  private var found: [Explanation] = []
  private var lastResort: [Explanation] = []
  /// The wrong rule that comes nearest without a scaling.
  private(set) var closest: Explanation?
  /// The touches that remain for passes made to fit a number.
  private var budget: Int
  /// The touches that one pass over all runs uses up.
  private let cost: Int

  init(
    _ parts: [ComparedPart], runs: [ComparedRun], precision: Precision, pace: Pace
  ) throws(SimulationError) {
    self.parts = parts
    self.runs = runs
    self.precision = precision
    cost = runs.reduce(0) { $0 + $1.cost }
    // In a small run every pair is tried, in a large one only a clamp alone.
    budget = min(max(1_000_000, 100 * cost), 200_000_000)
    exact = try Self.values(.exact, parts, runs, pace) ?? []
  }

  /// The run, where there is only one.
  private var single: ComparedRun? { runs.count == 1 ? runs[0] : nil }

  /// The explanations with the fewest mistakes among those at rounding level.
  var best: [Explanation] {
    // Where a number was fitted anyway, a factor without a name is no worse.
    let isSimple = found.contains { $0.freedom == 0 && $0.count <= 1 }
    let candidates =
      isSimple ? found : found + lastResort.filter { $0.freedom < 2 || !isNamed }
    guard let least = candidates.map(\.residual).min() else { return [] }
    // Implementations round differently, by less than a hundred times the least difference.
    let equallyGood = candidates.filter {
      $0.residual <= max(100 * least, 8 * precision.epsilon)
    }
    let fewest = equallyGood.map(\.count).min() ?? 0
    var simple = equallyGood.filter { $0.count == fewest }
    // 1/32 is rather a mean over 32 samples, 0.1 rather a factor.
    if simple.contains(where: \.isUnknownMean), !simple.contains(where: \.isRoundFactor) {
      simple.removeAll(where: \.isPlainFactor)
    } else if simple.contains(where: \.isRoundFactor) {
      simple.removeAll(where: \.isUnknownMean)
    }
    let simplest = simple.enumerated()
    return simplest.sorted { ($0.element.freedom, $0.offset) < ($1.element.freedom, $1.offset) }
      .map(\.element)
  }

  /// Whether changes with names explain the gradient.
  private var isNamed: Bool { found.contains { $0.freedom == 0 } }

  /// Whether `count` mistakes reproduce the gradient to rounding; then neither more mistakes nor
  /// fitted numbers are tried.
  private func isSolved(by count: Int) -> Bool {
    best.first.map {
      $0.residual <= precision.outright && $0.count <= count && $0.freedom == 0
    } ?? false
  }

  /// The alterations without a value, and each missing channel and Euler step that is tried.
  private var named: [Alteration] {
    Alteration.all.flatMap { alteration -> [Alteration] in
      switch alteration {
      case .clampedSlope, .truncated: []
      case .missingChannel: silentChannels.map { .missingChannel($0) }
      case .euler: Self.eulerSteps.map { .euler($0) }
      default: [alteration]
      }
    }
  }

  /// The input channels whose row is zero in the foreign gradient, and not in ours.
  private var silentChannels: [Int] {
    guard
      let part = parts.indices.first(where: {
        parts[$0].part.layer == 0 && parts[$0].part.quantity == .weights
      }), let rows = parts[part].matrix?.rows
    else { return [] }
    return rows.indices.filter { row in
      rows[row].allSatisfy { parts[part].theirs[$0] == 0 }
        && rows[row].contains { exact[part][$0] != 0 }
    }
  }

  /// The usual steps of a grid, in seconds.
  private static let eulerSteps = [1e-3, 5e-4, 2e-4, 1e-4, 5e-5, 2e-5, 1e-5, 5e-6, 2e-6, 1e-6]

  /// Tries one candidate after another.
  ///
  /// Throws `SimulationError.stopped` where `pace` stops it, and nothing else.
  mutating func run(_ pace: Pace) throws(SimulationError) {
    consider(.exact, exact)
    var effective: [Alteration] = []
    for alteration in named where try consider(AdjointRule(alteration), pace) {
      switch alteration {
      // One value of many: in a pair it would be a guess.
      case .euler, .missingChannel: break
      default: effective.append(alteration)
      }
    }
    try considerTruncations(with: nil, pace)
    guard !isSolved(by: 1) else { return }
    try considerClamps(with: [], pace)
    guard best.first.map({ $0.residual > precision.outright || $0.count > 1 }) ?? true else {
      return
    }
    for (number, one) in effective.enumerated() where cost < Self.mostCost {
      for other in effective[..<number] {
        if let rule = AdjointRule([other, one]) { try consider(rule, pace) }
      }
    }
    guard !isSolved(by: 2) else { return }
    for alteration in effective { try considerTruncations(with: alteration, pace) }
    for alteration in effective { try considerClamps(with: [alteration], pace) }
    guard best.first.map({ $0.residual > precision.outright }) ?? true else { return }
    for last in single?.trajectory.events.indices ?? 0..<0 {
      try considerClamps(with: [.truncated(last)], pace)
    }
  }

  /// Tries the rules without a value alone, for a gradient that another error covers.
  mutating func runCoarsely(_ pace: Pace) throws(SimulationError) {
    consider(.exact, exact)
    for alteration in named { try consider(AdjointRule(alteration), pace) }
  }

  // MARK: - Candidates

  /// The gradient by a rule, part by part; nil where λ is no finite number.
  private func values(
    _ rule: AdjointRule, _ pace: Pace
  ) throws(SimulationError) -> [[Double]]? {
    try Self.values(rule, parts, runs, pace)
  }

  private static func values(
    _ rule: AdjointRule, _ parts: [ComparedPart], _ runs: [ComparedRun], _ pace: Pace
  ) throws(SimulationError) -> [[Double]]? {
    var sum: [[Double]]?
    for run in runs {
      var pass = BackwardPass(run.trajectory, run.evaluation, rule: rule, keepsRecord: false)
      do throws(SimulationError) {
        while try pass.next(pace: pace) != nil {}
      } catch {
        if case .stopped = error { throw error }
        return nil
      }
      let found = parts.map { $0.part.values(in: pass.gradient) }
      guard runs.count > 1 else { return found }
      sum = add(found, times: run.share, to: sum)
    }
    return sum
  }

  private static func add(
    _ values: [[Double]], times share: Double, to sum: [[Double]]?
  ) -> [[Double]] {
    guard var sum else { return values.map { $0.map { share * $0 } } }
    for part in values.indices {
      for entry in values[part].indices { sum[part][entry] += share * values[part][entry] }
    }
    return sum
  }

  private func values(of gradient: Gradient) -> [[Double]] {
    parts.map { $0.part.values(in: gradient) }
  }

  /// Tries a rule; false where it changes nothing.
  @discardableResult private mutating func consider(
    _ rule: AdjointRule, _ pace: Pace
  ) throws(SimulationError) -> Bool {
    guard let ours = try values(rule, pace), ours != exact else { return false }
    consider(rule, ours)
    return true
  }

  /// Tries every number of events walked back, in a single pass that is read after each event.
  private mutating func considerTruncations(
    with alteration: Alteration?, _ pace: Pace
  ) throws(SimulationError) {
    guard let single else { return }
    let trajectory = single.trajectory
    let rule = alteration.map { AdjointRule($0) } ?? .exact
    var pass = BackwardPass(trajectory, single.evaluation, rule: rule, keepsRecord: false)
    var before: [[Double]]?
    for last in trajectory.events.indices {
      if looks(at: last, of: trajectory.events.count) {
        let ours = values(of: pass.gradient)
        defer { before = ours }
        if ours == before {
          extendRange(to: last, with: alteration)
        } else if ours != exact,
          let truncated = AdjointRule([.truncated(last)] + (alteration.map { [$0] } ?? []))
        {
          consider(truncated, ours, eventRange: last...last)
        }
      }
      do throws(SimulationError) {
        _ = try pass.next(pace: pace)
      } catch {
        if case .stopped = error { throw error }
        return
      }
    }
  }

  /// Whether a number of events is tried; in a very long run only round numbers are, as usual for
  /// buffers.
  private func looks(at last: Int, of events: Int) -> Bool {
    let values = parts.reduce(0) { $0 + $1.theirs.count }
    guard events > Self.mostValues / max(1, values) else { return true }
    return last & (last - 1) == 0
      || Double(last) == Double(last).rounded(toSignificant: 2)
  }

  private static let mostValues = 20_000_000

  /// Notes that one more event gives the same gradient.
  private mutating func extendRange(to last: Int, with alteration: Alteration?) {
    for index in found.indices {
      guard let range = found[index].eventRange, range.upperBound == last - 1,
        found[index].rule.alterations.filter({ $0.kind != Alteration.truncated(0).kind })
          == (alteration.map { [$0] } ?? [])
      else { continue }
      found[index].eventRange = range.lowerBound...last
    }
  }

  // MARK: - Scalings

  private mutating func consider(
    _ rule: AdjointRule, _ ours: [[Double]], eventRange: ClosedRange<Int>? = nil
  ) {
    noteDistance(of: rule, ours, eventRange)
    let most = rule.alterations.count < 2 ? 2 : 1
    var solutions: [[ComparedPart.Solution]] = []
    for (part, values) in zip(parts, ours) {
      let own = part.solutions(values, most: most)
      if own.isEmpty {
        if rule.alterations.count < 2 { considerFreeFactor(rule, ours, eventRange) }
        return
      }
      solutions.append(own)
    }
    // One plain factor is simpler than two changes with names.
    if rule == .exact { considerFreeFactor(rule, ours, eventRange) }
    for choice in choices(solutions, ours) {
      let changes = self.changes(choice, ours)
      guard !isUnscaled(changes, rule) else { continue }
      found.append(
        Explanation(
          rule: rule, changes: changes, residual: choice.map(\.residual).max() ?? 0,
          eventRange: eventRange))
    }
  }

  private mutating func noteDistance(
    of rule: AdjointRule, _ ours: [[Double]], _ eventRange: ClosedRange<Int>?
  ) {
    let limit = closest?.residual ?? .infinity
    var residual = 0.0
    for (part, values) in zip(parts, ours) {
      residual = max(residual, part.residual(values))
      guard residual < limit else { return }
    }
    closest = Explanation(
      rule: rule, changes: [], residual: residual, eventRange: eventRange)
  }

  /// One solution for each part: the same one for all parts that need one, if possible.
  private func choices(
    _ solutions: [[ComparedPart.Solution]], _ ours: [[Double]]
  ) -> [[ComparedPart.Solution]] {
    func plain(_ own: [ComparedPart.Solution]) -> ComparedPart.Solution? {
      own.first { $0.scaling.isIdentity }
    }
    let needy = solutions.filter { plain($0) == nil }
    guard let first = needy.first else { return [solutions.compactMap(plain)] }
    var choices: [[ComparedPart.Solution]] = []
    for scaling in first.map(\.scaling) {
      let choice = solutions.compactMap { own in
        plain(own) ?? own.first { $0.scaling == scaling }
      }
      if choice.count == solutions.count { choices.append(choice) }
    }
    guard choices.isEmpty else { return choices }
    // No scaling serves all parts: each part takes the simplest one that other parts need too.
    let common = { (scaling: Scaling) in
      needy.count { own in own.contains { $0.scaling == scaling } }
    }
    return [
      solutions.compactMap { own in
        plain(own)
          ?? own.min {
            ($0.scaling.count, -common($0.scaling)) < ($1.scaling.count, -common($1.scaling))
          }
      }
    ]
  }

  private func changes(
    _ choice: [ComparedPart.Solution], _ ours: [[Double]]
  ) -> [Explanation.Change] {
    var order: [Scaling] = []
    for scaling in choice.map(\.scaling) where !scaling.isIdentity && !order.contains(scaling) {
      order.append(scaling)
    }
    return order.map { scaling in
      let members = parts.indices.filter { choice[$0].scaling == scaling }
      let others = parts.indices.filter { !members.contains($0) && !isZero(ours[$0]) }
      return Explanation.Change(
        scaling: scaling,
        parts: others.isEmpty && parts.count > 1 && members.count > 1
          ? nil : members.map { parts[$0].part })
    }
  }

  private func isZero(_ values: [Double]) -> Bool { values.allSatisfy { $0 == 0 } }

  /// Whether the only change is the missing tau_syn of the weights; this is the rule `unscaled`.
  private func isUnscaled(_ changes: [Explanation.Change], _ rule: AdjointRule) -> Bool {
    guard changes.count == 1, let change = changes.first, rule.isScaled else { return false }
    var missing = Scaling()
    missing.tauSyn = -1
    guard change.scaling == missing else { return false }
    return (change.parts ?? parts.map(\.part)).allSatisfy {
      $0.quantity.isSynaptic && $0.quantity.dimension == .current
    }
  }

  /// Tries one factor without a name for every part that needs one.
  private mutating func considerFreeFactor(
    _ rule: AdjointRule, _ ours: [[Double]], _ eventRange: ClosedRange<Int>?
  ) {
    let needy = parts.indices.filter { parts[$0].residual(ours[$0]) > precision.tolerance }
    guard needy.reduce(0, { $0 + parts[$1].nonzeros }) >= 2, let first = needy.first,
      let exact = parts[first].freeFactor(ours[first])
    else { return }
    var factor = exact
    for digits in 1...9 {
      let rounded = exact.rounded(toSignificant: digits)
      if abs(rounded - exact) <= max(64 * precision.epsilon, Self.fit) * abs(exact) {
        factor = rounded
        break
      }
    }
    var scaling = Scaling()
    scaling.isNegative = factor < 0
    scaling.constant = abs(factor)
    var residual = 0.0
    for index in parts.indices {
      let values =
        needy.contains(index)
        ? parts[index].applying(scaling, to: ours[index]) ?? [] : ours[index]
      residual = max(
        residual,
        parts[index].residual(values, scale: needy.contains(index) ? scaling.constant : 1))
    }
    guard residual <= precision.tolerance else { return }
    let others = parts.indices.filter { !needy.contains($0) && !isZero(ours[$0]) }
    lastResort.append(
      Explanation(
        rule: rule,
        changes: [
          Explanation.Change(
            scaling: scaling,
            parts: others.isEmpty && needy.count > 1 ? nil : needy.map { parts[$0].part })
        ], residual: residual, eventRange: eventRange))
  }

  /// The relative error of a factor that is read off two values.
  private static let fit = 1e-13

  // MARK: - A clamp of unknown size

  /// Fits the clamp of the slope, together with other alterations.
  ///
  /// Every value of the gradient is a continuous function of the clamp. The search takes the value
  /// with the largest difference and follows it over the slopes of the run. Where it meets the
  /// foreign value, the clamp is found if all other values agree.
  private mutating func considerClamps(
    with alterations: [Alteration], _ pace: Pace
  ) throws(SimulationError) {
    let base = AdjointRule(alterations)
    guard let base, let ours = try alterations.isEmpty ? exact : values(base, pace),
      alterations.isEmpty || ours != exact, let place = furthest(from: ours)
    else { return }
    let slopes = Set(
      runs.map(\.trajectory).flatMap { trajectory in
        trajectory.events.indices.compactMap { trajectory.slopeAtThreshold(of: $0).map(abs) }
      })
    let grid = Self.grid(
      slopes.filter { $0 > 0 }.sorted(), most: cost > Self.largeCost ? 24 : Self.mostSlopes)
    guard budget > grid.count * cost else { return }

    func value(_ least: Double) throws(SimulationError) -> Double? {
      guard let rule = AdjointRule(alterations + [.clampedSlope(least)]) else { return nil }
      budget -= cost
      return try values(rule, pace)?[place.part][place.entry]
    }
    let path = try grid.map { least throws(SimulationError) in
      (least: least, value: try value(least))
    }
    for target in targets(place) {
      for (one, other) in zip(path, path.dropFirst()) {
        guard budget > 0, let low = one.value, let high = other.value,
          (low - target) * (high - target) <= 0, low != high
        else { continue }
        let least = try Self.root(
          from: (one.least, low - target), to: (other.least, high - target)
        ) { least throws(SimulationError) in try value(least).map { $0 - target } ?? 0 }
        try considerClamp(least, with: alterations, pace)
      }
    }
  }

  private mutating func considerClamp(
    _ least: Double, with alterations: [Alteration], _ pace: Pace
  ) throws(SimulationError) {
    let candidates =
      (1...9).map { least.rounded(toSignificant: $0) }.filter {
        abs($0 - least) <= 1e3 * precision.epsilon * least
      } + [least]
    for candidate in candidates {
      guard let rule = AdjointRule(alterations + [.clampedSlope(candidate)]) else { continue }
      let known = found.count
      try consider(rule, pace)
      if found.count > known { return }
    }
  }

  private func furthest(from ours: [[Double]]) -> (part: Int, entry: Int)? {
    var furthest: (part: Int, entry: Int, distance: Double)?
    for (number, part) in parts.enumerated() {
      let scale = max(ours[number].map { abs($0) }.max() ?? 0, part.floor)
      for entry in part.theirs.indices {
        let distance = abs(part.theirs[entry] - ours[number][entry]) / scale
        if distance > furthest?.distance ?? precision.tolerance {
          furthest = (number, entry, distance)
        }
      }
    }
    return furthest.map { ($0.part, $0.entry) }
  }

  /// The values at a position before simple scalings.
  private func targets(_ place: (part: Int, entry: Int)) -> [Double] {
    let part = parts[place.part]
    let theirs = part.theirs[place.entry]
    var targets = [theirs, -theirs, theirs / 1e3, theirs / 1e6, theirs * 1e3]
    for tau in [part.tauSyn?[place.entry], part.tauMem?[place.entry]].compactMap({ $0 }) {
      targets += [theirs * tau, theirs / tau]
    }
    return targets
  }

  private static let mostSlopes = 64
  /// The touches of a pass up to which pairs of rules are tried.
  private static let mostCost = 2_000_000
  /// The touches of a pass from which on fewer clamps are tried.
  private static let largeCost = 10_000

  /// Clamps to try: the slopes, the middles between them, and some beyond the largest.
  private static func grid(_ slopes: [Double], most: Int) -> [Double] {
    guard let largest = slopes.last else { return [] }
    let step = max(1, slopes.count / most)
    let some = slopes.indices.filter { $0 % step == 0 }.map { slopes[$0] }
    var grid: [Double] = []
    for (one, other) in zip(some, some.dropFirst() + [largest]) {
      grid.append(one)
      if other > one { grid.append((one * other).squareRoot()) }
    }
    if grid.last != largest { grid.append(largest) }
    return grid + [1.25, 2, 4, 10, 100, 1000, 10_000].map { $0 * largest }
  }

  /// A zero between two points of opposite sign: false position with a halved weight for an end
  /// that stays (Illinois), then halving.
  private static func root(
    from one: (x: Double, y: Double), to other: (x: Double, y: Double),
    _ function: (Double) throws(SimulationError) -> Double
  ) throws(SimulationError) -> Double {
    var (a, b) = (one, other)
    if a.y == 0 { return a.x }
    if b.y == 0 { return b.x }
    var last = Double.nan
    for step in 0..<80 {
      var x = step < 40 ? (a.x * b.y - b.x * a.y) / (b.y - a.y) : (a.x + b.x) / 2
      if !(x > min(a.x, b.x) && x < max(a.x, b.x)) { x = (a.x + b.x) / 2 }
      let y = try function(x)
      guard y != 0, abs(b.x - a.x) > 4 * x.ulp, !(abs(x - last) <= 2 * x.ulp) else { return x }
      last = x
      if y * b.y < 0 { a = b } else { a.y /= 2 }
      b = (x, y)
    }
    return b.x
  }
}

extension Double {
  /// The nearest number with at most `digits` significant decimal digits.
  fileprivate func rounded(toSignificant digits: Int) -> Double {
    guard self != 0, isFinite else { return self }
    var power = 1 - digits
    var size = abs(self)
    while size >= 10 { (size, power) = (size / 10, power + 1) }
    while size < 1 { (size, power) = (size * 10, power - 1) }
    // A power of ten is exact as a factor, but not as a fraction.
    let scale = (0..<abs(power)).reduce(1.0) { scale, _ in scale * 10 }
    return power >= 0 ? (self / scale).rounded() * scale : (self * scale).rounded() / scale
  }
}
