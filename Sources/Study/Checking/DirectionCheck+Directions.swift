import EventProp

extension DirectionCheck {
  /// How many times the effect of rounding a direction may disagree.
  private static let roundingFactor = 4.0

  /// Compares the gradient with forward mode along all directions, and chooses what is done next.
  mutating func compareDirections(_ pace: Pace) throws(SimulationError) {
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
}

extension Double {
  /// The number, or infinity in place of NaN.
  var orInfinite: Double { isNaN ? .infinity : self }
}
