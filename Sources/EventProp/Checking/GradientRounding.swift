import RealModule

/// How far rounding alone may move the loss of a run and the gradient by its weights.
///
/// A running error analysis, to first order. Each formula rounds by u = 8 ε of the magnitudes of its terms, and each spike may be off by δt =
/// ``Trajectory/rounding(ofSpike:)``. The loss moves by ∂L/∂t δt of each spike, all later effects included. The way back is
/// linear in λ, so that errors go back as λ itself does:
///
/// - λ gathers u of its own magnitude on each stretch;
/// - at a spike λ_V⁻ = λ_V⁺ + N/d takes the errors of N, of d = I + v_leak − v_th, which is u (|I| + |v_leak| + |v_th|) + I δt /
///   tau_syn, and of the instant: where V grazes the threshold little is left of d, and λ knows it;
/// - each term −tau_syn λ_I of the gradient by a weight has the error of λ_I, each sum ε of itself.
///
/// Magnitudes that are added up along every way through a recurrent network would exceed the gradient itself, since they forget that
/// errors cancel as what they are errors of. So each rounding is given a sign at random instead, eight times over, and a bound is three
/// times the root mean square of what arrives: as rounding errors are without a preference (Higham & Mary 2019,
/// https://doi.org/10.1137/18M1226312) and each is less than what stands for it here, hardly any goes beyond. The signs are the same
/// each time.
///
/// What earlier spikes hand on to later ones is left out, as in the bound of the spikes. Differences within the sum of the
/// bounds of two runs are never known to be any; differences beyond it may still be rounding.
///
/// - Complexity: O(deliveries · log k) in the spikes k of a neuron.
public struct GradientRounding: Sendable {
  /// The bound of the loss.
  public let loss: Double
  /// The bounds of the derivatives by the weights, by the projections of the circuit and the entries of their matrices.
  public let weights: [[Double]]

  /// Walks a run back once more.
  ///
  /// `goesOn` is asked now and then, with the time reached; where it answers false, `SimulationError.stopped` is thrown.
  public init(
    of adjoint: AdjointTrajectory, goesOn: (Double) -> Bool = { _ in true }
  ) throws(SimulationError) {
    let reading = LossRounding(of: adjoint.evaluation, on: adjoint.trajectory)
    loss =
      reading.value
      + zip(adjoint.trajectory.events.indices, adjoint.timeGradients).reduce(0) {
        $0 + abs($1.1) * adjoint.trajectory.rounding(ofSpike: $1.0)
      }
    var walk = RoundingWalk(adjoint, reading)
    for (event, happened) in adjoint.trajectory.events.enumerated().reversed() {
      if event & 255 == 0, !goesOn(happened.time) { throw .stopped(time: happened.time) }
      walk.goBack(over: event)
    }
    weights = walk.errors.map { $0.map { 3 * .sqrt(($0 * $0).sum() / Double($0.scalarCount)) } }
  }

  /// The few roundings of a formula, relative to the magnitudes of its terms.
  static let unit = 8 * Double.ulpOfOne
}

/// How far rounding alone may move what a loss reads, and the derivatives with which the way back starts.
private struct LossRounding {
  /// The bound of L for exact spike times.
  private(set) var value: Double
  /// The bounds of the explicit ∂L/∂t, by event.
  private(set) var spikeTimeGradients: [Int: Double] = [:]
  /// The bound of every ∂L/∂V_max.
  private(set) var impulse = 0.0

  init(of evaluation: LossEvaluation, on trajectory: Trajectory) {
    let unit = GradientRounding.unit
    value = unit * abs(evaluation.value)
    guard let loss = trajectory.experiment.loss else { return }
    let offset = trajectory.circuit.offsets[loss.layer]
    /// The spikes that are read, each with the largest second derivative of L by its time.
    func read(_ neurons: [Int], _ count: (Int) -> Int, _ curvature: Double) -> [Int: Double] {
      var found: [Int: Double] = [:]
      for (position, neuron) in neurons.enumerated() {
        for event in trajectory.eventsOfSpikes(of: offset + neuron).prefix(count(position)) {
          found[Int(event)] = curvature
        }
      }
      return found
    }
    switch loss.rule {
    case .linearSpikeTimes: break
    case .allSpikesMSE(let neurons, let targets, let tau):
      spikeTimeGradients = read(neurons, { targets[$0].count }, 2 / (tau * tau))
    case .firstSpikeMSE(let neurons, _, let tau, _):
      spikeTimeGradients = read(neurons, { _ in 1 }, 2 / (tau * tau))
    case .targetTime(let neurons, _, let tau):
      spikeTimeGradients = read(neurons, { _ in 1 }, 1 / (tau * tau))
    case .ttfsCrossEntropy(let neurons, _, let tau, _):
      // Every share depends on every time, and what is small is a difference of shares.
      let spikes = read(neurons, { _ in 1 }, 2 / (tau * tau))
      let latest = spikes.keys.map { trajectory.rounding(ofSpike: $0) }.max() ?? 0
      for (event, curvature) in spikes {
        spikeTimeGradients[event] =
          curvature * latest + unit * (1 / tau + abs(evaluation.spikeTimeGradients[event]))
      }
      value += unit
      return
    case .voltageIntegral(let coefficients):
      for (index, coefficient) in coefficients.enumerated() where coefficient != 0 {
        let flow = trajectory.circuit.flows[offset + index]
        for stretch in trajectory.stretches(of: offset + index) {
          let length = stretch.end - stretch.start
          let end = flow.advanced(stretch.state, by: length)
          let size =
            abs(flow.parameters.vLeak) * length
            + flow.parameters.tauMem * (abs(end.potential) + abs(stretch.state.potential))
            + flow.parameters.tauSyn * (abs(end.current) + abs(stretch.state.current))
          value += unit * abs(coefficient) * size
        }
      }
    case .maxOverTimeCrossEntropy:
      let sizes = evaluation.impulses.map { neuron, impulse in
        abs(impulse.potential) + abs(trajectory.circuit.flows[neuron].parameters.vLeak)
          + abs(trajectory.state(of: neuron, at: impulse.time).current)
      }
      impulse = unit * (1 + 2 * (sizes.max() ?? 0))
      value += impulse
    }
    for (event, curvature) in spikeTimeGradients {
      spikeTimeGradients[event] =
        curvature * trajectory.rounding(ofSpike: event)
        + unit * abs(evaluation.spikeTimeGradients[event])
    }
  }
}

/// Eight numbers, one for each choice of signs.
private typealias Draws = SIMD8<Double>

/// Signs at random, always the same ones.
private struct Signs {
  private var state: UInt64 = 0

  /// The next eight; the mixing is that of SplitMix64 (Steele, Lea & Flood 2014).
  mutating func next() -> Draws {
    state &+= 0x9e37_79b9_7f4a_7c15
    var bits = state
    bits = (bits ^ (bits >> 30)) &* 0xbf58_476d_1ce4_e5b9
    bits = (bits ^ (bits >> 27)) &* 0x94d0_49bb_1331_11eb
    bits ^= bits >> 31
    var signs = Draws(repeating: 1)
    for place in signs.indices where bits & (1 << UInt64(place)) != 0 { signs[place] = -1 }
    return signs
  }
}

/// The walk that carries the errors of λ back.
private struct RoundingWalk {
  private let adjoint: AdjointTrajectory
  private let trajectory: Trajectory
  private let reading: LossRounding
  /// The derivatives by the weights, as far as they are added up, and their errors.
  private var sums: [[Double]]
  private(set) var errors: [[Draws]]
  /// λ of each neuron where the walk was at it last, when that was, and the errors of λ_V and λ_I.
  private var lambda: [AdjointState]
  private var times: [Double]
  private var errorV: [Draws]
  private var errorI: [Draws]
  /// The error of ∂L/∂t collected at the delayed arrivals of each event.
  private var delayed: [Int: Draws] = [:]
  /// The error of the time of each spike that has been asked for.
  private var shifts: [Int: Draws] = [:]
  /// The neurons whose maximum has pulled at λ.
  private var pulled: Set<Int> = []
  private var signs = Signs()

  init(_ adjoint: AdjointTrajectory, _ reading: LossRounding) {
    self.adjoint = adjoint
    self.reading = reading
    trajectory = adjoint.trajectory
    let circuit = trajectory.circuit
    sums = circuit.projections.map { [Double](filledWith: 0, count: $0.synapses.weights.count) }
    errors = sums.map { Array(repeating: Draws(), count: $0.count) }
    lambda = Array(repeating: AdjointState(), count: circuit.neuronCount)
    times = Array(repeating: trajectory.experiment.horizon, count: circuit.neuronCount)
    errorV = Array(repeating: Draws(), count: circuit.neuronCount)
    errorI = errorV
  }

  private static let unit = GradientRounding.unit

  private func drive(_ neuron: Int) -> Double { adjoint.evaluation.drives[neuron] }

  private func kernel(_ neuron: Int) -> SynapticKernel {
    trajectory.circuit.flows[neuron].kernel
  }

  /// dλ/dt, forwards in time.
  private func slope(_ neuron: Int, _ lambda: AdjointState) -> AdjointState {
    let kernel = kernel(neuron)
    return AdjointState(
      lambdaV: kernel.a * (lambda.lambdaV + drive(neuron)),
      lambdaI: kernel.b * (lambda.lambdaI - lambda.lambdaV))
  }

  /// How far the time of an event is off; that of an arrival as that of the spike that sent it.
  private mutating func shift(_ event: Int) -> Draws {
    switch trajectory.events[event].kind {
    case .input: return Draws()
    case .arrival(let emitter, _): return shift(emitter)
    case .spike:
      if let known = shifts[event] { return known }
      let shift = trajectory.rounding(ofSpike: event) * signs.next()
      shifts[event] = shift
      return shift
    }
  }

  /// Goes back over an event.
  mutating func goBack(over event: Int) {
    let shift = shift(event)
    var received = Draws()
    for delivery in trajectory.deliveries(of: event) {
      received += collect(delivery, at: event, shift)
    }
    switch trajectory.events[event].kind {
    case .input: break
    case .arrival(let emitter, _): delayed[emitter, default: Draws()] += received
    case .spike(let neuron, _, let current):
      jump(neuron, at: event, current, received + (delayed[event] ?? Draws()), shift)
    }
  }

  /// Adds the errors of the terms that a delivery gives to the gradient; returns that of its Σ w (λ_V − λ_I).
  private mutating func collect(
    _ delivery: Delivery, at event: Int, _ shift: Draws
  ) -> Draws {
    let circuit = trajectory.circuit
    let number = delivery.projection
    let weights = circuit.projections[number].synapses.weights
    var received = Draws()
    var sum = 0.0
    for (entry, neuron) in circuit.synapses(of: delivery) {
      carry(neuron, to: event)
      let lambda = lambda[neuron]
      let slope = slope(neuron, lambda)
      let weight = weights[entry]
      sum += weight * (lambda.lambdaV - lambda.lambdaI)
      received +=
        weight * (errorV[neuron] - errorI[neuron] + (slope.lambdaV - slope.lambdaI) * shift)
      let rounding =
        Self.unit * abs(weight) * (abs(lambda.lambdaV) + abs(lambda.lambdaI))
        + .ulpOfOne * abs(sum)
      received += rounding * signs.next()
      let scale = adjoint.rule.isScaled ? circuit.flows[neuron].parameters.tauSyn : 1
      sums[number][entry] -= scale * lambda.lambdaI
      errors[number][entry] -= scale * (errorI[neuron] + slope.lambdaI * shift)
      errors[number][entry] +=
        (Self.unit * scale * abs(lambda.lambdaI) + .ulpOfOne * abs(sums[number][entry]))
        * signs.next()
    }
    return received
  }

  /// Carries λ of a neuron and its error back to just after an event.
  private mutating func carry(_ neuron: Int, to event: Int) {
    let time = trajectory.events[event].time
    let kernel = kernel(neuron)
    let decay = kernel.decay(over: times[neuron] - time)
    let drive = abs(drive(neuron))
    let sizeV = (abs(lambda[neuron].lambdaV) + drive) * decay.mem
    let sizeI =
      (abs(lambda[neuron].lambdaI) + drive) * decay.syn
      + kernel.b * (abs(lambda[neuron].lambdaV) + drive) * decay.phi
    errorI[neuron] =
      errorI[neuron] * decay.syn + errorV[neuron] * (kernel.b * decay.phi)
      + Self.unit * (sizeI + drive) * signs.next()
    errorV[neuron] =
      errorV[neuron] * decay.mem + Self.unit * (sizeV + drive) * signs.next()
    if let impulse = adjoint.evaluation.impulses[neuron], impulse.time >= time,
      pulled.insert(neuron).inserted
    {
      // Where V turns, dV/dt = 0 is known as well as I lets it be.
      let parameters = trajectory.circuit.flows[neuron].parameters
      let current = trajectory.state(of: neuron, at: impulse.time).current
      let size = abs(impulse.potential) + abs(parameters.vLeak) + abs(current)
      let turn = current == 0 ? 1 : 1 + size / abs(current)
      let pull =
        (reading.impulse + Self.unit * turn * abs(impulse.gradient)) / parameters.tauMem
      errorV[neuron] += pull * signs.next()
      errorI[neuron] += pull * signs.next()
    }
    lambda[neuron] = adjoint.state(of: neuron, at: event, side: .after)
    times[neuron] = time
  }

  /// Carries the error of λ over a spike of its neuron.
  private mutating func jump(
    _ neuron: Int, at event: Int, _ current: Double, _ received: Draws, _ shift: Draws
  ) {
    carry(neuron, to: event)
    guard let transition = adjoint.transitions[event] else { return }
    let parameters = trajectory.circuit.flows[neuron].parameters
    let kernel = kernel(neuron)
    let after = errorV[neuron] + slope(neuron, lambda[neuron]).lambdaV * shift
    let terms =
      abs(transition.resetTerm) + abs(transition.transmitted) + abs(transition.delayed)
      + abs(transition.lossTerm) + abs(transition.runningLossTerm)
    let bracket =
      transition.resetHeight * after + received
      + ((reading.spikeTimeGradients[event] ?? 0) + Self.unit * terms) * signs.next()
    let size = abs(current) + abs(parameters.vLeak) + abs(parameters.vThreshold)
    let denominator = Self.unit * size * signs.next() - kernel.b * current * shift
    let jump = transition.bracket / transition.denominator
    lambda[neuron] = adjoint.state(of: neuron, at: event, side: .before)
    errorV[neuron] =
      after + (bracket - jump * denominator) / transition.denominator
      - slope(neuron, lambda[neuron]).lambdaV * shift
      + Self.unit * (abs(transition.lambdaVAfter) + abs(jump)) * signs.next()
    // λ_I does not jump, but bends.
    errorI[neuron] += kernel.b * (transition.lambdaVBefore - transition.lambdaVAfter) * shift
  }
}
