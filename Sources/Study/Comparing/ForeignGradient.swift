package import EventProp

/// A gradient of an experiment from another program, or some of its parts.
package struct ForeignGradient: Equatable, Sendable {
  /// The values of one part.
  package struct Part: Equatable, Sendable {
    /// The part.
    package let part: GradientPart
    /// Its values in the order of ours, synapses in entry order; they may be NaN or infinite.
    package let values: [Double]
    /// Whether a matrix that is not square was given as [this × before].
    package let isTransposed: Bool

    /// Creates a part; the caller has already turned a transposed matrix round.
    package init(_ part: GradientPart, _ values: [Double], isTransposed: Bool = false) {
      self.part = part
      self.values = values
      self.isTransposed = isTransposed
    }
  }

  /// The parts, each at most once.
  package let parts: [Part]
  /// Whether the values have at most 24 bits, so that they agree at best to the rounding of
  /// float32.
  package let isSinglePrecision: Bool

  /// Combines parts.
  ///
  /// The precision follows from the values: it is single if each value is a float32 or the shortest
  /// decimal of one.
  package init(_ parts: [Part]) {
    self.parts = parts
    isSinglePrecision = parts.allSatisfy { $0.values.allSatisfy(Self.isSingle) }
  }

  static func isSingle(_ value: Double) -> Bool {
    let single = Float(value)
    guard value.isFinite else { return true }
    return Double(single) == value || Double("\(single)") == value
  }
}
