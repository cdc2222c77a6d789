import EventProp
import Foundation
import Testing

/// A whole run with its gradient as jaxsnn computed it (commit 0e1b607, jax 0.4.23, 64 bits); the folder `Jaxsnn` holds all of them.
///
/// Neurons are numbered across the network: inputs from 0, then layer after layer. A layer's rows are its input events and its
/// own spikes in order of time; a row with the index −1 is a step without an event. `null` is +∞. Where `deviations` is not empty
/// jaxsnn is known to be inexact, and `exact` holds what another exact simulator, written in C, computed.
struct JaxsnnCase: Decodable, Sendable, CustomTestStringConvertible {
  var id: String
  var params: Parameters
  var tMax: Double
  var layers: [Layer]
  var input: Rows
  var loss: Loss
  var eventprop: Result
  var exact: Result?
  var deviations: [String]

  var testDescription: String { id }
  var samples: Range<Int> { input.time.indices }

  struct Parameters: Decodable {
    var tauSyn: Double
    var tauMem: Double
    var vTh: Double?
    var vLeak: Double?
    var vReset: Double?

    enum CodingKeys: String, CodingKey {
      case tauSyn = "tau_syn"
      case tauMem = "tau_mem"
      case vTh = "v_th"
      case vLeak = "v_leak"
      case vReset = "v_reset"
    }

    var parameters: LIFParameters {
      LIFParameters(
        tauMem: tauMem, tauSyn: tauSyn, vThreshold: vTh ?? 1, vLeak: vLeak ?? 0,
        vReset: vReset ?? 0)
    }
  }
  struct Layer: Decodable {
    var size: Int
    var steps: Int
    var weights: Weights

    enum CodingKeys: String, CodingKey {
      case size, weights
      case steps = "n_spikes"
    }
  }
  struct Weights: Decodable {
    var input: [[Double]]
    var recurrent: [[Double]]?
  }
  /// Events of each sample.
  struct Rows: Decodable {
    var time: [[Double?]]
    var idx: [[Int]]
    var current: [[Double]]?
  }
  struct Loss: Decodable {
    var name: String
    var targets: [[Double]]?
    var coef: [Double]?
  }
  struct Result: Decodable {
    var layers: [Rows]?
    /// Spikes alone, by layer and sample.
    var spikes: [[Spikes]]?
    var firstSpike: [[Double?]]?
    var loss: Double
    var lossPerSample: [Double]?
    var grads: Gradients

    enum CodingKeys: String, CodingKey {
      case layers, spikes, loss, grads
      case firstSpike = "first_spike"
      case lossPerSample = "loss_per_sample"
    }
  }
  struct Spikes: Decodable {
    var time: [Double]
    var idx: [Int]
    var current: [Double]
  }
  struct Gradients: Decodable {
    var weights: [Weights]
    var inputTime: [[Double]]

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
  static func data(_ name: String) throws -> Data {
    try Data(contentsOf: Bundle.module.bundleURL.appending(path: "Jaxsnn/" + name))
  }

  /// All cases of the folder, in order.
  static func all() throws -> [JaxsnnCase] {
    let folder = Bundle.module.bundleURL.appending(path: "Jaxsnn")
    return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
      .filter { $0.hasPrefix("k") }
      .map { try JSONDecoder().decode(JaxsnnCase.self, from: data($0)) }
  }

  /// The cases where jaxsnn is exact.
  static func undisputed() throws -> [JaxsnnCase] { try all().filter { $0.deviations.isEmpty } }

  /// The case with a deviation.
  static func deviating(_ tag: String) throws -> JaxsnnCase {
    try #require(try all().first { $0.deviations == [tag] })
  }
}

extension EventProp.Synapses {
  /// A full matrix from its rows.
  init(rows: [[Double]]) {
    self.init(rows: rows.count, columns: rows.first?.count ?? 0, weights: rows.flatMap { $0 })
  }
}

extension JaxsnnCase {
  /// The first neuron of each layer, in jaxsnn's numbers.
  var starts: [Int] {
    layers.reduce(into: [layers[0].weights.input.count]) { $0.append(($0.last ?? 0) + $1.size) }
  }

  /// The places of a sample's input spikes in the case's lists; padding is left out.
  func places(of sample: Int) -> [Int] {
    input.idx[sample].indices.filter { input.idx[sample][$0] >= 0 }
  }

  /// A sample without its loss.
  ///
  /// jaxsnn's number of steps is a layer's event limit.
  func experiment(_ sample: Int) -> Experiment {
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
  func loss(_ sample: Int, on trajectory: Trajectory) throws -> (EventProp.Loss, sign: Double) {
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
