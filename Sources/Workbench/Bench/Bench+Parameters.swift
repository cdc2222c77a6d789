import EventProp
import Language
import Study

/// A line of the table of parameters.
package struct ParameterRow: Equatable, Sendable {
  /// The name that `set` takes.
  package let name: String
  /// The value now, with its unit.
  package let value: String
  /// The value in the experiment as opened; nil where it has not changed.
  package let original: String?
}

extension Bench {
  /// The parameters that `set` changes, with their values in the preset; one line where all neurons
  /// of a layer agree.
  ///
  /// - Complexity: O(neurons), and O(synapses) where weights were changed.
  package var parameterRows: [ParameterRow] {
    var rows = [
      row("t_max", edited.horizon, original.horizon, isTime: true)
    ]
    rows += limitRows
    let network = edited.network
    for field in LIFParameters.Field.allCases {
      let all = network.layers.flatMap { $0.parameters.map { $0[field] } }
      let before = original.network.layers.flatMap { $0.parameters.map { $0[field] } }
      guard let first = all.first, let was = before.first else { continue }
      if all.allSatisfy({ $0 == first }), before.allSatisfy({ $0 == was }) {
        rows.append(row(field.rawValue, first, was, isTime: field.isTime))
        continue
      }
      for layer in network.layers.indices { rows += layerRows(field, layer) }
    }
    return rows + targetRows + changedNumbers
  }

  /// The targets of the loss; a long list is shortened to the changed ones.
  private var targetRows: [ParameterRow] {
    let targets = Parameter.targets(of: edited)
    if targets.count <= Self.fewTargets { return targets.map { row($0) } }
    guard edited.loss != original.loss else { return [] }
    return changed(targets)
  }

  /// The longest list of targets that is shown in full.
  static let fewTargets = 8

  private func row(_ parameter: Parameter) -> ParameterRow {
    row(
      Names(edited).name(of: parameter), edited[parameter], original[parameter],
      isTime: parameter.quantity.isTime)
  }

  /// The lines of the parameters that differ from the preset.
  private func changed(_ parameters: some Sequence<Parameter>) -> [ParameterRow] {
    let (edited, original) = (edited, original)
    return parameters.filter { edited[$0] != original[$0] }.map { row($0) }
  }

  /// The limits of events that are set now or were set in the preset.
  private var limitRows: [ParameterRow] {
    let layers = [nil] + edited.network.layers.indices.map { Optional($0) }
    return layers.compactMap { layer in
      let (now, was) = (edited[maxEventsOf: layer], original[maxEventsOf: layer])
      guard now != nil || was != nil else { return nil }
      return ParameterRow(
        name: Names(edited).name(of: .maxEvents(layer: layer)),
        value: Edit.shown(limit: now), original: now == was ? nil : Edit.shown(limit: was))
    }
  }

  private func layerRows(_ field: LIFParameters.Field, _ number: Int) -> [ParameterRow] {
    let layer = edited.network.layers[number]
    let now = layer.parameters.map { $0[field] }
    let was = original.network.layers[number].parameters.map { $0[field] }
    let name = "\(layer.name).\(field.rawValue)"
    if now.allSatisfy({ $0 == now[0] }), was.allSatisfy({ $0 == was[0] }) {
      return [row(name, now[0], was[0], isTime: field.isTime)]
    }
    let rows = changed(now.indices.map { .field(field, layer: number, neuron: $0) })
    return rows.isEmpty ? [ParameterRow(name: name, value: "differ", original: nil)] : rows
  }

  /// The weights, delays, initial states and input times that differ from the preset.
  private var changedNumbers: [ParameterRow] {
    let (edited, original) = (edited, original)
    var rows: [ParameterRow] = []
    for (number, layer) in edited.network.layers.enumerated() {
      let old = original.network.layers[number]
      for isRecurrent in [false, true]
      where layer[recurrent: isRecurrent] != old[recurrent: isRecurrent] {
        let (now, was) = (layer[recurrent: isRecurrent], old[recurrent: isRecurrent])
        let entries = (now?.weights ?? []).indices.filter {
          now?.weights[$0] != was?.weights[$0] || now?.delays?[$0] != was?.delays?[$0]
        }
        rows += changed(
          entries.flatMap { entry -> [Parameter] in
            let synapse = SynapseIndex(layer: number, isRecurrent: isRecurrent, entry: entry)
            return [.weight(synapse), .delay(synapse)]
          })
      }
      rows += changed(
        layer.initial.indices.filter { layer.initial[$0] != old.initial[$0] }.flatMap {
          [
            .initialPotential(layer: number, neuron: $0),
            .initialCurrent(layer: number, neuron: $0),
          ]
        })
    }
    guard edited.inputSpikes != original.inputSpikes else { return rows }
    return rows + changed(edited.inputSpikes.indices.lazy.map { .inputTime($0) })
  }

  private func row(_ name: String, _ now: Double, _ was: Double, isTime: Bool) -> ParameterRow {
    func text(_ value: Double) -> String {
      Quantity.display(value, isTime: isTime, digits: 5)
    }
    return ParameterRow(name: name, value: text(now), original: now == was ? nil : text(was))
  }
}
