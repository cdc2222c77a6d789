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
  /// An arrival passes back −w λ_I in place of w (λ_V − λ_I).
  case currentOnly
  /// An arrival passes back w λ_V in place of w (λ_V − λ_I).
  case potentialOnly
  /// An arrival passes back w (λ_V + λ_I) in place of w (λ_V − λ_I).
  case wrongSignCurrent
  /// At each spike −Σ (tau_mem λ_V V′ + tau_syn λ_I I′) over all neurons is added to ∂L/∂t of the
  /// next delivery that waits in the queue.
  case leakToNext
  /// v_reset stands in place of v_th in the slope at the spike.
  case slopeAtReset
  /// The jump is not divided by the slope.
  case noSlope
  /// λ_V is set to the jump in place of being increased by it.
  case overwritten
  /// The gradient of a weight collects λ_V in place of λ_I.
  case potentialGradient
  /// Equal neurons that fire together share the jump of the one that fires first.
  case sharedTies
  /// The ∂L/∂t of all spikes of a neuron are added up, and each spike gets the sum.
  case mergedSpikes
  /// λ and the currents flow by explicit Euler steps of this length, in seconds.
  case euler(Double)
  /// The arrivals of one input channel are left out on the way back.
  case missingChannel(Int)

  /// All alterations, with the usual values.
  package static let all: [Alteration] = [
    .noResetTerm, .resetToZero, .noLeak, .tauMemKernel, .clampedSlope(1e-6), .noRecurrence,
    .noSelf, .unscaled, .truncated(10), .currentOnly, .potentialOnly, .wrongSignCurrent,
    .leakToNext, .slopeAtReset, .noSlope, .overwritten, .potentialGradient, .sharedTies,
    .mergedSpikes, .euler(1e-4), .missingChannel(0),
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
    case .currentOnly: "current-only"
    case .potentialOnly: "potential-only"
    case .wrongSignCurrent: "wrong-sign-current"
    case .leakToNext: "leak-to-next"
    case .slopeAtReset: "slope-at-reset"
    case .noSlope: "no-slope"
    case .overwritten: "overwritten"
    case .potentialGradient: "potential-gradient"
    case .sharedTies: "shared-ties"
    case .mergedSpikes: "merged-spikes"
    case .euler: "euler"
    case .missingChannel: "missing-channel"
    }
  }

  /// The name at the prompt and on the command line; a value that is not the usual one follows.
  package var name: String {
    Self.all.contains(self) ? kind : fullName
  }

  /// The name, with the value of an alteration that has one.
  package var fullName: String {
    switch value {
    case .none: kind
    // A whole number is written without its fraction and is read back exactly.
    case .number(let value), .time(let value):
      Int(exactly: value).map { "\(kind):\($0)" } ?? "\(kind):\(value)"
    case .count(let value): "\(kind):\(value)"
    }
  }

  /// The value that follows the name of an alteration.
  package enum Value: Equatable, Sendable {
    /// The alteration has no value.
    case none
    /// A number greater than 0.
    case number(Double)
    /// A time greater than 0, in seconds.
    case time(Double)
    /// A whole number, at least 0.
    case count(Int)
  }

  /// The value of the alteration.
  package var value: Value {
    switch self {
    case .clampedSlope(let least): .number(least)
    case .truncated(let last): .count(last)
    case .euler(let step): .time(step)
    case .missingChannel(let channel): .count(channel)
    default: .none
    }
  }

  /// The same alteration with another value; nil where the value does not fit.
  func with(_ value: Value) -> Alteration? {
    switch (self, value) {
    case (.clampedSlope, .number(let least)): .clampedSlope(least)
    case (.truncated, .count(let last)): .truncated(last)
    case (.euler, .time(let step)): .euler(step)
    case (.missingChannel, .count(let channel)): .missingChannel(channel)
    default: nil
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
    case .currentOnly:
      "an arrival passes back -w λI where w (λV - λI) is right: met in a first own adjoint, and in adseq 0.9.4's delays"
    case .potentialOnly:
      "an arrival passes back w λV where w (λV - λI) is right: the arrival's share through I is forgotten"
    case .wrongSignCurrent:
      "an arrival passes back w (λV + λI) where w (λV - λI) is right: a sign error"
    case .leakToNext:
      "at each spike the flow of all neurons is credited to the next delivery that waits in the queue: eventax 0.1.0, EventPropAdjoint"
    case .slopeAtReset:
      "the slope at the spike is taken as I + v_leak - v_reset, as if V were reset already"
    case .noSlope:
      "the jump is not divided by the slope tau_mem V' at the spike"
    case .overwritten:
      "λV is set to the jump: what later spikes of the neuron left in λV is lost"
    case .potentialGradient:
      "the gradient of a weight collects λV at its arrivals where λI is right: a weight adds to I, not to V"
    case .sharedTies:
      "equal neurons that fire together share one gradient, as the derivative of a maximum does: eventax 0.1.0"
    case .mergedSpikes:
      "∂L/∂t of all spikes of a neuron is added up, so it does not matter which spike the loss names: exact-snn-nn 3.2.3, ExactMultiSpike"
    case .euler:
      "λ and I flow by explicit Euler steps, as in code on a grid of time"
    case .missingChannel:
      "the arrivals of one input channel are left out on the way back"
    }
  }

  /// Whether both alterations can be made at once: their kinds differ, and neither makes the other
  /// one useless.
  package func isCompatible(with other: Alteration) -> Bool {
    guard kind != other.kind else { return false }
    switch (self, other) {
    case (.noRecurrence, .noSelf), (.noSelf, .noRecurrence): return false
    default: return !Self.rivals.contains { $0.contains(kind) && $0.contains(other.kind) }
    }
  }

  /// The kinds that alter one and the same term.
  private static let rivals: [Set<String>] = [
    [noResetTerm, resetToZero, mergedSpikes].kinds,
    [currentOnly, potentialOnly, wrongSignCurrent].kinds,
    [noSlope, slopeAtReset, clampedSlope(1)].kinds, [noSlope, noLeak].kinds,
    [tauMemKernel, euler(1)].kinds,
    [mergedSpikes, noRecurrence].kinds, [mergedSpikes, noSelf].kinds,
    [mergedSpikes, leakToNext].kinds, [mergedSpikes, sharedTies].kinds,
  ]
}

extension [Alteration] {
  fileprivate var kinds: Set<String> { Set(map(\.kind)) }
}
