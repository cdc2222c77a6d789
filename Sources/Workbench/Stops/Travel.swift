import EventProp
import Language
import Study

/// A travel along the timeline up to a breakpoint, a piece at a time.
///
/// A hit depends on the place alone and not on the direction, so forward and backward travels stop
/// at the same places.
struct Travel: Work {
  /// The command as it would be typed.
  let title: String
  /// The destination without a stop; a number beyond an end means that end.
  let goal: Int
  /// The point reached so far.
  private(set) var position: Int
  /// The breakpoints, with the hits of this travel.
  private(set) var breakpoints: [Breakpoint]
  /// The breakpoints that ended the travel; 0 stands for the place of `until`.
  private(set) var stoppedBy: [Int] = []

  private let start: Int
  private let last: Int
  private let needed: Int
  private var met = 0
  private var tests: [StopTest]

  /// Starts at the cursor towards a point; `once` is a place that stops only this travel.
  init(
    _ title: String, in session: Session, to goal: Int, hits needed: Int = 1,
    once: Breakpoint? = nil
  ) {
    self.title = title
    self.goal = goal
    self.needed = needed
    start = session.cursor.number
    position = session.cursor.number
    last = min(max(goal, 0), session.run.timeline.last)
    breakpoints = session.stops.breakpoints + (once.map { [$0] } ?? [])
    let run = session.run
    tests = breakpoints.map { StopTest($0, in: run) }
  }

  var isFinished: Bool { position == last || !stoppedBy.isEmpty }
  var done: Int { abs(position - start) }
  var total: Int { abs(last - start) }

  func conclude(in session: inout Session, _ line: inout UnfinishedLine) {
    session.settle(&line) { $0.arrive(self, &$1) }
  }

  mutating func advance(_ pace: (Progress.Work) -> Pace) { advance() }

  /// Goes on to a stop, or for one piece.
  mutating func advance() {
    guard breakpoints.contains(where: \.isEnabled) else {
      position = last
      return
    }
    let step = last > position ? 1 : -1
    let length = min(
      tests.contains { $0.isCostly } ? 1024 : 32768, abs(last - position))
    // A hit depends on the place alone, so each breakpoint can examine the whole piece at once.
    var found: [(distance: Int, breakpoint: Int)] = []
    for breakpoint in breakpoints.indices where breakpoints[breakpoint].isEnabled {
      found += tests[breakpoint].distances(from: position, step: step, within: length).map {
        ($0, breakpoint)
      }
    }
    found.sort { ($0.distance, $0.breakpoint) < ($1.distance, $1.breakpoint) }
    var rest = found[...]
    while let distance = rest.first?.distance {
      let here = rest.prefix { $0.distance == distance }
      rest = rest.dropFirst(here.count)
      if let stops = breakpoints.meet(here.map(\.breakpoint)) {
        met += 1
        guard met >= needed || stops.contains(0) else { continue }
        position += step * distance
        stoppedBy = stops
        return
      }
    }
    position += step * length
  }
}

/// A test whether a breakpoint is hit at a point of a run's timeline.
private struct StopTest: Sendable {
  private let breakpoint: Breakpoint
  private let run: Run
  private let timeline: Timeline
  private let events: [Event]
  /// The neurons or channels of spikes or inputs; empty for all.
  private let members: [Bool]
  private let kind: Kind

  /// The kind of point that the event alone decides.
  private enum Kind {
    case spikes, inputs, others
  }
  /// The points of a place that has only few.
  private let points: Set<Int>?
  /// The terms of the gradients in the conditions.
  private let gradients: [(synapse: SynapseIndex, terms: WeightContributions)]

  init(_ breakpoint: Breakpoint, in run: Run) {
    self.breakpoint = breakpoint
    self.run = run
    points = Self.points(of: breakpoint.place, in: run)
    timeline = run.timeline
    events = run.trajectory.events
    let network = run.experiment.network
    switch breakpoint.place {
    case .spike(let neurons):
      kind = .spikes
      members = neurons.map { set in (0..<network.neuronCount).map(set.contains) } ?? []
    case .input(let channels):
      kind = .inputs
      members = channels.map { set in (0..<network.inputs).map(set.contains) } ?? []
    default:
      kind = .others
      members = []
    }
    var probes = breakpoint.condition?.probes ?? []
    if case .becomes(let condition) = breakpoint.place { probes += condition.probes }
    gradients = probes.compactMap { probe in
      guard case .gradient(let synapse) = probe else { return nil }
      return run.contributions(of: synapse).map { (synapse, $0) }
    }
  }

  /// Whether the test needs more than the event itself.
  var isCostly: Bool {
    switch breakpoint.place {
    case .becomes, .jump: true
    default: breakpoint.condition != nil
    }
  }

  /// The distances, up to `length` steps, at which the breakpoint is hit.
  func distances(from start: Int, step: Int, within length: Int) -> [Int] {
    (1..<length + 1).filter { holds(at: start + step * $0) }
  }

  private func holds(at number: Int) -> Bool {
    guard isPlace(number) else { return false }
    return breakpoint.condition.map { holds($0, at: number) } ?? true
  }

  private func isPlace(_ number: Int) -> Bool {
    if kind != .others {
      guard let event = timeline[number].event else { return false }
      switch events[event].kind {
      case .spike(let neuron, _, _): return kind == .spikes && (members.isEmpty || members[neuron])
      case .input(let channel, _): return kind == .inputs && (members.isEmpty || members[channel])
      case .arrival: return false
      }
    }
    if let points { return points.contains(number) }
    let point = timeline[number]
    switch breakpoint.place {
    case .jump(let quantity, let neuron):
      return quantity.jump(of: neuron, at: point, in: run) != 0
    case .becomes(let condition):
      return number > 0 && holds(condition, at: number) && !holds(condition, at: number - 1)
    case .spike, .input, .event, .phase, .time, .peaks, .step: return false
    }
  }

  private static func points(of place: Breakpoint.Place, in run: Run) -> Set<Int>? {
    let timeline = run.timeline
    /// The points just after a time, in the forward and in the backward phase.
    func passing(_ time: Double) -> [Int] {
      let events = run.trajectory.events
      let later = events.firstPlace { $0.time >= time }
      let after = events.firstPlace { $0.time > time }
      let forward = later < events.count ? timeline.number(of: .forward(later)) : timeline.turn
      guard timeline.hasBackward else { return [forward] }
      return [
        forward, after > 0 ? timeline.number(of: .backward(after - 1)) : timeline.last,
      ]
    }
    switch place {
    case .spike, .input, .jump, .becomes, .step: return nil
    case .event(let event):
      guard event < timeline.events else { return [] }
      let forward = timeline.number(of: .forward(event))
      return timeline.hasBackward ? [forward, timeline.number(of: .backward(event))] : [forward]
    case .phase(let phase):
      let points: [(Breakpoint.Phase, Int)] = [
        (.fwd, 0), (.bwd, timeline.turn), (.end, timeline.last),
      ]
      return Set(points.filter { phase == nil || $0.0 == phase }.map(\.1))
    case .time(let time): return Set(passing(time))
    case .peaks(let neuron, let range):
      return Set(
        run.trajectory.peaks(of: neuron, above: range.lowerBound.nextDown)
          .filter { range.contains($0.potential) }.flatMap { passing($0.time) })
    }
  }

  private func holds(_ condition: Condition, at number: Int) -> Bool {
    let point = run.timeline[number]
    return condition.alternatives.contains { all in
      all.allSatisfy { comparison in
        value(of: comparison.probe, at: point).map {
          comparison.relation.holds($0, comparison.value)
        } ?? false
      }
    }
  }

  /// The number at a point, or nil where it is not computed yet.
  private func value(of probe: Probe, at point: Timeline.Point) -> Double? {
    switch probe {
    case .time: return run.time(of: point)
    case .loss: return point.isBackward ? run.loss : nil
    case .state(let quantity, let neuron): return quantity.value(of: neuron, at: point, in: run)
    case .setting(let named): return named.value(in: run.experiment)
    case .gradient(let synapse):
      guard point.isBackward,
        let terms = gradients.first(where: { $0.synapse == synapse })?.terms
      else { return nil }
      return switch point {
      case .turn: 0
      case .backward(let event): terms.sum(from: event)
      default: terms.total
      }
    case .jump(let isAbsolute):
      guard case .jump(let quantity, let neuron) = breakpoint.place else { return nil }
      let jump = quantity.jump(of: neuron, at: point, in: run)
      return isAbsolute ? abs(jump) : jump
    }
  }
}

extension Run {
  /// The terms of the gradient of a weight; nil without a gradient.
  func contributions(of synapse: SynapseIndex) -> WeightContributions? {
    wayBack.map { WeightContributions(of: $0, through: synapse) }
  }
}
