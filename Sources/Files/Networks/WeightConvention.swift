/// What a weight of a NIR file means.
///
/// The raw values are the words in a preset.
package enum WeightConvention: String, CaseIterable, Sendable {
  /// The equations of NIR as they stand: a spike is an impulse with the area 1 in the unit of time of the file.
  case dirac
  /// A spike lasts for one step of a simulation on a grid and has the height 1.
  case step
  /// A spike adds the weight to I.
  case jump
}

/// A unit of time of a NIR file, which has none in itself.
package enum FileTimeUnit: String, CaseIterable, Sendable {
  case s, ms

  /// A time of the file in seconds.
  ///
  /// Division by 1000 rounds once, multiplication by 0.001 would round twice.
  func seconds(_ time: Double) -> Double { self == .s ? time : time / 1000 }

  /// A time in seconds, in the unit of the file.
  func value(_ seconds: Double) -> Double { self == .s ? seconds : seconds * 1000 }
}

/// What a person says about a NIR file; nil for what the file is to tell itself.
package struct NIRChoice: Equatable, Sendable {
  /// What a weight means.
  package var weights: WeightConvention?
  /// The step of the grid, in seconds, for `step`.
  package var dt: Double?
  /// The unit of the file's times.
  package var timeUnit: FileTimeUnit?

  /// Creates a choice; by default the file tells everything.
  package init(
    weights: WeightConvention? = nil, dt: Double? = nil, timeUnit: FileTimeUnit? = nil
  ) {
    self.weights = weights
    self.dt = dt
    self.timeUnit = timeUnit
  }
}
