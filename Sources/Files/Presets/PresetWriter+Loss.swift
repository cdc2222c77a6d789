internal import EventProp
import Language

extension PresetWriter {
  static func lines(of loss: Loss, in network: Network) -> [String] {
    let layer = network.layers[loss.layer]
    var lines = [
      "loss:", "  kind: \(loss.rule.name)", "  layer: \(PresetScalar.text(layer.name))",
    ]
    func add(_ key: String, _ value: String) { lines.append("  \(key): \(value)") }
    func add(neurons: [Int]) {
      if neurons != Array(0..<layer.size) { add("neurons", list(neurons) { "\($0)" }) }
    }
    switch loss.rule {
    case .linearSpikeTimes(let terms):
      if terms.isEmpty { add("terms", "[]") } else { lines.append("  terms:") }
      for term in terms {
        let factor = Quantity.exact(term.coefficient)
        lines.append(
          "    - { neuron: \(term.neuron), spike: \(term.spike), coefficient: \(factor) }")
      }
    case .allSpikesMSE(let neurons, let targets, let tau):
      add(neurons: neurons)
      add("targets", list(targets) { list($0, Quantity.exactTime) })
      add("tau", Quantity.exactTime(tau))
    case .firstSpikeMSE(let neurons, let targets, let tau, let clip):
      add(neurons: neurons)
      add("targets", list(targets, Quantity.exactTime))
      add("tau", Quantity.exactTime(tau))
      add("clip", Quantity.exactTime(clip))
    case .ttfsCrossEntropy(let neurons, let label, let tau, let clip):
      add(neurons: neurons)
      add("label", "\(label)")
      add("tau", Quantity.exactTime(tau))
      add("clip", Quantity.exactTime(clip))
    case .targetTime(let neurons, let targets, let tau):
      add(neurons: neurons)
      add("targets", list(targets, Quantity.exactTime))
      add("tau", Quantity.exactTime(tau))
    case .voltageIntegral(let coefficients):
      add("coefficients", list(coefficients, Quantity.exact))
    case .maxOverTimeCrossEntropy(let neurons, let label):
      add(neurons: neurons)
      add("label", "\(label)")
    }
    return lines
  }

  private static func list<Value>(_ values: [Value], _ write: (Value) -> String) -> String {
    "[\(values.map(write).joined(separator: ", "))]"
  }
}
