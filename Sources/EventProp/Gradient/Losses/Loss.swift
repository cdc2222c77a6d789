/// The function to minimise: it reads spike times or potentials of one layer.
///
/// Neurons are counted inside the layer. `tau` and `clip`, in seconds, are constants of the loss:
/// no derivative by a neuron's time constant goes through them. Source of all formulas: Wunderlich
/// & Pehle (2021), https://doi.org/10.1038/s41598-021-91786-z.
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

  /// A kind of loss with its values.
  ///
  /// The kinds are static functions, such as ``firstSpikeMSE(neurons:targets:tau:clip:)``; each stands in a file of its own.
  public struct Rule: Equatable, Sendable {
    /// Which loss it is.
    package let kind: any LossKind.Type
    /// Its targets, constants and coefficients.
    package var values: LossValues

    /// Gives a kind its values.
    package init(_ kind: any LossKind.Type, _ values: LossValues) {
      self.kind = kind
      self.values = values
    }

    /// The name of the kind in presets.
    package var name: String { kind.name }

    /// The targets in seconds, a list for each neuron that the loss reads; empty for a loss without targets.
    package var targets: [[Double]] {
      get { values.targets }
      set { values.targets = newValue }
    }

    /// Whether two losses are of one kind and have the same values.
    public static func == (one: Self, other: Self) -> Bool {
      one.kind == other.kind && one.values == other.values
    }
  }

  /// Every kind of loss, in the order in which help lists them.
  package static let kinds: [any LossKind.Type] = [
    LinearSpikeTimes.self, AllSpikesMSE.self, FirstSpikeMSE.self, TTFSCrossEntropy.self,
    TargetTime.self, VoltageIntegral.self, MaxOverTimeCrossEntropy.self,
  ]

  /// Whether the loss reads spike times; otherwise it reads potentials.
  package var readsSpikes: Bool { rule.kind.ofSpikeTimes != nil }

  /// One term of a linear loss: a factor for the time of one spike, or of each spike of a neuron.
  public struct SpikeTerm: Equatable, Sendable {
    /// The neuron, counted in the layer.
    package var neuron: Int
    /// The number of the spike among the spikes of the neuron, from 0; nil for all its spikes.
    package var spike: Int?
    /// The factor of its time, in loss per second.
    package var coefficient: Double

    /// Creates a term; without a `spike` it reads all spikes of the neuron, also none.
    public init(neuron: Int, spike: Int? = nil, coefficient: Double) {
      self.neuron = neuron
      self.spike = spike
      self.coefficient = coefficient
    }
  }
}
