package import EventProp

/// A fact about a run that its gradient does not show, with its evidence and without words.
///
/// Neurons are counted across layers.
package enum Warning: Equatable, Sendable {
  /// A spike, by the ordinal of its neuron, only just reaches the threshold.
  case grazing(neuron: Int, spike: Int, event: Int, Overshoot)
  /// At a given spike V lies `distance` above the threshold, but the jump divides by the slope of a
  /// crossing.
  case approximate(neuron: Int, spike: Int, distance: Double)
  /// Two events share an instant, and one reaches the neuron of the other; `spike` is nil where the
  /// first cancelled it.
  case tie(Tie, spike: Int?)
  /// A peak of V comes within `margin` of the threshold.
  ///
  /// `change`, to first order, is the change of the weight of an arrival that would make it a
  /// spike.
  case nearMiss(neuron: Int, Peak, margin: Double, change: Change?)
  /// A neuron that could spike never does.
  case silent(neuron: Int)
  /// An event limit cut the run.
  case truncated(Truncation)
  /// On the way back λ of a neuron stops being finite at a time, in seconds: there is no gradient.
  case overflow(neuron: Int, time: Double)
  /// The run reached an event limit so large that it counts as one that does not end.
  case runaway(limit: Int)

  /// `count` of `total` times of an experiment lie at or after the horizon, and take no part.
  case late(Late, count: Int, total: Int)
  /// `count` times in a text have no unit and are 1 s or more; `first`, in seconds, is the first.
  case units(count: Int, first: Double)
  /// A text gives a loss that divides times by tau, and no tau, which is then 1 s; with the name of
  /// the loss.
  case defaultTau(loss: String)
  /// The loss has no slope by a neuron, or no derivative there.
  case loss(neuron: Int, LossRemark)
  /// All weights into a layer are 0, so that no gradient passes it on the way back.
  case unweighted(layer: Int)

  /// A file could be read otherwise.
  case reading(Reading)

  /// The kinds of warning, by their names in reports.
  package enum Kind: String, CaseIterable, Sendable {
    case grazing, tie, silent, truncated, runaway, approximate, overflow, late, units, flat, kink
    case reading
    case nearMiss = "near-miss"
  }

  /// The times that may come too late for a run.
  package enum Late: Sendable {
    /// Input spikes at the horizon or after it.
    case inputs
    /// Input spikes of all samples at the horizon or after it.
    case samples
    /// Delays as long as the run or longer.
    case delays
    /// Targets after the horizon.
    case targets
  }

  /// How a file was read, where another reading is possible.
  package enum Reading: Equatable, Sendable {
    /// A square matrix, of which the shape does not tell the order of its axes.
    case square(matrix: String, size: Int, isTransposed: Bool)
    /// A `.safetensors` file from numpy, of which a version of the writer scrambles transposed arrays.
    case fromNumpy(file: String)
    /// The meaning of the weights and the unit of time of a network, by the words of a preset, with
    /// the reason of each; `dt`, in seconds, belongs to the meaning `step`.
    case network(
      file: String, weights: String, dt: Double?, timeUnit: String, reasons: [String])
    /// What an arrival with weight 1 adds to I in a layer, and the node of the file.
    case arrivals(layer: Int, node: String, jump: ClosedRange<Double>, hasBias: Bool)
  }

  /// A change of the weight of an arrival.
  package struct Change: Equatable, Sendable {
    /// The event that arrives.
    package let event: Int
    /// The change of the weight.
    package let amount: Double
  }

  /// The kind of the warning, with its evidence.
  package var kind: Kind {
    switch self {
    case .grazing: .grazing
    case .approximate: .approximate
    case .tie: .tie
    case .nearMiss: .nearMiss
    case .silent: .silent
    case .truncated: .truncated
    case .overflow: .overflow
    case .runaway: .runaway
    case .late: .late
    case .units, .defaultTau: .units
    case .loss(_, let remark): remark.isUndefined ? .kink : .flat
    case .unweighted: .flat
    case .reading: .reading
    }
  }

  /// Whether the gradient does not exist here, or explodes or is another one at the smallest change.
  package var isAgainstGradient: Bool {
    switch kind {
    case .grazing, .tie, .kink, .approximate, .truncated, .overflow: true
    case .nearMiss, .silent, .runaway, .late, .units, .flat, .reading: false
    }
  }

  /// The neuron concerned, or nil.
  package var neuron: Int? {
    switch self {
    case .grazing(let neuron, _, _, _), .approximate(let neuron, _, _),
      .nearMiss(let neuron, _, _, _), .silent(let neuron), .overflow(let neuron, _),
      .loss(let neuron, _):
      neuron
    case .tie(let tie, _): tie.neuron
    case .truncated, .runaway, .late, .units, .defaultTau, .unweighted, .reading: nil
    }
  }

  /// The ordinal of the spike concerned, or nil.
  package var spike: Int? {
    switch self {
    case .grazing(_, let spike, _, _), .approximate(_, let spike, _): spike
    case .tie(_, let spike): spike
    case .loss(_, .met(let spike, _)): spike
    case .nearMiss, .silent, .truncated, .overflow, .runaway, .late, .units, .defaultTau, .loss,
      .unweighted, .reading:
      nil
    }
  }
}
