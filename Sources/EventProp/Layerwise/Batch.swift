import Dispatch
import Synchronization

/// One example of a batch: its input spikes and its loss.
public struct Sample: Sendable {
  /// The loss of the example.
  package var loss: Loss
  /// The input spikes in the order in which they happen.
  package let inputs: InputQueue

  /// What is wrong with the times of the input spikes.
  private let timeFaults: [ExperimentFault]

  /// Creates an example; the input spikes may come in any order.
  ///
  /// Nothing is checked here: ``Batch/gradient(of:withParameters:skippingSilentLabels:)`` throws the faults of an example.
  ///
  /// - Complexity: O(n log n) for n input spikes.
  public init(inputSpikes: [InputSpike], loss: Loss) {
    inputs = InputQueue(inputSpikes, before: .infinity)
    self.loss = loss
    var faults = FaultList()
    for (position, spike) in inputSpikes.enumerated() {
      faults.add(Rules.notNegative(spike.time), at: .parameter(.inputTime(position)))
    }
    timeFaults = faults.all
  }

  /// Why the example does not fit a network; empty where it fits.
  func faults(in network: Network) -> [ExperimentFault] {
    var faults = FaultList()
    for spike in inputs.spikes {
      faults.add(Rules.index(spike.channel, of: network.inputs), at: .inputChannel(spike.position))
    }
    loss.addFaults(to: &faults, in: network)
    return timeFaults + faults.all
  }
}

/// The gradient of a whole batch of examples, spread over the cores.
///
///     let batch = try Batch(network, horizon: 20e-3, threads: 2)
///     let result = try batch.gradient(of: samples)
///     network.layers[0].weights.weights[3] -= 0.1 * result.layers[0].weights.weights[3]
///
/// The batch is cut into pieces of fixed size, whatever the number of threads. One thread adds up a
/// piece in order, and the pieces are added up in order. The sums are therefore the same to the
/// last bit on any number of threads. The threads keep their memory from batch to batch. A call waits
/// until another one has ended.
public final class Batch: Sendable {
  /// The result of a batch.
  public struct Result: Sendable {
    /// The sum of the losses of the examples.
    public var loss: Double
    /// The sums of the gradients, one for each layer.
    ///
    /// The derivatives by the parameters and the initial states of the neurons are 0 unless they
    /// were requested.
    public var layers: [LayerGradient]
    /// What each example did, in the order of the batch.
    package var outcomes: [Outcome]
    /// The number of events of all examples.
    package var events: Int
  }

  /// Why a batch has no gradient: the first example that has none.
  public struct Failure: Error, Equatable, Sendable {
    /// The position of the example in the batch.
    public let sample: Int
    /// The error of the example.
    public let reason: SimulationError

    /// Creates the failure of the example at a position.
    package init(sample: Int, reason: SimulationError) {
      self.sample = sample
      self.reason = reason
    }
  }

  /// The number of examples in a piece.
  package static let pieceSize = 16

  private let team: Mutex<Team>
  private let circuit: Circuit

  /// The most threads of a batch.
  private static let mostThreads = 256

  /// Prepares a network for batches on 1 to 256 threads; `horizon` is in seconds.
  ///
  /// Throws `SimulationError.invalid` for a network or a horizon with faults.
  ///
  /// - Complexity: O(neurons + synapses) for each thread.
  public init(_ network: Network, horizon: Double, threads: Int = 1) throws(SimulationError) {
    let circuit = try Circuit(
      Experiment(title: "batch", network: network, inputSpikes: [], horizon: horizon))
    self.circuit = circuit
    team = Mutex(
      Team(workers: (0..<min(max(1, threads), Self.mostThreads)).map { _ in Worker(circuit) }))
  }

  /// The losses and the gradients of the weights and delays, added up over the examples.
  ///
  /// With `withParameters` the result also has the derivatives by the parameters and the initial
  /// states of the neurons, which take longer. With `skippingSilentLabels` an example in which the
  /// neuron of the label is silent adds nothing to the gradient; its loss counts.
  ///
  /// Throws a ``Failure`` with the first example that has no gradient. Its input spikes or its loss
  /// have faults, its loss names a spike that did not happen, or a state or an adjoint is no finite
  /// number.
  ///
  /// - Complexity: O(synapses that deliver in the runs + synapses), shared by the threads.
  public func gradient(
    of samples: [Sample], withParameters: Bool = false, skippingSilentLabels: Bool = false
  ) throws(Failure) -> Result {
    var total: Result?
    let wishes = Wishes(parameters: withParameters, skipsSilentLabels: skippingSilentLabels)
    for piece in try inPieces(samples, { $0.result(of: $1, wishes) }) {
      total = total.map { $0 + piece } ?? piece
    }
    return total ?? Result(zeroFor: circuit)
  }

  /// What each example does, without a gradient; their slopes are not known.
  ///
  /// Throws a ``Failure`` as ``gradient(of:withParameters:skippingSilentLabels:)`` does.
  ///
  /// - Complexity: O(synapses that deliver in the runs), shared by the threads.
  package func outcomes(of samples: [Sample]) throws(Failure) -> [Outcome] {
    try inPieces(samples) { worker, samples in
      worker.answers(of: samples) {
        Outcome($0, $1, $2)
      } exactly: { trajectory, loss throws(SimulationError) in
        Outcome(try trajectory.evaluateLoss().value, trajectory, loss)
      }
    }.flatMap { $0 }
  }

  /// For each example the ``Loss/scores(on:)`` of the neurons that its loss reads, without a gradient.
  ///
  /// Throws a ``Failure`` as ``gradient(of:withParameters:skippingSilentLabels:)`` does.
  ///
  /// - Complexity: O(synapses that deliver in the runs), shared by the threads.
  package func scores(of samples: [Sample]) throws(Failure) -> [[Double]] {
    try inPieces(samples) { worker, samples in
      worker.answers(of: samples) {
        $2.scores(on: $1)
      } exactly: {
        $1.scores(on: $0)
      }
    }.flatMap { $0 }
  }

  /// The results of the pieces of a list of examples, in order.
  private func inPieces<Value: Sendable>(
    _ samples: [Sample],
    _ body: @escaping @Sendable (Worker, ArraySlice<Sample>) -> Swift.Result<Value, Failure>
  ) throws(Failure) -> [Value] {
    let results = team.withLock { Self.results(of: samples, $0, body) }
    var values: [Value] = []
    for case let result? in results { values.append(try result.get()) }
    return values
  }

  private static func results<Value: Sendable>(
    of samples: [Sample], _ team: Team,
    _ body: @escaping @Sendable (Worker, ArraySlice<Sample>) -> Swift.Result<Value, Failure>
  ) -> [Swift.Result<Value, Failure>?] {
    let pieces = (samples.count + Self.pieceSize - 1) / Self.pieceSize
    let results = Mutex([Swift.Result<Value, Failure>?](repeating: nil, count: pieces))
    let next = Atomic(0)
    let work: @Sendable (Int) -> Void = { worker in
      while true {
        let piece = next.add(1, ordering: .relaxed).oldValue
        guard piece < pieces else { return }
        let start = piece * pieceSize
        let examples = samples[start..<min(start + pieceSize, samples.count)]
        let result = body(team.workers[worker], examples)
        results.withLock { $0[piece] = result }
      }
    }
    let threads = min(team.workers.count, pieces)
    if threads > 1 {
      DispatchQueue.concurrentPerform(iterations: threads, execute: work)
    } else {
      work(0)
    }
    return results.withLock { $0 }
  }

  /// What is wanted of a gradient.
  private struct Wishes {
    let parameters: Bool
    let skipsSilentLabels: Bool
  }

  /// The workers; no two threads use the same.
  private struct Team: @unchecked Sendable {
    let workers: [Worker]
  }

  /// The engine and the sums of one thread.
  private struct Worker {
    let circuit: Circuit
    /// The engine; nil where the network has an obstacle, so that each example is simulated one
    /// event at a time.
    let engine: LayerwiseEngine?

    init(_ circuit: Circuit) {
      self.circuit = circuit
      engine = LayerwiseEngine(circuit)
    }

    func result(
      of samples: ArraySlice<Sample>, _ wishes: Wishes
    ) -> Swift.Result<Result, Failure> {
      if let engine {
        let together = result(of: samples, wishes, engine)
        guard case .success(let sum) = together, !sum.isFinite else { return together }
      }
      // The pass of one event at a time says where a state or an adjoint becomes no finite number.
      return result(of: samples, wishes, nil)
    }

    private func result(
      of samples: ArraySlice<Sample>, _ wishes: Wishes, _ engine: LayerwiseEngine?
    ) -> Swift.Result<Result, Failure> {
      engine?.clearGradients(everything: true)
      var sum = Result(zeroFor: circuit)
      for (number, sample) in zip(samples.indices, samples) {
        do throws(SimulationError) {
          let faults = sample.faults(in: circuit.experiment.network)
          guard faults.isEmpty else { throw .invalid(faults) }
          if let engine, sample.loss.readsSpikes || !wishes.parameters,
            let loss = try engine.forward(sample.inputs, sample.loss), !engine.isDelicate
          {
            sum.loss += loss
            guard engine.isSound else {
              sum.loss = .nan
              break
            }
            var outcome = Outcome(loss, engine, sample.loss)
            if !(wishes.skipsSilentLabels && outcome.isLabelSilent) {
              try engine.backward(everything: wishes.parameters)
              outcome.slope = Outcome.Slope(flattestOf: engine)
            }
            sum.outcomes.append(outcome)
            sum.events += engine.eventCount
          } else {
            sum = sum + (try result(of: sample, wishes))
          }
        } catch {
          return .failure(Failure(sample: number, reason: error))
        }
      }
      if let engine {
        for layer in sum.layers.indices {
          sum.layers[layer] = sum.layers[layer] + engine.gradient(ofLayer: layer)
        }
      }
      return .success(sum)
    }

    /// What is read from the run of each example, without a gradient: from the engine with the loss it
    /// found, or from a run of one event at a time.
    func answers<Answer>(
      of samples: ArraySlice<Sample>, _ read: (Double, LayerwiseEngine, Loss) -> Answer,
      exactly: (Trajectory, Loss) throws(SimulationError) -> Answer
    ) -> Swift.Result<[Answer], Failure> {
      var answers: [Answer] = []
      answers.reserveCapacity(samples.count)
      for (number, sample) in zip(samples.indices, samples) {
        do throws(SimulationError) {
          let faults = sample.faults(in: circuit.experiment.network)
          guard faults.isEmpty else { throw .invalid(faults) }
          if let engine, let loss = try engine.forward(sample.inputs, sample.loss), loss.isFinite,
            engine.isSound, !engine.isDelicate
          {
            answers.append(read(loss, engine, sample.loss))
          } else {
            answers.append(try exactly(try trajectory(of: sample), sample.loss))
          }
        } catch {
          return .failure(Failure(sample: number, reason: error))
        }
      }
      return .success(answers)
    }

    private func trajectory(of sample: Sample) throws(SimulationError) -> Trajectory {
      var experiment = circuit.experiment
      experiment.inputSpikes = sample.inputs.spikes.map {
        InputSpike(time: $0.time, channel: $0.channel)
      }
      experiment.loss = sample.loss
      let trajectory = try Trajectory(of: experiment)
      try trajectory.checkComplete()
      return trajectory
    }

    private func result(
      of sample: Sample, _ wishes: Wishes
    ) throws(SimulationError) -> Result {
      let trajectory = try trajectory(of: sample)
      if wishes.skipsSilentLabels {
        let outcome = Outcome(try trajectory.evaluateLoss().value, trajectory, sample.loss)
        if outcome.isLabelSilent {
          var result = Result(zeroFor: circuit)
          (result.loss, result.outcomes) = (outcome.loss, [outcome])
          result.events = trajectory.events.count
          return result
        }
      }
      let adjoint = try AdjointTrajectory(of: trajectory)
      var layers = adjoint.gradient.layers
      for (number, layer) in circuit.experiment.network.layers.enumerated() where !wishes.parameters
      {
        let zero = LayerGradient(zeroFor: layer)
        layers[number].parameters = zero.parameters
        layers[number].initial = zero.initial
      }
      var outcome = Outcome(adjoint.loss, trajectory, sample.loss)
      outcome.slope = Outcome.Slope(flattestOf: adjoint)
      return Result(
        loss: adjoint.loss, layers: layers, outcomes: [outcome], events: trajectory.events.count)
    }
  }
}

extension Batch.Result {
  fileprivate init(zeroFor circuit: Circuit) {
    self.init(
      loss: 0, layers: circuit.experiment.network.layers.map { LayerGradient(zeroFor: $0) },
      outcomes: [], events: 0)
  }

  /// Whether the loss and all derivatives are finite: one term that is not makes the sum not
  /// finite.
  fileprivate var isFinite: Bool {
    let sums = layers.map { layer in
      let values = [layer.weights, layer.recurrent].compactMap { $0 }
        .flatMap { [$0.weights, $0.delays ?? []] }
      var derivatives = layer.parameters.reduce(0) { sum, parameters in
        LIFParameters.Field.allCases.reduce(sum) { $0 + 0 * parameters[$1] }
      }
      derivatives = layer.initial.reduce(derivatives) { $0 + 0 * $1.potential + 0 * $1.current }
      return values.reduce(derivatives) { $1.reduce($0) { $0 + 0 * $1 } }
    }
    return loss.isFinite && sums.allSatisfy(\.isFinite)
  }

  fileprivate static func + (one: Self, other: Self) -> Self {
    Self(
      loss: one.loss + other.loss, layers: zip(one.layers, other.layers).map { $0 + $1 },
      outcomes: one.outcomes + other.outcomes, events: one.events + other.events)
  }
}
