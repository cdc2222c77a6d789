/// One term of the adjoint, wrong in a way that real implementations have had.
///
/// Altered terms are for comparison only: they let a user recognise a wrong gradient by the term
/// that it lacks.
package enum Alteration: Hashable, Sendable {
  /// The term (v_th − v_reset) λ_V at a spike is dropped.
  case noResetTerm
  /// The term v_th λ_V stands in place of (v_th − v_reset) λ_V.
  case resetToZero
  /// v_leak is left out of the slope at the spike.
  case noLeak
  /// λ_I decays with tau_mem instead of tau_syn.
  case tauMemKernel
  /// This value replaces every slope at a spike that is smaller, whatever the sign.
  case clampedSlope(Double)
  /// The sum over the recurrent synapses of the layer is dropped at a spike.
  case noRecurrence
  /// The recurrent weight of the neuron to itself is left out of that sum.
  case noSelf
  /// The factor tau_syn of the weight gradient is dropped.
  case unscaled
  /// The walk back stops after this number of events, counted from the last.
  case truncated(Int)

  /// All alterations, with the usual values.
  package static let all: [Alteration] = [
    .noResetTerm, .resetToZero, .noLeak, .tauMemKernel, .clampedSlope(1e-6), .noRecurrence,
    .noSelf, .unscaled, .truncated(10),
  ]

  /// The name without a value.
  package var kind: String {
    switch self {
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

  /// The name at the prompt and on the command line; a value that is not the usual one follows.
  package var name: String {
    Self.all.contains(self) ? kind : fullName
  }

  /// The name, with the value of an alteration that has one.
  package var fullName: String {
    switch self {
    case .clampedSlope(let least):
      // A whole number is written without its fraction and is read back exactly.
      Int(exactly: least).map { "\(kind):\($0)" } ?? "\(kind):\(least)"
    case .truncated(let last): "\(kind):\(last)"
    default: kind
    }
  }

  /// Which implementations have this alteration.
  package var story: String {
    switch self {
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

  /// Whether both alterations can be made at once: their kinds differ, and neither makes the other
  /// one useless.
  package func isCompatible(with other: Alteration) -> Bool {
    guard kind != other.kind else { return false }
    switch (self, other) {
    case (.noResetTerm, .resetToZero), (.resetToZero, .noResetTerm),
      (.noRecurrence, .noSelf), (.noSelf, .noRecurrence):
      return false
    default: return true
    }
  }
}
