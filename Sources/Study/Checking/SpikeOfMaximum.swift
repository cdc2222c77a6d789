import EventProp

extension LossEvaluation {
  /// The own spike at which a neuron reaches the maximum that the loss reads, with the part of ∂L
  /// by the time of this spike, in loss per second.
  ///
  /// The result is nil where the maximum lies elsewhere. At such a spike V is v_th by definition,
  /// so L does not depend on what lifts V. Two parts are opposite: ∂L/∂V_max dV at fixed time, and
  /// ∂L/∂V_max (dV/dt) dt of the moving spike. Only their rounding remains.
  func spikeOfMaximum(
    of neuron: Int, in trajectory: Trajectory
  ) -> (event: Int, timeGradient: Double)? {
    guard let impulse = impulses[neuron], case .kink(let event) = impulse.place,
      trajectory.events[event].spikingNeuron == neuron,
      let slope = trajectory.slopeAtThreshold(of: event)
    else { return nil }
    let tauMem = trajectory.circuit.flows[neuron].parameters.tauMem
    return (event, impulse.gradient * slope / tauMem)
  }
}

extension AdjointTrajectory {
  /// The gradient of one of the two parts that cancel where the loss reads maxima at the threshold;
  /// nil where it reads none.
  ///
  /// The parts of different neurons have one sign, so that their sizes add up.
  func cancelledGradient() throws(SimulationError) -> Gradient? {
    var gradients = [Double](repeating: 0, count: trajectory.events.count)
    for neuron in evaluation.impulses.keys {
      guard let spike = evaluation.spikeOfMaximum(of: neuron, in: trajectory) else { continue }
      gradients[spike.event] += abs(spike.timeGradient)
    }
    guard gradients.contains(where: { $0 != 0 }) else { return nil }
    let part = LossEvaluation(
      value: 0, spikeTimeGradients: gradients,
      drives: Array(repeating: 0, count: trajectory.circuit.neuronCount), impulses: [:])
    var pass = BackwardPass(trajectory, part)
    while try pass.next() != nil {}
    return pass.gradient
  }
}
