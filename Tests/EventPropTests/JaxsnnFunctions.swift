import EventProp
import Foundation
import ReferenceCases
import Testing

/// Calls of jaxsnn's own functions, argument by argument, with what they returned; `Jaxsnn/functions.json`.
///
/// A state's `time` is that of the population. Indices below `layerStart` are spikes of the layer before, from 2 on, or of an earlier one;
/// the others are the population's own, see ``JaxsnnFunctions/firstOwn``.
struct JaxsnnFunctions: Decodable {
  var exponentialFlow: [KernelCall]
  var lifFlow: [FlowCall]
  var adjointFlow: [FlowCall]
  var adjointDynamic: [DynamicCall]
  var solver: [SolverCall]
  var transitionWithout: [TransitionCall]
  var transitionWith: [TransitionCall]
  var adjointWithout: [AdjointCall]
  var adjointWith: [AdjointCall]
  var stepBackward: [AdjointCall]
  var filter: [FilterCall]
  var step: [StepCall]
  var stepExisting: [StepCall]
  var trajectory: [TrajectoryCall]
  var knownSpikes: [KnownSpikesCall]
  var losses: [LossCall]
  var leakyIntegrator: [LeakyCall]

  enum CodingKeys: String, CodingKey {
    case filter = "filter_spikes"
    case step, losses
    case exponentialFlow = "exponential_flow"
    case lifFlow = "lif_exponential_flow"
    case adjointFlow = "adjoint_lif_exponential_flow"
    case adjointDynamic = "adjoint_lif_dynamic"
    case solver = "ttfs_solver"
    case transitionWithout = "transition_without_recurrence"
    case transitionWith = "transition_with_recurrence"
    case adjointWithout = "adjoint_transition_without_recurrence"
    case adjointWith = "adjoint_transition_with_recurrence"
    case stepBackward = "step_bwd"
    case stepExisting = "step_existing"
    case trajectory = "trajectory_and_construct_adjoint_apply_fn"
    case knownSpikes = "hardware_lif_known_spikes"
    case leakyIntegrator = "leaky_integrator"
  }

  /// All calls.
  static func all() throws -> JaxsnnFunctions {
    try JSONDecoder().decode(JaxsnnFunctions.self, from: JaxsnnCase.data("functions.json"))
  }

  /// The index of the first spike of the layer before, in calls on one population.
  static let firstBefore = 2
  /// The index of the population's first own spike.
  static let firstOwn = 5

  struct Pair: Decodable {
    var potential: Double
    var current: Double

    enum CodingKeys: String, CodingKey {
      case potential = "V"
      case current = "I"
    }
  }
  struct Population: Decodable {
    var potential: [Double]
    var current: [Double]

    enum CodingKeys: String, CodingKey {
      case potential = "V"
      case current = "I"
    }

    var states: [LIFState] {
      zip(potential, current).map { LIFState(potential: $0, current: $1) }
    }
    var adjoints: [AdjointState] {
      zip(potential, current).map { AdjointState(lambdaV: $0, lambdaI: $1) }
    }
  }
  struct KernelCall: Decodable {
    var kernel: [[Double]]
    var potential: Double
    var current: Double
    var time: Double
    var out: Pair

    enum CodingKeys: String, CodingKey {
      case kernel, time, out
      case potential = "V"
      case current = "I"
    }
  }
  struct FlowCall: Decodable {
    var params: JaxsnnCase.Parameters
    var potential: [Double]
    var current: [Double]
    var time: Double
    var out: Population

    enum CodingKeys: String, CodingKey {
      case params, time, out
      case potential = "V"
      case current = "I"
    }
  }
  struct DynamicCall: Decodable {
    var params: JaxsnnCase.Parameters
    var lambda: [Double]
    var t: Double
    var out: [Double]
    var exact: [Double]

    enum CodingKeys: String, CodingKey {
      case params, t, out, exact
      case lambda = "lambda_0"
    }
  }
  struct SolverCall: Decodable {
    var tauMem: Double
    var vTh: Double
    var potential: Double
    var current: Double
    var tMax: Double?
    var out: Double?
    var exact: Double?
    var deviation: String?

    enum CodingKeys: String, CodingKey {
      case out, exact
      case tauMem = "tau_mem"
      case vTh = "v_th"
      case potential = "V"
      case current = "I"
      case tMax = "t_max"
      case deviation = "reference_deviates"
    }
  }
  struct State: Decodable {
    var neurons: Population
    var time: Double
    var queue: Queue

    enum CodingKeys: String, CodingKey {
      case time
      case neurons = "neuron_state"
      case queue = "input_queue"
    }
  }
  struct Queue: Decodable {
    var spikes: Spikes
    var head: Int
  }
  struct Spikes: Decodable {
    var time: [Double?]
    var idx: [Int]
    var current: [Double]?
  }
  struct Spike: Decodable {
    var time: Double?
    var idx: Int
    var current: Double
  }
  struct TransitionCall: Decodable {
    var params: JaxsnnCase.Parameters
    var state: State
    var weights: JaxsnnCase.Weights
    var mask: [Bool]
    var isOwn: Bool
    var out: State

    enum CodingKeys: String, CodingKey {
      case params, state, weights, out
      case mask = "spike_mask"
      case isOwn = "recurrent_spike"
    }
  }
  struct AdjointCall: Decodable {
    var params: JaxsnnCase.Parameters
    var state: State
    var spike: Spike
    var adjointSpike: Spike
    var grads: JaxsnnCase.Weights
    var weights: JaxsnnCase.Weights
    var out: State
    var outGrads: JaxsnnCase.Weights
    var deviation: String?

    enum CodingKeys: String, CodingKey {
      case params, spike, grads, weights
      case state = "adjoint_state"
      case adjointSpike = "adjoint_spike"
      case out = "out_state"
      case outGrads = "out_grads"
      case deviation = "reference_deviates"
    }
  }
  struct FilterCall: Decodable {
    var input: Spikes
    var start: Int
    var out: Spikes

    enum CodingKeys: String, CodingKey {
      case input, out
      case start = "prev_layer_start"
    }
  }
  struct StepCall: Decodable {
    var params: JaxsnnCase.Parameters
    var tMax: Double
    var state: State
    var weights: JaxsnnCase.Weights
    var note: String?
    var out: State
    var spike: Spike

    enum CodingKeys: String, CodingKey {
      case params, state, weights, note
      case tMax = "t_max"
      case out = "out_state"
      case spike = "out_spike"
    }
  }
  struct TrajectoryCall: Decodable {
    var params: JaxsnnCase.Parameters
    var tMax: Double
    var steps: Int
    var weights: JaxsnnCase.Weights
    var input: Spikes
    var coef: [Double]
    var results: [String: Result]

    struct Result: Decodable {
      var loss: Double
      var spikes: Spikes
      var grads: Gradients
    }
    struct Gradients: Decodable {
      var weights: JaxsnnCase.Weights
      var inputTime: [Double]

      enum CodingKeys: String, CodingKey {
        case weights
        case inputTime = "input_time"
      }
    }
    enum CodingKeys: String, CodingKey {
      case params, weights, input, coef, results
      case tMax = "t_max"
      case steps = "n_spikes"
    }
  }
  struct KnownSpikesCall: Decodable {
    var params: JaxsnnCase.Parameters
    var tMax: Double
    var weights: JaxsnnCase.Weights
    var input: Spikes
    var known: Spikes
    var coef: [Double]
    var out: Result

    struct Result: Decodable {
      var loss: Double
      var spikes: Spikes
      var grads: JaxsnnCase.Weights
    }
    enum CodingKeys: String, CodingKey {
      case params, weights, input, coef, out
      case tMax = "t_max"
      case known = "known_spikes"
    }
  }
  struct LossCall: Decodable {
    var fn: String
    var firstSpikes: [Double?]?
    var target: [Double]?
    var tauMem: Double?
    var output: [Double]?
    var targets: [Double]?
    var grad: [Double]?
    var traces: [[Double]]?
    var w: [Double]?
    var gradW: [Double]?
    var spikes: Spikes?
    var size: Int?
    var outputs: Int?
    var gradOfSum: [Double]?
    /// A number, or one for each neuron.
    var out: [Double?]

    enum CodingKeys: String, CodingKey {
      case fn, target, output, targets, grad, w, spikes, size, out
      case firstSpikes = "first_spikes"
      case tauMem = "tau_mem"
      case traces = "V"
      case gradW = "grad_w"
      case outputs = "n_outputs"
      case gradOfSum = "grad_of_sum"
    }

    init(from decoder: any Decoder) throws {
      let values = try decoder.container(keyedBy: CodingKeys.self)
      fn = try values.decode(String.self, forKey: .fn)
      firstSpikes = try values.decodeIfPresent([Double?].self, forKey: .firstSpikes)
      target = try values.decodeIfPresent([Double].self, forKey: .target)
      tauMem = try values.decodeIfPresent(Double.self, forKey: .tauMem)
      output = try values.decodeIfPresent([Double].self, forKey: .output)
      targets = try values.decodeIfPresent([Double].self, forKey: .targets)
      grad = try values.decodeIfPresent([Double].self, forKey: .grad)
      traces = try values.decodeIfPresent([[Double]].self, forKey: .traces)
      w = try values.decodeIfPresent([Double].self, forKey: .w)
      gradW = try values.decodeIfPresent([Double].self, forKey: .gradW)
      spikes = try values.decodeIfPresent(Spikes.self, forKey: .spikes)
      size = try values.decodeIfPresent(Int.self, forKey: .size)
      outputs = try values.decodeIfPresent(Int.self, forKey: .outputs)
      gradOfSum = try values.decodeIfPresent([Double].self, forKey: .gradOfSum)
      if let number = try? values.decode(Double.self, forKey: .out) {
        out = [number]
      } else {
        out = try values.decode([Double?].self, forKey: .out)
      }
    }
  }
  struct LeakyCall: Decodable {
    var params: JaxsnnCase.Parameters
    var tMax: Double
    var weights: [[Double]]
    var spikes: Spikes
    var out: Traces
    var loss: Double
    var gradTime: [Double]

    struct Traces: Decodable {
      var potential: [[Double]]
      var current: [[Double]]

      enum CodingKeys: String, CodingKey {
        case potential = "V"
        case current = "I"
      }
    }
    enum CodingKeys: String, CodingKey {
      case params, weights, spikes, out
      case tMax = "t_max"
      case loss = "loss_value"
      case gradTime = "grad_time"
    }
  }
}
