package import EventProp

/// A check of the gradient of a batch: the derivatives of each drawn sample one by one, and their
/// means or sums.
///
/// A mistake in one sample could be hidden by the others, so each sample is judged by itself. A
/// derivative of the batch differs where it differs in one of the samples.
package struct BatchCheck: Sendable {
  /// The numbers of the drawn samples.
  package let numbers: [Int]
  /// The parameters to check.
  package let parameters: [Parameter]
  /// The samples.
  package let samples: Samples
  /// The drawn samples without a gradient.
  package private(set) var failures: [SampleSurvey.Failure] = []
  /// The judgement so far: the first difference decides, then the first row that cannot be
  /// compared.
  package private(set) var verdict: GradientCheck.Verdict = .agrees
  /// For each parameter, the sums over the samples so far.
  private var sums: [Sum]
  private let experiment: Experiment
  private let rule: AdjointRule
  /// The number of samples that are done.
  private var finished = 0
  /// The check of the present sample, once it has begun.
  private var present: GradientCheck?
  /// The rows of the present sample.
  private var found: [GradientCheck.Row] = []

  /// The sums of the derivatives by one parameter.
  private struct Sum: Sendable {
    var adjoint = 0.0
    var forwardMode = 0.0
    var difference: Double? = 0
    var uncertainty: Double? = 0
    var verdict: GradientCheck.Verdict = .agrees
    var sample: Int?
  }

  /// Draws `count` samples evenly, and prepares the check of parameters that all samples share.
  ///
  /// `parameters` is nil for all of them but the input times.
  package init(
    of samples: Samples, drawing count: Int, in experiment: Experiment,
    parameters: [Parameter]? = nil, rule: AdjointRule = .exact
  ) {
    numbers = samples.drawn(count)
    self.samples = samples
    self.experiment = experiment
    self.rule = rule
    self.parameters =
      parameters
      ?? Parameter.all(of: experiment).filter {
        if case .inputTime = $0 { false } else { true }
      }
    sums = Array(repeating: Sum(), count: self.parameters.count)
  }

  /// The number of derivatives checked; a sample without a gradient counts as checked.
  package var done: Int { finished * parameters.count + found.count }
  /// The number of derivatives to check.
  package var total: Int { numbers.count * parameters.count }
  /// Whether all samples are done.
  package var isFinished: Bool { finished == numbers.count }
  /// The number of samples that are done and have a gradient.
  package var count: Int { finished - failures.count }

  /// Checks the next derivative of the present sample.
  ///
  /// `pace` hears now and then which time is reached, and may stop the work.
  package mutating func advance(pace: Pace = .free) throws(SimulationError) {
    guard !isFinished else { return }
    let number = numbers[finished]
    if present == nil {
      do throws(SimulationError) {
        present = try check(ofSample: number, pace)
      } catch {
        if case .stopped = error { throw error }
        failures.append(SampleSurvey.Failure(number: number, reason: error))
        finished += 1
        return
      }
    }
    if let row = try present?.next(pace: pace) { found.append(row) }
    if found.count == parameters.count {
      // Only whole samples are added, so that an interruption leaves a batch of fewer samples.
      for place in found.indices { add(found[place], at: place, number) }
      found = []
      present = nil
      finished += 1
    }
  }

  private func check(ofSample number: Int, _ pace: Pace) throws(SimulationError) -> GradientCheck {
    let adjoint = try samples.adjoint(ofSample: number, in: experiment, rule, pace: pace)
    return try GradientCheck(
      of: adjoint.gradient, on: adjoint.trajectory, parameters: parameters, pace: pace)
  }

  private mutating func add(_ row: GradientCheck.Row, at place: Int, _ number: Int) {
    var sum = sums[place]
    sum.adjoint += row.adjoint
    sum.forwardMode += row.forwardMode
    sum.difference = sum.difference.flatMap { all in row.difference.map { all + $0 } }
    sum.uncertainty = sum.uncertainty.flatMap { all in row.uncertainty.map { all + $0 } }
    if sum.verdict.isOutweighed(by: row.verdict) {
      sum.verdict = row.verdict
      sum.sample = number
    }
    sums[place] = sum
    if verdict.isOutweighed(by: row.verdict) { verdict = row.verdict }
  }

  /// The derivatives of the batch of the samples that are done; each with the first sample
  /// that decided its verdict.
  package var rows: [(row: GradientCheck.Row, sample: Int?)] {
    guard count > 0 else { return [] }
    let divisor = samples.together == .mean ? Double(count) : 1
    return zip(parameters, sums).map { parameter, sum in
      (
        GradientCheck.Row(
          parameter: parameter, adjoint: sum.adjoint / divisor,
          forwardMode: sum.forwardMode / divisor, difference: sum.difference.map { $0 / divisor },
          uncertainty: sum.uncertainty.map { $0 / divisor }, verdict: sum.verdict), sum.sample
      )
    }
  }
}

extension GradientCheck.Verdict {
  /// Whether another verdict decides over this one.
  fileprivate func isOutweighed(by other: Self) -> Bool {
    switch (self, other) {
    case (.agrees, .differs), (.agrees, .notComparable), (.notComparable, .differs): true
    default: false
    }
  }
}
