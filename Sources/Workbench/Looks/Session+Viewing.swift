import EventProp
package import Language

/// How the session is looked at: what is on the screen, and which pane takes the keys.
package struct View: Equatable, Sendable {
  /// The pane that takes the keys.
  package internal(set) var focus = Pane.potential
  /// Whether that pane fills the screen.
  package internal(set) var isMaximised = false
  /// Whether the neurons share one plot.
  package internal(set) var isOverlaid = false
  /// How much the screen shows.
  package internal(set) var layout = ViewCommand.Layout.auto
  /// The values that a plot spans, where they were chosen.
  package internal(set) var ranges: [Pane: ClosedRange<Double>] = [:]
  /// What the plots show of a neuron.
  package internal(set) var curves = Self.usualCurves
  /// The panes that were taken off the screen.
  package internal(set) var hidden: Set<Pane> = []
  /// Whether the gradient pane shows the values of the whole run, wherever the cursor stands.
  package internal(set) var showsFinalGradient = false
  /// The source of the synapse that is selected; its target is the selected neuron.
  package internal(set) var source: Source?
  /// The parameter that is selected, by the name that `set` takes.
  package internal(set) var parameter: String?

  static let usualCurves: Set<ViewCommand.Curve> = [.potential, .lambdaV, .lambdaI]

  /// A presynaptic neuron or channel, as a row of one of a layer's matrices.
  package struct Source: Equatable, Sendable {
    /// Whether it belongs to the layer itself.
    package let isRecurrent: Bool
    /// Its row in the matrix.
    package let row: Int
  }
}

/// A line of the table of parameters.
package struct ParameterRow: Equatable, Sendable {
  /// The name that `set` takes.
  package let name: String
  /// The value now, with its unit.
  package let value: String
  /// The value as it was opened, where it is another.
  package let original: String?
}

extension Session {
  mutating func carryOut(_ command: ViewCommand, _ reply: inout Reply) throws(Diagnostic) {
    switch command {
    case .focus(let pane):
      view.focus = pane
      view.hidden.remove(pane)
    case .maximise: view.isMaximised.toggle()
    case .lanes: view.isOverlaid = false
    case .overlay: view.isOverlaid.toggle()
    case .layout(let layout): view.layout = layout
    case .pan(let direction):
      let length = window.upperBound - window.lowerBound
      let wanted = window.lowerBound + (direction == .left ? -length / 4 : length / 4)
      let start = min(max(wanted, 0), max(0, experiment.horizon - length))
      window = start...(start + length)
    case .range(let pane, let range):
      let pane = pane ?? (view.focus == .adjoint ? .adjoint : .potential)
      view.ranges[pane] = range
      let plot = pane == .adjoint ? "λ" : "V"
      reply.say(
        range.map {
          "\(plot) is drawn from \(Quantity.display($0.lowerBound)) to \(Quantity.display($0.upperBound))"
        } ?? "\(plot) is drawn as far as it goes")
    case .plot(let curves):
      if let curves {
        let panes = Set(curves.map(\.pane))
        view.curves =
          curves.isEmpty
          ? View.usualCurves : view.curves.filter { !panes.contains($0.pane) }.union(curves)
      } else if settings.terminal == nil {
        return reply.effects.append(.screen)
      }
      reply.say(
        "the plots show "
          + ViewCommand.Curve.allCases.filter(view.curves.contains).map(\.rawValue)
          .joined(separator: ", "))
    case .gradient(let part): view.showsFinalGradient = part == .final
    case .show(let pane): view.hidden.remove(pane)
    case .hide(let pane):
      guard view.hidden.count + 1 < Pane.allCases.count else {
        throw Word("hide").complaint("something has to be seen", remedy: "show brings a pane back")
      }
      view.hidden.insert(pane)
      if view.focus == pane {
        view.focus = Pane.allCases.first { !view.hidden.contains($0) } ?? .potential
        view.isMaximised = false
      }
    }
  }

  /// The window in which the neighbours of the event at the cursor stand apart.
  var windowOfEvent: ClosedRange<Double> {
    let events = run.trajectory.events
    let time = run.time(of: point)
    let horizon = experiment.horizon
    let here = events.firstPlace { $0.time >= time }
    let next = events.firstPlace { $0.time > time }
    let gaps =
      (here > 0 ? [time - events[here - 1].time] : [])
      + (next < events.count ? [events[next].time - time] : [])
    // Far enough apart for their names; closer than this no double would tell them apart.
    let length = min(max((gaps.min() ?? horizon) * 12, horizon * 1e-9), horizon)
    let start = min(max(time - length / 2, 0), horizon - length)
    return start...(start + length)
  }

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

  /// So many targets are read through; more of them are not worth a line each.
  static let fewTargets = 8

  private func row(_ target: Edit.Target) -> ParameterRow {
    row(
      names.canonical(target, in: edited), target.value(in: edited), target.value(in: original),
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
        name: names.canonical(.maxEvents(layer: layer), in: edited),
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
