package import EventProp

/// Somebody else's gradient of an experiment, or some parts of one.
package struct ForeignGradient: Equatable, Sendable {
  /// The values of one part.
  package struct Part: Equatable, Sendable {
    /// Which part it is.
    package let part: GradientPart
    /// Its values in the order of ours, synapses in entry order; they may be NaN or infinite.
    package let values: [Double]
    /// Whether a matrix that is not square was given as [this × before].
    package let isTransposed: Bool

    /// Creates a part; a transposed matrix has been turned round already.
    package init(_ part: GradientPart, _ values: [Double], isTransposed: Bool = false) {
      self.part = part
      self.values = values
      self.isTransposed = isTransposed
    }
  }

  /// The parts that were given, each once.
  package let parts: [Part]
  /// Whether its values carry no more than 24 bits: then they cannot agree better than to float32's rounding.
  package let isSinglePrecision: Bool

  /// Puts parts together.
  ///
  /// The precision is that of the values: it is single when each is a float32, or the shortest decimal of one.
  package init(_ parts: [Part]) {
    self.parts = parts
    isSinglePrecision = parts.allSatisfy { $0.values.allSatisfy(Self.isSingle) }
  }

  private static func isSingle(_ value: Double) -> Bool {
    let single = Float(value)
    guard value.isFinite else { return true }
    return Double(single) == value || Double("\(single)") == value
  }
}
