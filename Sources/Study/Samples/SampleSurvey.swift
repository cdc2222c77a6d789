import Dispatch
package import EventProp
import Synchronization

/// The facts about all samples of an experiment and the gradient of the whole batch, found in one
/// pass.
///
/// A survey does some samples at a time, spread over threads, so that a caller can show progress
/// and stop. Gradients are added in the order of the samples, so that the sums are the same to the
/// last bit on any number of threads.
package struct SampleSurvey: Sendable {
  /// A sample that has no loss or no gradient.
  package struct Failure: Error, Equatable, Sendable {
    /// The number of the sample in its file.
    package let number: Int
    /// The reason.
    package let reason: SimulationError

    /// Names a sample and the reason why it has no gradient.
    package init(number: Int, reason: SimulationError) {
      self.number = number
      self.reason = reason
    }
  }

  /// The samples.
  package let samples: Samples
  /// The experiment with the first sample.
  package let experiment: Experiment
  /// The rule of the adjoint.
  package let rule: AdjointRule
  /// The facts about the samples done that have a gradient, in the order of their numbers.
  package private(set) var facts: [SampleFacts] = []
  /// The samples done that have none.
  package private(set) var failures: [Failure] = []
  /// The sum of the losses of the samples done that have a gradient.
  private var loss = 0.0
  /// The sums of their gradients, one for each layer.
  private var layers: [LayerGradient]
  private let threads: Int
  /// The number of samples of the next piece.
  private var pieceSize: Int

  /// The time that a piece should take.
  private static let pieceTime = Duration.milliseconds(30)
  /// The most derivatives that are kept during a piece, some 100 MB.
  private static let mostDerivatives = 12_000_000

  /// Prepares the survey of an experiment with a loss, on 1 to 64 threads.
  package init(
    of samples: Samples, in experiment: Experiment, rule: AdjointRule = .exact, threads: Int = 1
  ) {
    precondition(experiment.loss != nil, "a survey needs a loss")
    self.samples = samples
    self.experiment = Self.standard(experiment, samples)
    self.rule = rule
    self.threads = min(max(1, threads), 64)
    pieceSize = self.threads
    layers = experiment.network.layers.map { LayerGradient(zeroFor: $0) }
  }

  /// An experiment with the first sample, by which surveys are compared.
  private static func standard(_ experiment: Experiment, _ samples: Samples) -> Experiment {
    samples.experiment(ofSample: samples.numbers[0], in: experiment)
  }

  /// Whether the survey belongs to an experiment, whatever its sample, and to a rule.
  package func belongs(to experiment: Experiment, _ rule: AdjointRule) -> Bool {
    self.rule == rule && self.experiment == Self.standard(experiment, samples)
  }

  /// The number of samples done.
  package var done: Int { facts.count + failures.count }
  /// The number of samples.
  package var total: Int { samples.count }
  /// Whether all samples are done.
  package var isFinished: Bool { done == total }

  /// Does the next piece.
  ///
  /// `pace` hears about the start of each piece, and may stop the work before it.
  package mutating func advance(pace: Pace = .free) throws(SimulationError) {
    try pace.reach(0)
    let start = ContinuousClock.now
    let first = done
    let places = first..<min(first + pieceSize, total)
    for (place, outcome) in zip(places, outcomes(of: places)) {
      let number = samples.numbers[place]
      switch outcome {
      case .success(let (facts, gradient)):
        self.facts.append(facts)
        loss += facts.loss
        for layer in layers.indices { layers[layer] += gradient[layer] }
      case .failure(let reason): failures.append(Failure(number: number, reason: reason))
      }
    }
    let part = Self.pieceTime / max(.now - start, .microseconds(1))
    let derivatives = layers.reduce(1) {
      $0 + $1.weights.weights.count + ($1.recurrent?.weights.count ?? 0)
    }
    let most = max(threads, min(1024, Self.mostDerivatives / derivatives))
    pieceSize = min(max(threads, Int(Double(places.count) * min(part, 4))), most)
  }

  private typealias Outcome = Result<(SampleFacts, [LayerGradient]), SimulationError>

  /// The outcomes of the samples at some places, each by the next thread that is free.
  private func outcomes(of places: Range<Int>) -> [Outcome] {
    let found = Mutex([Outcome?](repeating: nil, count: places.count))
    let next = Atomic(0)
    let work: @Sendable (Int) -> Void = { _ in
      while true {
        let index = next.add(1, ordering: .relaxed).oldValue
        guard index < places.count else { return }
        let outcome = outcome(at: places.lowerBound + index)
        found.withLock { $0[index] = outcome }
      }
    }
    if threads > 1, places.count > 1 {
      DispatchQueue.concurrentPerform(iterations: min(threads, places.count), execute: work)
    } else {
      work(0)
    }
    return found.withLock { $0 }.compactMap { $0 }
  }

  private func outcome(at place: Int) -> Outcome {
    let number = samples.numbers[place]
    do throws(SimulationError) {
      let adjoint = try samples.adjoint(ofSample: number, in: experiment, rule)
      return .success((try SampleFacts(number, adjoint), adjoint.gradient.layers))
    } catch {
      return .failure(error)
    }
  }
}

extension SampleSurvey {
  /// The loss and the gradient of the batch: the mean or the sum over its samples.
  package struct Batch: Equatable, Sendable {
    /// The number of samples in it.
    package let count: Int
    /// L.
    package let loss: Double
    /// The gradient; input times and targets belong to single samples and are empty.
    package let gradient: Gradient
  }

  /// The batch of the samples done that have a gradient; nil where none has.
  package var batch: Batch? {
    guard !facts.isEmpty else { return nil }
    let divisor = samples.together == .mean ? Double(facts.count) : 1
    var shape = experiment
    shape.inputSpikes = []
    var gradient = Gradient(zeroFor: shape)
    gradient.layers = layers.map { $0 / divisor }
    return Batch(count: facts.count, loss: loss / divisor, gradient: gradient)
  }

  /// The number of samples classified rightly; nil for a loss without a label.
  package var rightCount: Int? {
    guard facts.contains(where: { $0.decision != nil }) else { return nil }
    return facts.count { $0.decision?.isRight ?? false }
  }
}
