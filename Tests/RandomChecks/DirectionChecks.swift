import EventProp
import Glibc
import Study

/// Whether a check along directions ever says another thing than the check of every derivative.
///
///     swift run -c release random-checks directions [FIRST SEED] [LAST SEED]
///
/// Every seed is a random experiment. For its exact gradient both checks must have one verdict, and so must they for the
/// gradient of each wrong rule and for the exact one with a single wrong entry. What contradicts this is printed with its seed.
enum DirectionChecks {
  static func run(_ first: UInt64, _ last: UInt64) throws {
    var counts: [String: Int] = [:]
    var contradictions = 0
    for seed in first...last {
      guard let random = try RandomExperiment(seed: seed) else { continue }
      let trajectory = try Trajectory(of: random.experiment)
      guard let adjoint = try? AdjointTrajectory(of: trajectory) else { continue }
      var gradients = [("exact", adjoint.gradient)]
      for rule in AdjointRule.wrong {
        if let wrong = try? AdjointTrajectory(of: trajectory, rule: rule) {
          gradients.append((rule.name, wrong.gradient))
        }
      }
      let all = Parameter.all(of: random.experiment)
      let altered = all[Int(seed) % all.count]
      var gradient = adjoint.gradient
      let largest = all.filter { $0.kind == altered.kind }.map { abs(gradient[$0]) }.max() ?? 0
      gradient[altered] += 3e-8 * largest
      gradients.append(("one entry", gradient))
      for (name, gradient) in gradients {
        let differences = name == "exact"
        var check = try GradientCheck(of: gradient, on: trajectory, differences: differences)
        var rows: [GradientCheck.Row] = []
        while differences || check.verdict != .differs, let row = check.next() { rows.append(row) }
        var directions = try DirectionCheck(of: gradient, on: trajectory)
        while !directions.isFinished { try directions.advance() }
        let expected = check.verdict.name
        let found =
          differences || directions.verdict == .differs ? directions.verdict.name : expected
        counts[
          "\(name == "exact" || name == "one entry" ? name : "rules"): \(expected)", default: 0] +=
          1
        let areRowsKnown =
          !differences
          || directions.rows.allSatisfy { row in
            rows.contains { $0.parameter == row.parameter && $0.verdict == row.verdict }
          }
        let isMissed = !differences && expected == "differs" && directions.verdict != .differs
        if found != expected || !areRowsKnown || isMissed {
          contradictions += 1
          print(
            "seed \(seed), \(name): every derivative \(expected), directions \(directions.verdict.name), visible "
              + "\(directions.visibleError), rows \(areRowsKnown): \(random.shape)")
          for row in rows where row.verdict != .agrees { print("    \(row)") }
          for line in directions.lines { print("    \(line)") }
        }
      }
      fflush(nil)
    }
    print(
      "seeds \(first)...\(last): \(counts.sorted { $0.key < $1.key }), \(contradictions) contradictions"
    )
    if contradictions > 0 { exit(1) }
  }
}
