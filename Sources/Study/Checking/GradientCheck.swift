package import EventProp

/// A gradient, checked one parameter at a time against forward mode and against differences.
///
/// An iterator: each `next()` gives one row, so that a caller can show progress and stop. The gradient under test is an argument,
/// so that a wrong one can be checked too and found to differ. The two references share no derivative formula with the adjoint or with
/// each other.
///
/// - Complexity: per row an eighth of a replay, and up to 20 runs where differences are wanted.
package struct GradientCheck: Sequence, IteratorProtocol, Sendable {
  /// The judgement on one derivative, or on all.
  package enum Verdict: Equatable, Sendable {
    /// Every reference that exists agrees.
    case agrees
    /// A reference disagrees.
    case differs
    /// Forward mode agrees with the order of events as it was processed, but differences cannot be taken.
    case notComparable(Incomparability)

    /// The verdict's name in reports.
    package var name: String {
      switch self {
      case .agrees: "agrees"
      case .differs: "differs"
      case .notComparable: "not-comparable"
      }
    }
  }

  /// The check of one parameter.
  package struct Row: Equatable, Sendable {
    /// The parameter.
    package let parameter: Parameter
    /// The derivative under test.
    package let adjoint: Double
    /// The derivative by forward mode.
    package let forwardMode: Double
    /// The derivative by differences, where they can be taken and were asked for.
    package let difference: Double?
    /// How far the differences may be off.
    package let uncertainty: Double?
    /// The judgement.
    package let verdict: Verdict
  }

  /// The parameters to check, in the order of the rows.
  package let parameters: [Parameter]
  /// The number of rows given so far.
  package private(set) var finished = 0
  /// The judgement on the rows so far: the first that differs decides, then the first that cannot be compared.
  package private(set) var verdict: Verdict = .agrees
  /// The spike with the smallest slope, where it is so small that the run is ill-conditioned; nil otherwise.
  package let grazing: Incomparability?

  private let gradient: Gradient
  private let forwardMode: ForwardMode
  private let differences: CentralDifferences?
  private let scales: [GradientPart: Double]
  /// The largest of the terms that a derivative of a dimension may be a difference of.
  private let terms: [Parameter.Quantity.Dimension: Double]
  /// How far rounding may move the derivatives of each kind.
  private let noise: [GradientPart: Double]
  /// The forward derivatives of the rows from `chunkStart` on.
  private var chunk: [Double] = []
  private var chunkStart = 0

  /// The largest disagreement with forward mode that rounding explains, relative to the largest derivative of the kind.
  ///
  /// A spike that grazes the threshold divides by a slope whose own rounding error is u θ/|tau_mem dV/dt|, and the
  /// next grazing spike multiplies by it again: there 2·10⁻⁹ is allowed.
  package static func tolerance(grazing: Bool) -> Double { grazing ? 2e-9 : 1e-10 }

  /// A disagreement may be this many times as large as what rounding does: as the change of a kind between ``RoundedRuns``, and as the
  /// last place of the largest derivative of the dimension, of which a whole kind may be what is left after cancelling.
  private static let roundingFactor = 16.0

  /// Prepares the check of a gradient of a run.
  ///
  /// `parameters` is nil for all of them. Without `differences` only forward mode is asked, which is faster. Throws a
  /// `SimulationError` when the loss names a missing spike or the adjoint, from which the scale of each kind of
  /// derivative is taken, leaves the range of numbers, and `SimulationError.stopped` where `pace` stops it.
  package init(
    of gradient: Gradient, on trajectory: Trajectory,
    parameters: [Parameter]? = nil, differences: Bool = true,
    pace: Pace = .free
  ) throws(SimulationError) {
    self.gradient = gradient
    let all = Parameter.all(of: trajectory.experiment)
    self.parameters = parameters ?? all
    forwardMode = try ForwardMode(of: trajectory)
    self.differences =
      differences ? try CentralDifferences(of: trajectory, pace: pace) : nil
    // A wrong gradient must not set the scale that it is judged by.
    let own = try AdjointTrajectory(of: trajectory, pace: pace)
    let scales = all.reduce(into: [GradientPart: Double]()) { scales, parameter in
      scales[parameter.kind] = Swift.max(
        scales[parameter.kind] ?? 0, abs(own.gradient[parameter]))
    }
    self.scales = scales
    guard let loss = trajectory.experiment.loss else { throw .noLoss }
    noise = try RoundedRuns(of: trajectory, pace: pace).noise(
      of: own.gradient, loss, pace: pace)
    let times = own.timeGradients.reduce(0) { Swift.max($0, abs($1)) }
    terms = scales.reduce(into: [.time: times]) { terms, kind in
      let dimension = kind.key.quantity.dimension
      terms[dimension] = Swift.max(terms[dimension] ?? 0, kind.value)
    }
    grazing = trajectory.flattestSpike
  }

  /// Checks the next parameter; nil when all are done.
  package mutating func next() -> Row? {
    // Nothing stops it.
    (try? next(pace: .free)) ?? nil
  }

  /// Checks the next parameter; nil when all are done.
  ///
  /// `pace` hears now and then which time is reached, and may stop the work, and the parameter is still the next one.
  package mutating func next(pace: Pace) throws(SimulationError) -> Row? {
    guard finished < parameters.count else { return nil }
    let parameter = parameters[finished]
    if finished >= chunkStart + chunk.count {
      let end = Swift.min(finished + ForwardMode.chunk, parameters.count)
      chunk = try forwardMode.derivatives(Array(parameters[finished..<end]), pace: pace)
      chunkStart = finished
    }
    let adjoint = gradient[parameter]
    let forward = chunk[finished - chunkStart]
    let scale = scales[parameter.kind] ?? 0
    // A tenth of what is allowed anyway needs no better differences.
    let outcome = try differences?.derivative(
      parameter, sufficient: 1e-10 * scale, pace: pace)
    finished += 1

    var difference: Double?
    var uncertainty: Double?
    // Written so that a value that is not a number differs.
    let rounding =
      Self.roundingFactor
      * Swift.max(
        noise[parameter.kind] ?? 0, .ulpOfOne * (terms[parameter.quantity.dimension] ?? 0))
    var holds =
      abs(adjoint - forward) <= Self.tolerance(grazing: grazing != nil) * scale + rounding
    var obstacle: Incomparability?
    switch outcome {
    case .derivative(let value, let range)?:
      difference = value
      uncertainty = range
      holds = holds && abs(adjoint - value) <= 10 * range + 1e-9 * scale + rounding
    case .notComparable(let reason)?:
      // Where a spike vanishes because it only just reached the threshold, that is the reason.
      if case .vanishes = reason, let grazing { obstacle = grazing } else { obstacle = reason }
    case nil: break
    }
    let judged: Verdict = holds ? obstacle.map { .notComparable($0) } ?? .agrees : .differs
    switch (verdict, judged) {
    case (.agrees, _), (.notComparable, .differs): verdict = judged
    default: break
    }
    return Row(
      parameter: parameter, adjoint: adjoint, forwardMode: forward, difference: difference,
      uncertainty: uncertainty, verdict: judged)
  }
}
