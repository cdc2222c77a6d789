import EventProp

/// A set of parameters of one part of the gradient, changed together for differences.
///
/// The changes are random: 1 to 2 times the change of a parameter in a check of its own, up or down. Their sizes are chosen so
/// that a value and its change have an exact sum. Times that cannot fall have a set of their own, and only rise.
struct LineSet: Sendable {
  /// The positions of the parameters.
  let positions: [Int]
  /// Whether all values only rise.
  let isOneSided: Bool

  private static let random = SplitMix64(seed: RandomDirections.seed &+ 1)
  /// The largest step, a power of two.
  private static let first = 0x1p-10

  /// What the differences of a set say.
  enum Judgement {
    /// They agree; an error as large as this would have been seen, relative to the largest derivative of the kind.
    case agrees(visible: Double)
    /// They do not agree; there may be none.
    case disagrees(isComparable: Bool)
    /// The set has a single parameter, which is judged by itself.
    case isSingle
  }

  /// The sets of all parts, the first part last.
  static func all(of parts: [Range<Int>], in check: GradientCheck) -> [LineSet] {
    let experiment = check.forwardMode.trajectory.experiment
    return parts.reversed().flatMap { part -> [LineSet] in
      let sides = [true, false].map { isOneSided in
        part.filter { position in
          let parameter = check.parameters[position]
          let move = CentralDifferences.Move(
            parameter, speed: 2 * experiment.change(of: parameter))
          return move.isOneSided(in: experiment, from: first) == isOneSided
        }
      }
      return zip(sides, [true, false]).filter { !$0.0.isEmpty }.map {
        LineSet(positions: $0, isOneSided: $1)
      }
    }
  }

  /// Both halves, the first one last.
  var halves: [LineSet] {
    let middle = positions.count / 2
    return [positions[middle...], positions[..<middle]].map {
      LineSet(positions: Array($0), isOneSided: isOneSided)
    }
  }

  /// The part of the gradient to which the set belongs.
  func part(in check: GradientCheck) -> GradientPart { check.parameters[positions[0]].part }

  /// The changes of the parameters for each unit of length.
  private func line(in check: GradientCheck) -> [CentralDifferences.Move] {
    let experiment = check.forwardMode.trajectory.experiment
    return positions.map { position in
      let parameter = check.parameters[position]
      let random = Self.random.uniform(position)
      let sign: Double = random < 0 && !isOneSided ? -1 : 1
      let wanted = experiment.change(of: parameter) * (1 + abs(random))
      // With a multiple of this the smallest step is a multiple of the last place of the value.
      let unit =
        2 * max(experiment[parameter].ulp, .leastNormalMagnitude) / Self.first
        * CentralDifferences.finest
      return CentralDifferences.Move(
        parameter, speed: sign * unit * max(1, (wanted / unit).rounded()))
    }
  }

  /// Takes the differences, and compares them with the gradient under test.
  func judged(
    by differences: CentralDifferences, in check: GradientCheck, _ pace: Pace
  ) throws(SimulationError) -> Judgement {
    guard positions.count > 1 else { return .isSingle }
    let line = line(in: check)
    let gradient = line.reduce(0) { $0 + $1.speed * check.gradient[$1.parameter] }
    // Errors of many derivatives add up as independent ones do.
    func together(_ error: (Parameter) -> Double) -> Double {
      line.reduce(0) { sum, move in
        let part = move.speed * error(move.parameter)
        return sum + part * part
      }.squareRoot()
    }
    let scale = together { check.scale(of: $0) }
    let allowed = 1e-9 * scale + together { check.allowance(of: $0) }
    for isThorough in [false, true] {
      let outcome = try differences.derivative(
        along: line, from: Self.first, sufficient: 1e-10 * scale, isThorough: isThorough,
        pace: pace)
      guard case .derivative(let value, let uncertainty) = outcome else {
        return .disagrees(isComparable: false)
      }
      let tolerance = 10 * uncertainty + allowed
      guard abs(value - gradient) <= tolerance else { continue }
      let least = line.map { abs($0.speed) * check.scale(of: $0.parameter) }.filter { $0 > 0 }.min()
      return .agrees(visible: least.map { 2 * tolerance / $0 } ?? 0)
    }
    return .disagrees(isComparable: true)
  }
}
