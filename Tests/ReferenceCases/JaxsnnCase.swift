package import EventProp
package import Foundation
import Testing

/// A whole run with its gradient as jaxsnn computed it (commit 0e1b607, jax 0.4.23, 64 bits); the folder `Jaxsnn` holds all of them.
///
/// Neurons are numbered across the network: inputs from 0, then layer after layer. A layer's rows are its input events and its
/// own spikes in order of time; a row with the index −1 is a step without an event. `null` is +∞. Where `deviations` is not empty
/// jaxsnn is known to be inexact, and `exact` holds what another exact simulator, written in C, computed.
package struct JaxsnnCase: Decodable, Sendable, CustomTestStringConvertible {
  package var id: String
  package var params: Parameters
  package var tMax: Double
  package var layers: [Layer]
  package var input: Rows
  package var loss: Loss
  package var eventprop: Result
  package var exact: Result?
  package var deviations: [String]

  package var testDescription: String { id }
  package var samples: Range<Int> { input.time.indices }

  package struct Parameters: Decodable {
    package var tauSyn: Double
    package var tauMem: Double
    package var vTh: Double?
    package var vLeak: Double?
    package var vReset: Double?

    enum CodingKeys: String, CodingKey {
      case tauSyn = "tau_syn"
      case tauMem = "tau_mem"
      case vTh = "v_th"
      case vLeak = "v_leak"
      case vReset = "v_reset"
    }

    package var parameters: LIFParameters {
      LIFParameters(
        tauMem: tauMem, tauSyn: tauSyn, vThreshold: vTh ?? 1, vLeak: vLeak ?? 0,
        vReset: vReset ?? 0)
    }
  }
  package struct Layer: Decodable {
    package var size: Int
    package var steps: Int
    package var weights: Weights

    enum CodingKeys: String, CodingKey {
      case size, weights
      case steps = "n_spikes"
    }
  }
  package struct Weights: Decodable {
    package var input: [[Double]]
    package var recurrent: [[Double]]?

    package init(input: [[Double]], recurrent: [[Double]]? = nil) {
      self.input = input
      self.recurrent = recurrent
    }
  }
  /// Events of each sample.
  package struct Rows: Decodable {
    package var time: [[Double?]]
    package var idx: [[Int]]
    package var current: [[Double]]?
  }
  package struct Loss: Decodable {
    package var name: String
    package var targets: [[Double]]?
    package var coef: [Double]?
  }
  package struct Result: Decodable {
    package var layers: [Rows]?
    /// Spikes alone, by layer and sample.
    package var spikes: [[Spikes]]?
    package var firstSpike: [[Double?]]?
    package var loss: Double
    package var lossPerSample: [Double]?
    package var grads: Gradients

    enum CodingKeys: String, CodingKey {
      case layers, spikes, loss, grads
      case firstSpike = "first_spike"
      case lossPerSample = "loss_per_sample"
    }
  }
  package struct Spikes: Decodable {
    package var time: [Double]
    package var idx: [Int]
    package var current: [Double]
  }
  package struct Gradients: Decodable {
    package var weights: [Weights]
    package var inputTime: [[Double]]

    enum CodingKeys: String, CodingKey {
      case weights
      case inputTime = "input_time"
    }
  }

  enum CodingKeys: String, CodingKey {
    case id, params, layers, input, loss, eventprop, exact
    case tMax = "t_max"
    case deviations = "reference_deviates"
  }

  /// The bytes of a file of the folder.
  package static func data(_ name: String) throws -> Data {
    try Data(contentsOf: Bundle.module.bundleURL.appending(path: "Jaxsnn/" + name))
  }

  /// All cases of the folder, in order.
  package static func all() throws -> [JaxsnnCase] {
    let folder = Bundle.module.bundleURL.appending(path: "Jaxsnn")
    return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
      .filter { $0.hasPrefix("k") }
      .map { try JSONDecoder().decode(JaxsnnCase.self, from: data($0)) }
  }

  /// The cases where jaxsnn is exact.
  package static func undisputed() throws -> [JaxsnnCase] {
    try all().filter { $0.deviations.isEmpty }
  }

  /// The case with a deviation.
  package static func deviating(_ tag: String) throws -> JaxsnnCase {
    try #require(try all().first { $0.deviations == [tag] })
  }
}

extension EventProp.Synapses {
  /// A full matrix from its rows.
  package init(rows: [[Double]]) {
    self.init(rows: rows.count, columns: rows.first?.count ?? 0, weights: rows.flatMap { $0 })
  }
}

extension JaxsnnCase {
  /// The first neuron of each layer, in jaxsnn's numbers.
  package var starts: [Int] {
    layers.reduce(into: [layers[0].weights.input.count]) { $0.append(($0.last ?? 0) + $1.size) }
  }

  /// The places of a sample's input spikes in the case's lists; padding is left out.
  package func places(of sample: Int) -> [Int] {
    input.idx[sample].indices.filter { input.idx[sample][$0] >= 0 }
  }

  /// A sample without its loss.
  ///
  /// jaxsnn's number of steps is a layer's event limit.
  package func experiment(_ sample: Int) -> Experiment {
    let network = Network(
      inputs: layers[0].weights.input.count,
      layers: layers.enumerated().map { number, layer in
        EventProp.Layer(
          name: "layer\(number)",
          parameters: Array(repeating: params.parameters, count: layer.size),
          weights: Synapses(rows: layer.weights.input),
          recurrent: layer.weights.recurrent.map { Synapses(rows: $0) },
          maxEvents: layer.steps)
      })
    return Experiment(
      title: id, network: network,
      inputSpikes: places(of: sample).map {
        InputSpike(time: input.time[sample][$0] ?? .infinity, channel: input.idx[sample][$0])
      }, horizon: tMax)
  }

  /// The loss of a sample, and the sign with which jaxsnn counts it.
  package func loss(_ sample: Int, on trajectory: Trajectory) throws -> (
    EventProp.Loss, sign: Double
  ) {
    let last = layers.count - 1
    let tau = params.tauMem
    let targets = loss.targets?[sample] ?? []
    let size = layers[last].size
    let outputs = Array(size - targets.count..<size)
    let rule: EventProp.Loss.Rule
    switch loss.name {
    case "weighted_time_sum":
      let coefficients = try #require(loss.coef)
      let counts = trajectory.spikeCounts.suffix(size)
      rule = .linearSpikeTimes(
        zip(counts, coefficients).enumerated().flatMap { neuron, pair in
          (0..<pair.0).map {
            EventProp.Loss.SpikeTerm(neuron: neuron, spike: $0, coefficient: pair.1 / tau)
          }
        })
    case "mse_loss":
      rule = .firstSpikeMSE(neurons: outputs, targets: targets, tau: tau, clip: 2 * tau)
    case "ttfs_loss":
      // The label is where the target is earliest, and the cross-entropy is counted negatively.
      let label = targets.indices.min { targets[$0] < targets[$1] } ?? 0
      return (
        EventProp.Loss(
          layer: last,
          rule: .ttfsCrossEntropy(neurons: outputs, label: label, tau: tau, clip: 2 * tau)), -1
      )
    case "target_time_loss":
      rule = .targetTime(neurons: outputs, targets: targets, tau: tau)
    default:
      Issue.record("a case with an unknown loss \(loss.name)")
      rule = .linearSpikeTimes([])
    }
    return (EventProp.Loss(layer: last, rule: rule), 1)
  }
}
