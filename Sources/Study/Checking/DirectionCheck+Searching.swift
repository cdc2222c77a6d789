import EventProp

extension DirectionCheck {
  /// A set of positions that disagrees, and by how much.
  struct OpenSet: Equatable {
    var positions: Range<Int>
    var discrepancy: Double
  }

  /// Compares some of the parts of the gradient along a direction.
  mutating func compareParts(
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
  mutating func search(
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

  private mutating func leaveUnexplained(_ set: OpenSet) {
    unexplained = max(unexplained, abs(set.discrepancy).orInfinite)
  }
}

extension [DirectionCheck.OpenSet] {
  /// The same, the worst last.
  fileprivate func sorted() -> Self {
    sorted { abs($0.discrepancy).orInfinite < abs($1.discrepancy).orInfinite }
  }
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
