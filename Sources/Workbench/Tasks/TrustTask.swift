import EventProp
import Language
import Study

/// A search for the limits of a gradient, and the sweep that draws them.
struct TrustTask: Work {
  let title: String
  private let adjoint: AdjointTrajectory
  private var search: TrustSearch
  /// The loss along the step or the name, once its radius is known.
  private var sweep: Sweep?

  /// The number of values of the curve.
  private static let values = 41

  init(_ title: String, _ scope: Trust.Scope, of adjoint: AdjointTrajectory) {
    self.title = title
    self.adjoint = adjoint
    search = TrustSearch(scope, of: adjoint)
  }

  var done: Int { search.done + (sweep?.done ?? 0) }
  var total: Int { search.total + (sweep?.total ?? 1) }
  var isFinished: Bool { search.isFinished && (sweep?.isFinished ?? (axis == nil)) }

  /// Does the next piece: of the search, and after it of the sweep.
  mutating func advance(_ pace: (Progress.Work) -> Pace) throws(SimulationError) {
    func paceOf(_ work: Sweep.Work) -> Pace {
      switch work {
      case .running: pace(.running)
      case .walkingBack: pace(.walkingBack)
      case .comparing: pace(.comparing)
      }
    }
    if !search.isFinished {
      try search.advance(paceOf)
    } else if sweep != nil {
      try sweep?.advance(paceOf)
    } else if let axis {
      sweep = Sweep(axis, of: adjoint.trajectory, rule: adjoint.rule)
    }
  }

  /// The radius that is drawn.
  private var subject: Trust.Radius? {
    if case .name = search.trust.scope { return search.trust.radii.first }
    return search.trust.step
  }

  /// The range of the curve: the radius, and half as much again.
  private var axis: SweepAxis? {
    guard let subject else { return nil }
    func end(_ reach: Reach?) -> Double {
      guard let reach else { return 0 }
      let length =
        reach.border == nil
        ? reach.distance : max(1.5 * reach.distance, 1e-3 * subject.scale)
      return length
    }
    let experiment = adjoint.trajectory.experiment
    var low = subject.value - end(subject.down)
    let high = subject.value + end(subject.up)
    if subject.named.isTime { low = max(low, subject.down?.inside ?? low) }
    guard low < high else { return nil }
    return SweepAxis(
      subject.named, called: Names(experiment).name(of: subject.named), from: low, to: high,
      count: Self.values, in: experiment)
  }

  func conclude(in session: inout Session, _ line: inout UnfinishedLine) {
    let trust = search.trust
    let text = TrustText(trust, of: adjoint, isFinished: search.isFinished)
    line.reply.say(lines: text.lines)
    guard let sweep, case .curve(var curve) = sweep.found, curve.points.count > 1 else { return }
    if let subject {
      curve.radius =
        (subject.down?.inside ?? subject.value)...(subject.up?.inside ?? subject.value)
    }
    line.reply.figure = .curve(curve)
    line.reply.caption = text.caption
  }
}

extension Session {
  /// Begins to search where the gradient cannot be trusted.
  mutating func trust(_ words: [Word]) throws(Diagnostic) {
    let place = words.first ?? Word("trust")
    if place.text.lowercased() == "batch", !words.isEmpty {
      return try trustBatch(words.dropFirst(), after: place)
    }
    guard let adjoint = run.adjoint else { throw noGradient(place, "to trust") }
    let title = (["trust"] + words.map(\.text)).joined(separator: " ")
    guard !words.isEmpty else {
      task = LongTask(TrustTask(title, .summary, of: adjoint))
      return
    }
    if words.count == 1, words[0].text.lowercased() == "all" {
      task = LongTask(TrustTask(title, .all, of: adjoint))
      return
    }
    var rest = words[...]
    try rest.joinName()
    let name = rest.removeFirst()
    if let extra = rest.first {
      throw extra.complaint(
        "trust takes one name, found '\(extra.text)' after it", remedy: "trust tau_mem, trust all")
    }
    let named = try names.find(name)
    guard !named.parameters.isEmpty else {
      throw name.complaint(
        "the gradient has no derivative by \(name.text)", remedy: "trust tau_mem, trust n0<-in2")
    }
    guard named.value(in: experiment) != nil else {
      throw name.complaint(
        "\(name.text) has several values", remedy: "trust one of them, such as n0.\(name.text)")
    }
    task = LongTask(TrustTask(title, .name(named), of: adjoint))
  }
}
