package import EventProp

/// A gradient, checked as a whole along random directions, and one derivative at a time only where a direction disagrees.
///
/// One replay of the run gives the derivatives along ``RandomDirections/count`` directions, and the gradient under test gives
/// the same numbers as sums. A wrong entry changes them all. Where they disagree, the set of parameters is divided again and
/// again, eight parts in a replay, until the wrong entries are found. Then ``GradientCheck`` judges those, as it judges every
/// entry in a full check. So no entry is called wrong that a full check would not call wrong.
///
/// Differences are taken along one line for each part of the gradient: all its parameters change together. A part whose
/// line gives another value, or changes the order of events, is halved until the entries are found.
///
/// - Complexity: a replay, and some 10 runs for each part of the gradient; for each set of wrong entries about log₈ P replays
///   more, for P parameters.
package struct DirectionCheck: Sendable {
  /// The number of derivatives up to which a check of each is as fast.
  package static let fewest = 64
  /// The number of wrong entries after which the search ends.
  package static let mostWrong = 8
  /// The synapses that deliver in a run, and its spikes, up to which differences are taken.
  package static let mostTouches = 500_000
  /// The number of directions.
  package static let directionCount = RandomDirections.count
  /// The seed of the directions.
  package static let seed = RandomDirections.seed
  /// The probability with which ``visibleError`` is not seen.
  package static let risk = RandomDirections.risk
  /// How much a direction may disagree, in tolerances of a single derivative.
  static let threshold = 1.0 / 16

  /// Derivatives that were looked at by themselves and do not agree.
  package internal(set) var rows: [GradientCheck.Row] = []
  /// The parts of the gradient that disagree with forward mode.
  package internal(set) var differing: [GradientPart] = []
  /// What differences say of each part of the gradient, as far as they were taken.
  package internal(set) var lines: [DifferenceLine] = []
  /// The number of derivatives that disagree with forward mode, at least.
  package internal(set) var leastWrong = 0
  /// The number of parameters that were checked.
  package var count: Int { directions.parameters.count }
  /// The judgement so far.
  package var verdict: GradientCheck.Verdict { check.verdict }
  /// The number of steps done.
  package private(set) var done = 0
  /// The number of steps, as far as they are known.
  package var total: Int { done + stage.left + pending.count }
  /// Whether nothing is left to do.
  package var isFinished: Bool { stage == .differences && pending.isEmpty }
  /// Whether the run is short enough for differences.
  package let takesDifferences: Bool
  /// Whether the directions have been compared, and all that disagree is searched.
  package var hasDirections: Bool { stage == .differences }

  /// The check that judges single derivatives.
  var check: GradientCheck
  /// The directions, in which derivatives known to be wrong stand still.
  var directions: RandomDirections
  /// The positions of each part of the gradient.
  let parts: [Range<Int>]
  /// What is compared next.
  var stage = Stage.directions
  /// How much a direction may disagree, rounding included, once that is known.
  var allowed = Self.threshold
  /// Whether rounding is part of ``allowed``.
  var isRoundingKnown = false
  /// The largest effect of rounding on a derivative of each kind, once it is known.
  var rounding: [GradientPart: Double] = [:]
  /// The number of rows when the directions were compared last.
  var searched = 0
  /// The largest disagreement that no single derivative explains.
  var unexplained = 0.0
  /// The sets whose differences are still to be taken.
  var pending: [LineSet] = []

  /// A step of the check.
  enum Stage: Equatable {
    /// All parameters together, in all directions.
    case directions
    /// The parts of the gradient from a number on, in one direction; the disagreeing sets so far.
    case parts(from: Int, direction: Int, [OpenSet])
    /// Sets that disagree in one direction, the worst last.
    case search([OpenSet], direction: Int)
    /// Differences; forward mode has been compared.
    case differences

    /// The number of steps that are known to be left before the differences.
    var left: Int {
      switch self {
      case .directions: 1
      case .parts(_, _, let open), .search(let open, _): 1 + open.count
      case .differences: 0
      }
    }
  }

  /// Prepares the check of a gradient of a run.
  ///
  /// `parameters` is nil for all of them. `adjoint` is that of the run by the exact rule, if it is known. Throws as
  /// ``GradientCheck`` does.
  package init(
    of gradient: Gradient, on trajectory: Trajectory, parameters: [Parameter]? = nil,
    adjoint: AdjointTrajectory? = nil, pace: Pace = .free
  ) throws(SimulationError) {
    takesDifferences = trajectory.touchCount <= Self.mostTouches
    check = try GradientCheck(
      of: gradient, on: trajectory, parameters: parameters, differences: takesDifferences,
      adjoint: adjoint, pace: pace)
    parts = Self.parts(of: check.parameters)
    directions = RandomDirections(
      check.parameters, speeds: Self.speeds(of: parts, in: check, trajectory.experiment))
    if takesDifferences { pending = LineSet.all(of: parts, in: check) }
  }

  /// Makes the next step.
  ///
  /// `pace` hears now and then which time is reached, and may stop the work; the step then stays the next one.
  package mutating func advance(pace: Pace = .free) throws(SimulationError) {
    try pace.reach(0)
    switch stage {
    case .directions: try compareDirections(pace)
    case .parts(let start, let direction, let open):
      try compareParts(from: start, direction, open, pace)
    case .search(let open, let direction): try search(open, direction, pace)
    case .differences: if !pending.isEmpty { try takeDifferences(pace) }
    }
    done += 1
  }
}
