package import EventProp
import Foundation
import Testing

/// One reference case computed with 64-digit arithmetic; the folder `Golden` holds all of them.
///
/// The files number neurons over one population: a feed-forward layer is a block of `w_rec`. Their network is
/// therefore one layer with recurrence.
package struct GoldenCase: Decodable, Sendable, CustomTestStringConvertible {
  package var name: String
  package var network: GoldenNetwork
  package var inputSpikes: [GoldenInput]
  package var tMax: Double
  package var loss: GoldenLoss
  package var expected: Expected

  package struct GoldenNetwork: Decodable {
    package var nInputs: Int
    package var nNeurons: Int
    package var spiking: [Bool]
    package var parameters: [String: [Double]]
    package var initial: [String: [Double]]
    package var wIn: [[Double]]
    package var wRec: [[Double]]
    package var delaysIn: [[Double]]?
    package var delaysRec: [[Double]]?

    enum CodingKeys: String, CodingKey {
      case spiking, parameters, initial
      case nInputs = "n_inputs"
      case nNeurons = "n_neurons"
      case wIn = "w_in"
      case wRec = "w_rec"
      case delaysIn = "delays_in"
      case delaysRec = "delays_rec"
    }
  }
  package struct GoldenInput: Decodable {
    package var time: Double
    package var source: Int
  }
  package struct GoldenLoss: Decodable {
    package var type: String
    package var terms: [Term]?
    package var neurons: [Int]?
    package var targets: Targets?
    package var tau: Double?
    package var clip: Double?
    package var label: Int?
    package var coefs: [Double]?

    package struct Term: Decodable {
      package var neuron: Int
      package var spike: Int
      package var coef: Double
    }
    package enum Targets: Decodable {
      case first([Double])
      case all([[Double]])

      package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let lists = try? container.decode([[Double]].self) {
          self = .all(lists)
        } else {
          self = .first(try container.decode([Double].self))
        }
      }
    }
  }
  package struct Expected: Decodable {
    package var events: [GoldenEvent]
    package var nSpikes: [Int]
    package var final: [String: [Double]]
    package var loss: Double
    package var adjoint: [GoldenAdjoint]
    package var adjointAtZero: [String: [Double]]
    package var gradients: GoldenGradients

    enum CodingKeys: String, CodingKey {
      case events, final, loss, adjoint, gradients
      case nSpikes = "n_spikes"
      case adjointAtZero = "adjoint_at_zero"
    }
  }
  package struct GoldenEvent: Decodable {
    package var time: Double
    package var kind: String
    package var idx: Int
    package var current: Double
    package var tauMemVdot: Double?
    package var dLdt: Double

    enum CodingKeys: String, CodingKey {
      case time, kind, idx, current
      case tauMemVdot = "tau_mem_vdot"
      case dLdt = "dL_dt"
    }
  }
  package struct GoldenAdjoint: Decodable {
    package var event: Int
    package var lambdaV: [Double]
    package var lambdaI: [Double]

    enum CodingKeys: String, CodingKey {
      case event
      case lambdaV = "lambda_V"
      case lambdaI = "lambda_I"
    }
  }
  package struct GoldenGradients: Decodable {
    package var wIn: [[Double]]
    package var wRec: [[Double]]
    package var inputTimes: [Double]
    package var tauMem: [Double]
    package var tauSyn: [Double]
    package var vTh: [Double]
    package var vLeak: [Double]
    package var vReset: [Double]
    package var initialV: [Double]
    package var initialI: [Double]
    package var delaysIn: [[Double]]
    package var delaysRec: [[Double]]

    enum CodingKeys: String, CodingKey {
      case wIn = "w_in"
      case wRec = "w_rec"
      case inputTimes = "input_times"
      case tauMem = "tau_mem"
      case tauSyn = "tau_syn"
      case vTh = "v_th"
      case vLeak = "v_leak"
      case vReset = "v_reset"
      case initialV = "V0"
      case initialI = "I0"
      case delaysIn = "delays_in"
      case delaysRec = "delays_rec"
    }
  }

  enum CodingKeys: String, CodingKey {
    case name, network, loss, expected
    case inputSpikes = "input_spikes"
    case tMax = "t_max"
  }

  /// All cases of the folder, in order.
  package static func all() throws -> [GoldenCase] {
    let folder = Bundle.module.bundleURL.appending(path: "Golden")
    let files = try FileManager.default.contentsOfDirectory(
      at: folder, includingPropertiesForKeys: nil)
    return try files.filter { $0.pathExtension == "json" }
      .sorted { $0.lastPathComponent < $1.lastPathComponent }
      .map { try JSONDecoder().decode(GoldenCase.self, from: Data(contentsOf: $0)) }
  }

  package var testDescription: String { name }
  package var isGrazing: Bool { name.contains("grazing") }

  /// The case as an experiment.
  package var experiment: Experiment {
    func value(_ key: String, _ neuron: Int) -> Double {
      network.parameters[key].map { $0[neuron] } ?? .nan
    }
    let parameters = (0..<network.nNeurons).map {
      LIFParameters(
        tauMem: value("tau_mem", $0), tauSyn: value("tau_syn", $0),
        vThreshold: value("v_th", $0), vLeak: value("v_leak", $0), vReset: value("v_reset", $0))
    }
    let initial = (0..<network.nNeurons).map {
      LIFState(
        potential: network.initial["V", default: []][$0],
        current: network.initial["I", default: []][$0])
    }
    let layer = Layer(
      name: "all", parameters: parameters,
      weights: Synapses(
        rows: network.nInputs, columns: network.nNeurons, weights: network.wIn.flatMap { $0 },
        delays: network.delaysIn.map { $0.flatMap { $0 } }),
      recurrent: Synapses(
        rows: network.nNeurons, columns: network.nNeurons, weights: network.wRec.flatMap { $0 },
        delays: network.delaysRec.map { $0.flatMap { $0 } }),
      kinds: network.spiking.map { $0 ? .lif : .li }, initial: initial)
    return Experiment(
      title: name, network: Network(inputs: network.nInputs, layers: [layer]),
      inputSpikes: inputSpikes.map { InputSpike(time: $0.time, channel: $0.source) },
      horizon: tMax, loss: Loss(layer: 0, rule: rule))
  }

  private var rule: Loss.Rule {
    let neurons = loss.neurons ?? Array(0..<network.nNeurons)
    let tau = loss.tau ?? 1
    let clip = loss.clip ?? tMax
    switch (loss.type, loss.targets) {
    case ("linear_spike_times", _):
      return .linearSpikeTimes(
        (loss.terms ?? []).map {
          Loss.SpikeTerm(neuron: $0.neuron, spike: $0.spike, coefficient: $0.coef)
        })
    case ("all_spikes_mse", .all(let targets)):
      return .allSpikesMSE(neurons: neurons, targets: targets, tau: tau)
    case ("first_spike_mse", .first(let targets)):
      return .firstSpikeMSE(neurons: neurons, targets: targets, tau: tau, clip: clip)
    case ("ttfs_ce", _):
      return .ttfsCrossEntropy(neurons: neurons, label: loss.label ?? 0, tau: tau, clip: clip)
    case ("target_time", .first(let targets)):
      return .targetTime(neurons: neurons, targets: targets, tau: tau)
    case ("voltage_integral", _):
      return .voltageIntegral(loss.coefs ?? [])
    case ("max_over_time_ce", _):
      return .maxOverTimeCrossEntropy(neurons: neurons, label: loss.label ?? 0)
    default: fatalError("a golden case with an unknown loss \(loss.type)")
    }
  }
}
