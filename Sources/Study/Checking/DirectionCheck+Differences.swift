import EventProp

extension DirectionCheck {
  /// Takes the differences of the next set, and halves it where they do not agree.
  mutating func takeDifferences(_ pace: Pace) throws(SimulationError) {
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
