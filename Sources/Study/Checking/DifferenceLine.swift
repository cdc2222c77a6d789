package import EventProp

/// What differences along one line say of a part of the gradient.
package struct DifferenceLine: Equatable, Sendable {
  /// The part.
  package let part: GradientPart
  /// The smallest error of a single derivative that would have been seen, relative to the largest derivative of its kind;
  /// nil where no line could be taken.
  package internal(set) var visible: Double?
  /// The number of derivatives that were found to be not comparable.
  package internal(set) var obstacles = 0
  /// The number of derivatives that were left out, because their line changes the order of events.
  package internal(set) var untested = 0

  init(part: GradientPart) { self.part = part }
}
