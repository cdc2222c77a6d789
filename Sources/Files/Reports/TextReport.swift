package import EventProp
import Language
package import Study

/// The report of a run as text, for people.
package enum TextReport {
  /// Spikes, loss, gradients and warnings.
  package static func text(
    _ trajectory: Trajectory, adjoint: AdjointTrajectory?, loss: Double?, warnings: [Warning]
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
    for (number, layer) in network.layers.enumerated() {
      lines += ["", "\(layer.name)"]
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
    lines += warnings.map { "warning: " + $0.line(names) }
    return lines.joined(separator: "\n")
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
