import Dispatch
import Synchronization

/// One example of a batch: its input spikes and what its output is to be.
package struct Sample: Sendable {
  /// The input spikes, in the order in which they happen.
  package var inputs: InputQueue
  /// The loss of the example.
  package var loss: Loss

  /// Creates an example.
  package init(inputs: InputQueue, loss: Loss) {
    self.inputs = inputs
    self.loss = loss
  }
}

/// The gradient of a whole batch of examples, spread over the cores.
///
/// The batch is cut into pieces of fixed size, whatever the number of threads; each piece is added up by one thread in order, and the
/// pieces are added up in order. So the sums are the same to the last bit on one thread and on many. The memory of the
/// threads is kept from batch to batch.
package final class Batch {
  /// What a batch gives.
  package struct Result: Sendable {
    /// The sum of the losses of the examples.
    package var loss: Double
    /// The sums of the gradients, one for each layer.
    package var layers: [LayerGradient]
    /// The number of events of all examples.
    package var events: Int
  }

  /// How many examples a piece has.
  package static let pieceSize = 16

  private let network: Network
  private let sweeps: [Sweep]

  /// Prepares a network for batches on a number of threads; nil where it has something that a sweep does not know.
  package init?(_ network: Network, horizon: Double, threads: Int) {
    self.network = network
    var sweeps: [Sweep] = []
    for _ in 0..<max(1, threads) {
      guard let sweep = Sweep(network, horizon: horizon) else { return nil }
      sweeps.append(sweep)
    }
    self.sweeps = sweeps
  }

  /// The loss and the gradient of the weights, added up over the examples.
  ///
  /// Throws a `SimulationError` as ``Sweep/forward(_:_:)`` does; of several the first example's.
  package func gradient(of samples: [Sample]) throws(SimulationError) -> Result {
    let pieces = (samples.count + Self.pieceSize - 1) / Self.pieceSize
    let results = Mutex([Swift.Result<Result, SimulationError>?](repeating: nil, count: pieces))
    let next = Atomic(0)
    let crew = Crew(sweeps: sweeps)
    let work: @Sendable (Int) -> Void = { worker in
      while true {
        let piece = next.add(1, ordering: .relaxed).oldValue
        guard piece < pieces else { return }
        let start = piece * Self.pieceSize
        let examples = samples[start..<min(start + Self.pieceSize, samples.count)]
        let result = crew.sweep(examples, worker)
        results.withLock { $0[piece] = result }
      }
    }
    let workers = min(sweeps.count, pieces)
    if workers > 1 {
      DispatchQueue.concurrentPerform(iterations: workers, execute: work)
    } else {
      work(0)
    }
    var total: Result?
    for result in results.withLock({ $0 }) {
      guard let piece = try result?.get() else { continue }
      total = total.map { $0 + piece } ?? piece
    }
    return total
      ?? Result(loss: 0, layers: network.layers.map { LayerGradient(zeroFor: $0) }, events: 0)
  }

  /// The sweeps, one for each worker; no two workers use the same.
  private struct Crew: @unchecked Sendable {
    let sweeps: [Sweep]

    func sweep(
      _ samples: ArraySlice<Sample>, _ worker: Int
    ) -> Swift.Result<Result, SimulationError> {
      let sweep = sweeps[worker]
      sweep.clearGradients()
      var loss = 0.0
      var events = 0
      for sample in samples {
        do throws(SimulationError) {
          loss += try sweep.forward(sample.inputs, sample.loss) ?? 0
        } catch {
          return .failure(error)
        }
        sweep.backward()
        events += sweep.eventCount
      }
      return .success(
        Result(
          loss: loss,
          layers: sweep.network.layers.indices.map { sweep.gradient(ofLayer: $0) },
          events: events))
    }
  }
}

extension Batch.Result {
  fileprivate static func + (one: Self, other: Self) -> Self {
    Self(
      loss: one.loss + other.loss, layers: zip(one.layers, other.layers).map { $0 + $1 },
      events: one.events + other.events)
  }
}
