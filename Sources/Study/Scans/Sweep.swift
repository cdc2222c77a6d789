package import EventProp

/// The loss over a range of values of one or two names: first the runs, one at a time, then the
/// borders by bisection.
package struct Sweep: Sendable {
  /// The result of a sweep.
  package enum Finding: Equatable, Sendable {
    /// The loss over the values of a name.
    case curve(SweepCurve)
    /// The loss over the values of two names.
    case map(SweepMap)
  }

  /// The work of a moment.
  package enum Work: Sendable {
    /// A network runs forwards.
    case running
    /// The adjoint runs back.
    case walkingBack
    /// The causes of spikes are compared.
    case comparing
  }

  let experiment: Experiment
  private let rule: AdjointRule
  let carriers: Carriers
  private var finding: Finding
  /// The brackets of borders that are still wide; the right end of each is a point of the grid.
  var open: [Bracket] = []
  /// The number of runs made.
  package private(set) var done = 0
  /// The known total of runs, with a guess for borders that are still wide.
  var planned: Int
  /// The spikes so far of the runs that look for borders.
  var spikes = 0

  /// Two values with a border between them, and the point up to which there may be more borders.
  struct Bracket: Sendable {
    var low: SweepPoint
    var high: SweepPoint
    let end: SweepPoint
    var found = 0
  }

  /// Prepares the runs for the values of one name.
  package init(_ axis: SweepAxis, of trajectory: Trajectory, rule: AdjointRule) {
    experiment = trajectory.experiment
    self.rule = rule
    carriers = Carriers(trajectory.circuit, varying: axis.named.parameters)
    finding = .curve(SweepCurve(axis: axis, of: experiment, rule: rule))
    planned = axis.values.count
  }

  /// Prepares the runs for the values of two names.
  package init(
    _ across: SweepAxis, _ up: SweepAxis, of trajectory: Trajectory, rule: AdjointRule
  ) {
    experiment = trajectory.experiment
    self.rule = rule
    carriers = Carriers(
      trajectory.circuit, varying: across.named.parameters + up.named.parameters)
    finding = .map(SweepMap(across: across, up: up, experiment: experiment, rule: rule))
    planned = across.values.count * up.values.count
  }

  /// The total of runs, as far as it is known.
  package var total: Int { max(planned, done) }

  /// Whether all values and borders were computed.
  package var isFinished: Bool {
    switch finding {
    case .curve(let curve): curve.isComplete
    case .map(let map): map.isComplete
    }
  }

  /// Makes the next run.
  ///
  /// Throws `SimulationError.stopped` where `pace` stops it; the run then stays the next one.
  package mutating func advance(
    _ pace: (Work) -> Pace
  ) throws(SimulationError) {
    switch finding {
    case .map(var map):
      let (row, column) = map.points.count.quotientAndRemainder(dividingBy: map.across.values.count)
      map.points.append(try point(column, row, of: map, pace))
      finding = .map(map)
    case .curve(var curve):
      if curve.points.count < curve.axis.values.count {
        let value = curve.axis.values[curve.points.count]
        curve.append(try point(value, on: curve.axis, derivative: curve.axis.named, pace))
        if curve.points.count == curve.axis.values.count { look(for: &curve) }
      } else {
        try narrow(&curve, pace)
      }
      finding = .curve(curve)
    }
    done += 1
  }

  /// The experiment with a value.
  func experiment(with value: Double, on axis: SweepAxis) -> Experiment {
    var changed = experiment
    axis.named.set(value, in: &changed)
    return changed
  }

  /// The run with a value; `derivative` is the name to derive by, or nil for the loss alone.
  func point(
    _ value: Double, on axis: SweepAxis, derivative: Named?, _ pace: (Work) -> Pace
  ) throws(SimulationError) -> SweepPoint {
    try SweepPoint(
      value, experiment(with: value, on: axis), rule: rule, derivative: derivative, carriers,
      pace)
  }

  private func point(
    _ column: Int, _ row: Int, of map: SweepMap, _ pace: (Work) -> Pace
  ) throws(SimulationError) -> SweepPoint {
    let value = map.across.values[column]
    var changed = experiment(with: value, on: map.across)
    map.up.named.set(map.up.values[row], in: &changed)
    return try SweepPoint(value, changed, rule: rule, derivative: nil, carriers, pace)
  }

  /// The results so far, with the borders that are still wide.
  package var found: Finding {
    switch finding {
    case .curve(var curve):
      leave(open, wideOn: &curve)
      curve.borders.sort { $0.below < $1.below }
      curve.judgeBorders()
      return .curve(curve)
    case .map(let map): return .map(map)
    }
  }
}
