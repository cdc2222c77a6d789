import EventProp
import Files
import Foundation
package import Learning

/// The training of a session: a line of steps, the place of the user on it, and the stops along it.
///
/// The place is a number of steps done. What is said about a place is said about its parameters and
/// about the step that comes next: its samples, its loss and its gradient.
package struct Course: Sendable {
  /// The line and the place on it.
  package internal(set) var training: Training
  /// The samples on which the training is tested; nil without them.
  package let test: TrainingData?
  /// The data set and its encoder; nil for samples from a file.
  package let data: DataSettings?
  /// The score on the test samples, by the number of epochs done.
  package internal(set) var scores: [Int: Training.Score] = [:]
  /// The breakpoints along the line.
  package internal(set) var stops = Stops()
  /// The named places, by their steps.
  package internal(set) var marks: [(name: String, step: Int)] = []
  /// Where the commands go.
  package internal(set) var floor = Floor.training
  /// The experiment before the training.
  let start: Experiment
  /// A checksum of what determines the training.
  let fingerprint: UInt64
  /// The bench and the cursor before the training.
  var origin: Desk
  /// The bench and the cursor before a sample was opened; nil unless one is open.
  var desk: Desk?
  /// The places before the last jumps.
  var origins: [Int] = []
  /// The score on the first test samples of a test that is not finished.
  private var testing: Training.Score?

  /// Where the commands go.
  package enum Floor: Sendable {
    /// To the experiment; the training waits.
    case experiment
    /// To the training.
    case training
    /// To a sample with the parameters of the present step.
    case sample
  }

  /// What lies before the user outside the training.
  struct Desk: Sendable {
    var bench: Bench
    var cursor: Cursor
  }

  /// The number of test samples in a piece of work.
  private static let testPiece = 250

  /// Begins a training of an experiment with samples and a loss.
  ///
  /// Throws a `Training.Failure` where the network cannot be simulated.
  init(
    _ experiment: Experiment, _ loss: Loss, _ samples: FiledSamples, from origin: Desk
  ) throws(Training.Failure) {
    let data = TrainingData(samples.samples, loss)
    training = try Training(
      experiment.network, horizon: experiment.horizon, data,
      samples.training ?? TrainingSettings(),
      threads: max(1, ProcessInfo.processInfo.activeProcessorCount))
    test = samples.testSamples(for: loss).map { TrainingData($0, loss) }
    if case .data(let settings) = samples.source { self.data = settings } else { self.data = nil }
    start = experiment
    fingerprint = TrainingState.fingerprint(
      of: PresetWriter.write(experiment, samples: samples), seed: samples.training?.seed ?? 0, data)
    self.origin = origin
  }

  /// The number of steps done.
  package var step: Int { training.step }
  /// The number of epochs done.
  package var epoch: Int { step / training.stepsOfEpoch }
  /// What the next step does; nil at the end of the training, and where it is not known.
  package var facts: StepFacts? { facts(at: step) }

  /// What the step after a place does, if it is known.
  func facts(at step: Int) -> StepFacts? {
    training.facts.indices.contains(step) ? training.facts[step] : nil
  }

  /// The score of the steps of an epoch, counted from 1; nil unless all are known.
  package func trainScore(ofEpoch epoch: Int) -> Training.Score? {
    score(before: epoch * training.stepsOfEpoch)
  }

  /// The score of as many steps before a place as an epoch has; nil unless all are known.
  package func score(before step: Int) -> Training.Score? {
    let first = step - training.stepsOfEpoch
    guard first >= 0, step <= training.facts.count else { return nil }
    let steps = training.facts[first..<step].compactMap { $0 }
    return steps.count == training.stepsOfEpoch ? Training.Score(steps) : nil
  }

  /// Does a piece of what is to be known at the present place: the next step, and after an epoch the
  /// test.
  ///
  /// - Returns: Whether all of it is known.
  /// - Throws: A `Training.Failure` where a sample cannot be simulated.
  mutating func settle() throws(Training.Failure) -> Bool {
    if let test, step > 0, step % training.stepsOfEpoch == 0, scores[epoch] == nil {
      let first = testing?.samples ?? 0
      let piece = first..<min(first + Self.testPiece, test.samples.count)
      let score = try training.evaluate(test, piece)
      let sum = testing.map { $0 + score } ?? score
      testing = piece.upperBound < test.samples.count ? sum : nil
      if testing == nil { scores[epoch] = sum }
      return false
    }
    if step < training.stepCount { try training.look() }
    return true
  }

  /// Goes a step, or to a kept state, towards a place.
  mutating func approach(_ step: Int) throws(Training.Failure) {
    testing = nil
    try training.approach(step)
  }

  /// Changes the settings from the present step on; what is known beyond it is forgotten.
  mutating func change(_ change: (inout TrainingSettings) -> Void) {
    training.change(change)
    let step = step
    scores = scores.filter { $0.key * training.stepsOfEpoch <= step }
    marks.removeAll { $0.step > step }
    origins.removeAll { $0 > step }
  }
}

extension Session {
  /// The training as it stands now, also while it works.
  package var shownCourse: Course? { (task?.work as? TrainingTask)?.course ?? course }

  /// Whether the commands go to the training.
  package var isInTraining: Bool { course?.floor == .training }
}
