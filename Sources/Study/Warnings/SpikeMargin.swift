package import EventProp
import RealModule

/// The margin of a spike that is missing or present, and the change of weights that would change
/// this.
///
/// EventProp gives the derivative for the present sequence of events; margins tell how far this
/// sequence holds. The gradient of a margin is the adjoint of a maximum of V at its peak. Margin
/// over gradient is therefore the distance in weight space, to first order.
package struct SpikeMargin: Equatable, Sendable {
  /// The kinds of margin.
  package enum Kind: Equatable, Sendable {
    /// A peak of V below the threshold.
    case missing
    /// A spike, by the ordinal in its neuron; its margin is the further rise of V without the
    /// reset.
    case spike(ordinal: Int, event: Int)
  }

  /// A change of one weight.
  package struct Change: Equatable, Sendable {
    /// The synapse.
    package let synapse: SynapseIndex
    /// The change of the weight.
    package let amount: Double
  }

  /// The kind of margin.
  package let kind: Kind
  /// The neuron, counted across layers.
  package let neuron: Int
  /// The time of the peak, real or without a reset, in seconds.
  package let time: Double
  /// The distance of the peak from the threshold, on the scale of V; positive.
  package let margin: Double
  /// The margin as a part of v_th − v_leak.
  package let relative: Double
  /// The smallest change of one weight alone that moves the peak to the threshold; nil where no
  /// weight does.
  ///
  /// The weight is the one that changes the peak most.
  ///
  /// A weight of zero counts as a synapse that is not there.
  package let nearest: Change?
  /// The length of the smallest change of all weights together that does the same; weights of zero
  /// stay.
  package let distance: Double

  /// The `most` smallest margins of a run below a part of v_th − v_leak, the smallest first.
  ///
  /// The margin of a spike ignores later arrivals; only a run without the spike tells whether it
  /// goes.
  ///
  /// Throws a `SimulationError` where the adjoint of a peak is no finite number.
  ///
  /// - Complexity: O(synapses that deliver in the run), once for all peaks and once for all
  ///   their gradients.
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
      // A weight of zero counts as no synapse: a change that makes one is not small.
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
