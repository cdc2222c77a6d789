/// The circle set: label 1 inside a circle that has half the area of the square, 0 outside.
///
/// The points are uniform in the unit square. jaxsnn: circle_dataset, which draws other points.
package enum Circle: DataSet {
  package static let name = "circle"
  package static let features = 2
  package static let answer = DataAnswer.label(classes: 2)

  package static func points(_ count: Int, seed: UInt32) -> [DataPoint] {
    var random = RandomState(seed: seed)
    let radius = (0.5 / Double.pi).squareRoot()
    return (0..<count).map { _ in
      let x = random.uniform()
      let y = random.uniform()
      let square = (x - 0.5) * (x - 0.5) + (y - 0.5) * (y - 0.5)
      return DataPoint(features: [x, y], label: square <= radius * radius ? 1 : 0)
    }
  }
}
