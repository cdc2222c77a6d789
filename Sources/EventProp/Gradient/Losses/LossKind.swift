/// One kind of loss: its formula, its derivatives and its names.
///
/// A kind is a type without values that conforms to ``SpikeTimeLoss`` or ``PotentialLoss``. A new
/// kind needs its own file, an entry in `Loss.kinds`, and a second version for forward mode
/// (`ForwardMode+Loss`), which the check uses.
package protocol LossKind: SendableMetatype {
  /// The name of the kind in presets.
  static var name: String { get }
  /// The values that a preset must give.
  static var required: [LossField] { get }
  /// The values that a preset may give.
  static var optional: [LossField] { get }

  /// The loss in symbols; `{tau}`, `{clip}` and `{label}` stand for its values, and `{early}` for its
  /// term of early spikes, if it has one.
  static var formula: String { get }
  /// A term of the loss; `{t}`, `{target}`, `{tau}`, `{c}`, `{integral}`, `{peak}`, `{share}` and `{value}` stand for its numbers.
  static var termFormula: String { get }
  /// The slope of the loss by the time of a spike; nil where a formula would only repeat the value.
  ///
  /// `{isLabel}` stands for 1 at the label and 0 elsewhere, `{early}` for the slope of the term of
  /// early spikes at the label.
  static var slopeFormula: String? { get }
  /// For a loss that is the logarithm of a sum: the least value of the sum, which sets its

  /// The kind itself where it reads spike times; nil where it reads potentials.
  ///
  /// A cast in its place would cost as much as a small layer.
  static var ofSpikeTimes: (any SpikeTimeLoss.Type)? { get }

  /// The kind itself where it reads potentials.
  static var ofPotentials: (any PotentialLoss.Type)? { get }

  /// L of a run, and its derivatives for the backward pass.
  ///
  /// Throws `SimulationError.missingSpike` where the loss names a spike that did not happen.
  static func evaluation(
    _ values: LossValues, of layer: Int, on trajectory: Trajectory
  ) throws(SimulationError) -> LossEvaluation

  /// What a person should know of the slope of the loss by a neuron, counted in its layer.
  static func remarks(
    _ values: LossValues, of layer: Int, on trajectory: Trajectory
  ) -> [(neuron: Int, remark: LossRemark)]

  /// The terms of L, one for each spike or neuron that the loss reads.
  ///
  /// Where L is a logarithm of a sum, L = log Σ_j e_j, its terms are p_j L with p_j = e_j / Σ e.
  static func terms(
    _ values: LossValues, of layer: Int, on trajectory: Trajectory
  ) -> [LossTerm]

  /// For each neuron, which piece of a piecewise loss applies; a derivative holds inside one piece.
  static func pieces(
    _ values: LossValues, of layer: Int, on trajectory: Trajectory, _ evaluation: LossEvaluation
  ) -> [Int]
}

extension LossKind {
  package static var slopeFormula: String? { nil }
  package static func remarks(
    _ values: LossValues, of layer: Int, on trajectory: Trajectory
  ) -> [(neuron: Int, remark: LossRemark)] { [] }
  package static var ofSpikeTimes: (any SpikeTimeLoss.Type)? { nil }
  package static var ofPotentials: (any PotentialLoss.Type)? { nil }
}

/// A value of a loss, by its key in presets.
package enum LossField: Equatable, Sendable {
  /// The neurons that the loss reads, by default all of the layer.
  case neurons
  /// A time for each neuron, or a list of times for each.
  case target, targets
  /// The position of the correct neuron among the neurons that the loss reads.
  case label
  /// The time scale, by default 1 s.
  case tau
  /// The time, by default the horizon, that replaces a later first spike and counts for a silent
  /// neuron.
  case clip
  /// A coefficient for each neuron of the layer.
  case coefficients
  /// Spikes with coefficients.
  case terms
  /// The term that pulls the spike of the label to early times; nil for none.
  case early

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
    case .early: "early"
    }
  }
}

/// The values of a loss; each kind uses those that its fields name.
package struct LossValues: Equatable, Sendable {
  /// The neurons that the loss reads, counted in its layer.
  package var neurons: [Int] = []
  /// Targets in seconds, a list for each neuron that the loss reads.
  package var targets: [[Double]] = []
  /// The position of the correct neuron in ``neurons``.
  package var label = 0
  /// The time scale, in seconds.
  package var tau = 1.0
  /// The time that replaces a later first spike and counts for a silent neuron, in seconds.
  package var clip = Double.infinity
  /// A coefficient for each neuron of the layer, in loss per (V s).
  package var coefficients: [Double] = []
  /// Spikes with coefficients.
  package var terms: [Loss.SpikeTerm] = []
  /// The term that pulls the spike of the label to early times; nil for none.
  package var early: Loss.Early?

  /// Creates values; all of them may be left out.
  package init() {}

  init(neurons: [Int], targets: [[Double]], tau: Double, clip: Double = .infinity) {
    self.neurons = neurons
    self.targets = targets
    self.tau = tau
    self.clip = clip
  }
}

/// The contribution of one spike or neuron to a loss.
package struct LossTerm: Equatable, Sendable {
  /// How the loss reads the neuron.
  package enum Reading: Equatable, Sendable {
    /// By the time of a spike, with its target in seconds where it has one; nil for a neuron
    /// without a spike that counts.
    case spike(event: Int?, target: Double?)
    /// By the time of its first spike, with the probability from this time.
    case share(event: Int?, probability: Double)
    /// By the time of the first spike of the label, in the term ``Loss/Early``.
    case early(event: Int?)
    /// By the maximum of V, with the probability from this maximum.
    case maximum(Trajectory.Maximum, probability: Double)
    /// By the integral of V.
    case integral

    /// The spike that is read, as an event of the run; nil where none is.
    var event: Int? {
      switch self {
      case .spike(let event, _), .share(let event, _), .early(let event): event
      case .maximum, .integral: nil
      }
    }
  }

  /// The neuron, counted in the layer.
  package let neuron: Int
  /// How the loss reads it.
  package let reading: Reading
  /// The contribution to L.
  package let value: Double
}
