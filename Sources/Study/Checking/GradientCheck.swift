package import EventProp

/// A gradient, checked one parameter at a time against forward mode and against differences.
///
/// A check is an iterator: each `next()` gives one row, so that a caller can show progress and
/// stop. The gradient under test is an argument, so that a wrong one can be checked and found to
/// differ. The two references share no derivative formula with the adjoint or with each other.
///
/// - Complexity: for each row an eighth of a replay, and up to 20 runs with differences.
package struct GradientCheck: Sequence, IteratorProtocol, Sendable {
  /// The judgement on one derivative, or on all.
  package enum Verdict: Equatable, Sendable {
    /// Every reference that exists agrees.
    case agrees
    /// A reference differs.
    case differs
    /// Forward mode agrees for the order of events in the run, but differences cannot be taken.
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
    /// The derivative by differences; nil where they are impossible or not requested.
    package let difference: Double?
    /// The uncertainty of the differences.
    package let uncertainty: Double?
    /// The judgement.
    package let verdict: Verdict
  }

  /// The parameters to check, in the order of the rows.
  package let parameters: [Parameter]
  /// The number of rows given so far.
  package private(set) var finished = 0
  /// The judgement on the rows so far: the first difference decides, then the first row that cannot
  /// be compared.
  package internal(set) var verdict: Verdict = .agrees
  /// The spike with the smallest slope if the slope makes the run ill-conditioned; nil otherwise.
  package let grazing: Incomparability?

  /// The gradient under test.
  let gradient: Gradient
  /// The exact gradient of the run.
  let exact: Gradient
  let forwardMode: ForwardMode
  private let takesDifferences: Bool
  /// The differences, once a row needs them.
  private var knownDifferences: CentralDifferences?
  /// The largest derivative of each kind.
  let scales: [GradientPart: Double]
  /// For each dimension, the largest of the terms that may cancel in a derivative.
  let terms: [Parameter.Quantity.Dimension: Double]
  /// The derivatives of runs that rounding moves, once a row needs them.
  var rounded: [(adjoint: Gradient, forwardMode: ForwardMode)]?
  /// The forward derivatives of the rows from `chunkStart` on.
  var chunk: [Double] = []
  /// The position of the first of them.
  var chunkStart = 0

  /// Prepares the check of a gradient of a run.
  ///
  /// `parameters` is nil for all of them. Without `differences` only forward mode is used, which is
  /// faster. `adjoint` is that of the run by the exact rule, if it is known.
  ///
  /// Throws a `SimulationError` where the loss names a missing spike, or where the adjoint, which
  /// sets the scale of each kind of derivative, is no finite number. Throws
  /// `SimulationError.stopped` where `pace` stops it.
  package init(
    of gradient: Gradient, on trajectory: Trajectory,
    parameters: [Parameter]? = nil, differences: Bool = true, adjoint: AdjointTrajectory? = nil,
    pace: Pace = .free
  ) throws(SimulationError) {
    self.gradient = gradient
    let all = Parameter.all(of: trajectory.experiment)
    self.parameters = parameters ?? all
    forwardMode = try ForwardMode(of: trajectory)
    takesDifferences = differences
    // The scale comes from the exact gradient, because a wrong one must not set its own scale.
    let own: AdjointTrajectory
    if let adjoint {
      own = adjoint
    } else {
      own = try AdjointTrajectory(of: trajectory, pace: pace)
    }
    let scales = all.reduce(into: [GradientPart: Double]()) { scales, parameter in
      scales[parameter.kind] = Swift.max(
        scales[parameter.kind] ?? 0, abs(own.gradient[parameter]))
    }
    self.scales = scales
    exact = own.gradient
    let times = own.timeGradients.reduce(0) { Swift.max($0, abs($1)) }
    var terms: [Parameter.Quantity.Dimension: Double] = scales.reduce(into: [.time: times]) {
      terms, kind in
      let dimension = kind.key.quantity.dimension
      terms[dimension] = Swift.max(terms[dimension] ?? 0, kind.value)
    }
    // A maximum at an own spike is v_th: what lifts V and what moves the spike cancel.
    for neuron in own.evaluation.impulses.keys {
      guard let spike = own.evaluation.spikeOfMaximum(of: neuron, in: trajectory) else { continue }
      let pull = abs(own.evaluation.impulses[neuron]?.gradient ?? 0)
      let parts: [Parameter.Quantity.Dimension: Double] = [
        .time: abs(spike.timeGradient), .potential: pull, .current: pull,
      ]
      terms.merge(parts) { Swift.max($0, $1) }
    }
    self.terms = terms
    grazing = trajectory.flattestSpike
  }

  /// Checks the next parameter; nil when all are done.
  package mutating func next() -> Row? {
    // This pace never stops.
    (try? next(pace: .free)) ?? nil
  }

  /// Checks the next parameter; nil when all are done.
  ///
  /// `pace` hears now and then which time is reached, and may stop the work; the parameter then
  /// stays the next one.
  package mutating func next(pace: Pace) throws(SimulationError) -> Row? {
    guard finished < parameters.count else { return nil }
    let row = try row(at: finished, pace: pace)
    finished += 1
    return row
  }

  /// The differences, unless the check goes without them.
  mutating func differences(pace: Pace) throws(SimulationError) -> CentralDifferences? {
    if takesDifferences, knownDifferences == nil {
      knownDifferences = try CentralDifferences(of: forwardMode.trajectory, pace: pace)
    }
    return knownDifferences
  }

  /// The derivative by forward mode for the parameter at a position.
  mutating func forwardDerivative(at position: Int, pace: Pace) throws(SimulationError) -> Double {
    if position < chunkStart || position >= chunkStart + chunk.count {
      let end = Swift.min(position + ForwardMode.chunk, parameters.count)
      chunk = try forwardMode.derivatives(Array(parameters[position..<end]), pace: pace)
      chunkStart = position
    }
    return chunk[position - chunkStart]
  }
}
