import EventProp
import Language
internal import Learning

extension PresetWriter {
  /// The lines of the key `training`: what differs from the defaults.
  static func lines(of training: TrainingSettings, in network: Network) -> [String] {
    let usual = TrainingSettings()
    var lines = ["", "training:", "  epochs: \(training.epochs)", "  batch: \(training.batch)"]
    switch training.optimizer {
    case .sgd: lines.append("  optimizer: sgd")
    case .momentum(let factor):
      lines += ["  optimizer: momentum", "  momentum: \(Quantity.exact(factor))"]
    case .adam(let beta1, let beta2, let epsilon):
      lines.append("  optimizer: adam")
      let constants = [("beta1", beta1, 0.9), ("beta2", beta2, 0.999), ("epsilon", epsilon, 1e-8)]
      lines += constants.filter { $0.1 != $0.2 }.map { "  \($0.0): \(Quantity.exact($0.1))" }
    }
    lines.append("  rate: \(Quantity.exact(training.rate))")
    switch training.decay {
    case .none: break
    case .perEpoch(let factor): lines.append("  decay: \(Quantity.exact(factor))")
    case .perStep(let factor):
      lines.append("  decay: { per: step, factor: \(Quantity.exact(factor)) }")
    }
    switch training.clipping {
    case nil: break
    case .norm(let most): lines.append("  clip: { norm: \(Quantity.exact(most)) }")
    case .value(let most): lines.append("  clip: { value: \(Quantity.exact(most)) }")
    }
    if training.skipsSilentLabels { lines.append("  skip_silent: true") }
    if let bump = training.bump { lines.append("  bump: \(Quantity.exact(bump))") }
    if let existence = training.existence {
      lines.append("  existence: \(Quantity.exact(existence))")
    }
    lines.append("  seed: \(training.seed)")
    if training.shuffles != usual.shuffles { lines.append("  shuffle: false") }
    let learnt = training.learn.map { part in
      let name = part.layer.map { network.layers[$0].name + "." } ?? ""
      return PresetScalar.text((part.isShared ? "shared " : "") + name + part.quantity.rawValue)
    }
    lines.append("  learn: [\(learnt.joined(separator: ", "))]")
    return lines
  }
}
