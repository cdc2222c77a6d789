package import EventProp

/// How a foreign gradient comes out: a rule, and what was done to its result.
package struct Explanation: Equatable, Sendable {
  /// A scaling and the parts that it applies to.
  package struct Change: Equatable, Sendable {
    /// What was done.
    package let scaling: Scaling
    /// The parts it was done to; nil for all that are not zero.
    package let parts: [GradientPart]?
  }

  /// The adjoint that reproduces it.
  package let rule: AdjointRule
  /// What was done to the gradient of that adjoint.
  package let changes: [Change]
  /// The largest difference that remains, relative to the largest value of its part.
  package let residual: Double
  /// Where the rule walks back only so many events: every number of events that gives the same.
  package var eventRange: ClosedRange<Int>?

  /// How many things are wrong at once.
  package var count: Int {
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
  package var isExact: Bool { count == 0 }
}
