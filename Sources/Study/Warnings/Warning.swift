package import EventProp

/// Something about a run that its gradient does not say by itself: a fact with its evidence, in no words.
///
/// Neurons are counted across layers.
package enum Warning: Equatable, Sendable {
  /// A spike, by the ordinal of its neuron, only just reaches the threshold.
  case grazing(neuron: Int, spike: Int, event: Int, Overshoot)
  /// At a given spike V lies `distance` above the threshold: the jump divides by a slope that belongs to a crossing.
  case approximate(neuron: Int, spike: Int, distance: Double)
  /// Two events at one instant, of which one reaches the neuron of the other; `spike` is nil where the first cancelled it.
  case tie(Tie, spike: Int?)
  /// A peak of V comes within `margin` of the threshold; `change` of the weight that an event arrives by would make it a spike, to first
  /// order.
  case nearMiss(neuron: Int, Peak, margin: Double, change: Change?)
  /// A neuron that could spike never does.
  case silent(neuron: Int)
  /// An event limit cut the run.
  case truncated(Truncation)
  /// On the way back λ of a neuron leaves the range of numbers at a time, in seconds: there is no gradient.
  case overflow(neuron: Int, time: Double)
  /// The run reached so large a limit that it was not meant to be cut, but does not end.
  case runaway(limit: Int)

  /// The kinds of warning, by the names that reports have for them.
  package enum Kind: String, Sendable {
    case grazing, tie, silent, truncated, runaway, approximate, overflow
    case nearMiss = "near-miss"
  }

  /// A change of the weight that an event arrives by.
  package struct Change: Equatable, Sendable {
    /// The event that arrives.
    package let event: Int
    /// What is added to the weight.
    package let amount: Double
  }

  /// What it is about.
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
    }
  }

  /// The neuron that it concerns, or nil.
  package var neuron: Int? {
    switch self {
    case .grazing(let neuron, _, _, _), .approximate(let neuron, _, _),
      .nearMiss(let neuron, _, _, _), .silent(let neuron), .overflow(let neuron, _):
      neuron
    case .tie(let tie, _): tie.neuron
    case .truncated, .runaway: nil
    }
  }

  /// The spike of the neuron that it concerns, or nil.
  package var spike: Int? {
    switch self {
    case .grazing(_, let spike, _, _), .approximate(_, let spike, _): spike
    case .tie(_, let spike): spike
    case .nearMiss, .silent, .truncated, .overflow, .runaway: nil
    }
  }
}
