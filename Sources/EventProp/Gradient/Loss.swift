/// What is to be small: a function of spike times or potentials of one layer.
///
/// Neuron numbers count inside the layer. `tau` and `clip`, in seconds, are constants of the loss: no derivative
/// with respect to a neuron's time constant goes through them. Source of all formulas:
/// mathematics of Wunderlich & Pehle (2021), https://doi.org/10.1038/s41598-021-91786-z.
///
/// jaxsnn: mse_loss, ttfs_loss (there with the opposite sign), target_time_loss, nll_loss.
public struct Loss: Equatable, Sendable {
  /// The layer that the loss reads.
  public var layer: Int
  /// How the loss is computed.
  public var rule: Rule

  /// Creates a loss on a layer.
  public init(layer: Int, rule: Rule) {
    self.layer = layer
    self.rule = rule
  }

  /// The kinds of loss.
  public enum Rule: Equatable, Sendable {
    /// Σ coefficient · t of named spikes.
    case linearSpikeTimes([SpikeTerm])
    /// Σ ((t − target)/tau)² over the k-th spike and the k-th target of each neuron, as far as both exist.
    case allSpikesMSE(neurons: [Int], targets: [[Double]], tau: Double)
    /// Σ ((min(t_first, clip) − target)/tau)²; a silent neuron counts as `clip`, with gradient 0.
    case firstSpikeMSE(neurons: [Int], targets: [Double], tau: Double, clip: Double)
    /// log Σ_j exp((t_label − t_j)/tau), t = min(t_first, clip); `label` is a position in `neurons`.
    case ttfsCrossEntropy(neurons: [Int], label: Int, tau: Double, clip: Double)
    /// −Σ log(1 + exp(−|t_first − target|/tau)); a silent neuron counts 0.
    case targetTime(neurons: [Int], targets: [Double], tau: Double)
    /// Σ coefficient · ∫ V dt over [0, t_max], one coefficient per neuron of the layer.
    case voltageIntegral([Double])
    /// −log softmax(z)[label], z_j = max(0, max over continuous time of V_j).
    case maxOverTimeCrossEntropy(neurons: [Int], label: Int)

    /// The name of the kind in presets.
    public var name: String {
      switch self {
      case .linearSpikeTimes: "linear_spike_times"
      case .allSpikesMSE: "all_spikes_mse"
      case .firstSpikeMSE: "first_spike_mse"
      case .ttfsCrossEntropy: "ttfs_cross_entropy"
      case .targetTime: "target_time"
      case .voltageIntegral: "voltage_integral"
      case .maxOverTimeCrossEntropy: "max_over_time_cross_entropy"
      }
    }
  }

  /// Whether the loss is a function of spike times, and not of potentials.
  public var readsSpikes: Bool {
    switch rule {
    case .voltageIntegral, .maxOverTimeCrossEntropy: false
    default: true
    }
  }

  /// One term of a linear loss: a spike of a neuron and what its time counts.
  public struct SpikeTerm: Equatable, Sendable {
    /// The neuron, counted in the layer.
    public var neuron: Int
    /// The ordinal of the spike, from 0.
    public var spike: Int
    /// The factor of its time, in loss per second.
    public var coefficient: Double

    /// Creates a term.
    public init(neuron: Int, spike: Int, coefficient: Double) {
      self.neuron = neuron
      self.spike = spike
      self.coefficient = coefficient
    }
  }
}
