package import EventProp
import RealModule

/// How little is missing for a spike that is not there, or supports one that is: its margin, and what would change it.
///
/// EventProp gives the derivative inside the current sequence of events; margins say how far its ends are.
/// The gradient of a margin is the adjoint of a maximum of V at its peak, so that margin over gradient is the
/// distance in weight space, to first order.
package struct SpikeMargin: Equatable, Sendable {
  /// The kinds of margin.
  package enum Kind: Equatable, Sendable {
    /// A peak of V below the threshold.
    case missing
    /// A spike, by the ordinal of the neuron: what is left of it is the rise that V would have had without the reset.
    case spike(ordinal: Int, event: Int)
  }

  /// A change of one weight.
  package struct Change: Equatable, Sendable {
    /// The synapse.
    package let synapse: SynapseIndex
    /// What is added to the weight.
    package let amount: Double
  }

  /// Whether a spike is there or not.
  package let kind: Kind
  /// The neuron, counted across layers.
  package let neuron: Int
  /// When V peaks, or would, in seconds.
  package let time: Double
  /// The distance of the peak from the threshold, on the scale of V; positive.
  package let margin: Double
  /// The margin as a part of v_th − v_leak.
  package let relative: Double
  /// The weight that the peak follows most, and the smallest change of it alone that moves the peak to the
  /// threshold; nil where no weight does.
  ///
  /// A weight of zero counts as a synapse that is not there.
  package let nearest: Change?
  /// The length of the smallest change of all weights but zeros together that does the same.
  package let distance: Double

  /// The margins of a run below a part of v_th − v_leak, the smallest first; the first `most` of them.
  ///
  /// A spike's margin ignores what arrives after it; whether it goes is known only from a run without it.
  ///
  /// Throws a `SimulationError` when the adjoint of a peak leaves the range of numbers.
  ///
  /// - Complexity: O(synapses that deliver in the run), once to find the peaks and once for some eight of their gradients.
  package static func all(
    in trajectory: Trajectory, within part: Double, most: Int = 20
  ) throws(SimulationError) -> [SpikeMargin] {
    var search = Search(in: trajectory, within: part, most: most)
    while try search.advance() {}
    return search.margins
  }

  /// A peak near the threshold, with the derivative of its height by the weight of an entry of a matrix.
  init(
    _ candidate: Candidate, in circuit: Circuit, slope: (_ projection: Int, _ entry: Int) -> Double
  ) {
    kind = candidate.kind
    neuron = candidate.neuron
    time = candidate.time
    margin = candidate.margin
    relative = candidate.relative
    let isMissing = candidate.kind == .missing
    var squares = 0.0
    var steepest: (projection: Int, entry: Int, slope: Double)?
    for (number, projection) in circuit.projections.enumerated() {
      // A weight of zero is a synapse that is not there: a change that makes one is no small change.
      for (entry, weight) in projection.synapses.weights.enumerated() where weight != 0 {
        let slope = slope(number, entry)
        squares += slope * slope
        if abs(slope) > abs(steepest?.slope ?? 0) { steepest = (number, entry, slope) }
      }
    }
    let rise = isMissing ? candidate.margin : -candidate.margin
    nearest = steepest.map {
      Change(synapse: circuit.synapse($0.projection, $0.entry), amount: rise / $0.slope)
    }
    distance = squares > 0 ? candidate.margin / .sqrt(squares) : .infinity
  }
}
