package import EventProp
import Language
package import Study

/// The report of a run as text, for people.
package enum TextReport {
  /// The most values of spikes and gradients that are listed without a request.
  private static let mostValues = 2_000
  /// The most warnings of a kind in a summary.
  private static let mostWarnings = 5

  /// Spikes, loss, gradients and warnings.
  ///
  /// A large run is summed up for each layer, unless `everything` is listed.
  package static func text(
    _ trajectory: Trajectory, adjoint: AdjointTrajectory?, loss: Double?, warnings: [Warning],
    everything: Bool = true
  ) -> String {
    let experiment = trajectory.experiment
    let network = experiment.network
    let count = trajectory.events.count
    var lines = [
      "\(experiment.title)\(experiment.sample.map { ", sample \($0)" } ?? ""): \(count) event\(count == 1 ? "" : "s") in "
        + Quantity.displayTime(experiment.horizon),
      loss.map { "L = \(Quantity.display($0, digits: 8))" } ?? "no loss: forward pass only",
    ]
    if let rule = adjoint?.rule, rule != .exact {
      lines.append("WRONG gradient on purpose (\(rule.name)): \(rule.story)")
    }
    let grave = warnings.filter(\.isAgainstGradient)
    if adjoint != nil, !grave.isEmpty {
      let kinds = Warning.Kind.allCases.filter { kind in grave.contains { $0.kind == kind } }
      lines.append(
        "the gradient cannot be trusted here (\(kinds.map(\.rawValue).joined(separator: ", "))): see the warnings below; "
          + "trust at the prompt says how far it holds")
    }
    let times = trajectory.spikeTimes
    let values = network.layers.reduce(trajectory.spikeCount) {
      $0 + $1.size + $1.weights.weights.count + ($1.recurrent?.weights.count ?? 0)
    }
    let isSummary = !everything && values > mostValues
    if isSummary {
      lines.append("a summary of \(values) values; --all lists them, --format json writes them")
    }
    for (number, layer) in network.layers.enumerated() {
      lines += ["", "\(layer.name)"]
      guard !isSummary else {
        let first = network.offsets[number]
        lines += summary(
          of: layer, times[first..<first + layer.size], adjoint?.gradient.layers[number],
          SummaryNames(Names(experiment, .full), layer: number))
        continue
      }
      for index in 0..<layer.size {
        let spikes = times[network.offsets[number] + index]
        lines.append(
          "  \(index): "
            + (spikes.isEmpty
              ? (layer.kinds[index] == .li ? "a leaky integrator, which never spikes" : "silent")
              : spikes.map { Quantity.displayTime($0, digits: 7) }.joined(separator: ", ")))
      }
      if let gradient = adjoint?.gradient.layers[number] {
        lines += self.lines(of: gradient, layer)
      }
    }
    if let gradient = adjoint?.gradient { lines += sharedLines(of: gradient) }
    if !warnings.isEmpty { lines.append("") }
    let names = Names(experiment, .full)
    if isSummary {
      for kind in Warning.Kind.allCases {
        let all = warnings.filter { $0.kind == kind }
        lines += all.prefix(mostWarnings).map { "warning: " + $0.line(names) }
        if all.count > mostWarnings {
          lines.append("warning: \(all.count - mostWarnings) more of the kind \(kind.rawValue)")
        }
      }
    } else {
      lines += warnings.map { "warning: " + $0.line(names) }
    }
    return lines.joined(separator: "\n")
  }

  /// The names of one layer in a summary.
  private struct SummaryNames {
    let names: Names
    let layer: Int

    init(_ names: Names, layer: Int) {
      self.names = names
      self.layer = layer
    }

    func synapse(_ entry: Int, isRecurrent: Bool) -> String {
      names.name(of: SynapseIndex(layer: layer, isRecurrent: isRecurrent, entry: entry))
    }
  }

  /// Spikes and gradient of a layer in a few lines.
  private static func summary(
    of layer: Layer, _ times: ArraySlice<[Double]>, _ gradient: LayerGradient?,
    _ names: SummaryNames
  ) -> [String] {
    let spikes = times.joined()
    let silent = zip(times, layer.kinds).count { $0.isEmpty && $1 == .lif }
    var lines = ["  \(layer.size) neurons, \(spikes.count) spikes, \(silent) neurons silent"]
    if let first = spikes.min(), let last = spikes.max(),
      let busiest = times.indices.max(by: { times[$0].count < times[$1].count })
    {
      lines.append(
        "  first spike at \(Quantity.displayTime(first, digits: 7)), last at \(Quantity.displayTime(last, digits: 7)); most from neuron \(busiest - times.startIndex): \(times[busiest].count)"
      )
    }
    for (synapses, values, isRecurrent) in [
      (layer.weights, gradient?.weights.weights, false),
      (layer.recurrent, gradient?.recurrent?.weights, true),
    ] {
      guard let synapses, let values else { continue }
      let title = isRecurrent ? "dL/dw recurrent" : "dL/dw"
      let zeros = values.count { $0 == 0 }
      lines.append(
        "  \(title) [\(synapses.rows) × \(synapses.columns)]: \(values.count) values, \(zeros) are 0; the largest:"
      )
      let order = values.indices.sorted { abs(values[$0]) > abs(values[$1]) }.prefix(5)
      lines += order.map {
        "    \(names.synapse($0, isRecurrent: isRecurrent))  \(Quantity.display(values[$0], digits: 7))"
      }
    }
    return lines
  }

  /// The gradient by the weights of a layer.
  static func lines(of gradient: LayerGradient, _ layer: Layer) -> [String] {
    var lines = ["  dL/dw [before][this]"] + rows(of: layer.weights, gradient.weights.weights)
    if let recurrent = layer.recurrent, let values = gradient.recurrent?.weights {
      lines.append("  dL/dw recurrent [this][this]")
      lines += rows(of: recurrent, values)
    }
    return lines
  }

  /// The gradient by parameters that all neurons share.
  static func sharedLines(of gradient: Gradient) -> [String] {
    ["", "of one value shared by every neuron"]
      + LIFParameters.Field.allCases.map { field in
        "  dL/d\(field.rawValue) = \(Quantity.display(gradient.shared(field), digits: 7))"
      }
  }

  private static func rows(of synapses: Synapses, _ values: [Double]) -> [String] {
    (0..<synapses.rows).compactMap { row in
      let entries = synapses.entries(ofRow: row)
      guard !entries.isEmpty else { return nil }
      return "    "
        + entries.map { entry in
          let value = Quantity.display(values[entry], digits: 7)
          guard !synapses.isDense else { return value }
          return "\(row)→\(synapses.column(ofEntry: entry, row: row)): \(value)"
        }.joined(separator: "  ")
    }
  }
}
