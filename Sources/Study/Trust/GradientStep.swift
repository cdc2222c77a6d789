package import EventProp

/// One step down a gradient: each parameter becomes its start minus the rate times its slope.
///
/// A ``Descent`` makes such steps on all weights.
package struct GradientStep: Equatable, Sendable {
  /// The parameters that move.
  package let parameters: [Parameter]
  /// The value of each at rate 0.
  let starts: [Double]
  /// dL by each.
  let slopes: [Double]

  /// The step on all weights of an experiment; nil where the gradient of all weights is 0.
  package init?(of experiment: Experiment, down gradient: Gradient) {
    let weights = Parameter.all(of: experiment).filter {
      if case .weight = $0 { gradient[$0] != 0 } else { false }
    }
    guard !weights.isEmpty else { return nil }
    parameters = weights
    starts = weights.map { experiment[$0] }
    slopes = weights.map { gradient[$0] }
  }

  /// Makes the step with a rate.
  func make(_ rate: Double, in experiment: inout Experiment) {
    for (place, parameter) in parameters.enumerated() {
      experiment[parameter] = starts[place] - rate * slopes[place]
    }
  }

  /// The length of the step at rate 1.
  package var length: Double { Self.length(of: slopes) }

  static func length(of values: [Double]) -> Double {
    // Squares of huge numbers leave the range of numbers.
    let largest = values.reduce(0) { max($0, abs($1)) }
    guard largest > 0 else { return 0 }
    return largest * values.reduce(0) { $0 + ($1 / largest) * ($1 / largest) }.squareRoot()
  }
}
