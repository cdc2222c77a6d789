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

  /// The numbers of a file that become features; nil for points, which have features already.
  package var values: Values?

  /// Numbers of a file, such as the pixels of an image, and the times that they stand for.
  package struct Values: Equatable, Sendable {
    /// The value of a feature of 0, which spikes at ``Encoder/from``.
    package var first: Double
    /// The value of a feature of 1, which spikes at ``Encoder/to``; not equal to ``first``, perhaps less.
    package var last: Double
    /// A value without a spike; nil for none.
    package var silent: Double?

    /// Creates the values between two numbers.
    package init(first: Double, last: Double, silent: Double? = nil) {
      self.first = first
      self.last = last
      self.silent = silent
    }

    /// Whether a value lies between both ends, or is the silent one.
    package func contains(_ value: Double) -> Bool {
      value == silent || min(first, last) <= value && value <= max(first, last)
    }

    /// The feature of a value, (value − first) / (last − first) in this order; nil for the silent one.
    package func feature(of value: Double) -> Double? {
      value == silent ? nil : (value - first) / (last - first)
    }
  }

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

    /// The targets of samples with these labels.
    package func targets(of labels: [Int], neurons: Int) -> Samples.Targets {
      Samples.Targets(
        values: labels.flatMap { times(of: $0, neurons: neurons) }, neurons: neurons, longest: 1)
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

  /// The input spikes of a point in the order of their channels; a feature of nil has none, and so has
  /// its mirrored feature.
  package func spikes(of features: [Double?]) -> [InputSpike] {
    var spikes: [InputSpike] = []
    func add(_ time: Double, _ feature: Int) {
      for channel in feature * copies..<(feature + 1) * copies {
        for _ in 0..<repeats { spikes.append(InputSpike(time: time, channel: channel)) }
      }
    }
    for (place, x) in features.enumerated() { if let x { add(time(of: x), place) } }
    var end = features.count
    if isMirrored {
      for (place, x) in features.enumerated() { if let x { add(time(of: 1 - x), end + place) } }
      end *= 2
    }
    if let bias { add(bias, end) }
    return spikes
  }
}
