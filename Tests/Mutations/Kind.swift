/// What is mutated.
enum Kind: String, CaseIterable {
  case yaml, json, pictures, arrays, gradients, scripts, keys, program

  /// The share of all inputs, in thousandths.
  var share: UInt64 {
    switch self {
    case .yaml: 260
    case .json: 150
    case .pictures: 40
    case .arrays: 200
    case .gradients: 150
    case .scripts: 120
    case .keys: 60
    case .program: 20
    }
  }

  /// What an input leads to.
  func outcome(of seed: UInt64) -> Outcome {
    switch self {
    case .yaml: PresetMutation.outcome(seed: seed, asJSON: false)
    case .json: PresetMutation.outcome(seed: seed, asJSON: true)
    case .pictures: PresetMutation.outcome(seed: seed, asJSON: false, draws: true)
    case .arrays: ArrayMutation.outcome(seed: seed, asJSON: false)
    case .gradients: ArrayMutation.outcome(seed: seed, asJSON: true)
    case .scripts: ScriptMutation.outcome(seed: seed)
    case .keys: KeyMutation.outcome(seed: seed)
    case .program: ProgramMutation.outcome(seed: seed)
    }
  }

  /// An input as a person can read it.
  func description(of seed: UInt64) -> String {
    var dice = Dice(seed: seed)
    switch self {
    case .yaml, .json, .pictures: return PresetMutation.text(&dice, asJSON: self == .json)
    case .arrays, .gradients:
      let input = ArrayMutation.gradient(&dice, asJSON: self == .gradients)
      return "\(input.name) \(input.file) \(input.bytes.count) bytes\n"
        + String(decoding: input.bytes.prefix(4000), as: UTF8.self)
    case .scripts, .keys:
      let script = ScriptMutation.script(&dice)
      return ([script.name] + script.lines.map { $0.debugDescription }).joined(separator: "\n")
    case .program: return ProgramMutation.description(of: seed)
    }
  }
}
