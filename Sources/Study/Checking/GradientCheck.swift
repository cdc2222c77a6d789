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
  package private(set) var verdict: Verdict = .agrees
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
  private let scales: [GradientPart: Double]
  /// For each dimension, the largest of the terms that may cancel in a derivative.
  private let terms: [Parameter.Quantity.Dimension: Double]
  /// The derivatives of runs that rounding moves, once a row needs them.
  private var rounded: [(adjoint: Gradient, forwardMode: ForwardMode)]?
  /// The forward derivatives of the rows from `chunkStart` on.
  private var chunk: [Double] = []
  private var chunkStart = 0

  /// The largest disagreement with forward mode that rounding explains, relative to the largest
  /// derivative of the kind.
  ///
  /// A spike that grazes the threshold divides by a slope with a rounding error of u θ/|tau_mem
  /// dV/dt|. The next grazing spike multiplies by this error again, so 2·10⁻⁹ is allowed.
  package static func tolerance(grazing: Bool) -> Double { grazing ? 2e-9 : 1e-10 }

  /// A disagreement may be this many times as large as the effect of rounding.
  static let roundingFactor = 16.0

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

  /// The largest derivative of the kind of a parameter.
  func scale(of parameter: Parameter) -> Double { scales[parameter.kind] ?? 0 }

  /// The rounding of the terms of a derivative.
  private func lastPlace(of parameter: Parameter) -> Double {
    // Rounding errors of all events may add up.
    .ulpOfOne * (terms[parameter.quantity.dimension] ?? 0)
      * (1 + Double(forwardMode.trajectory.events.count) / 8)
  }

  /// The largest disagreement of a derivative with forward mode that rounding may explain, where rounding is known to move
  /// the derivative by `rounding`.
  func tolerance(of parameter: Parameter, rounding: Double = 0) -> Double {
    Self.tolerance(grazing: grazing != nil) * scale(of: parameter)
      + allowance(of: parameter, rounding: rounding)
  }

  /// The part of a tolerance that does not depend on the largest derivative of the kind.
  func allowance(of parameter: Parameter, rounding: Double = 0) -> Double {
    // Below the normal numbers digits are lost.
    Self.roundingFactor
      * Swift.max(rounding, lastPlace(of: parameter), .leastNormalMagnitude)
  }

  /// Checks the parameter at a position.
  mutating func row(at position: Int, pace: Pace) throws(SimulationError) -> Row {
    let parameter = parameters[position]
    let forward = try forwardDerivative(at: position, pace: pace)
    let differences = try differences(pace: pace)
    let adjoint = gradient[parameter]
    let scale = scale(of: parameter)
    // Differences are precise enough at a tenth of the tolerance.
    var outcome = try differences?.derivative(
      parameter, sufficient: 1e-10 * scale, pace: pace)
    // With this form of the conditions a NaN differs.
    func agrees(rounding: Double) -> Bool {
      guard abs(adjoint - forward) <= tolerance(of: parameter, rounding: rounding)
      else { return false }
      guard case .derivative(let value, let uncertainty) = outcome else { return true }
      return abs(adjoint - value) <= 10 * uncertainty + 1e-9 * scale
        + allowance(of: parameter, rounding: rounding)
    }
    var holds = agrees(rounding: 0)
    if !holds {
      // Before a derivative is said to differ, both sides have to be known well.
      outcome = try differences?.derivative(parameter, isThorough: true, pace: pace)
      holds = agrees(rounding: try rounding(of: parameter, pace: pace))
    }

    var difference: Double?
    var uncertainty: Double?
    var obstacle: Incomparability?
    switch outcome {
    case .derivative(let value, let range)?: (difference, uncertainty) = (value, range)
    case .notComparable(let reason)?:
      // Where a spike vanishes because it only just reached the threshold, this is the reason to
      // report.
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

  /// The derivatives of runs that rounding moves.
  mutating func roundedRuns(
    pace: Pace
  ) throws(SimulationError) -> [(adjoint: Gradient, forwardMode: ForwardMode)] {
    if let rounded { return rounded }
    let runs = try RoundedRuns(of: forwardMode.trajectory, pace: pace).derivatives(
      forwardMode.loss, pace: pace)
    rounded = runs
    return runs
  }

  /// How far rounding moves the adjoint: the largest change of each kind between ``RoundedRuns``.
  mutating func roundingOfKinds(pace: Pace) throws(SimulationError) -> [GradientPart: Double] {
    var largest: [GradientPart: Double] = [:]
    for moved in try roundedRuns(pace: pace) {
      for parameter in parameters {
        largest[parameter.kind] = Swift.max(
          largest[parameter.kind] ?? 0, abs(moved.adjoint[parameter] - exact[parameter]))
      }
    }
    return largest
  }

  /// How far rounding may move the derivative by a parameter of the present chunk, as in the adjoint so
  /// in forward mode: the largest change of its kind between ``RoundedRuns``.
  ///
  /// Derivatives may be what is left of larger terms that cancel. Only a disagreement needs to know.
  private mutating func rounding(
    of parameter: Parameter, pace: Pace
  ) throws(SimulationError) -> Double {
    let present = Array(parameters[chunkStart..<chunkStart + chunk.count])
    var largest = try roundingOfKinds(pace: pace)[parameter.kind] ?? 0
    for moved in try roundedRuns(pace: pace) {
      for (place, value) in try moved.forwardMode.derivatives(present, pace: pace).enumerated()
      where present[place].kind == parameter.kind {
        largest = Swift.max(largest, abs(value - chunk[place]))
      }
    }
    return largest
  }
}
