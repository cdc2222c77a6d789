import EventProp

extension Sweep {
  /// The width of a border that is found, as a part of the range.
  static let precision = 1e-6
  /// The most spikes of all runs that look for borders: with thousands of neurons in a chain, some
  /// spikes change places everywhere.
  private static let mostSpikes = 4_000_000
  /// The most borders that are looked for between two neighbours.
  private static let mostBorders = 32
  /// The approximate number of runs for one border, for the progress.
  private static let runsPerBorder = 15

  /// Notes the neighbours between which the spikes change.
  mutating func look(for curve: inout SweepCurve) {
    for (place, low) in curve.points.dropLast().enumerated() where !curve.isSmooth(after: place) {
      let high = curve.points[place + 1]
      open.append(Bracket(low: low, high: high, end: high))
    }
    planned += open.count * Self.runsPerBorder
    close(&curve)
  }

  /// Halves the first bracket.
  mutating func narrow(
    _ curve: inout SweepCurve, _ pace: (Work) -> Pace
  ) throws(SimulationError) {
    guard var bracket = open.first else { return close(&curve) }
    let axis = curve.axis
    let middle = bracket.low.value / 2 + bracket.high.value / 2
    let point = try point(middle, on: axis, derivative: nil, pace)
    spikes += point.spikeCount
    if point.isSmooth(to: bracket.low) { bracket.low = point } else { bracket.high = point }
    guard bracket.high.value / 2 - bracket.low.value / 2 <= Self.precision * axis.halfWidth else {
      open[0] = bracket
      if spikes > Self.mostSpikes { leave(&curve) }
      return
    }
    curve.borders.append(try border(bracket, on: axis, pace))
    open.removeFirst()
    if bracket.high.isSmooth(to: bracket.end) { return close(&curve) }
    if bracket.found + 1 == Self.mostBorders {
      curve.isCrowded = true
    } else {
      open.insert(
        Bracket(
          low: bracket.high, high: bracket.end, end: bracket.end, found: bracket.found + 1),
        at: 0)
      planned += Self.runsPerBorder
    }
    close(&curve)
  }

  /// The change of the spikes between the ends of a bracket.
  private func border(
    _ bracket: Bracket, on axis: SweepAxis, _ pace: (Work) -> Pace
  ) throws(SimulationError) -> SweepBorder {
    func trajectory(_ point: SweepPoint) throws(SimulationError) -> Trajectory? {
      do throws(SimulationError) {
        return try Trajectory(
          of: experiment(with: point.value, on: axis), pace: pace(.running))
      } catch {
        if case .stopped = error { throw error }
        return nil
      }
    }
    var order: SweepBorder.Order?
    if let low = try trajectory(bracket.low), let high = try trajectory(bracket.high) {
      order = SweepBorder.Order(from: low, to: high, bracket.low, bracket.high, carriers)
    }
    return SweepBorder(bracket.low, bracket.high, order)
  }

  /// Keeps the remaining brackets as wide borders and ends the search.
  private mutating func leave(_ curve: inout SweepCurve) {
    leave(open, wideOn: &curve)
    open = []
    curve.isCrowded = true
    close(&curve)
  }

  /// Keeps brackets as wide borders.
  ///
  /// Which of many spikes is the first to change places is not worth two runs.
  func leave(_ brackets: [Bracket], wideOn curve: inout SweepCurve) {
    for bracket in brackets {
      curve.borders.append(SweepBorder(bracket.low, bracket.high, nil))
    }
  }

  private func close(_ curve: inout SweepCurve) {
    curve.judgeBorders()
    curve.isComplete = open.isEmpty && curve.points.count == curve.axis.values.count
  }
}
