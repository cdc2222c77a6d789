package import EventProp

/// The synapses of an experiment that carry anything: those whose weight is not zero, or varies.
package struct Carriers: Sendable {
  /// Whether each entry of each projection carries something.
  let entries: [[Bool]]

  /// Finds the synapses that carry something; `varying` are the parameters that change.
  package init(_ circuit: Circuit, varying: [Parameter] = []) {
    var entries = circuit.projections.map { $0.synapses.weights.map { $0 != 0 } }
    for case .weight(let synapse) in varying {
      entries[circuit.projection(of: synapse)][synapse.entry] = true
    }
    self.entries = entries
  }
}
