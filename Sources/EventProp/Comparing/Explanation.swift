/// How a foreign gradient comes out: a rule, and what was done to its result.
public struct Explanation: Equatable, Sendable {
  /// A scaling and the parts that it applies to.
  public struct Change: Equatable, Sendable {
    /// What was done.
    public let scaling: Scaling
    /// The parts it was done to; nil for all that are not zero.
    public let parts: [GradientPart]?
  }

  /// The adjoint that reproduces it.
  public let rule: AdjointRule
  /// What was done to the gradient of that adjoint.
  public let changes: [Change]
  /// The largest difference that remains, relative to the largest value of its part.
  public let residual: Double
  /// Where the rule walks back only so many events: every number of events that gives the same.
  public var eventRange: ClosedRange<Int>?

  /// How many things are wrong at once.
  public var count: Int {
    rule.alterations.count + changes.reduce(0) { $0 + $1.scaling.count }
  }

  /// How many numbers were fitted to the foreign gradient.
  var freedom: Int {
    changes.reduce(0) { $0 + $1.scaling.freedom }
      + rule.alterations.filter {
        switch $0 {
        case .clampedSlope, .truncated: true
        default: false
        }
      }.count
  }

  /// Whether nothing is wrong.
  public var isExact: Bool { count == 0 }
}
