/// One kind of loss: its formula, its derivatives and its names.
///
/// A kind is a type without values that conforms to ``SpikeTimeLoss`` or ``PotentialLoss``. Whoever adds one writes its file, lists
/// it in `Loss.kinds`, and writes its twin in forward mode, which the check needs (`ForwardMode+Loss`).
package protocol LossKind: SendableMetatype {
  /// The name of the kind in presets.
  static var name: String { get }
  /// The values that a preset must give.
  static var required: [LossField] { get }
  /// The values that a preset may give.
  static var optional: [LossField] { get }

  /// The loss in symbols; `{tau}`, `{clip}` and `{label}` stand for its values.
  static var formula: String { get }
  /// A term of the loss; `{t}`, `{target}`, `{tau}`, `{c}`, `{integral}`, `{peak}`, `{share}` and `{value}` stand for its numbers.
  static var termFormula: String { get }
  /// The slope of the loss by the time of a spike, with `{isLabel}` for 1 at the label and 0 elsewhere; nil where a formula
  /// would say no more than its value.
  static var slopeFormula: String? { get }
  /// L is the logarithm of a sum that is at least this, and rounds as the sum does; 0 for other losses.
  static var leastSum: Double { get }

  /// The kind itself where it reads spike times; nil where it reads potentials. A cast would cost as much as a small layer.
  static var ofSpikeTimes: (any SpikeTimeLoss.Type)? { get }

  /// L of a run, and what it gives the way back to start from.
  ///
  /// Throws `SimulationError.missingSpike` where the loss names a spike that did not happen.
  static func evaluation(
    _ values: LossValues, of layer: Int, on trajectory: Trajectory
  ) throws(SimulationError) -> LossEvaluation

  /// The terms of L, one for each spike or neuron that the loss reads.
  ///
  /// Terms of a logarithm of a sum are its shares: L = log Σ_j e_j is Σ_j p_j L with p_j = e_j / Σ e.
  static func terms(
    _ values: LossValues, of layer: Int, on trajectory: Trajectory
  ) -> [LossTerm]

  /// Which piece of the loss applies for each neuron, where it is made of pieces: a derivative holds inside one.
  static func pieces(
    _ values: LossValues, of layer: Int, on trajectory: Trajectory, _ evaluation: LossEvaluation
  ) -> [Int]
}

extension LossKind {
  package static var slopeFormula: String? { nil }
  package static var leastSum: Double { 0 }
  package static var ofSpikeTimes: (any SpikeTimeLoss.Type)? { nil }
}

/// A value of a loss, by its key in presets.
package enum LossField: Equatable, Sendable {
  /// The neurons that the loss reads, by default all of the layer.
  case neurons
  /// A time for each neuron, or a list of times for each.
  case target, targets
  /// The position of the wanted neuron among those that the loss reads.
  case label
  /// The time scale, by default 1 s.
  case tau
  /// The time that counts for a later spike and a silent neuron, by default the horizon.
  case clip
  /// A factor for each neuron of the layer.
  case coefficients
  /// Spikes with factors.
  case terms

  /// The key in presets.
  package var key: String {
    switch self {
    case .neurons: "neurons"
    case .target, .targets: "targets"
    case .label: "label"
    case .tau: "tau"
    case .clip: "clip"
    case .coefficients: "coefficients"
    case .terms: "terms"
    }
  }
}

/// The values of a loss; a kind uses those that its fields name.
package struct LossValues: Equatable, Sendable {
  /// The neurons that the loss reads, counted in its layer.
  package var neurons: [Int] = []
  /// Targets in seconds, a list for each of the neurons.
  package var targets: [[Double]] = []
  /// The position of the wanted neuron in ``neurons``.
  package var label = 0
  /// The time scale, in seconds.
  package var tau = 1.0
  /// The time that counts for a later spike and a silent neuron, in seconds.
  package var clip = Double.infinity
  /// A factor for each neuron of the layer, in loss per (V s).
  package var coefficients: [Double] = []
  /// Spikes with factors.
  package var terms: [Loss.SpikeTerm] = []

  /// Creates values that are all left out.
  package init() {}

  init(neurons: [Int], targets: [[Double]], tau: Double, clip: Double = .infinity) {
    self.neurons = neurons
    self.targets = targets
    self.tau = tau
    self.clip = clip
  }
}

/// What one spike or neuron adds to a loss.
package struct LossTerm: Equatable, Sendable {
  /// How the loss reads the neuron.
  package enum Reading: Equatable, Sendable {
    /// By the time of a spike; nil where the neuron has none that counts. With its target in seconds, where it has one.
    case spike(event: Int?, target: Double?)
    /// By the time of its first spike, with the probability that this gives it.
    case share(event: Int?, probability: Double)
    /// By the maximum of V, with the probability that this gives it.
    case maximum(Trajectory.Maximum, probability: Double)
    /// By the integral of V.
    case integral
  }

  /// The neuron, counted in the layer.
  package let neuron: Int
  /// How the loss reads it.
  package let reading: Reading
  /// What it adds to L.
  package let value: Double
}
