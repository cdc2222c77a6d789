/// The constant set: one point, and a target for each of two neurons.
///
/// jaxsnn: constant_dataset.
package enum Constant: DataSet {
  package static let name = "constant"
  package static let features = 3
  package static let answer = DataAnswer.targets(neurons: 2)
  package static let different: Int? = 1
  package static let isMirrored = false

  package static func points(_ count: Int, seed: UInt32) -> [DataPoint] {
    Array(
      repeating: DataPoint(features: [0.1, 0.2, 1], targets: [0.2, 0.3]), count: count)
  }
}
