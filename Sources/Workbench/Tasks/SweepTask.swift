import EventProp
import Language
import Study

/// A sweep under way: a run at a time, then the borders by bisection.
struct SweepTask: Work {
  let title: String
  private let experiment: Experiment
  private let rule: AdjointRule
  private let carriers: Carriers
  private var state: State
  /// The brackets of borders that are still wide; the right end of each has a point of the grid.
  private var open: [Bracket] = []
  private(set) var done = 0
  private var planned: Int

  private enum State: Sendable {
    case curve(SweepCurve)
    case map(SweepMap)
  }

  /// Two values with a border between them, and the point up to which more may follow.
  private struct Bracket: Sendable {
    var low: SweepPoint
    var high: SweepPoint
    let end: SweepPoint
    var found = 0
  }

  /// How closely a border is found, as a part of the range.
  static let precision = 1e-6
  /// The most spikes of the runs that look for borders: where thousands of neurons follow each other, some spikes change places everywhere.
  private static let mostSpikes = 4_000_000
  /// The spikes of such runs so far.
  private var spikes = 0
  /// The most borders looked for between two neighbours.
  private static let mostBorders = 32
  /// The runs that finding one border takes, about, for the progress.
  private static let runsPerBorder = 15

  init(_ axis: SweepAxis, of run: Run, label: String, title: String) {
    self.title = title
    experiment = run.experiment
    rule = run.rule
    carriers = Carriers(run.trajectory.circuit, varying: axis.named.parameters)
    state = .curve(SweepCurve(axis: axis, of: run.experiment, label: label))
    planned = axis.values.count
  }

  init(_ across: SweepAxis, _ up: SweepAxis, of run: Run, label: String, title: String) {
    self.title = title
    experiment = run.experiment
    rule = run.rule
    carriers = Carriers(
      run.trajectory.circuit, varying: across.named.parameters + up.named.parameters)
    state = .map(SweepMap(across: across, up: up, experiment: run.experiment, label: label))
    planned = across.values.count * up.values.count
  }

  var total: Int { max(planned, done) }

  var isFinished: Bool {
    switch state {
    case .curve(let curve): curve.isComplete
    case .map(let map): map.isComplete
    }
  }

  /// Makes the next run.
  ///
  /// Throws `SimulationError.stopped` where `pace` stops it; the run is then still the next one.
  mutating func advance(
    _ pace: (Progress.Work) -> Pace
  ) throws(SimulationError) {
    switch state {
    case .map(var map):
      let (row, column) = map.points.count.quotientAndRemainder(dividingBy: map.across.values.count)
      map.points.append(try point(column, row, of: map, pace))
      state = .map(map)
    case .curve(var curve):
      if curve.points.count < curve.axis.values.count {
        let value = curve.axis.values[curve.points.count]
        curve.append(try point(value, on: curve.axis, derivative: curve.axis.named, pace))
        if curve.points.count == curve.axis.values.count { look(for: &curve) }
      } else {
        try narrow(&curve, pace)
      }
      state = .curve(curve)
    }
    done += 1
  }

  private func point(
    _ value: Double, on axis: SweepAxis, derivative: Named?,
    _ pace: (Progress.Work) -> Pace
  ) throws(SimulationError) -> SweepPoint {
    let edited: Experiment
    do throws(Diagnostic) {
      edited = try axis.experiment(experiment, with: value)
    } catch {
      return SweepPoint(value, refused: error)
    }
    return try SweepPoint(
      value, edited, rule: rule, derivative: derivative, carriers, pace)
  }

  private func point(
    _ column: Int, _ row: Int, of map: SweepMap, _ pace: (Progress.Work) -> Pace
  ) throws(SimulationError) -> SweepPoint {
    let value = map.across.values[column]
    let edited: Experiment
    do throws(Diagnostic) {
      edited = try map.up.experiment(
        map.across.experiment(experiment, with: value), with: map.up.values[row])
    } catch {
      return SweepPoint(value, refused: error)
    }
    return try SweepPoint(value, edited, rule: rule, derivative: nil, carriers, pace)
  }

  /// Notes between which neighbours the spikes change.
  private mutating func look(for curve: inout SweepCurve) {
    for (place, low) in curve.points.dropLast().enumerated() where !curve.isSmooth(after: place) {
      let high = curve.points[place + 1]
      open.append(Bracket(low: low, high: high, end: high))
    }
    planned += open.count * Self.runsPerBorder
    close(&curve)
  }

  /// Halves the first bracket.
  private mutating func narrow(
    _ curve: inout SweepCurve, _ pace: (Progress.Work) -> Pace
  ) throws(SimulationError) {
    guard var bracket = open.first else { return close(&curve) }
    let axis = curve.axis
    let width = (axis.values.last ?? 0) - (axis.values.first ?? 0)
    let middle = (bracket.low.value + bracket.high.value) / 2
    let point = try point(middle, on: axis, derivative: nil, pace)
    spikes += point.spikeCount
    if point.isSmooth(to: bracket.low) { bracket.low = point } else { bracket.high = point }
    guard bracket.high.value - bracket.low.value <= Self.precision * width else {
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

  /// What happens between the ends of a bracket.
  private func border(
    _ bracket: Bracket, on axis: SweepAxis, _ pace: (Progress.Work) -> Pace
  ) throws(SimulationError) -> SweepBorder {
    func trajectory(_ point: SweepPoint) throws(SimulationError) -> Trajectory? {
      guard let edited = try? axis.experiment(experiment, with: point.value) else { return nil }
      do throws(SimulationError) {
        return try Trajectory(of: edited, pace: pace(.running))
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

  /// Keeps the borders that were not narrowed as wide as they are, and looks for no more.
  private mutating func leave(_ curve: inout SweepCurve) {
    leave(open, wideOn: &curve)
    open = []
    curve.isCrowded = true
    close(&curve)
  }

  /// What is left wide is still a border; which spike is the first of many to change places is not worth two runs.
  private func leave(_ brackets: [Bracket], wideOn curve: inout SweepCurve) {
    for bracket in brackets {
      curve.borders.append(SweepBorder(bracket.low, bracket.high, nil))
    }
  }

  private func close(_ curve: inout SweepCurve) {
    curve.judgeBorders()
    curve.isComplete = open.isEmpty && curve.points.count == curve.axis.values.count
  }

  func conclude(in session: inout Session, _ line: inout UnfinishedLine) {
    line.reply.show(found)
  }

  /// What has been computed, borders that are still wide included.
  private var found: Reply.Figure {
    switch state {
    case .curve(var curve):
      leave(open, wideOn: &curve)
      curve.borders.sort { $0.below < $1.below }
      curve.judgeBorders()
      return .curve(curve)
    case .map(let map): return .map(map)
    }
  }
}
