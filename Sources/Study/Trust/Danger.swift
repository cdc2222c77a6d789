import EventProp

/// A place of a run at which its gradient means little.
package struct Danger: Equatable, Sendable {
  /// What the place is.
  package enum Kind: Equatable, Sendable {
    /// A warning: the gradient does not exist, is 0, or something takes no part.
    case warning(Warning)
    /// A requirement of the order of events that a small change ends; the margin is in seconds or on
    /// the scale of V, read at a time in seconds.
    case near(Requirement, margin: Double, time: Double)
  }

  /// The change of one name that ends a requirement.
  package struct Crossing: Equatable, Sendable {
    /// The name.
    package let named: Named
    /// Its value in the experiment.
    package let value: Double
    /// The change to first order.
    package let linear: Double
    /// The change relative to the value, or to the scale of a value of 0.
    package let relative: Double
    /// The answer of exact runs; nil where none were made.
    package internal(set) var exact: Exact?

    /// The answer of exact runs.
    package enum Exact: Equatable, Sendable {
      /// The requirement ends at this change.
      case found(Double)
      /// Another border comes first.
      case another(Reach.Border)
      /// The requirement holds up to twice the change to first order.
      case notFound
    }

    /// Whether exact runs found the change.
    package var isFound: Bool { if case .found? = exact { true } else { false } }
    /// The best known change.
    package var change: Double { if case .found(let change)? = exact { change } else { linear } }
  }

  /// What the place is.
  package let kind: Kind
  /// The smallest change that crosses the place; nil where the place is no border or no change of
  /// one parameter crosses it.
  package internal(set) var crossing: Crossing?

  /// The order of dangers: first where no gradient exists, then what the smallest change crosses,
  /// then what makes a gradient 0.
  package var rank: (Int, Double) {
    switch kind {
    case .warning(let warning):
      switch warning.kind {
      case .truncated, .runaway, .overflow: (0, 0)
      case .tie: (1, 0)
      case .kink: (2, 0)
      case .approximate: (3, 0)
      case .flat: (5, 0)
      case .late: (6, 0)
      default: (7, 0)
      }
    case .near: (4, crossing?.relative ?? .infinity)
    }
  }
}

extension Requirement {
  /// Whether a border is the end of the requirement.
  func ends(at change: Reach.Border.Change) -> Bool {
    switch (self, change) {
    case (.order(let source, let neuron, let spike, _), .spikes(.order(let other, let n, let k))):
      return source == other && neuron == n && spike == k
    case (.peak(let neuron, _), .spikes(.count(let all))),
      (.edge(let neuron), .spikes(.count(let all))):
      return all.contains { $0.neuron == neuron && $0.difference > 0 }
    case (.rise(let neuron, _), .spikes(.count(let all))):
      return all.contains { $0.neuron == neuron && $0.difference < 0 }
    case (.clip(let neuron), .loss(let other)), (.cusp(let neuron), .loss(let other)),
      (.maximum(let neuron, _), .loss(let other)), (.sign(let neuron), .loss(let other)):
      return neuron == other
    default: return false
    }
  }
}
