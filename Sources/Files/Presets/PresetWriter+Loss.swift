internal import EventProp
import Language

extension PresetWriter {
  static func lines(
    of loss: Loss, in network: Network, replacedBy samples: FiledSamples.Source?
  ) -> [String] {
    let layer = network.layers[loss.layer]
    let kind = loss.rule.kind
    var lines = ["loss:", "  kind: \(kind.name)", "  layer: \(PresetScalar.text(layer.name))"]
    let replaced: [LossField] =
      switch samples {
      case .file(let source): LossField.given(by: source.arrays.keys)
      case .data: LossField.givenByData
      case nil: []
      }
    let order = Self.order.filter { !replaced.contains($0) }
    for field in order where kind.required.contains(field) || kind.optional.contains(field) {
      lines += self.lines(of: field, loss.rule.values, layer)
    }
    return lines
  }

  /// The order of a loss's values in the text.
  private static let order: [LossField] = [
    .neurons, .target, .targets, .label, .tau, .clip, .early, .coefficients, .terms,
  ]

  private static func lines(
    of field: LossField, _ values: LossValues, _ layer: Layer
  ) -> [String] {
    let text: String
    switch field {
    case .neurons where values.neurons == Array(0..<layer.size): return []
    case .neurons: text = list(values.neurons) { "\($0)" }
    case .target: text = list(values.targets.map { $0[0] }, Quantity.exactTime)
    case .targets: text = list(values.targets) { list($0, Quantity.exactTime) }
    case .label: text = "\(values.label)"
    case .tau: text = Quantity.exactTime(values.tau)
    case .clip: text = Quantity.exactTime(values.clip)
    case .early:
      guard let early = values.early else { return [] }
      text =
        "{ tau: \(Quantity.exactTime(early.tau)), alpha: \(Quantity.exact(early.alpha)) }"
    case .coefficients: text = list(values.coefficients, Quantity.exact)
    case .terms:
      guard !values.terms.isEmpty else { return ["  terms: []"] }
      return ["  terms:"]
        + values.terms.map { term in
          "    - { neuron: \(term.neuron), \(term.spike.map { "spike: \($0), " } ?? "")coefficient: \(Quantity.exact(term.coefficient)) }"
        }
    }
    return ["  \(field.key): \(text)"]
  }

  private static func list<Value>(_ values: [Value], _ write: (Value) -> String) -> String {
    "[\(values.map(write).joined(separator: ", "))]"
  }
}
