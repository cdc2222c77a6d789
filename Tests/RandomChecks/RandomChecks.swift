import EventProp
import Glibc
import Study

/// Whether the check of a gradient ever says "differs" of a right one, or keeps silent about a wrong one.
///
///     swift run -c release random-checks [FIRST SEED] [LAST SEED]
///
/// Every seed is a random experiment. Its exact gradient must not differ, by any of the three references; the gradient of each wrong rule
/// must differ wherever it is another. What contradicts this is printed with its seed.
@main
struct RandomChecks {
  static func main() throws {
    let numbers = CommandLine.arguments.dropFirst().compactMap { UInt64($0) }
    let first = numbers.first ?? 1
    if CommandLine.arguments.dropFirst().first == "directions" {
      return try DirectionChecks.run(first, numbers.dropFirst().first ?? first + 999)
    }
    if CommandLine.arguments.dropFirst().first == "trust" {
      return try TrustChecks.run(first, numbers.dropFirst().first ?? first + 999)
    }
    let last = numbers.dropFirst().first ?? first + 9999
    var (checked, rows, falseAlarms, misses, wrong) = (0, 0, 0, 0, 0)
    for seed in first...last {
      guard let random = try RandomExperiment(seed: seed) else { continue }
      let trajectory = try Trajectory(of: random.experiment)
      guard let adjoint = try? AdjointTrajectory(of: trajectory) else { continue }
      checked += 1
      let found = try findings(of: adjoint.gradient, adjoint, differences: true)
      rows += found.rows
      if !found.texts.isEmpty {
        falseAlarms += 1
        print("seed \(seed) differs: \(random.shape)")
        for text in found.texts.prefix(3) { print("    \(text)") }
      }
      for rule in AdjointRule.wrong {
        guard let altered = try? AdjointTrajectory(of: trajectory, rule: rule),
          try isAnother(altered.gradient, than: adjoint.gradient, in: random.experiment)
        else { continue }
        wrong += 1
        if try findings(of: altered.gradient, altered, differences: false).texts.isEmpty {
          misses += 1
          print("seed \(seed) keeps silent about \(rule.name): \(random.shape)")
        }
      }
      if checked % 100 == 0 { fflush(nil) }
    }
    print(
      "seeds \(first)...\(last): \(checked) experiments, \(rows) derivatives, \(falseAlarms) false alarms; "
        + "\(wrong) wrong gradients, \(misses) not found")
    if falseAlarms + misses > 0 { exit(1) }
  }

  /// What a check has against a gradient.
  private static func findings(
    of gradient: Gradient, _ adjoint: AdjointTrajectory, differences: Bool
  ) throws -> (texts: [String], rows: Int) {
    var texts: [String] = []
    var check = try GradientCheck(
      of: gradient, on: adjoint.trajectory, differences: differences)
    while differences || texts.isEmpty, let row = check.next() {
      if row.verdict == .differs {
        texts.append(
          "\(row.parameter): adjoint \(row.adjoint), forward mode \(row.forwardMode), difference "
            + "\(row.difference ?? .nan) ± \(row.uncertainty ?? .nan)")
      }
    }
    guard texts.isEmpty || differences else { return (texts, check.finished) }
    let tolerance = GradientCheck.tolerance(grazing: true)
    for residual in Identities(of: adjoint).residuals where !(residual.relative <= tolerance) {
      texts.append("\(residual)")
    }
    return (texts, check.finished)
  }

  /// Whether a gradient parts from another by more than rounding.
  ///
  /// The bound is 10⁻⁹ of the largest derivative of the dimension, and a hundred times the effect of a
  /// change of the weights that moves spikes in the last places of their times. Below lies the rounding
  /// of terms that cancel.
  private static func isAnother(
    _ gradient: Gradient, than exact: Gradient, in experiment: Experiment
  ) throws -> Bool {
    var moved = experiment
    let taus = moved.network.layers.flatMap(\.parameters).map { min($0.tauMem, $0.tauSyn) }
    let share = 4 * max(.ulpOfOne, moved.horizon.ulp / (taus.min() ?? 1))
    for layer in moved.network.layers.indices {
      moved.network.layers[layer].weights.weights.indices.forEach {
        moved.network.layers[layer].weights.weights[$0] *= 1 + share
      }
    }
    let other = try AdjointTrajectory(of: Trajectory(of: moved)).gradient
    let parameters = Parameter.all(of: experiment)
    var scales: [Parameter.Quantity.Dimension: Double] = [:]
    for parameter in parameters {
      let dimension = parameter.quantity.dimension
      scales[dimension] = max(
        scales[dimension] ?? .leastNormalMagnitude, 1e-9 * abs(exact[parameter]),
        100 * abs(other[parameter] - exact[parameter]))
    }
    return parameters.contains {
      abs(gradient[$0] - exact[$0]) > (scales[$0.quantity.dimension] ?? 0)
    }
  }
}
