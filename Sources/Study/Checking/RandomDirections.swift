import EventProp
import RealModule

/// Random directions in the space of some parameters, ``Dual/width`` of them at once.
///
/// In each direction a parameter has a speed that is uniform in [−1, 1) times 1 over what its derivative may be off by. So
/// parameters of all units count alike, and a disagreement is measured in tolerances of a single derivative. Let one
/// derivative be off by e tolerances, and let others be off by anything. A direction disagrees by at most T tolerances with
/// a probability of at most T / e, because the speed of that one parameter is uniform. For all k directions the probability
/// is at most (T / e)^k.
struct RandomDirections: Sendable {
  /// The seed of every check, so that a check can be repeated.
  static let seed: UInt64 = 1
  /// The number of directions.
  static let count = Dual.width
  /// The probability with which a visible error is not seen.
  static let risk = 1e-9

  /// The parameters.
  let parameters: [Parameter]
  /// The speed of each parameter without its random factor.
  private(set) var speeds: [Double]
  private let random = SplitMix64(seed: Self.seed)

  /// Directions for parameters with given speeds, in the order of the parameters.
  init(_ parameters: [Parameter], speeds: [Double]) {
    self.parameters = parameters
    self.speeds = speeds
  }

  /// The smallest error of a single derivative, in its tolerances, that is missed with ``risk`` at most, where a direction
  /// may disagree by `threshold`.
  static func visible(from threshold: Double) -> Double {
    threshold * Double.pow(risk, -1 / Double(count))
  }

  /// Stops a parameter, whose derivative is known to be wrong.
  mutating func stop(_ position: Int) { speeds[position] = 0 }

  /// The speeds of the parameter at a position in all directions.
  subscript(position: Int) -> Dual.Tangents {
    var speeds = Dual.Tangents()
    for direction in 0..<Self.count {
      speeds[direction] = self[position, direction]
    }
    return speeds
  }

  /// The speed of the parameter at a position in one direction.
  private subscript(position: Int, direction: Int) -> Double {
    speeds[position] * random.uniform(position * Self.count + direction)
  }

  /// What forward mode and a gradient say of all directions: forward mode minus the gradient, in tolerances.
  func discrepancies(
    of gradient: Gradient, from forwardMode: ForwardMode, pace: Pace
  ) throws(SimulationError) -> Dual.Tangents {
    try forwardMode.derivatives(
      along: parameters.indices.map { self[$0] }, of: parameters, pace: pace)
      - derivatives(of: gradient)
  }

  /// The derivatives along the directions by a gradient.
  func derivatives(of gradient: Gradient) -> Dual.Tangents {
    var sum = CompensatedSum()
    for position in parameters.indices { add(position, of: gradient, self[position], to: &sum) }
    return sum.value
  }

  /// The same discrepancies as of one direction, but for up to ``count`` sets of positions, one for each set.
  func discrepancies(
    of gradient: Gradient, from forwardMode: ForwardMode, in sets: [Range<Int>], direction: Int,
    pace: Pace
  ) throws(SimulationError) -> [Double] {
    var moving: [Parameter] = []
    var tangents: [Dual.Tangents] = []
    var sum = CompensatedSum()
    for (lane, set) in sets.enumerated() {
      for position in set {
        var speeds = Dual.Tangents()
        speeds[lane] = self[position, direction]
        moving.append(parameters[position])
        tangents.append(speeds)
        add(position, of: gradient, speeds, to: &sum)
      }
    }
    let found =
      try forwardMode.derivatives(along: tangents, of: moving, pace: pace) - sum.value
    return sets.indices.map { found[$0] }
  }

  /// Adds the part of a parameter; one that does not move has none, even if its derivative is no number.
  private func add(
    _ position: Int, of gradient: Gradient, _ speeds: Dual.Tangents, to sum: inout CompensatedSum
  ) {
    guard self.speeds[position] != 0 else { return }
    // 0 · ∞ is no number, so a lane in which nothing moves stays as it is.
    sum.add((speeds * gradient[parameters[position]]).replacing(with: 0, where: speeds .== 0))
  }
}

/// A sum of many terms whose rounding does not grow with their number.
///
/// What each addition loses is found (the TwoSum of D. E. Knuth) and added at the end.
private struct CompensatedSum {
  private var sum = Dual.Tangents()
  private var lost = Dual.Tangents()

  mutating func add(_ term: Dual.Tangents) {
    let next = sum + term
    let added = next - sum
    lost += (sum - (next - added)) + (term - added)
    sum = next
  }

  var value: Dual.Tangents { sum + lost }
}
