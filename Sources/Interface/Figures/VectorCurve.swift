import EventProp
import Workbench

/// A curve as straight pieces; their distance from the curve is invisible.
///
/// The points lie on the closed form, with more points where it bends. A jump has both of its
/// limits, so that its stroke is vertical.
struct VectorCurve {
  /// Times in seconds and values.
  private(set) var points: [(time: Double, value: Double)] = []

  /// The largest distance from the curve, as a part of the height of the pane: a twentieth of a
  /// pixel of two hundred.
  private static let tolerance = 0.05 / 200
  /// How often a stretch is halved at most.
  private static let depth = 14
  /// A stretch shorter than this part of the window is a single piece.
  private static let shortest = 1e-4

  /// A jump at an event, with the limits on its sides.
  struct Jump {
    var time: Double
    var before: Double
    var after: Double
  }

  /// Samples a function over a window, given the times of its kinks and of its jumps.
  ///
  /// `height` is the extent of the values in the pane. A value that is no number is drawn as 0.
  init(
    over window: ClosedRange<Double>, kinks: [Double], jumps: [Jump], height: Double,
    value sample: (Double) -> Double
  ) {
    let length = window.upperBound - window.lowerBound
    guard length > 0 else { return }
    func value(_ time: Double) -> Double { sample(time).drawable ?? 0 }
    let jumps = jumps.filter { window.contains($0.time) }.map { jump in
      Jump(time: jump.time, before: jump.before.drawable ?? 0, after: jump.after.drawable ?? 0)
    }
    var start = (time: window.lowerBound, value: value(window.lowerBound))
    var rest = kinks.filter { $0 > window.lowerBound && $0 < window.upperBound }[...]
    points = [start]
    for jump in jumps + [
      Jump(time: window.upperBound, before: value(window.upperBound), after: .nan)
    ] {
      while let kink = rest.first, kink < jump.time {
        rest.removeFirst()
        guard kink - start.time > Self.shortest * length else { continue }
        let end = (time: kink, value: value(kink))
        add(from: start, to: end, height, Self.depth, value)
        start = end
      }
      while let kink = rest.first, kink <= jump.time { rest.removeFirst() }
      add(from: start, to: (jump.time, jump.before), height, Self.depth, value)
      guard !jump.after.isNaN else { return }
      start = (jump.time, jump.after)
      points.append(start)
    }
  }

  private mutating func add(
    from start: (time: Double, value: Double), to end: (time: Double, value: Double),
    _ height: Double, _ depth: Int, _ value: (Double) -> Double
  ) {
    let length = end.time - start.time
    let middle = start.time + length / 2
    let isStraight =
      depth == 0 || length <= 0
      || [0.25, 0.5, 0.75].allSatisfy { part in
        let rise = end.value - start.value
        let line =
          rise.isFinite
          ? start.value + part * rise : start.value * (1 - part) + end.value * part
        return abs(value(start.time + part * length) - line) <= Self.tolerance * height
      }
    if isStraight {
      if end.time > start.time || end.value != start.value { points.append(end) }
      return
    }
    let half = (time: middle, value: value(middle))
    add(from: start, to: half, height, depth - 1, value)
    add(from: half, to: end, height, depth - 1, value)
  }

  /// V of a neuron.
  static func potential(
    of neuron: Int, in run: Run, over window: ClosedRange<Double>, height: Double
  ) -> VectorCurve {
    let trajectory = run.trajectory
    let jumps = run.trajectory.spikes(of: neuron).map { event in
      Jump(
        time: trajectory.events[event].time,
        before: trajectory.state(of: neuron, atEvent: event, side: .before).potential,
        after: trajectory.state(of: neuron, atEvent: event, side: .after).potential)
    }
    return VectorCurve(
      over: window, kinks: kinks(of: neuron, in: run), jumps: jumps, height: height
    ) { trajectory.state(of: neuron, at: $0).potential }
  }

  /// I of a neuron, which jumps at arrivals.
  static func current(
    of neuron: Int, in run: Run, over window: ClosedRange<Double>, height: Double
  ) -> VectorCurve {
    let trajectory = run.trajectory
    let jumps = trajectory.events(touching: neuron).map { event in
      Jump(
        time: trajectory.events[event].time,
        before: trajectory.state(of: neuron, atEvent: event, side: .before).current,
        after: trajectory.state(of: neuron, atEvent: event, side: .after).current)
    }
    return VectorCurve(over: window, kinks: [], jumps: jumps, height: height) {
      trajectory.state(of: neuron, at: $0).current
    }
  }

  /// A part of λ of a neuron; nil without a backward pass.
  static func adjoint(
    _ part: (AdjointState) -> Double, of neuron: Int, in run: Run,
    over window: ClosedRange<Double>, height: Double
  ) -> VectorCurve? {
    guard let adjoint = run.adjoint else { return nil }
    let trajectory = run.trajectory
    var jumps = run.trajectory.spikes(of: neuron).map { event in
      Jump(
        time: trajectory.events[event].time,
        before: part(adjoint.state(of: neuron, atEvent: event, side: .before)),
        after: part(adjoint.state(of: neuron, atEvent: event, side: .after)))
    }
    if let impulse = adjoint.evaluation.impulses[neuron] {
      // The loss acts on λ at a maximum.
      jumps.append(
        Jump(
          time: impulse.time,
          before: part(adjoint.state(of: neuron, at: impulse.time, side: .before)),
          after: part(adjoint.state(of: neuron, at: impulse.time.nextUp, side: .after))))
      jumps.sort { $0.time < $1.time }
    }
    return VectorCurve(
      over: window, kinks: kinks(of: neuron, in: run), jumps: jumps, height: height
    ) { part(adjoint.state(of: neuron, at: $0)) }
  }

  private static func kinks(of neuron: Int, in run: Run) -> [Double] {
    run.trajectory.events(touching: neuron).map { run.trajectory.events[$0].time }
  }
}
