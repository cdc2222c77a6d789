package import EventProp

/// The comparison of a foreign gradient with the exact one: where they differ, and which mistake
/// explains it.
///
/// A difference counts relative to the largest value of its part. Values agree when they differ by
/// rounding only. For float64 the ``tolerance`` is the one of ``GradientCheck``, for float32 it is
/// 10⁻⁴, and the caller may ask for another one. Values far below the largest ones of the same
/// dimension are rounding of these and are measured by them. Between agreement and difference lies
/// ``Verdict/close``: the gradient of an integrator with an error of its own.
///
/// Several sets of mistakes may reproduce the gradient. All of those with the fewest mistakes are
/// reported, because this run cannot tell them apart. Mistakes that change nothing on this run are
/// never named.
///
/// - Complexity: some hundred backward passes, and one comparison for each event of the run.
package struct GradientComparison: Sendable {
  /// The judgement on the whole.
  package enum Verdict: String, Sendable {
    /// It is the exact gradient.
    case agrees
    /// It is the exact gradient up to more than rounding, and no known mistake comes nearer.
    case close
    /// A known mistake reproduces it.
    case explained
    /// It differs, and no known mistake reproduces it.
    case differs
  }

  /// One value of both gradients.
  package struct Difference: Equatable, Sendable {
    /// The part.
    package let part: GradientPart
    /// The position of the value in the part.
    package let entry: Int
    /// The exact derivative.
    package let ours: Double
    /// The foreign one; it may be NaN or infinite.
    package let theirs: Double
    /// The difference, relative to the largest value of the part.
    package let relative: Double
  }

  /// The comparison of one part with the exact gradient.
  package struct PartResult: Equatable, Sendable {
    /// The part.
    package let part: GradientPart
    /// Whether it is the exact one, within rounding.
    package let agrees: Bool
    /// The largest difference, relative to the largest value.
    package let residual: Double
    /// The position of the largest difference; nil for a part without values.
    package let largest: Difference?
    /// The values that are NaN or infinite.
    package let notFinite: [Difference]
    /// Whether the matrix came as [this × before].
    package let isTransposed: Bool
  }

  /// The judgement.
  package let verdict: Verdict
  /// The parts in the order in which they were given.
  package let parts: [PartResult]
  /// The explanations, the simplest first; empty unless the verdict is `explained`.
  package let explanations: [Explanation]
  /// The rule, with its changes, that explains most of a difference that nothing explains wholly; nil
  /// if none does.
  package let closest: Explanation?
  /// What is known about a difference that nothing explains.
  package let evidence: [Evidence]
  /// The largest differences of all parts, the largest first.
  package let differences: [Difference]
  /// The largest relative difference.
  package let residual: Double
  /// The largest relative difference that counts as rounding.
  package let tolerance: Double
  /// Whether the foreign values are no more precise than float32.
  package let isSinglePrecision: Bool

  /// The part of the difference that the nearest rule may leave.
  private static let rest = 0.1
  /// The largest difference, relative to the largest value, that the nearest rule may leave.
  private static let mostRest = 0.2
  /// The largest difference of a gradient that is still close.
  private static let closeness = 1e-4
  /// The number of the largest differences that are kept.
  package static let mostDifferences = 5

  /// Compares a gradient with the exact one of a run, or with the sum over several runs of one
  /// network.
  ///
  /// Its parts must have the same lengths as the parts of the experiment. A `tolerance` replaces
  /// the rounding of the values. Throws a `SimulationError` where the exact adjoint is no finite
  /// number, and `SimulationError.stopped` where `pace` stops it.
  package init(
    of foreign: ForeignGradient, with runs: [ComparedRun], tolerance: Double? = nil,
    pace: Pace = .free
  ) throws(SimulationError) {
    guard let first = runs.first else { preconditionFailure("a comparison needs a run") }
    let experiment = first.trajectory.experiment
    let precision = Precision(
      foreign, isGrazing: runs.contains { $0.trajectory.flattestSpike != nil },
      tolerance: tolerance)
    self.tolerance = precision.tolerance
    isSinglePrecision = foreign.isSinglePrecision
    let exact = try Self.exact(foreign.parts.map(\.part), runs, pace)

    let compared = zip(foreign.parts, precision.floors(of: foreign.parts.map(\.part), exact)).map {
      ComparedPart($0, of: experiment, tolerance: precision.tolerance, floor: $1)
        .with(sampleCount: runs.count)
    }
    parts = zip(compared, exact).map { $0.result($1) }
    let residual = parts.map(\.residual).max() ?? 0
    self.residual = residual
    differences = Array(
      zip(compared, exact).flatMap { $0.largestDifferences($1, most: Self.mostDifferences) }
        .filter { !($0.relative <= precision.tolerance) }
        .sorted { $1.relative.isNaN ? false : $0.relative.isNaN || $0.relative > $1.relative }
        .prefix(Self.mostDifferences))

    guard parts.allSatisfy(\.notFinite.isEmpty) else {
      (verdict, explanations, closest, evidence) = (.differs, [], nil, [])
      return
    }
    let looksExact = !foreign.parts.contains(where: \.isTransposed)
    if looksExact, residual <= tolerance ?? precision.outright {
      (verdict, explanations, closest, evidence) = (.agrees, [], nil, [])
      return
    }
    var search = try ExplanationSearch(compared, runs: runs, precision: precision, pace: pace)
    try search.run(pace)
    let best = search.best
    if best.contains(where: \.isExact) {
      (verdict, explanations, closest, evidence) = (.agrees, [], nil, [])
    } else if !best.isEmpty {
      (verdict, explanations, closest, evidence) = (.explained, best, nil, [])
    } else {
      // An error of an integrator may cover a mistake: what leaves a small rest explains most of it.
      let coarse = Precision(
        foreign, isGrazing: false, tolerance: min(Self.coarsest, residual * Self.rest))
      var rough = try ExplanationSearch(
        compared.map { $0.with(tolerance: coarse.tolerance) }, runs: runs, precision: coarse,
        pace: pace)
      if residual > precision.tolerance { try rough.runCoarsely(pace) }
      let near = [rough.best.first, search.closest].compactMap { $0 }.first {
        !$0.isExact && $0.residual <= min(residual * Self.rest, Self.mostRest)
      }
      closest = near
      explanations = []
      verdict =
        near == nil && looksExact && residual <= Self.closeness ? .close : .differs
      evidence =
        verdict == .close
        ? [] : Evidence.all(of: compared, exact, runs.count == 1 ? first.trajectory : nil)
    }
  }

  /// The wrong rule that explains the gradient, or most of a difference; nil if there is none.
  package var suspect: AdjointRule? {
    (explanations.first ?? closest).flatMap { $0.rule == .exact ? nil : $0.rule }
  }

  /// The largest difference that a mistake under another error may leave.
  private static let coarsest = 1e-3

  /// Compares a gradient with the exact one of a run; see ``init(of:with:tolerance:pace:)``.
  package init(
    of foreign: ForeignGradient, with trajectory: Trajectory, tolerance: Double? = nil,
    pace: Pace = .free
  ) throws(SimulationError) {
    try self.init(
      of: foreign, with: [try ComparedRun(trajectory)], tolerance: tolerance, pace: pace)
  }

  /// The values of the parts of the exact gradient, added up over the runs.
  private static func exact(
    _ parts: [GradientPart], _ runs: [ComparedRun], _ pace: Pace
  ) throws(SimulationError) -> [[Double]] {
    var sum: [[Double]] = []
    for run in runs {
      let gradient = try AdjointTrajectory(of: run.trajectory, pace: pace).gradient
      let values = parts.map { $0.values(in: gradient) }
      guard runs.count > 1 else { return values }
      sum =
        sum.isEmpty
        ? values.map { $0.map { run.share * $0 } }
        : zip(sum, values).map { sum, values in
          zip(sum, values).map { $0 + run.share * $1 }
        }
    }
    return sum
  }
}

/// The best possible agreement of a foreign gradient.
struct Precision: Sendable {
  /// The relative distance of neighbouring numbers.
  let epsilon: Double
  /// The largest relative difference that counts as rounding.
  let tolerance: Double

  init(_ foreign: ForeignGradient, isGrazing: Bool, tolerance: Double? = nil) {
    epsilon = foreign.isSinglePrecision ? Double(Float.ulpOfOne) : .ulpOfOne
    self.tolerance =
      tolerance
      ?? (foreign.isSinglePrecision
        ? (isGrazing ? 2e-3 : 1e-4) : GradientCheck.tolerance(grazing: isGrazing))
  }

  /// A residual below this cannot be improved.
  var outright: Double { 64 * epsilon }

  /// For each part the size at which `tolerance` equals eight roundings of our largest value of the
  /// same dimension.
  func floors(of parts: [GradientPart], _ exact: [[Double]]) -> [Double] {
    parts.map { part in
      let kin = zip(parts, exact).filter { $0.0.quantity.dimension == part.quantity.dimension }
      let largest = kin.flatMap { $0.1.map { abs($0) } }.max() ?? 0
      return largest * (8 * epsilon / tolerance)
    }
  }
}

extension ComparedPart {
  /// The comparison with the exact gradient, value by value.
  func result(_ ours: [Double]) -> GradientComparison.PartResult {
    let residual = residual(ours)
    let notFinite = theirs.indices.filter { !theirs[$0].isFinite }.map {
      difference($0, ours, scale: 1)
    }
    return GradientComparison.PartResult(
      part: part, agrees: notFinite.isEmpty && !isTransposed && residual <= tolerance,
      residual: residual, largest: largestDifferences(ours, most: 1).first, notFinite: notFinite,
      isTransposed: isTransposed)
  }

  func largestDifferences(
    _ ours: [Double], most: Int
  ) -> [GradientComparison.Difference] {
    let scale = max(ours.map { abs($0) }.max() ?? 0, floor)
    let order = theirs.indices.sorted {
      let (one, other) = (abs(theirs[$0] - ours[$0]), abs(theirs[$1] - ours[$1]))
      return one.isNaN ? !other.isNaN : one > other
    }
    return order.prefix(most).map { difference($0, ours, scale: scale) }
  }

  private func difference(
    _ entry: Int, _ ours: [Double], scale: Double
  ) -> GradientComparison.Difference {
    let gap = abs(theirs[entry] - ours[entry])
    return GradientComparison.Difference(
      part: part, entry: entry, ours: ours[entry], theirs: theirs[entry],
      relative: gap == 0 ? 0 : gap / scale)
  }
}
