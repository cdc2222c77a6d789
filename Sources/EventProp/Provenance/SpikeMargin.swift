import RealModule

/// How little is missing for a spike that is not there, or supports one that is: its margin, and what would change it.
///
/// EventProp gives the derivative inside the current sequence of events; margins say how far its ends are.
/// The gradient of a margin is the adjoint of a maximum of V at its peak, so that margin over gradient is the
/// distance in weight space, to first order.
public struct SpikeMargin: Equatable, Sendable {
  /// The kinds of margin.
  public enum Kind: Equatable, Sendable {
    /// A peak of V below the threshold.
    case missing
    /// A spike, by the ordinal of the neuron: what is left of it is the rise that V would have had without the reset.
    case spike(ordinal: Int, event: Int)
  }

  /// A change of one weight.
  public struct Change: Equatable, Sendable {
    /// The matrix, counted over the circuit.
    public let projection: Int
    /// The entry in it.
    public let entry: Int
    /// What is added to the weight.
    public let amount: Double
  }

  /// Whether a spike is there or not.
  public let kind: Kind
  /// The neuron, counted across layers.
  public let neuron: Int
  /// When V peaks, or would, in seconds.
  public let time: Double
  /// The distance of the peak from the threshold, on the scale of V; positive.
  public let margin: Double
  /// The margin as a part of v_th − v_leak.
  public let relative: Double
  /// The weight that the peak follows most, and the smallest change of it alone that moves the peak to the
  /// threshold; nil where no weight does.
  ///
  /// A weight of zero counts as a synapse that is not there.
  public let nearest: Change?
  /// The length of the smallest change of all weights but zeros together that does the same.
  public let distance: Double

  /// A peak that is near the threshold, before its gradient is known.
  private struct Candidate {
    var kind: Kind
    var neuron: Int
    var time: Double
    var margin: Double
    var relative: Double
    var place: LossEvaluation.Impulse.Place
  }

  /// The margins of a run below a part of v_th − v_leak, the smallest first; the first `most` of them.
  ///
  /// A spike's margin ignores what arrives after it; whether it goes is known only from a run without it.
  ///
  /// Throws a `SimulationError` when the adjoint of a peak leaves the range of numbers.
  ///
  /// - Complexity: O(touches), and a pass in both directions for each margin found.
  public static func all(
    in trajectory: Trajectory, within part: Double, most: Int = 20
  ) throws(SimulationError) -> [SpikeMargin] {
    var search = Search(in: trajectory, within: part, most: most)
    while try search.advance() {}
    return search.margins
  }

  /// The search for the margins of a run, a piece at a time: first the neurons for candidates, then each candidate.
  public struct Search: Sendable {
    private let trajectory: Trajectory
    private let part: Double
    private let most: Int
    private var candidates: [Candidate] = []
    /// The neurons that have been looked at.
    private var neurons = 0
    /// The margins found so far, the smallest first.
    public private(set) var margins: [SpikeMargin] = []

    /// So many neurons have their states recomputed together.
    private static let neuronsAtOnce = 32

    /// Prepares the search for the first `most` margins below a part of v_th − v_leak.
    public init(in trajectory: Trajectory, within part: Double, most: Int = 20) {
      self.trajectory = trajectory
      self.part = part
      self.most = most
    }

    private var count: Int { trajectory.circuit.neuronCount }
    private var isListed: Bool { neurons == count }

    /// The number of pieces done, and that of all as far as it is known.
    public var done: Int { neurons / Self.neuronsAtOnce + margins.count }
    /// The number of pieces there are.
    public var total: Int { count / Self.neuronsAtOnce + (isListed ? candidates.count : most) }
    /// Whether nothing is left to do.
    public var isFinished: Bool { isListed && margins.count == candidates.count }

    /// Does the next piece; false when there was none.
    ///
    /// `goesOn` is asked now and then, with the time reached; where it answers false, `SimulationError.stopped` is thrown, and the search
    /// stays where it is.
    @discardableResult
    public mutating func advance(
      goesOn: (Double) -> Bool = { _ in true }
    ) throws(SimulationError) -> Bool {
      guard isListed else {
        let end = min(count, neurons + Self.neuronsAtOnce)
        candidates += SpikeMargin.missing(in: trajectory, neurons..<end, part)
        neurons = end
        if isListed {
          candidates += SpikeMargin.spikes(in: trajectory, part)
          candidates.sort { ($0.relative, $0.time) < ($1.relative, $1.time) }
          candidates.removeLast(max(0, candidates.count - most))
        }
        return true
      }
      guard margins.count < candidates.count else { return false }
      let candidate = candidates[margins.count]
      margins.append(
        SpikeMargin(
          candidate, try SpikeMargin.gradient(of: candidate, in: trajectory, goesOn), trajectory))
      return true
    }
  }

  private init(_ candidate: Candidate, _ gradient: Gradient, _ trajectory: Trajectory) {
    kind = candidate.kind
    neuron = candidate.neuron
    time = candidate.time
    margin = candidate.margin
    relative = candidate.relative
    let isMissing = candidate.kind == .missing
    var squares = 0.0
    var steepest: (projection: Int, entry: Int, slope: Double)?
    for (number, projection) in trajectory.circuit.projections.enumerated() {
      let layer = gradient.layers[projection.target]
      let weights = (projection.isRecurrent ? layer.recurrent : layer.weights)?.weights ?? []
      // A weight of zero is a synapse that is not there: a change that makes one is no small change.
      for (entry, slope) in weights.enumerated() where projection.synapses.weights[entry] != 0 {
        squares += slope * slope
        if abs(slope) > abs(steepest?.slope ?? 0) { steepest = (number, entry, slope) }
      }
    }
    let rise = isMissing ? candidate.margin : -candidate.margin
    nearest = steepest.map {
      Change(projection: $0.projection, entry: $0.entry, amount: rise / $0.slope)
    }
    distance = squares > 0 ? candidate.margin / .sqrt(squares) : .infinity
  }

  /// The peaks below the threshold.
  private static func missing(
    in trajectory: Trajectory, _ neurons: Range<Int>, _ part: Double
  ) -> [Candidate] {
    let circuit = trajectory.circuit
    var found: [Candidate] = []
    for neuron in neurons where circuit.isFree[neuron] {
      let parameters = circuit.flows[neuron].parameters
      let height = parameters.vThreshold - parameters.vLeak
      guard height > 0 else { continue }
      trajectory.forEachPeak(of: neuron, above: parameters.vThreshold - part * height) {
        peak, place in
        let margin = parameters.vThreshold - peak.potential
        guard margin >= 0 else { return }
        found.append(
          Candidate(
            kind: .missing, neuron: neuron, time: peak.time, margin: margin,
            relative: margin / height, place: place))
      }
    }
    return found
  }

  /// The spikes whose peak without the reset is near the threshold.
  private static func spikes(in trajectory: Trajectory, _ part: Double) -> [Candidate] {
    let circuit = trajectory.circuit
    var found: [Candidate] = []
    for (event, happened) in trajectory.events.enumerated() {
      guard case .spike(let neuron, let ordinal, let current) = happened.kind,
        circuit.isFree[neuron]
      else { continue }
      let flow = circuit.flows[neuron]
      let height = flow.parameters.vThreshold - flow.parameters.vLeak
      let state = LIFState(potential: flow.parameters.vThreshold, current: current)
      guard height > 0, let length = flow.turningPoint(from: state) else { continue }
      // Where V without a reset would turn, V − v_leak = I.
      let margin = flow.advanced(state, by: length).current - height
      guard margin >= 0, margin < part * height else { continue }
      found.append(
        Candidate(
          kind: .spike(ordinal: ordinal, event: event), neuron: neuron,
          time: happened.time + length, margin: margin, relative: margin / height,
          place: .horizon))
    }
    return found
  }

  /// The gradient of a peak of V.
  private static func gradient(
    of candidate: Candidate, in trajectory: Trajectory, _ goesOn: (Double) -> Bool
  ) throws(SimulationError) -> Gradient {
    let circuit = trajectory.circuit
    let parameters = circuit.flows[candidate.neuron].parameters
    var first: Int?
    var final: [AdjointState]?
    var impulses: [Int: LossEvaluation.Impulse] = [:]
    switch candidate.kind {
    case .missing:
      impulses[candidate.neuron] = LossEvaluation.Impulse(
        time: candidate.time, potential: 0, gradient: 1, place: candidate.place)
    case .spike(_, let event):
      // The run up to the spike, without it: the peak beyond is a function of V and I there.
      let time = trajectory.events[event].time
      first = event
      var states = [AdjointState](repeating: AdjointState(), count: circuit.neuronCount)
      states[candidate.neuron] = AdjointFlow(circuit.flows[candidate.neuron].kernel)
        .advanced(
          AdjointState(lambdaV: -1 / parameters.tauMem), by: candidate.time - time)
      final = states
    }
    let evaluation = LossEvaluation(
      value: 0, spikeTimeGradients: Array(repeating: 0, count: trajectory.events.count),
      drives: Array(repeating: 0, count: circuit.neuronCount), impulses: impulses)
    var pass = BackwardPass(
      trajectory, evaluation, from: final, before: first, keepsRecord: false)
    while try pass.next(goesOn: goesOn) != nil {}
    return pass.gradient
  }
}
