package import EventProp

/// The gradient of one weight as a sum over the arrivals through its synapse, each with −tau_syn
/// λ_I of the target.
///
/// Source: Wunderlich & Pehle (2021), https://doi.org/10.1038/s41598-021-91786-z.
package struct WeightContributions: Equatable, Sendable {
  /// The neuron reached, counted across layers.
  package let neuron: Int
  /// The terms in the order in which the backward pass meets them: the latest arrival first.
  package let terms: [Term]

  /// The term of one arrival.
  package struct Term: Equatable, Sendable {
    /// The event that delivers.
    package let event: Int
    /// λ_I of the neuron reached, just after the event; λ_V under the rule `potential-gradient`.
    package let lambda: Double
    /// −tau_syn λ_I, in loss per weight.
    package let value: Double
    /// The sum of this term and those before it: the gradient as far as the pass has come.
    package let sum: Double
  }

  /// Collects the arrivals through a synapse.
  ///
  /// - Complexity: O(events + k log k) for k arrivals.
  package init(of adjoint: AdjointTrajectory, through synapse: SynapseIndex) {
    let trajectory = adjoint.trajectory
    let circuit = trajectory.circuit
    let number = circuit.projection(of: synapse)
    let projection = circuit.projections[number]
    let (row, column) = trajectory.experiment.network.ends(of: synapse)
    let neuron = projection.targetOffset + column
    let scale =
      adjoint.rule.isScaled ? circuit.flows[neuron].parameters.tauSyn : 1
    var terms: [Term] = []
    var sum = 0.0
    let isSkipped = adjoint.rule.skips(row: row, ofInputs: projection.source == .inputs)
    for event in trajectory.events.indices.reversed() where adjoint.isWalked(event) && !isSkipped {
      guard Self.isSource(trajectory.events[event].kind, row, number, projection, circuit),
        trajectory.deliveries(of: event).contains(where: { delivery in
          delivery.projection == number
            && circuit.synapses(of: delivery).contains { $0.entry == synapse.entry }
        })
      else { continue }
      let lambda = adjoint.rule.collected(
        adjoint.state(of: neuron, atEvent: event, side: .after))
      let value = -scale * lambda
      sum += value
      terms.append(Term(event: event, lambda: lambda, value: value, sum: sum))
    }
    self.neuron = neuron
    self.terms = terms
  }

  /// The whole gradient of the weight.
  package var total: Double { terms.last?.sum ?? 0 }

  /// The gradient from the part of the backward pass between the horizon and an event, which is
  /// included.
  ///
  /// - Complexity: O(log k) for k arrivals.
  package func sum(from event: Int) -> Double {
    let count = terms.firstPlace { $0.event < event }
    return count > 0 ? terms[count - 1].sum : 0
  }

  /// Whether an event may deliver through a row of a matrix.
  private static func isSource(
    _ kind: Event.Kind, _ row: Int, _ number: Int, _ projection: Circuit.Projection,
    _ circuit: Circuit
  ) -> Bool {
    switch (kind, projection.source) {
    case (.input(let channel, _), .inputs): channel == row
    case (.spike(let neuron, _, _), .layer(let layer)):
      circuit.layerOf[neuron] == layer && neuron - circuit.offsets[layer] == row
    case (.arrival(_, let delivery), _): delivery.projection == number && delivery.row == row
    default: false
    }
  }
}
