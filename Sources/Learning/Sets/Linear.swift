/// The linear set: label 1 where x < y, 0 elsewhere.
///
/// The points are uniform in the unit square. jaxsnn: linear_dataset, which draws other points.
package enum Linear: DataSet {
  package static let name = "linear"
  package static let features = 2
  package static let answer = DataAnswer.label(classes: 2)

  package static func points(_ count: Int, seed: UInt32) -> [DataPoint] {
    var random = RandomState(seed: seed)
    return (0..<count).map { _ in
      let x = random.uniform()
      let y = random.uniform()
      return DataPoint(features: [x, y], label: x < y ? 1 : 0)
    }
  }
}
