package import EventProp

/// The comparison of another program's λ with ours, from the last event backwards.
///
/// λ is right up to the first event, on the way back, at which it differs. The mistake is there or
/// in the stretch after it.
///
/// - Complexity: one backward pass for each wrong rule where λ differs.
package struct AdjointComparison: Sendable {
  /// The unit of the other program's λ.
  package enum Convention: Equatable, Sendable {
    /// Ours.
    case ours
    /// The opposite sign.
    case negative
    /// ∂L/∂V = −tau_mem λ_V and ∂L/∂I = −tau_syn λ_I.
    case derivative
    /// tau_mem λ_V and tau_syn λ_I.
    case negativeDerivative

    static let all: [Convention] = [.ours, .negative, .derivative, .negativeDerivative]

    /// The factor from our λ to the other one.
    func factor(_ parameters: LIFParameters, isPotential: Bool) -> Double {
      let tau = isPotential ? parameters.tauMem : parameters.tauSyn
      return switch self {
      case .ours: 1
      case .negative: -1
      case .derivative: -tau
      case .negativeDerivative: tau
      }
    }
  }

  /// One value of λ that differs.
  package struct Difference: Equatable, Sendable {
    /// The event just before which the values are meant.
    package let event: Int
    /// The neuron, counted across layers.
    package let neuron: Int
    /// Whether it is λ_V; otherwise it is λ_I.
    package let isPotential: Bool
    /// Our value.
    package let ours: Double
    /// The other value, in our unit.
    package let theirs: Double
  }

  /// A summand of the jump of λ_V at a spike.
  package enum Summand: Equatable, Sendable {
    /// (v_th − v_reset) λ_V⁺.
    case reset
    /// What all synapses without delay pass back.
    case synapses
    /// What one synapse passes back.
    case synapse(SynapseIndex)
    /// What the delayed arrivals pass back.
    case arrivals
    /// ∂l/∂t of the loss.
    case loss
  }

  /// What gives the other value at the first difference.
  package enum Cause: Equatable, Sendable {
    /// A wrong rule.
    case rule(AdjointRule)
    /// A summand is missing.
    case missing(Summand)
    /// A summand has the wrong sign.
    case negated(Summand)
  }

  /// The number of values compared.
  package let count: Int
  /// The largest difference of values that agree, relative to the largest value of their kind.
  package let residual: Double
  /// The unit of the other λ.
  package let convention: Convention
  /// The first value, on the way back, that differs; nil where all agree.
  package let first: Difference?
  /// What gives the other value there; empty where nothing known does.
  package let causes: [Cause]
  /// The readings at spikes that this run does not have.
  package let missingSpikes: Int

  /// Compares readings with the adjoint of a run.
  ///
  /// `suspects` are rules that explain the gradient of the other program. Throws `SimulationError.stopped` where `pace` stops it.
  package init(
    of readings: [ForeignRecord.Reading], with adjoint: AdjointTrajectory,
    suspecting suspects: [AdjointRule] = [], tolerance: Double? = nil, pace: Pace = .free
  ) throws(SimulationError) {
    let trajectory = adjoint.trajectory
    let isSingle = readings.allSatisfy { ForeignGradient.isSingle($0.value) }
    let limit = tolerance ?? (isSingle ? 1e-4 : 1e-9)
    var placed: [(event: Int, reading: ForeignRecord.Reading, ours: Double)] = []
    for reading in readings {
      let event: Int? =
        switch reading.place {
        case .event(let number): trajectory.events.indices.contains(number) ? number : nil
        case .spike(let ordinal): trajectory.event(ofSpike: ordinal, of: reading.neuron)
        }
      guard let event else { continue }
      placed.append((event, reading, Self.value(reading, event, adjoint)))
    }
    missingSpikes = readings.count - placed.count
    count = placed.count
    // The latest event first; there λ_V before λ_I.
    placed.sort {
      ($1.event, $0.reading.isPotential ? 0 : 1, $0.reading.neuron)
        < ($0.event, $1.reading.isPotential ? 0 : 1, $1.reading.neuron)
    }
    func largest(_ isPotential: Bool) -> Double {
      placed.filter { $0.reading.isPotential == isPotential }.map { abs($0.ours) }.max() ?? 0
    }
    let scales = (potential: largest(true), current: largest(false))
    func distance(_ place: Int, _ convention: Convention) -> Double {
      let (_, reading, ours) = placed[place]
      let factor = convention.factor(
        trajectory.circuit.parameters(of: reading.neuron), isPotential: reading.isPotential)
      let scale = reading.isPotential ? scales.potential : scales.current
      let gap = abs(reading.value / factor - ours)
      return gap == 0 ? 0 : gap / scale
    }
    // The unit in which λ agrees longest.
    let agreeing = Convention.all.map { convention in
      placed.indices.first { !(distance($0, convention) <= limit) } ?? placed.count
    }
    let best = agreeing.max() ?? 0
    let unit = zip(Convention.all, agreeing).first { $0.1 == best }?.0 ?? .ours
    convention = unit
    residual = placed.indices.prefix(best).map { distance($0, unit) }.max() ?? 0
    guard best < placed.count else {
      (first, causes) = (nil, [])
      return
    }
    let (event, reading, ours) = placed[best]
    let factor = unit.factor(
      trajectory.circuit.parameters(of: reading.neuron), isPotential: reading.isPotential)
    let theirs = reading.value / factor
    first = Difference(
      event: event, neuron: reading.neuron, isPotential: reading.isPotential, ours: ours,
      theirs: theirs)
    let scale = max(abs(ours), abs(theirs)) * max(limit, 1e-9)
    causes = try Self.causes(
      reading, event, theirs, within: scale, adjoint, suspects, pace)
  }

  private static func value(
    _ reading: ForeignRecord.Reading, _ event: Int, _ adjoint: AdjointTrajectory
  ) -> Double {
    let state = adjoint.state(of: reading.neuron, atEvent: event, side: .before)
    return reading.isPotential ? state.lambdaV : state.lambdaI
  }

  private static func causes(
    _ reading: ForeignRecord.Reading, _ event: Int, _ theirs: Double, within limit: Double,
    _ adjoint: AdjointTrajectory, _ suspects: [AdjointRule], _ pace: Pace
  ) throws(SimulationError) -> [Cause] {
    var causes: [Cause] = []
    let trajectory = adjoint.trajectory
    if reading.isPotential, trajectory.events[event].spikingNeuron == reading.neuron,
      let jump = adjoint.transitions[event]
    {
      for (summand, value) in summands(event, jump, adjoint) where value != 0 {
        let part = value / jump.denominator
        guard abs(part) > 4 * limit else { continue }
        if abs(jump.lambdaVBefore - part - theirs) <= limit { causes.append(.missing(summand)) }
        if abs(jump.lambdaVBefore - 2 * part - theirs) <= limit {
          causes.append(.negated(summand))
        }
      }
    }
    let others = AdjointRule.wrong.filter { !suspects.contains($0) }
    for rule in suspects.filter({ $0 != .exact }) + others {
      guard let wrong = try wrongAdjoint(trajectory, rule, pace) else { continue }
      let value = value(reading, event, wrong)
      if abs(value - theirs) <= limit { causes.append(.rule(rule)) }
    }
    return causes
  }

  private static func wrongAdjoint(
    _ trajectory: Trajectory, _ rule: AdjointRule, _ pace: Pace
  ) throws(SimulationError) -> AdjointTrajectory? {
    do throws(SimulationError) {
      return try AdjointTrajectory(of: trajectory, rule: rule, pace: pace)
    } catch {
      if case .stopped = error { throw error }
      return nil
    }
  }

  private static func summands(
    _ event: Int, _ jump: AdjointTransition, _ adjoint: AdjointTrajectory
  ) -> [(Summand, Double)] {
    let trajectory = adjoint.trajectory
    let circuit = trajectory.circuit
    var found: [(Summand, Double)] = [
      (.reset, jump.resetTerm), (.synapses, jump.transmitted), (.arrivals, jump.delayed),
      (.loss, jump.lossTerm),
    ]
    for delivery in trajectory.deliveries(of: event) {
      let weights = circuit.projections[delivery.projection].synapses.weights
      circuit.forEachSynapse(of: delivery) { entry, neuron in
        let state = adjoint.state(of: neuron, atEvent: event, side: .after)
        found.append(
          (
            .synapse(circuit.synapse(delivery.projection, entry)),
            weights[entry] * (state.lambdaV - state.lambdaI)
          ))
      }
    }
    return found
  }
}
