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
