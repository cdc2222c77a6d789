import EventProp
import Language

/// A line of the table of parameters.
package struct ParameterRow: Equatable, Sendable {
  /// The name that `set` takes.
  package let name: String
  /// The value now, with its unit.
  package let value: String
  /// The value as it was opened, where it is another.
  package let original: String?
}

extension Bench {
  /// The parameters that `set` changes, with what they were in the preset: one line where all neurons of a layer agree.
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
      for (layer, old) in zip(network.layers, original.network.layers) {
        rows += layerRows(field, layer, old)
      }
    }
    return rows + targetRows + changedNumbers
  }

  /// The targets of the loss; of many those that are not those of the preset.
  private var targetRows: [ParameterRow] {
    let targets = Edit.lossTargets(of: edited)
    if targets.count <= Self.fewTargets { return targets.map { row($0) } }
    guard edited.loss != original.loss else { return [] }
    return targets.filter { $0.value(in: edited) != $0.value(in: original) }.map { row($0) }
  }

  /// The most targets of a loss that are listed; more of them are not worth a line each.
  static let fewTargets = 8

  private func row(_ target: Edit.Target) -> ParameterRow {
    row(
      Names(run.experiment).canonical(target, in: edited), target.value(in: edited),
      target.value(in: original),
      isTime: target.isTime)
  }

  /// The limits of events, where there are any or were.
  private var limitRows: [ParameterRow] {
    let layers = [nil] + edited.network.layers.indices.map { Optional($0) }
    return layers.compactMap { layer in
      let now = Edit.limit(ofLayer: layer, in: edited)
      let was = Edit.limit(ofLayer: layer, in: original)
      guard now != nil || was != nil else { return nil }
      return ParameterRow(
        name: Names(run.experiment).canonical(.maxEvents(layer: layer), in: edited),
        value: Edit.shown(limit: now), original: now == was ? nil : Edit.shown(limit: was))
    }
  }

  private func layerRows(
    _ field: LIFParameters.Field, _ layer: Layer, _ old: Layer
  ) -> [ParameterRow] {
    let now = layer.parameters.map { $0[field] }
    let was = old.parameters.map { $0[field] }
    let name = "\(layer.name).\(field.rawValue)"
    if now.allSatisfy({ $0 == now[0] }), was.allSatisfy({ $0 == was[0] }) {
      return [row(name, now[0], was[0], isTime: field.isTime)]
    }
    let changed = now.indices.filter { now[$0] != was[$0] }
    guard changed.isEmpty else {
      return changed.map {
        row("\(layer.name).\($0).\(field.rawValue)", now[$0], was[$0], isTime: field.isTime)
      }
    }
    return [ParameterRow(name: name, value: "differ", original: nil)]
  }

  /// The weights, delays, initial states and input times that are not those of the preset.
  private var changedNumbers: [ParameterRow] {
    var rows: [ParameterRow] = []
    for (number, layer) in edited.network.layers.enumerated() {
      let old = original.network.layers[number]
      for (now, was, isRecurrent) in [
        (Optional(layer.weights), Optional(old.weights), false),
        (layer.recurrent, old.recurrent, true),
      ] {
        guard let now, let was, now != was else { continue }
        for source in 0..<now.rows {
          for entry in now.entries(ofRow: source) {
            let synapse = Names.SynapseName(
              layer: number, isRecurrent: isRecurrent, row: source,
              column: now.column(ofEntry: entry, row: source), entry: entry)
            if now.weights[entry] != was.weights[entry] { rows.append(row(.weight(synapse))) }
            if now.delays?[entry] ?? 0 != was.delays?[entry] ?? 0 {
              rows.append(row(.delay(synapse)))
            }
          }
        }
      }
      let offset = edited.network.offsets[number]
      for neuron in layer.initial.indices where layer.initial[neuron] != old.initial[neuron] {
        let targets = Edit.InitialState.allCases.map {
          Edit.Target.initial($0, neurons: [offset + neuron])
        }
        rows += targets.filter { $0.value(in: edited) != $0.value(in: original) }.map { row($0) }
      }
    }
    for position in edited.inputSpikes.indices
    where edited.inputSpikes[position] != original.inputSpikes[position] {
      rows.append(row(.input(position)))
    }
    return rows
  }

  private func row(_ name: String, _ now: Double, _ was: Double, isTime: Bool) -> ParameterRow {
    func text(_ value: Double) -> String {
      isTime ? Quantity.displayTime(value, digits: 5) : Quantity.display(value, digits: 5)
    }
    return ParameterRow(name: name, value: text(now), original: now == was ? nil : text(was))
  }
}
