package import EventProp

/// The synapses of an experiment that have an effect: their weight is not zero, or it varies.
package struct Carriers: Sendable {
  /// Whether each entry of each projection has an effect.
  let entries: [[Bool]]

  /// Finds the synapses that have an effect; `varying` are the parameters that change.
  package init(_ circuit: Circuit, varying: [Parameter] = []) {
    var entries = circuit.projections.map { $0.synapses.weights.map { $0 != 0 } }
    for case .weight(let synapse) in varying {
      entries[circuit.projection(of: synapse)][synapse.entry] = true
    }
    self.entries = entries
  }
}
