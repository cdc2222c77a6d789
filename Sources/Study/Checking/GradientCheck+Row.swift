import EventProp

extension GradientCheck {
  /// Checks the parameter at a position.
  mutating func row(at position: Int, pace: Pace) throws(SimulationError) -> Row {
    let parameter = parameters[position]
    let forward = try forwardDerivative(at: position, pace: pace)
    let differences = try differences(pace: pace)
    let adjoint = gradient[parameter]
    let scale = scale(of: parameter)
    // Differences are precise enough at a tenth of the tolerance.
    var outcome = try differences?.derivative(
      parameter, sufficient: 1e-10 * scale, pace: pace)
    // With this form of the conditions a NaN differs.
    func agrees(rounding: Double) -> Bool {
      guard abs(adjoint - forward) <= tolerance(of: parameter, rounding: rounding)
      else { return false }
      guard case .derivative(let value, let uncertainty) = outcome else { return true }
      return abs(adjoint - value) <= 10 * uncertainty + 1e-9 * scale
        + allowance(of: parameter, rounding: rounding)
    }
    var holds = agrees(rounding: 0)
    if !holds {
      // Before a derivative is said to differ, both sides have to be known well.
      outcome = try differences?.derivative(parameter, isThorough: true, pace: pace)
      holds = agrees(rounding: try rounding(of: parameter, pace: pace))
    }

    var difference: Double?
    var uncertainty: Double?
    var obstacle: Incomparability?
    switch outcome {
    case .derivative(let value, let range)?: (difference, uncertainty) = (value, range)
    case .notComparable(let reason)?:
      // Where a spike vanishes because it only just reached the threshold, this is the reason to
      // report.
      if case .vanishes = reason, let grazing { obstacle = grazing } else { obstacle = reason }
    case nil: break
    }
    let judged: Verdict = holds ? obstacle.map { .notComparable($0) } ?? .agrees : .differs
    switch (verdict, judged) {
    case (.agrees, _), (.notComparable, .differs): verdict = judged
    default: break
    }
    return Row(
      parameter: parameter, adjoint: adjoint, forwardMode: forward, difference: difference,
      uncertainty: uncertainty, verdict: judged)
  }
}
