import EventProp
import Glibc
import ReferenceCases
import Study

/// Whether a radius ever has another order of events inside it.
///
///     swift run -c release random-checks trust [FIRST SEED] [LAST SEED]
///
/// For random experiments the radii of the whole step and of three names are searched. Random values inside each radius
/// must have the order of events of the experiment, and the first value outside must have another one.
enum TrustChecks {
  /// The values that are tried inside each radius.
  private static let probes = 200
  /// A larger run is left out.
  private static let mostTouches = 400

  static func run(_ first: UInt64, _ last: UInt64) throws {
    var (checked, sides, borders, wrong, open) = (0, 0, 0, 0, 0)
    var (blind, far) = (0, 0)
    for seed in first...last {
      guard let random = try RandomExperiment(seed: seed),
        let trajectory = try? Trajectory(of: random.experiment),
        trajectory.touchCount < mostTouches,
        let adjoint = try? AdjointTrajectory(of: trajectory)
      else { continue }
      checked += 1
      var generator = SeededGenerator(seed: seed)
      var names = Trust.names(of: random.experiment).shuffled(using: &generator).prefix(3)
        .filter { $0.value(in: random.experiment) != nil }
      if let step = GradientStep(of: random.experiment, down: adjoint.gradient) {
        names.append(.rate(step))
      }
      for named in names {
        for limit in limits(named, in: random.experiment, adjoint) {
          guard let reach = try? reach(of: named, in: trajectory, to: limit) else { continue }
          sides += 1
          // A search that was given up says so. Rounding stops one, such as that between the maxima
          // of two equal pulses far apart.
          if reach.end == .open {
            open += 1
            continue
          }
          if let outside = reach.outside {
            borders += 1
            if try ReachSearch.holds(named, at: outside, in: trajectory) {
              wrong += 1
              print(
                "seed \(seed): the order holds outside a radius of \(named.parameters.prefix(1)): \(random.shape)"
              )
            }
            let linear = reach.linear ?? .infinity
            if linear == .infinity { blind += 1 }
            if abs(linear - reach.distance) > 0.1 * reach.distance { far += 1 }
          }
          for _ in 0..<probes {
            let part = Double.random(in: 0..<1, using: &generator)
            let value = reach.start + part * (reach.inside - reach.start)
            guard try ReachSearch.holds(named, at: value, in: trajectory) else {
              wrong += 1
              print(
                "seed \(seed): another order inside, at \(part) of the radius of \(named.parameters.prefix(1)) to \(reach.inside): \(random.shape)"
              )
              break
            }
          }
        }
      }
      fflush(nil)
    }
    print(
      "seeds \(first)...\(last): \(checked) experiments, \(sides) sides, \(borders) borders, \(open) given up, \(wrong) wrong; "
        + "first order alone is off by more than a tenth at \(far) borders, and sees none at \(blind)"
    )
    if wrong > 0 { exit(1) }
  }

  private static func limits(
    _ named: Named, in experiment: Experiment, _ adjoint: AdjointTrajectory
  ) -> [Double] {
    if case .rate(let step) = named {
      let weights = Parameter.all(of: experiment).filter {
        if case .weight = $0 { true } else { false }
      }
      let length = weights.reduce(0) { $0 + experiment[$1] * experiment[$1] }.squareRoot()
      return [length / step.length]
    }
    let limits = named.limits(in: experiment)
    return [limits.low, limits.high]
  }

  private static func reach(
    of named: Named, in trajectory: Trajectory, to limit: Double
  ) throws -> Reach? {
    var search = try ReachSearch(of: named, in: trajectory, to: limit)
    while search.reach == nil { try search.advance { _ in .free } }
    return search.reach
  }
}
