package import EventProp
import Language

/// Writes an experiment as a preset that reads back to the same experiment.
///
/// The form is canonical: equal experiments have equal texts. Parameters of all layers stand once
/// at the top, a layer names only differences, and one value stands for all neurons if they agree.
/// Numbers have the shortest form that reads back exactly. Drawn matrices are written in full,
/// because an experiment does not know the origin of its numbers.
package enum PresetWriter {
  /// The text of an experiment.
  ///
  /// With `samples` the input spikes, and the label or the targets that samples have, are left to
  /// them.
  package static func write(_ experiment: Experiment, samples: FiledSamples? = nil) -> String {
    var matrices: Matrices?
    return write(experiment, samples: samples, &matrices)
  }

  /// Matrices that stand in a file beside the text.
  struct Matrices {
    /// The name of the file.
    let file: String
    /// The matrices, by their names in the file.
    var arrays: [(name: String, array: NumberArray)] = []
  }

  /// The text of an experiment; its full matrices are taken out of it if there is a file for them.
  static func write(
    _ experiment: Experiment, samples: FiledSamples? = nil, _ matrices: inout Matrices?
  ) -> String {
    var lines = ["title: \(PresetScalar.text(experiment.title))"]
    if let about = experiment.about { lines.append("about: \(PresetScalar.text(about))") }
    lines.append("t_max: \(Quantity.exactTime(experiment.horizon))")
    if let most = experiment.maxEvents { lines.append("max_events: \(most)") }

    let shared = sharedParameters(of: experiment.network)
    lines += ["", "parameters:"]
    for field in LIFParameters.Field.allCases {
      lines.append("  \(field.rawValue): \(PresetScalar.value(shared[field], of: field))")
    }

    lines += ["", "inputs:", "  size: \(experiment.network.inputs)"]
    if let samples {
      lines += self.lines(of: samples)
    } else if experiment.inputSpikes.isEmpty {
      lines.append("  spikes: []")
    } else {
      lines.append("  spikes:")
      lines += experiment.inputSpikes.map {
        "    - [\(Quantity.exactTime($0.time)), \($0.channel)]"
      }
    }

    lines += ["", "layers:"]
    for layer in experiment.network.layers {
      lines += Self.lines(of: layer, shared: shared, &matrices)
    }
    if let loss = experiment.loss {
      lines += [""] + Self.lines(of: loss, in: experiment.network, replacedBy: samples?.source)
    }
    if let training = samples?.training {
      lines += Self.lines(of: training, in: experiment.network)
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// For each parameter, the value of the first neuron in most layers.
  private static func sharedParameters(of network: Network) -> LIFParameters {
    var shared = LIFParameters()
    for field in LIFParameters.Field.allCases {
      let uniform = network.layers.compactMap { layer -> Double? in
        uniformValue(layer.parameters.map { $0[field] })
      }
      let most = uniform.map { value in uniform.count { $0 == value } }.max() ?? 0
      if let value = uniform.first(where: { value in uniform.count { $0 == value } == most }) {
        shared[field] = value
      }
    }
    return shared
  }

  /// The value that all have in common, or nil.
  static func uniformValue(_ values: [Double]) -> Double? {
    values.dropFirst().allSatisfy { $0 == values[0] } ? values.first : nil
  }

  /// One value for all, or a list.
  static func compact(_ values: [Double], _ write: (Double) -> String) -> String {
    uniformValue(values).map(write) ?? "[\(values.map(write).joined(separator: ", "))]"
  }

  private static func lines(
    of layer: Layer, shared: LIFParameters, _ matrices: inout Matrices?
  ) -> [String] {
    var lines = ["  - name: \(PresetScalar.text(layer.name))", "    size: \(layer.size)"]
    let kinds = layer.kinds.map(\.rawValue)
    if Set(kinds).count > 1 {
      lines.append("    neurons: [\(kinds.joined(separator: ", "))]")
    } else if kinds.first == Layer.NeuronKind.li.rawValue {
      lines.append("    neurons: li")
    }
    let own = LIFParameters.Field.allCases.compactMap { field -> String? in
      let values = layer.parameters.map { $0[field] }
      guard values.contains(where: { $0 != shared[field] }) else { return nil }
      return "\(field.rawValue): \(compact(values) { PresetScalar.value($0, of: field) })"
    }
    if !own.isEmpty { lines.append("    parameters: { \(own.joined(separator: ", ")) }") }
    let v = layer.initial.map(\.potential)
    let i = layer.initial.map(\.current)
    let initial = [("v", v), ("i", i)].filter { $0.1.contains { $0 != 0 } }
      .map { "\($0.0): \(compact($0.1, Quantity.exact))" }
    if !initial.isEmpty { lines.append("    initial: { \(initial.joined(separator: ", ")) }") }
    lines += Self.lines(of: layer.weights, "weights", delays: "delays", layer, &matrices)
    if let recurrent = layer.recurrent {
      lines += Self.lines(
        of: recurrent, "recurrent", delays: "recurrent_delays", layer, &matrices)
    }
    if let most = layer.maxEvents { lines.append("    max_events: \(most)") }
    if layer.spikesOnce { lines.append("    spikes: once") }
    if let spikes = layer.imposedSpikes {
      let lists = spikes.map {
        "[" + $0.map { Quantity.exactTime($0) }.joined(separator: ", ") + "]"
      }
      lines.append("    spikes: [\(lists.joined(separator: ", "))]")
    }
    return lines
  }

  private static func lines(
    of synapses: Synapses, _ name: String, delays: String, _ layer: Layer,
    _ matrices: inout Matrices?
  ) -> [String] {
    var lines: [String] = []
    if synapses.isDense {
      lines += matrix(synapses.weights, synapses, name, layer, &matrices, Quantity.exact)
    } else if synapses.weights.isEmpty {
      lines.append("    \(name): { sparse: [] }")
    } else {
      lines += ["    \(name):", "      sparse:"]
      for row in 0..<synapses.rows {
        for entry in synapses.entries(ofRow: row) {
          let column = synapses.column(ofEntry: entry, row: row)
          lines.append("        - [\(row), \(column), \(Quantity.exact(synapses.weights[entry]))]")
        }
      }
    }
    guard let values = synapses.delays else { return lines }
    if values.isEmpty {
      lines.append("    \(delays): 0 ms")
    } else if synapses.isDense, uniformValue(values) == nil {
      lines += matrix(values, synapses, delays, layer, &matrices, Quantity.exactTime)
    } else {
      lines.append("    \(delays): \(compact(values, Quantity.exactTime))")
    }
    return lines
  }

  /// A full matrix: its rows, or the name of a file and an array.
  private static func matrix(
    _ values: [Double], _ synapses: Synapses, _ name: String, _ layer: Layer,
    _ matrices: inout Matrices?, _ write: (Double) -> String
  ) -> [String] {
    guard let file = matrices?.file else {
      return ["    \(name):"] + rows(of: values, synapses.columns, write)
    }
    let array = "\(layer.name).\(name)"
    let shape = [synapses.rows, synapses.columns]
    matrices?.arrays.append((array, NumberArray(shape: shape, values: values)))
    return [
      "    \(name): { file: \(PresetScalar.text(file)), array: \(PresetScalar.text(array)) }"
    ]
  }

  private static func rows(
    of values: [Double], _ columns: Int, _ write: (Double) -> String
  ) -> [String] {
    stride(from: 0, to: values.count, by: columns).map { start in
      "      - [\(values[start..<start + columns].map(write).joined(separator: ", "))]"
    }
  }
}
