package import EventProp

/// How far a value may move to one side before the gradient loses its meaning: the formula of the
/// loss changes there.
package struct Reach: Equatable, Sendable {
  /// The end of the way.
  package enum End: Equatable, Sendable {
    /// The next number has another order of events, or another branch of the loss.
    case border(Border)
    /// No border was found up to a limit.
    case limit
    /// The runs were used up before the border or the limit was reached.
    case open
  }

  /// A border, with the runs on both of its sides.
  package struct Border: Equatable, Sendable {
    /// What changes.
    package let change: Change
    /// The last run inside and the first run outside, with their losses and derivatives.
    package let inside: SweepPoint, outside: SweepPoint

    /// What changes at a border.
    package enum Change: Equatable, Sendable {
      /// Spikes appear, vanish, or change places with arrivals.
      case spikes(SweepBorder.Change)
      /// The loss reads a neuron by another branch; the neuron is counted across layers.
      case loss(neuron: Int)
      /// The experiment cannot be run.
      case cannotRun(SimulationError)
    }

    /// Whether L differs on the two sides by more than rounding.
    package var lossJumps: Bool { Self.differ(inside.loss, outside.loss) }
    /// Whether the derivative differs on the two sides by more than rounding.
    package var gradientJumps: Bool { Self.differ(inside.gradient, outside.gradient) }

    private static func differ(_ one: Double?, _ other: Double?) -> Bool {
      guard let one, let other else { return one != other }
      return abs(one - other) > 1e-6 * max(abs(one), abs(other))
    }
  }

  /// The value of the experiment.
  package let start: Double
  /// The last value known to have the order of the experiment.
  package let inside: Double
  /// The end of the way.
  package let end: End
  /// The number of exact runs.
  package let runs: Int
  /// The distance to the nearest border by the derivatives at the start alone; nil where they see
  /// none.
  package let linear: Double?
  /// Whether the margins were compared between the runs.
  package let isWatched: Bool

  /// The distance that is free of borders.
  package var distance: Double { abs(inside - start) }
  /// The first value outside; nil where no border was found.
  package var outside: Double? {
    if case .border(let border) = end { border.outside.value } else { nil }
  }
  /// The border; nil where none was found.
  package var border: Border? { if case .border(let border) = end { border } else { nil } }
}
