/// A set of points to learn, by its name in presets.
///
/// A set is a type without values. A further set needs its own file and an entry in
/// ``DataSettings/sets``.
package protocol DataSet: SendableMetatype {
  /// The name of the set in presets.
  static var name: String { get }
  /// The number of features of a point.
  static var features: Int { get }
  /// What a network learns of a point.
  static var answer: DataAnswer { get }
  /// The number of different points; nil for a set whose points are random.
  static var different: Int? { get }
  /// Whether the set was published with a mirrored feature 1 − x beside each feature x.
  static var isMirrored: Bool { get }

  /// The first points of a seed; a set without random points repeats its points.
  ///
  /// - Complexity: O(count), on average.
  static func points(_ count: Int, seed: UInt32) -> [DataPoint]
}

extension DataSet {
  package static var different: Int? { nil }
  package static var isMirrored: Bool { true }
}

/// What a network learns of the points of a set.
package enum DataAnswer: Equatable, Sendable {
  /// A label from 0 to less than a number of classes.
  case label(classes: Int)
  /// A target for the first spike of each of some neurons.
  case targets(neurons: Int)
}

/// A point of a data set.
package struct DataPoint: Equatable, Sendable {
  /// The features, from 0 to 1.
  package var features: [Double]
  /// The label; 0 in a set of targets.
  package var label = 0
  /// The targets on the scale of the features; empty in a set of labels.
  package var targets: [Double] = []
}
