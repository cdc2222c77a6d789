package import EventProp

/// How a point becomes input spikes, and its answer becomes targets: spatio-temporal encoding.
///
/// A feature x becomes a spike at from + x·(to − from), rounded in this order. The channels are those
/// of the features, then those of the mirrored features 1 − x, then that of the bias. Times are in
/// seconds.
///
/// jaxsnn: spatio_temporal_encode, with copies for duplicate_neurons and repeats without.
package struct Encoder: Equatable, Sendable {
  /// The time of a feature of 0.
  package var from = 0.0
  /// The time of a feature of 1.
  package var to: Double
  /// Whether a mirrored feature 1 − x is encoded for each feature x.
  package var isMirrored = false
  /// The time of a spike that each point has; nil for none.
  package var bias: Double?
  /// The number of channels of each feature, mirrored feature and bias, at least 1; they are
  /// neighbours.
  package var copies = 1
  /// The number of spikes of each channel, all at its time, at least 1.
  package var repeats = 1
  /// The targets of the neuron of the label and of each other neuron; nil for none.
  package var targets: Targets?

  /// The targets of neurons by the label.
  package struct Targets: Equatable, Sendable {
    /// The target of the neuron of the label.
    package var right: Double
    /// The target of each other neuron.
    package var wrong: Double

    /// Creates the targets of a label, in seconds.
    package init(right: Double, wrong: Double) {
      self.right = right
      self.wrong = wrong
    }

    /// The target of each of some neurons; with 1 and 0 for right and wrong it is the one-hot form.
    ///
    /// jaxsnn: target_temporal_encode.
    package func times(of label: Int, neurons: Int) -> [Double] {
      (0..<neurons).map { $0 == label ? right : wrong }
    }
  }

  /// Creates an encoder without bias and copies that ends at a time.
  package init(from: Double = 0, to: Double) {
    self.from = from
    self.to = to
  }

  /// The number of channels of points with a number of features.
  package func channels(ofFeatures features: Int) -> Int {
    (features * (isMirrored ? 2 : 1) + (bias == nil ? 0 : 1)) * copies
  }

  /// The time of a value from 0 to 1.
  package func time(of value: Double) -> Double { from + value * (to - from) }

  /// The input spikes of a point in the order of their channels.
  package func spikes(of features: [Double]) -> [InputSpike] {
    let mirrored = isMirrored ? features.map { 1 - $0 } : []
    let times = (features + mirrored).map { time(of: $0) } + (bias.map { [$0] } ?? [])
    return times.enumerated().flatMap { feature, time in
      (0..<copies).flatMap { copy in
        Array(
          repeating: InputSpike(time: time, channel: feature * copies + copy), count: repeats)
      }
    }
  }
}
