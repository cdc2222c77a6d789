package import EventProp

/// The derivatives of a loss, carried forwards through the events of a run.
///
/// Dual numbers go through the same steps as the run itself, *event times included*. The value of
/// each crossing comes from the run. Its tangent is −dg/(dV/dt) with g = V − v_th at fixed time.
/// The length of every stretch is a dual. No jump formula and no adjoint takes part, so an
/// agreement with the adjoint is evidence. Events keep the order of the run. Every synapse has its
/// own arrival time, even where several arrive in one event.
///
/// - Complexity: ⌈P / 8⌉ replays of the run for P parameters.
package struct ForwardMode: Sendable {
  /// The run whose events are replayed.
  package let trajectory: Trajectory
  /// The loss.
  package let loss: Loss

  /// The number of derivatives per replay.
  package static let chunk = Dual.width

  /// The number of spikes, inputs and deliveries after which a replay asks whether to go on.
  private static let pause = 0xFFFF

  private let impulses: [Int: LossEvaluation.Impulse]

  /// Prepares the replay of a run.
  ///
  /// Throws `SimulationError.missingSpike` when the loss names a spike that did not happen.
  package init(of trajectory: Trajectory) throws(SimulationError) {
    self.trajectory = trajectory
    guard let loss = trajectory.experiment.loss else { throw .noLoss }
    self.loss = loss
    // The place of a maximum of V is known from the run, as the crossings are; the replay finds its
    // tangent.
    impulses = try trajectory.evaluateLoss().impulses
  }

  /// The derivatives with respect to parameters, in their order.
  ///
  /// `pace` hears now and then which time a replay has reached, and may stop the work.
  package func derivatives(
    _ parameters: [Parameter], pace: Pace = .free
  ) throws(SimulationError) -> [Double] {
    var derivatives: [Double] = []
    derivatives.reserveCapacity(parameters.count)
    for start in stride(from: 0, to: parameters.count, by: Self.chunk) {
      let end = min(start + Self.chunk, parameters.count)
      let tangents = try replay(Seeds(parameters[start..<end]), pace).tangents
      derivatives += (0..<end - start).map { tangents[$0] }
    }
    return derivatives
  }

  /// The derivatives along ``Dual/width`` directions, in which each parameter has its speeds.
  func derivatives(
    along speeds: [Dual.Tangents], of parameters: some Sequence<Parameter>, pace: Pace
  ) throws(SimulationError) -> Dual.Tangents {
    try replay(Seeds(parameters, speeds), pace).tangents
  }

  /// L, computed by the replay.
  package var value: Double { (try? replay(Seeds(ArraySlice<Parameter>()), .free).value) ?? .nan }

  private func replay(_ seeds: Seeds, _ pace: Pace) throws(SimulationError) -> Dual {
    let circuit = trajectory.circuit
    let experiment = trajectory.experiment
    let drives: [Double] =
      loss.rule.values.coefficients
    let readOut = circuit.offsets[loss.layer]..<circuit.offsets[loss.layer + 1]
    var neurons = (0..<circuit.neuronCount).map { neuron in
      let layer = circuit.layerOf[neuron]
      return seeds.neuron(
        experiment.network.layers[layer], layer: layer, index: neuron - circuit.offsets[layer],
        integrates: !drives.isEmpty && readOut.contains(neuron))
    }
    let synapses = circuit.projections.map { seeds.synapses($0) }
    var times = [Dual](repeating: Dual(0), count: trajectory.events.count)
    /// The dual time that the arrivals of an event would have with a delay of 0.
    var origins = times
    var maxima: [Int: Dual] = [:]
    for (neuron, impulse) in impulses where impulse.place == .start {
      maxima[neuron] = neurons[neuron].potential
    }

    var steps = Self.pause
    for (event, happened) in trajectory.events.enumerated() {
      steps += 1
      if steps > Self.pause {
        try pace.reach(happened.time)
        steps = 0
      }
      switch happened.kind {
      case .input(_, let position):
        times[event] = seeds.dual(happened.time, .inputTime(position))
        origins[event] = times[event]
      case .arrival(let emitter, _):
        origins[event] = times[emitter]
      case .spike(let neuron, _, _):
        times[event] = neurons[neuron].crossing(at: happened.time)
        origins[event] = times[event]
        readMaximum(of: neuron, before: times[event], event: event, neurons, &maxima)
        neurons[neuron].advance(to: times[event])
        neurons[neuron].reset()
      }
      for delivery in trajectory.deliveries(of: event) {
        let through = synapses[delivery.projection]
        circuit.forEachSynapse(of: delivery) { entry, neuron in
          // The sum of a dual time and a dual delay takes the value of the event's time, whatever
          // the rounding.
          var time = origins[event] + through.delay(entry)
          time.value = happened.time
          readMaximum(of: neuron, before: time, event: event, neurons, &maxima)
          neurons[neuron].advance(to: time)
          neurons[neuron].receive(through.weight(entry))
          steps += 1
        }
      }
    }
    let horizon = Dual(experiment.horizon)
    for neuron in readOut {
      readMaximum(of: neuron, before: horizon, event: nil, neurons, &maxima)
      neurons[neuron].advance(to: horizon)
    }
    return value(times: times, integrals: readOut.map { neurons[$0].integral }, maxima: maxima)
  }

  /// Notes the maximum of V of a neuron if it lies in the stretch that ends now or at its end.
  ///
  /// At a peak dV/dt is 0, so a move of the peak does not change V: V is read at a fixed time.
  private func readMaximum(
    of neuron: Int, before end: Dual, event: Int?, _ neurons: [DualNeuron],
    _ maxima: inout [Int: Dual]
  ) {
    guard !impulses.isEmpty, let impulse = impulses[neuron], maxima[neuron] == nil else { return }
    switch (impulse.place, event) {
    case (.interior, _) where impulse.time <= end.value:
      maxima[neuron] = neurons[neuron].potential(at: Dual(impulse.time))
    case (.kink(let place), let event?) where place == event:
      maxima[neuron] = neurons[neuron].potential(at: end)
    case (.horizon, nil): maxima[neuron] = neurons[neuron].potential(at: end)
    default: break
    }
  }
}
