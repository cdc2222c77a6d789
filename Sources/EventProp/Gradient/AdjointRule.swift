/// How the adjoint is computed: exactly, or with one term altered as people meet it in the wild.
///
/// The altered rules exist for comparison only. Each reproduces a defect that real implementations have had, so that
/// a wrong gradient can be recognised by the term that it lacks.
public enum AdjointRule: Hashable, Sendable {
  /// Every term as the mathematics has it.
  case exact
  /// The (v_th − v_reset) λ_V term at a spike dropped.
  case noResetTerm
  /// v_th λ_V in place of (v_th − v_reset) λ_V.
  case resetToZero
  /// v_leak left out of the slope at the spike.
  case noLeak
  /// λ_I decays with tau_mem instead of tau_syn.
  case tauMemKernel
  /// A slope at the spike smaller than this is replaced by it, whatever its sign.
  case clampedSlope(Double)
  /// The sum over the layer's own recurrent synapses dropped at a spike.
  case noRecurrence
  /// The neuron's own recurrent weight left out of that sum.
  case noSelf
  /// The factor tau_syn of the weight gradient dropped.
  case unscaled
  /// Only the last so many events walked back.
  case truncated(Int)

  /// The altered rules, with the values that implementations use.
  public static let wrong: [AdjointRule] = [
    .noResetTerm, .resetToZero, .noLeak, .tauMemKernel, .clampedSlope(1e-6), .noRecurrence,
    .noSelf, .unscaled, .truncated(10),
  ]

  /// The name at the prompt and on the command line.
  public var name: String {
    switch self {
    case .exact: "exact"
    case .noResetTerm: "no-reset-term"
    case .resetToZero: "reset-to-zero"
    case .noLeak: "no-leak"
    case .tauMemKernel: "tau-mem-kernel"
    case .clampedSlope: "clamped-slope"
    case .noRecurrence: "no-recurrence"
    case .noSelf: "no-self"
    case .unscaled: "unscaled"
    case .truncated: "truncated"
    }
  }

  /// Where the rule is met.
  public var story: String {
    switch self {
    case .exact: "every term as the mathematics has it"
    case .noResetTerm:
      "the jump forgets that the spike also moves the reset: met where the reset is detached from the graph"
    case .resetToZero:
      "right only for v_reset = 0: jaxsnn's first adjoint, whose forward pass does reset to v_reset"
    case .noLeak:
      "right only for v_leak = 0: the slope at the spike is taken as I - v_th, as in every jaxsnn adjoint"
    case .tauMemKernel:
      "the synaptic adjoint decays with the membrane's time constant: jaxsnn's written-out adjoint flow"
    case .clampedSlope:
      "a small slope is replaced by a constant, sign lost: hides an exploding gradient by a wrong one"
    case .noRecurrence: "a feed-forward adjoint used on a recurrent network"
    case .noSelf: "self-connections treated as absent, as a masked diagonal does"
    case .unscaled:
      "the weight gradient without tau_syn: harmless to Adam, wrong by a factor to everyone else"
    case .truncated:
      "backpropagation stopped after a fixed number of events, as a full event buffer does"
    }
  }

  /// A rule by its name, with a value after a colon where it takes one: `clamped-slope:0.1`, `truncated:5`.
  public init?(_ text: String) {
    let parts = text.lowercased().split(separator: ":", maxSplits: 1)
    guard let name = parts.first,
      let rule = ([.exact] + Self.wrong).first(where: { $0.name == name })
    else { return nil }
    switch (rule, parts.count > 1 ? String(parts[1]) : nil) {
    case (_, nil): self = rule
    case (.clampedSlope, let value?):
      guard let value = Double(value), value > 0, value.isFinite else { return nil }
      self = .clampedSlope(value)
    case (.truncated, let value?):
      guard let value = Int(value), value >= 0 else { return nil }
      self = .truncated(value)
    default: return nil
    }
  }

  /// The height v_th − v_reset of the reset term, or what the rule makes of it.
  func resetHeight(of parameters: LIFParameters) -> Double {
    switch self {
    case .noResetTerm: 0
    case .resetToZero: parameters.vThreshold
    default: parameters.vThreshold - parameters.vReset
    }
  }

  /// The denominator of the jump: I⁻ + v_leak − v_th, or what the rule makes of it.
  func denominator(current: Double, _ parameters: LIFParameters) -> Double {
    let exact = current + parameters.vLeak - parameters.vThreshold
    switch self {
    case .noLeak: return current - parameters.vThreshold
    case .clampedSlope(let least): return abs(exact) < least ? least : exact
    default: return exact
    }
  }
}
