package import EventProp

/// The comparison of a foreign gradient with the exact one: where they differ, and which mistake
/// explains it.
///
/// A difference counts relative to the largest value of its part. Values agree when they differ by
/// rounding only. For float64 the ``tolerance`` is the one of ``GradientCheck``, for float32 it is
/// 10⁻⁴. Values far below the largest ones of the same dimension are rounding of these and are
/// measured by them.
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
  /// The nearest rule where nothing explains the difference; nil if none is near.
  package let closest: Explanation?
  /// The largest differences of all parts, the largest first.
  package let differences: [Difference]
  /// The largest relative difference.
  package let residual: Double
  /// The largest relative difference that counts as rounding.
  package let tolerance: Double
  /// Whether the foreign values are no more precise than float32.
  package let isSinglePrecision: Bool

  /// The largest difference at which a rule is still a hint.
  private static let near = 0.2
  /// The number of the largest differences that are kept.
  package static let mostDifferences = 5

  /// Compares a gradient with the exact one of a run.
  ///
  /// Its parts must have the same lengths as the parts of the experiment. Throws a
  /// `SimulationError` where the loss names a missing spike or the exact adjoint is no finite
  /// number, and `SimulationError.stopped` where `pace` stops it.
  package init(
    of foreign: ForeignGradient, with trajectory: Trajectory,
    pace: Pace = .free
  ) throws(SimulationError) {
    let experiment = trajectory.experiment
    let exact = try AdjointTrajectory(of: trajectory, pace: pace).gradient
    let precision = Precision(foreign, isGrazing: trajectory.flattestSpike != nil)
    tolerance = precision.tolerance
    isSinglePrecision = foreign.isSinglePrecision

    let compared = foreign.parts.map { part in
      ComparedPart(
        part, of: experiment, tolerance: precision.tolerance,
        floor: precision.floor(of: part.part, in: foreign))
    }
    parts = compared.map { $0.result(exact) }
    residual = parts.map(\.residual).max() ?? 0
    differences = Array(
      compared.flatMap { $0.largestDifferences(exact, most: Self.mostDifferences) }
        .filter { !($0.relative <= precision.tolerance) }
        .sorted { $1.relative.isNaN ? false : $0.relative.isNaN || $0.relative > $1.relative }
        .prefix(Self.mostDifferences))

    guard parts.allSatisfy(\.notFinite.isEmpty) else {
      (verdict, explanations, closest) = (.differs, [], nil)
      return
    }
    let looksExact = !foreign.parts.contains(where: \.isTransposed)
    if looksExact, residual <= precision.outright {
      (verdict, explanations, closest) = (.agrees, [], nil)
      return
    }
    var search = ExplanationSearch(
      compared, trajectory: trajectory, evaluation: try trajectory.evaluateLoss(),
      exact: exact, precision: precision)
    try search.run(pace)
    let best = search.best
    if best.contains(where: \.isExact) {
      (verdict, explanations, closest) = (.agrees, [], nil)
    } else if best.isEmpty {
      let far = residual
      let near = search.closest.flatMap {
        $0.rule != .exact && $0.residual < min(far / 2, Self.near) ? $0 : nil
      }
      (verdict, explanations, closest) = (.differs, [], near)
    } else {
      (verdict, explanations, closest) = (.explained, best, nil)
    }
  }
}

/// The best possible agreement of a foreign gradient.
struct Precision: Sendable {
  /// The relative distance of neighbouring numbers.
  let epsilon: Double
  /// The largest relative difference that counts as rounding.
  let tolerance: Double

  init(_ foreign: ForeignGradient, isGrazing: Bool) {
    epsilon = foreign.isSinglePrecision ? Double(Float.ulpOfOne) : .ulpOfOne
    tolerance =
      foreign.isSinglePrecision
      ? (isGrazing ? 2e-3 : 1e-4) : GradientCheck.tolerance(grazing: isGrazing)
  }

  /// A residual below this cannot be improved.
  var outright: Double { 64 * epsilon }

  /// The size at which `tolerance` equals eight roundings of the largest foreign value of the same
  /// dimension.
  func floor(of part: GradientPart, in foreign: ForeignGradient) -> Double {
    let kin = foreign.parts.filter { $0.part.quantity.dimension == part.quantity.dimension }
    let largest = kin.flatMap { $0.values.map { abs($0) } }.filter(\.isFinite).max() ?? 0
    return largest * 8 * epsilon / tolerance
  }
}

extension ComparedPart {
  /// The comparison with the exact gradient, value by value.
  func result(_ exact: Gradient) -> GradientComparison.PartResult {
    let ours = part.values(in: exact)
    let residual = residual(ours)
    let notFinite = theirs.indices.filter { !theirs[$0].isFinite }.map {
      difference($0, ours, scale: 1)
    }
    return GradientComparison.PartResult(
      part: part, agrees: notFinite.isEmpty && !isTransposed && residual <= tolerance,
      residual: residual, largest: largestDifferences(exact, most: 1).first, notFinite: notFinite,
      isTransposed: isTransposed)
  }

  func largestDifferences(
    _ exact: Gradient, most: Int
  ) -> [GradientComparison.Difference] {
    let ours = part.values(in: exact)
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
