import EventProp
import Language
import Terminal
import Workbench

/// The visible part of a session: the run, the cursor, and the results so far.
///
/// Nothing is drawn beyond the cursor in the direction of computation: forwards V ends at the
/// cursor, backwards λ begins there. After the end has been reached, the part beyond the cursor is
/// dim.
struct Scene {
  let session: Session
  let run: Run
  let point: Timeline.Point
  /// The names and colours of neurons follow their numbers, counted across layers.
  let neuron: Int
  /// What earlier pictures found about the runs.
  let kept: KeptCurves

  init(_ session: Session, kept: KeptCurves = KeptCurves()) {
    self.session = session
    self.kept = kept
    run = session.run
    point = session.point
    neuron = session.selected
  }

  private init(_ other: Scene, at point: Timeline.Point, neuron: Int) {
    session = other.session
    kept = other.kept
    run = other.run
    self.point = point
    self.neuron = neuron
  }

  /// The same place with another neuron in the plots.
  func selecting(_ neuron: Int) -> Scene { Scene(self, at: point, neuron: neuron) }

  /// The same run, with all of its forward pass.
  var complete: Scene { Scene(self, at: .turn, neuron: neuron) }

  var time: Double { run.time(of: point) }
  var ghost: Run? { session.bench.ghost }

  /// Whether an event lies in the forward phase so far.
  func hasHappened(_ event: Int) -> Bool {
    switch point {
    case .start: false
    case .forward(let now): event <= now
    case .turn, .backward, .end: true
    }
  }

  /// Whether the backward pass has walked an event.
  func isWalked(_ event: Int) -> Bool {
    switch point {
    case .start, .forward, .turn: false
    case .backward(let now): event >= now
    case .end: true
    }
  }

  /// The style of a neuron, the same wherever it appears.
  static func style(of neuron: Int) -> Style { .series(neuron) }

  /// The style of a neuron's name, which also distinguishes neurons without colours.
  static func labelStyle(of neuron: Int) -> Style { style(of: neuron).label }

  func axis(columns: Int) -> Axis { Axis(range: session.looks.window, columns: columns) }

  /// The column of the cursor on an axis, or nil when it is outside the window.
  func cursorColumn(on axis: Axis) -> Int? { axis.column(of: time) }

  /// V of a neuron up to the cursor.
  func potential(of neuron: Int, along axis: Axis) -> Trace {
    let whole = wholePotential(of: neuron, along: axis)
    guard !point.isBackward else { return whole }
    let limit = time
    let events = run.trajectory.events
    // A column that ends before the cursor is that of the whole run. The last column has no end.
    let dots =
      0..<(0..<max(0, axis.dots - 1)).firstPlace { Trace.border(after: $0, on: axis) >= limit }
    let start = dots.isEmpty ? -.infinity : Trace.border(after: dots.upperBound - 1, on: axis)
    return trace(
      \.potential, in: run, of: neuron, along: axis,
      jumpingAt: spikes(of: neuron, in: run, along: axis).filter {
        hasHappened($0) && events[$0].time >= start
      }, known: Trace.Known(trace: whole, dots: dots)
    ) { $0 <= limit }
  }

  /// V of a neuron along the whole run.
  func wholePotential(of neuron: Int, along axis: Axis) -> Trace {
    wholePotential(of: neuron, in: run, along: axis)
  }

  /// V of the whole ghost.
  func ghostPotential(of neuron: Int, along axis: Axis) -> Trace? {
    guard let ghost, neuron < ghost.experiment.network.neuronCount else { return nil }
    return wholePotential(of: neuron, in: ghost, along: axis)
  }

  private func wholePotential(of neuron: Int, in run: Run, along axis: Axis) -> Trace {
    let horizon = run.experiment.horizon
    return kept.trace(.potential, of: neuron, in: run, along: axis) {
      trace(
        \.potential, in: run, of: neuron, along: axis,
        jumpingAt: spikes(of: neuron, in: run, along: axis)
      ) { $0 <= horizon }
    }
  }

  /// A part of a neuron's state that jumps at some events.
  private func trace(
    _ part: (LIFState) -> Double, in run: Run, of neuron: Int, along axis: Axis,
    jumpingAt events: [Int], known: Trace.Known? = nil, isVisible: (Double) -> Bool
  ) -> Trace {
    let trajectory = run.trajectory
    let jumps = events.map { event in
      Trace.Jump(
        time: trajectory.events[event].time,
        before: part(trajectory.state(of: neuron, atEvent: event, side: .before)),
        after: part(trajectory.state(of: neuron, atEvent: event, side: .after)))
    }
    return Trace(along: axis, jumps: jumps, known: known, isVisible: isVisible) {
      part(trajectory.state(of: neuron, at: $0))
    }
  }

  /// I of a neuron up to the cursor.
  func current(of neuron: Int, along axis: Axis) -> Trace {
    let limit = point.isBackward ? run.experiment.horizon : time
    return current(of: neuron, along: axis) {
      $0 <= limit
    } events: {
      hasHappened($0)
    }
  }

  /// I of a neuron along the whole run.
  func wholeCurrent(of neuron: Int, along axis: Axis) -> Trace {
    current(of: neuron, along: axis) { _ in
      true
    } events: { _ in
      true
    }
  }

  private func current(
    of neuron: Int, along axis: Axis, isVisible: (Double) -> Bool, events: (Int) -> Bool
  ) -> Trace {
    let trajectory = run.trajectory
    let touches = trajectory.events(touching: neuron).filter {
      axis.range.contains(trajectory.events[$0].time) && events($0)
    }
    // If jumps fill all columns, the samples alone join them.
    return trace(
      \.current, in: run, of: neuron, along: axis,
      jumpingAt: touches.count > 2 * axis.dots ? [] : touches, isVisible: isVisible)
  }

  /// λ_V and λ_I of a neuron, from the horizon back to the cursor.
  func adjoint(of neuron: Int, along axis: Axis) -> (lambdaV: Trace, lambdaI: Trace)? {
    guard let adjoint = run.wayBack, point.isBackward else { return nil }
    let limit = time
    let events = run.trajectory.events
    let whole = wholeAdjoint(of: neuron, along: axis)
    // A column that begins after the cursor is that of the whole run.
    let first = (1..<max(1, axis.dots)).firstPlace {
      whole != nil && Trace.border(after: $0 - 1, on: axis) > limit
    }
    let dots = first..<max(first, axis.dots)
    let end = dots.isEmpty ? .infinity : Trace.border(after: first - 1, on: axis)
    func walked(_ part: (AdjointState) -> Double, _ whole: Trace?) -> Trace {
      trace(
        part, of: adjoint, neuron, along: axis,
        jumpingAt: spikes(of: neuron, in: run, along: axis).filter {
          isWalked($0) && events[$0].time < end
        }, known: whole.map { Trace.Known(trace: $0, dots: dots) }
      ) { $0 >= limit }
    }
    return (walked(\.lambdaV, whole?.lambdaV), walked(\.lambdaI, whole?.lambdaI))
  }

  /// λ_V and λ_I of a neuron along the whole run; nil without a backward pass.
  func wholeAdjoint(of neuron: Int, along axis: Axis) -> (lambdaV: Trace, lambdaI: Trace)? {
    guard let adjoint = run.adjoint else { return nil }
    func whole(_ quantity: KeptCurves.Quantity, _ part: (AdjointState) -> Double) -> Trace {
      kept.trace(quantity, of: neuron, in: run, along: axis) {
        trace(
          part, of: adjoint, neuron, along: axis,
          jumpingAt: spikes(of: neuron, in: run, along: axis)
        ) { _ in true }
      }
    }
    return (whole(.lambdaV, \.lambdaV), whole(.lambdaI, \.lambdaI))
  }

  /// A part of λ of a neuron, which jumps at some events.
  private func trace(
    _ part: (AdjointState) -> Double, of adjoint: AdjointTrajectory, _ neuron: Int,
    along axis: Axis, jumpingAt events: [Int], known: Trace.Known? = nil,
    isVisible: (Double) -> Bool
  ) -> Trace {
    let jumps = events.map { event in
      Trace.Jump(
        time: adjoint.trajectory.events[event].time,
        before: part(adjoint.state(of: neuron, atEvent: event, side: .before)),
        after: part(adjoint.state(of: neuron, atEvent: event, side: .after)))
    }
    return Trace(along: axis, jumps: jumps, known: known, isVisible: isVisible) {
      part(adjoint.state(of: neuron, at: $0))
    }
  }

  /// The spikes of a neuron on an axis; of many spikes in one column of dots, the first and the
  /// last.
  private func spikes(of neuron: Int, in run: Run, along axis: Axis) -> [Int] {
    let events = run.trajectory.events
    let all = run.trajectory.spikes(of: neuron)
    let first = all.firstPlace { events[$0].time >= axis.range.lowerBound }
    let end = all.firstPlace { events[$0].time > axis.range.upperBound }
    guard end - first > 2 * axis.dots else { return Array(all[first..<end]) }
    var shown: [Int] = []
    var rest = all[first..<end]
    while let spike = rest.first, let dot = axis.dot(of: events[spike].time) {
      let next = rest.firstPlace { axis.dot(of: events[$0].time) ?? .max > dot }
      shown.append(spike)
      if next - rest.startIndex > 1 { shown.append(rest[next - 1]) }
      rest = rest[next...]
    }
    return shown
  }

  /// Events that share a column.
  struct Stack {
    var column: Int
    var numbers: ArraySlice<Int>
  }

  /// Events by their columns.
  ///
  /// - Complexity: O(columns · log n).
  func stacks(_ numbers: ArraySlice<Int>, of run: Run, along axis: Axis) -> [Stack] {
    let events = run.trajectory.events
    var rest = numbers[
      numbers.firstPlace {
        events[$0].time >= axis.range.lowerBound
      }..<numbers.firstPlace {
        events[$0].time > axis.range.upperBound
      }]
    var stacks: [Stack] = []
    while let number = rest.first, let column = axis.column(of: events[number].time) {
      let next = rest.firstPlace { axis.column(of: events[$0].time) ?? .max > column }
      stacks.append(Stack(column: column, numbers: rest[..<next]))
      rest = rest[next...]
    }
    return stacks
  }

  /// The first event in order that has not happened.
  var happened: Int {
    switch point {
    case .start: 0
    case .forward(let now): now + 1
    case .turn, .backward, .end: run.trajectory.events.count
    }
  }

  /// Whether the plots show a quantity.
  func shows(_ curve: ViewCommand.Curve) -> Bool { session.looks.view.curves.contains(curve) }

  /// The range of the V pane, which is the same at every step and for the ghost.
  var potentialRange: ClosedRange<Double> {
    if let range = session.looks.view.ranges[.potential] { return range }
    guard shows(.current) else { return rangeOfPotential }
    let current = wholeCurrent(of: neuron, along: wholeAxis).range ?? 0...1
    return shows(.potential) ? rangeOfPotential.union(current) : current.union(0...0)
  }

  private var wholeAxis: Axis { Axis(range: 0...run.experiment.horizon, columns: 200) }

  private var rangeOfPotential: ClosedRange<Double> {
    let parameters = session.experiment.network.place(of: neuron)
    let own = session.experiment.network.layers[parameters.layer].parameters[parameters.index]
    let whole = wholeAxis
    var low = min(0, own.vLeak)
    var high = max(own.vThreshold, own.vLeak)
    let isSpiking =
      session.experiment.network.layers[parameters.layer].kinds[parameters.index] == .lif
    let traces = [
      wholePotential(of: neuron, along: whole), ghostPotential(of: neuron, along: whole),
    ]
    for case let trace? in traces {
      low = min(low, trace.range?.lowerBound ?? low)
      if !isSpiking { high = max(high, trace.range?.upperBound ?? high) }
    }
    // A reset far below everything else would flatten the curve, so its stroke leaves the pane
    // instead.
    low = max(low, high - 4 * max(abs(high), abs(own.vThreshold - own.vLeak)))
    return (low...high).padded(below: 0, above: (high - low) * 0.08)
  }

  /// The range of the λ pane, which is the same at every step.
  var adjointRange: ClosedRange<Double>? {
    guard let traces = wholeAdjoint(of: neuron, along: wholeAxis) else { return nil }
    if let range = session.looks.view.ranges[.adjoint] { return range }
    let ranges = [
      shows(.lambdaV) ? traces.lambdaV.range : nil, shows(.lambdaI) ? traces.lambdaI.range : nil,
    ]
    let low = min(0, ranges.compactMap { $0?.lowerBound }.min() ?? 0)
    let high = max(0, ranges.compactMap { $0?.upperBound }.max() ?? 0)
    return low < high ? low...high : 0...1
  }
}
