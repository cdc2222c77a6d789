package import EventProp

/// The comparison of another program with all samples of an experiment.
///
/// A gradient of the whole batch is compared with the mean or the sum of ours. Where the gradients
/// of single samples were given too, each sample is compared with its own.
package struct BatchComparison: Sendable {
  /// One sample.
  package struct SampleResult: Equatable, Sendable {
    /// The place among the samples.
    package let place: Int
    /// The largest difference of its gradient, relative to the largest value of the part; nil where
    /// only its loss was given.
    package let residual: Double?
    /// The relative difference of its loss; nil where it was not given.
    package let lossResidual: Double?
    /// Whether both are rounding.
    package let agrees: Bool
  }

  /// A sample that has no gradient here.
  package struct Failure: Error, Equatable, Sendable {
    /// The place among the samples.
    package let place: Int
    /// The reason.
    package let reason: SimulationError
  }

  /// The loss of the batch and the other one; nil where it was not given.
  package let losses: (ours: Double, theirs: Double)?
  /// Whether these agree, as far as they were compared.
  package let lossAgrees: Bool
  /// The comparison of the batch's gradient; nil where none was given.
  package let gradient: GradientComparison?
  /// The samples, in order; empty where nothing was given for single ones.
  package let samples: [SampleResult]
  /// The places of the samples at which the rule that explains the batch's gradient matters, the
  /// first first; empty where no rule does.
  package let affected: [Int]

  /// Where that rule first matters in the first of these samples; nil where it alters no λ_V.
  package let site: RuleSite?

  /// The samples that differ, the first first.
  package var differing: [SampleResult] { samples.filter { !$0.agrees } }

  /// The place of the sample that differs most; nil where all agree or none was given.
  package var worst: Int? {
    let worst = differing.max {
      ($0.residual ?? $0.lossResidual ?? 0) < ($1.residual ?? $1.lossResidual ?? 0)
    }
    return worst?.place ?? affected.first
  }

  /// Whether everything that was compared agrees.
  package var agrees: Bool {
    differing.isEmpty && (gradient.map { $0.verdict == .agrees } ?? true)
      && lossAgrees
  }

  /// Compares a record with all samples.
  ///
  /// `goesOn` hears how many samples are done, and may stop the work. Throws a ``Failure`` with the
  /// first sample that has no gradient.
  package init(
    of record: ForeignRecord, with all: Samples, in experiment: Experiment,
    tolerance: Double? = nil, goesOn: (Int) -> Bool = { _ in true }, pace: Pace = .free
  ) throws(Failure) {
    let share = all.together == .mean ? 1 / Double(max(1, all.count)) : 1
    var runs: [ComparedRun] = []
    var results: [SampleResult] = []
    var sum = 0.0
    for place in 0..<all.count {
      do throws(SimulationError) {
        guard goesOn(place) else { throw .stopped(time: 0) }
        let own = all.experiment(ofSample: all.numbers[place], in: experiment)
        let run = try ComparedRun(try Trajectory(of: own), share: share)
        if !record.gradient.parts.isEmpty { runs.append(run) }
        sum += share * run.evaluation.value
        if let result = try Self.result(place, record, run, tolerance) { results.append(result) }
      } catch {
        throw Failure(place: place, reason: error)
      }
    }
    losses = record.loss.map { (sum, $0) }
    let limit = ForwardComparison.lossLimit(tolerance ?? record.rounding)
    lossAgrees =
      record.loss.map { abs(sum - $0) <= limit * max(abs(sum), abs($0)) } ?? true
    samples = results
    guard !runs.isEmpty else {
      (gradient, affected, site) = (nil, [], nil)
      return
    }
    do throws(SimulationError) {
      let found = try GradientComparison(
        of: record.gradient, with: runs, tolerance: tolerance, pace: pace)
      gradient = found
      guard let rule = found.suspect else {
        (affected, site) = ([], nil)
        return
      }
      let places = try Self.affected(by: rule, runs, record.gradient.parts.map(\.part), pace)
      affected = places
      site = try places.first.flatMap { place throws(SimulationError) in
        try RuleSite(of: rule, in: runs[place].trajectory, pace: pace)
      }
    } catch {
      throw Failure(place: 0, reason: error)
    }
  }

  private static func result(
    _ place: Int, _ record: ForeignRecord, _ run: ComparedRun, _ tolerance: Double?
  ) throws(SimulationError) -> SampleResult? {
    let hasGradient = record.samples.indices.contains(place)
    let hasLoss = record.losses.indices.contains(place)
    guard hasGradient || hasLoss else { return nil }
    var residual: Double?
    var agrees = true
    if hasGradient {
      let foreign = record.samples[place]
      let precision = Precision(
        foreign, isGrazing: run.trajectory.flattestSpike != nil, tolerance: tolerance)
      let exact = try AdjointTrajectory(of: run.trajectory).gradient
      let ours = foreign.parts.map { $0.part.values(in: exact) }
      let floors = precision.floors(of: foreign.parts.map(\.part), ours)
      let found = foreign.parts.indices.map {
        ComparedPart(
          foreign.parts[$0], of: run.trajectory.experiment, tolerance: precision.tolerance,
          floor: floors[$0]
        ).result(ours[$0])
      }
      residual = found.map(\.residual).max()
      agrees = found.allSatisfy(\.agrees)
    }
    var lossResidual: Double?
    if hasLoss {
      let (ours, theirs) = (run.evaluation.value, record.losses[place])
      let gap = ours == theirs ? 0 : abs(ours - theirs) / max(abs(ours), abs(theirs))
      lossResidual = gap
      let isSingle = record.losses.allSatisfy { ForeignGradient.isSingle($0) }
      agrees = agrees && gap <= tolerance ?? (isSingle ? 1e-4 : 1e-9)
    }
    return SampleResult(
      place: place, residual: residual, lossResidual: lossResidual, agrees: agrees)
  }

  /// The places at which a rule changes the gradient by more than rounding.
  private static func affected(
    by rule: AdjointRule, _ runs: [ComparedRun], _ parts: [GradientPart], _ pace: Pace
  ) throws(SimulationError) -> [Int] {
    var places: [Int] = []
    for (place, run) in runs.enumerated() {
      let exact = try AdjointTrajectory(of: run.trajectory, pace: pace).gradient
      guard let wrong = try? AdjointTrajectory(of: run.trajectory, rule: rule, pace: pace).gradient
      else {
        places.append(place)
        continue
      }
      let isChanged = parts.contains { part in
        let (ours, theirs) = (part.values(in: exact), part.values(in: wrong))
        let scale = ours.map { abs($0) }.max() ?? 0
        return zip(ours, theirs).contains { abs($0 - $1) > 1e-9 * scale }
      }
      if isChanged { places.append(place) }
    }
    return places
  }
}
