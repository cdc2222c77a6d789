import EventProp

extension LossEvaluation {
  /// The own spike at which a neuron reaches the maximum that the loss reads, and the part of ∂L that its time has there,
  /// in loss per second; nil where the maximum lies elsewhere.
  ///
  /// At such a maximum V is v_th by definition, so that L does not depend on what lifts V: the part ∂L/∂V_max dV at fixed
  /// time and the part ∂L/∂V_max (dV/dt) dt of the spike that moves are opposite. What is left of the two is their rounding.
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
