/// The faults of the key `training`.
enum TrainingFault: Equatable {
  /// A constant of another optimizer.
  case besideOptimizer(String, String, of: String)
  /// A constant that is not at least 0 and below a limit.
  case outside(String, most: Double)
  case nothingLearnt
  case unknownQuantity(String, allowed: [String])
  /// No layer that is meant has the quantity.
  case missingQuantity(String)
  case withoutData
  case withoutLoss
  /// The loss has no label that could be silent.
  case withoutLabels

  /// The fact, as a sentence without a capital or a full stop.
  var message: String {
    switch self {
    case .besideOptimizer(let key, let name, _): "'\(key)' is no constant of \(name)"
    case .outside(let key, let most):
      most < .infinity
        ? "\(key) must be at least 0 and less than \(Int(most))" : "\(key) must be at least 0"
    case .nothingLearnt: "nothing is learnt"
    case .unknownQuantity(let text, _): "'\(text)' cannot be learnt"
    case .missingQuantity(let text): "there is no '\(text)' here"
    case .withoutData: "'training' without samples"
    case .withoutLoss: "'training' without a loss"
    case .withoutLabels: "'existence' needs a loss with labels"
    }
  }

  /// What helps.
  var remedy: String {
    switch self {
    case .besideOptimizer(let key, _, let kind): "'optimizer: \(kind)' has '\(key)'"
    case .outside: "the published values are 0.9, 0.999 and 1e-8; momentum is usually 0.9"
    case .nothingLearnt: "for example [weights]"
    case .unknownQuantity(_, let allowed):
      "\(allowed.joined(separator: ", ")); 'out.delays' is one layer, 'shared tau_mem' one value for it"
    case .missingQuantity: "give the layer this quantity first, such as delays of 0"
    case .withoutData: "add 'data' or 'samples'"
    case .withoutLoss: "add 'loss'"
    case .withoutLabels: "ttfs_cross_entropy has them"
    }
  }
}
