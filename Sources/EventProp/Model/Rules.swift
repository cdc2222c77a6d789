/// The rules for a single number of an experiment; ``Experiment/faults`` applies them, and so does
/// a reader.
///
/// Each rule returns nil, or what is wrong.
package enum Rules {
  /// A number is finite.
  package static func finite(_ value: Double) -> ExperimentFault.Violation? {
    value.isFinite ? nil : .notFinite
  }

  /// A number is finite, greater than 0, and large enough to have all its digits and a reciprocal.
  package static func positive(_ value: Double) -> ExperimentFault.Violation? {
    if let violation = finite(value) { return violation }
    guard value > 0 else { return .notPositive(value) }
    return value >= .leastNormalMagnitude ? nil : .tooNearZero(value)
  }

  /// A number is finite and at least 0.
  package static func notNegative(_ value: Double) -> ExperimentFault.Violation? {
    finite(value) ?? (value >= 0 ? nil : .negative(value))
  }

  /// A whole number is at least `least`.
  package static func atLeast(_ least: Int, _ value: Int) -> ExperimentFault.Violation? {
    value >= least ? nil : .tooSmall(value, least: least)
  }

  /// A number is a valid position among `count` things, counted from 0.
  package static func index(_ value: Int, of count: Int) -> ExperimentFault.Violation? {
    (0..<max(0, count)).contains(value) ? nil : .outOfRange(value, count: count)
  }

  /// A list has `expected` values.
  package static func count(_ found: Int, _ expected: Int) -> ExperimentFault.Violation? {
    found == expected ? nil : .wrongCount(found, expected: expected)
  }

  /// A neuron restarts below its threshold; other rules report numbers that are not finite.
  package static func reset(_ parameters: LIFParameters) -> ExperimentFault.Violation? {
    let (reset, threshold) = (parameters.vReset, parameters.vThreshold)
    return reset >= threshold && reset.isFinite && threshold.isFinite
      ? .resetNotBelowThreshold(reset: reset, threshold: threshold) : nil
  }

  /// A neuron that finds its spikes starts below its threshold; an integrator or a neuron with
  /// given spikes may start anywhere.
  package static func start(
    _ kind: Layer.NeuronKind, _ state: LIFState, _ parameters: LIFParameters,
    hasGivenSpikes: Bool = false
  ) -> ExperimentFault.Violation? {
    kind == .lif && !hasGivenSpikes && state.potential >= parameters.vThreshold
      && state.potential.isFinite
      ? .startsAtThreshold(potential: state.potential, threshold: parameters.vThreshold) : nil
  }

  /// Given spikes are not before t = 0 and are in order of time; integrators have none.
  ///
  /// No two are equal if they must be `distinct`.
  package static func imposedSpikes(
    _ times: [Double], of kind: Layer.NeuronKind, distinct: Bool = false
  ) -> (spike: Int, violation: ExperimentFault.Violation)? {
    guard kind == .lif || times.isEmpty else { return (0, .spikeOfIntegrator) }
    for (spike, time) in times.enumerated() {
      if let violation = notNegative(time) { return (spike, violation) }
      if spike > 0, time < times[spike - 1] || distinct && time == times[spike - 1] {
        return (spike, .notAfter(time, previous: times[spike - 1]))
      }
    }
    return nil
  }
}

extension LIFParameters.Field {
  /// What is wrong with a value of the parameter, without regard to other parameters; nil for a
  /// valid one.
  package func violation(_ value: Double) -> ExperimentFault.Violation? {
    isTime ? Rules.positive(value) : Rules.finite(value)
  }
}
