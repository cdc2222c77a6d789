/// The yin-yang set: the parts of the sign in a circle, bit for bit as published.
///
/// Label 2 is one of the two dots, 1 is yin and 0 is yang. A class is drawn first, so that the three
/// classes are equally frequent, and then points until one of them has the class. Source: Kriener,
/// Göltz & Petrovici (2022), https://doi.org/10.1145/3517343.3517380; its training, validation and
/// test sets have the seeds 42, 41 and 40.
package enum YinYang: DataSet {
  package static let name = "yin-yang"
  package static let features = 2
  package static let answer = DataAnswer.label(classes: 3)

  /// The radius of the sign, whose centre is (0.5, 0.5).
  private static let radius = 0.5
  /// The radius of a dot.
  private static let dot = 0.1

  package static func points(_ count: Int, seed: UInt32) -> [DataPoint] {
    var random = RandomState(seed: seed)
    return (0..<count).map { _ in
      let wanted = random.below(3)
      while true {
        // The order of the factors is that of the published program.
        let x = random.uniform() * 2 * radius
        let y = random.uniform() * 2 * radius
        if distance(x, y, toDotAt: radius) <= radius, label(x, y) == wanted {
          return DataPoint(features: [x, y], label: wanted)
        }
      }
    }
  }

  /// The label of a point inside the circle.
  ///
  /// jaxsnn: get_class.
  package static func label(_ x: Double, _ y: Double) -> Int {
    let right = distance(x, y, toDotAt: 1.5 * radius)
    let left = distance(x, y, toDotAt: 0.5 * radius)
    if right < dot || left < dot { return 2 }
    let isYin =
      right <= dot || left > dot && left <= 0.5 * radius || y > radius && right > 0.5 * radius
    return isYin ? 1 : 0
  }

  /// The distance of a point to a point on the horizontal line through the centre.
  private static func distance(_ x: Double, _ y: Double, toDotAt centre: Double) -> Double {
    ((x - centre) * (x - centre) + (y - radius) * (y - radius)).squareRoot()
  }
}
