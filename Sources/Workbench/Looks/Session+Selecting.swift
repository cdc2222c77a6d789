package import EventProp
import Language

extension Session {
  /// Selects what a word names: a neuron, a synapse with its target, or a parameter.
  mutating func select(_ word: Word, _ reply: inout Reply) throws(Diagnostic) {
    let text = word.text.lowercased()
    if text.contains("<-") || text.contains("->") || text.hasPrefix("w[") {
      let synapse = try names.synapse(word)
      let (row, column) = experiment.network.ends(of: synapse)
      looks.view.source = View.Source(isRecurrent: synapse.isRecurrent, row: row)
      looks.selected = experiment.network.offsets[synapse.layer] + column
      return reply.say("dL/dw " + note(on: synapse))
    }
    if let row = bench.parameterRows.first(where: { $0.name.lowercased() == text }) {
      looks.view.parameter = row.name
      return reply.say("\(row.name) = \(row.value) is selected; < and > change it by 1 %")
    }
    looks.selected = try names.neuron(word)
    keepSource()
    reply.say("n\(selected) (\(names.full(selected))) is selected")
  }

  // MARK: - The synapse

  /// The synapse that is selected: from the selected source to the selected neuron; nil where there is none.
  ///
  /// - Complexity: O(synapses of the source).
  package var selectedSynapse: SynapseIndex? {
    looks.view.source.flatMap { synapse(from: $0) }
  }

  private func synapse(from source: View.Source) -> SynapseIndex? {
    let place = experiment.network.place(of: selected)
    return names.synapse(
      to: place.index, ofLayer: place.layer, fromRow: source.row, isRecurrent: source.isRecurrent)
  }

  /// The sources of the selected neuron's layer, in the order of the matrix.
  private var sources: [View.Source] {
    let layer = experiment.network.layers[experiment.network.place(of: selected).layer]
    return (0..<layer.weights.rows).map { View.Source(isRecurrent: false, row: $0) }
      + (0..<(layer.recurrent?.rows ?? 0)).map { View.Source(isRecurrent: true, row: $0) }
  }

  /// Selects another source if the selected one does not reach the selected neuron.
  mutating func keepSource() {
    guard selectedSynapse == nil else { return }
    looks.view.source = sources.first { synapse(from: $0) != nil }
  }

  /// The synapse to the selected neuron that lies `step` sources further; nil at the edge.
  package func neighbour(ofSynapse step: Int) -> SynapseIndex? {
    let existing = sources.filter { synapse(from: $0) != nil }
    guard let source = looks.view.source, let place = existing.firstIndex(of: source) else {
      return nil
    }
    let next = place + step
    return existing.indices.contains(next) ? synapse(from: existing[next]) : nil
  }

  /// The part of a synapse's gradient that is known at the cursor, in words.
  package func note(on synapse: SynapseIndex) -> String {
    func text(_ value: Double) -> String { Quantity.display(value, digits: 4) }
    let name = names.name(of: synapse)
    guard let final = run.adjoint.map({ text($0.gradient[.weight(synapse)]) }) else {
      return "\(name): no gradient"
    }
    guard let partial = cursor.partialGradient.map({ text($0[weight: synapse]) }) else {
      return "\(wrongLabel)\(name): on the way back"
        + (looks.view.showsFinalGradient ? ", final \(final)" : "")
    }
    return "\(wrongLabel)\(name): "
      + (point == .end ? "\(final), complete" : "\(partial) so far, final \(final)")
  }

  // MARK: - The parameter

  /// The name of the parameter that < and > change.
  package var selectedParameter: String { selectedParameter(among: bench.parameterRows) }

  /// The selected parameter of `rows`, for a caller that already has them.
  package func selectedParameter(among rows: [ParameterRow]) -> String {
    let names = rows.map(\.name)
    if let name = looks.view.parameter, names.contains(name) { return name }
    return names.first { $0.hasSuffix("tau_mem") } ?? names.first ?? "tau_mem"
  }
}
