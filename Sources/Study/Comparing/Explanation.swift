package import EventProp

/// How a foreign gradient arises: a rule, and the changes of its result.
package struct Explanation: Equatable, Sendable {
  /// A scaling and the parts that it applies to.
  package struct Change: Equatable, Sendable {
    /// The change.
    package let scaling: Scaling
    /// The parts that it applies to; nil for all that are not zero.
    package let parts: [GradientPart]?
  }

  /// The rule of the adjoint.
  package let rule: AdjointRule
  /// The changes of the gradient of that adjoint.
  package let changes: [Change]
  /// The largest remaining difference, relative to the largest value of its part.
  package let residual: Double
  /// For a rule that walks back only some events: every number of events with the same result.
  package var eventRange: ClosedRange<Int>?

  /// The number of mistakes.
  package var count: Int {
    rule.alterations.count + changes.reduce(0) { $0 + $1.scaling.count }
  }

  /// The number of values that were fitted to the foreign gradient.
  var freedom: Int {
    changes.reduce(0) { $0 + $1.scaling.freedom }
      + rule.alterations.filter {
        switch $0 {
        case .clampedSlope, .truncated: true
        default: false
        }
      }.count
  }

  /// Whether its only change is a plain factor without a name.
  var isPlainFactor: Bool { changes.count == 1 && changes[0].scaling.isPlain }

  /// Whether this factor is at least 1, or a power of ten.
  var isRoundFactor: Bool {
    isPlainFactor && (changes[0].scaling.constant >= 1 || changes[0].scaling.isPowerOfTen)
  }

  /// Whether it needs a number of samples that nothing tells.
  var isUnknownMean: Bool { changes.contains { $0.scaling.samples > 1 } }

  /// Whether nothing is wrong.
  package var isExact: Bool { count == 0 }
}
