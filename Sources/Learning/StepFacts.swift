package import EventProp

/// What one step of a training did.
package struct StepFacts: Equatable, Sendable {
  /// The mean loss of the samples of the step, before the parameters moved.
  package var loss: Double
  /// The number of samples of the step.
  package var samples: Int
  /// The number of samples that were classified rightly; nil without labels.
  package var right: Int?
  /// The length of the gradient before it was limited, for each learnt part.
  package var norms: [Double]
  /// The flattest spike on whose time the loss of a sample depends; nil where there is none.
  package var slope: Flattest?
  /// The silent neurons of each layer, added up over the samples.
  package var silent: [Int]
  /// The rate of the step.
  package var rate: Double
  /// Whether the gradient was limited.
  package var isClipped: Bool
  /// The number of samples that took no part because their label neuron is silent.
  package var skipped: Int
  /// The number of delays that were brought back to 0.
  package var projected: Int
  /// The number of silent neurons whose weights were lifted.
  package var bumped = 0
  /// The number of samples with a silent label that were lifted by their greatest V.
  package var lifted = 0

  /// A spike of a sample.
  package struct Flattest: Equatable, Sendable {
    /// The place of the sample in the data.
    package let sample: Int
    /// The spike.
    package let slope: Outcome.Slope
  }

  /// The length of the whole gradient, each parameter in the unit in which it is learnt.
  package var norm: Double { norms.reduce(0) { $0 + $1 * $1 }.squareRoot() }
}
