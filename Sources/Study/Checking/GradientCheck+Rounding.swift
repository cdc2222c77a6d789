import EventProp

extension GradientCheck {
  /// The derivatives of runs that rounding moves.
  mutating func roundedRuns(
    pace: Pace
  ) throws(SimulationError) -> [(adjoint: Gradient, forwardMode: ForwardMode)] {
    if let rounded { return rounded }
    let runs = try RoundedRuns(of: forwardMode.trajectory, pace: pace).derivatives(
      forwardMode.loss, pace: pace)
    rounded = runs
    return runs
  }

  /// How far rounding moves the adjoint: the largest change of each kind between ``RoundedRuns``.
  mutating func roundingOfKinds(pace: Pace) throws(SimulationError) -> [GradientPart: Double] {
    var largest: [GradientPart: Double] = [:]
    for moved in try roundedRuns(pace: pace) {
      for parameter in parameters {
        largest[parameter.kind] = Swift.max(
          largest[parameter.kind] ?? 0, abs(moved.adjoint[parameter] - exact[parameter]))
      }
    }
    return largest
  }

  /// How far rounding may move the derivative by a parameter of the present chunk, as in the adjoint so
  /// in forward mode: the largest change of its kind between ``RoundedRuns``.
  ///
  /// Derivatives may be what is left of larger terms that cancel. Only a disagreement needs to know.
  mutating func rounding(
    of parameter: Parameter, pace: Pace
  ) throws(SimulationError) -> Double {
    let present = Array(parameters[chunkStart..<chunkStart + chunk.count])
    var largest = try roundingOfKinds(pace: pace)[parameter.kind] ?? 0
    for moved in try roundedRuns(pace: pace) {
      for (place, value) in try moved.forwardMode.derivatives(present, pace: pace).enumerated()
      where present[place].kind == parameter.kind {
        largest = Swift.max(largest, abs(value - chunk[place]))
      }
    }
    return largest
  }
}
