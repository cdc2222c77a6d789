/// How the adjoint is computed: exactly, or with terms altered on purpose.
///
/// A rule is a small set of ``Alteration``s. Their order always follows ``Alteration/all``, so
/// two rules with the same alterations are equal.
package struct AdjointRule: Hashable, Sendable {
  /// The altered terms; none when the rule is exact.
  package let alterations: [Alteration]

  // A backward pass asks these at every event, so they are looked up once.
  package let decaysWithTauMem: Bool
  /// Whether the sum over a layer's own synapses is left out at a spike.
  package let skipsRecurrence: Bool
  /// Whether the effect of a spike on its own neuron is left out.
  package let skipsSelf: Bool
  /// Whether the gradient of a weight keeps its factor tau_syn.
  package let isScaled: Bool
  /// How many events are walked back; nil for all.
  package let mostEvents: Int?
  /// The factors of λ_V and λ_I in what an arrival passes back for each unit of weight; 1 and −1.
  package let pull: AdjointState
  /// Whether the gradient of a weight collects λ_V in place of λ_I.
  package let collectsPotential: Bool
  /// Whether the jump replaces λ_V.
  package let overwrites: Bool
  /// Whether the flow of all neurons at a spike is credited to the next delivery in the queue.
  package let leaksToNext: Bool
  /// Whether equal neurons that fire together share the jump of the first.
  package let sharesTies: Bool
  /// Whether every spike of a neuron gets ∂L/∂t of all its spikes.
  package let mergesSpikes: Bool
  /// The length of the Euler steps, in seconds; nil for the exact flow.
  package let eulerStep: Double?
  /// The input channel whose arrivals are left out.
  package let missingChannel: Int?
  private let pullsExactly: Bool
  private let slopeRule: Alteration?
  private let resetRule: Alteration?
  private let forgetsLeak: Bool
  private let leastSlope: Double?

  /// Creates a rule that makes several alterations; nil when two of them are not compatible.
  package init?(_ alterations: [Alteration]) {
    for (number, one) in alterations.enumerated() {
      guard alterations[..<number].allSatisfy({ $0.isCompatible(with: one) }) else { return nil }
    }
    let order = Alteration.all.map(\.kind)
    self.init(
      sorted: order.compactMap { kind in alterations.first { $0.kind == kind } })
  }

  /// Creates a rule that makes one alteration.
  package init(_ alteration: Alteration) { self.init(sorted: [alteration]) }

  private init(sorted alterations: [Alteration]) {
    self.alterations = alterations
    decaysWithTauMem = alterations.contains(.tauMemKernel)
    skipsRecurrence = alterations.contains(.noRecurrence)
    skipsSelf = alterations.contains(.noSelf)
    isScaled = !alterations.contains(.unscaled)
    forgetsLeak = alterations.contains(.noLeak)
    resetRule = alterations.first {
      $0 == .noResetTerm || $0 == .resetToZero || $0 == .mergedSpikes
    }
    slopeRule = alterations.first { $0 == .noSlope || $0 == .slopeAtReset }
    pull = AdjointState(
      lambdaV: alterations.contains(.currentOnly) ? 0 : 1,
      lambdaI: alterations.contains(.potentialOnly)
        ? 0 : alterations.contains(.wrongSignCurrent) ? 1 : -1)
    pullsExactly = pull == AdjointState(lambdaV: 1, lambdaI: -1)
    collectsPotential = alterations.contains(.potentialGradient)
    overwrites = alterations.contains(.overwritten)
    leaksToNext = alterations.contains(.leakToNext)
    sharesTies = alterations.contains(.sharedTies)
    mergesSpikes = alterations.contains(.mergedSpikes)
    var mostEvents: Int?
    var leastSlope: Double?
    var eulerStep: Double?
    var missingChannel: Int?
    for alteration in alterations {
      switch alteration {
      case .truncated(let last): mostEvents = last
      case .clampedSlope(let least): leastSlope = least
      case .euler(let step): eulerStep = step
      case .missingChannel(let channel): missingChannel = channel
      default: break
      }
    }
    self.mostEvents = mostEvents
    self.leastSlope = leastSlope
    self.eulerStep = eulerStep
    self.missingChannel = missingChannel
  }

  /// The exact rule.
  package static let exact = AdjointRule(sorted: [])

  /// The rules with one alteration, with the usual values.
  package static let wrong = Alteration.all.map { AdjointRule($0) }

  /// The name at the prompt and on the command line; several alterations are joined by `+`.
  package var name: String {
    alterations.isEmpty ? "exact" : alterations.map(\.name).joined(separator: "+")
  }

  /// Which implementations have this rule.
  package var story: String {
    alterations.isEmpty
      ? "every term as the mathematics has it" : alterations.map(\.story).joined(separator: "; ")
  }

  /// What is wrong with the text of a rule.
  package enum Fault: Error, Equatable, Sendable {
    /// There is no alteration of this name.
    case unknown(String)
    /// The value after the colon does not fit the name.
    case badValue(String, of: String)
    /// Two alterations do not go together.
    case incompatible(String, String)
  }

  /// Reads a rule: names joined by `+`, as in `no-leak+no-self`.
  ///
  /// Some names take a value after a colon, as in `clamped-slope:0.1` and `truncated:5`; a time is
  /// in seconds, or has one of the units s, ms and us.
  ///
  /// Throws a `Fault` with the offending part.
  package init(reading text: String) throws(Fault) {
    let names = text.lowercased().split(separator: "+", omittingEmptySubsequences: false)
    if names == ["exact"] {
      self = .exact
      return
    }
    var alterations: [Alteration] = []
    for name in names {
      let alteration = try Alteration(reading: String(name))
      if let other = alterations.first(where: { !$0.isCompatible(with: alteration) }) {
        throw .incompatible(other.kind, alteration.kind)
      }
      alterations.append(alteration)
    }
    guard let rule = AdjointRule(alterations) else { throw .unknown(text) }
    self = rule
  }

  /// A rule by its name, or nil; see ``init(reading:)``.
  package init?(_ text: String) {
    guard let rule = try? AdjointRule(reading: text) else { return nil }
    self = rule
  }

  /// The height v_th − v_reset of the reset term, after the alterations.
  func resetHeight(of parameters: LIFParameters) -> Double {
    switch resetRule {
    case .noResetTerm, .mergedSpikes: 0
    case .resetToZero: parameters.vThreshold
    default: parameters.vThreshold - parameters.vReset
    }
  }

  /// The denominator of the jump, I⁻ + v_leak − v_th, after the alterations.
  func denominator(current: Double, _ parameters: LIFParameters) -> Double {
    if slopeRule == .noSlope { return 1 }
    let level = slopeRule == .slopeAtReset ? parameters.vReset : parameters.vThreshold
    let slope = current + (forgetsLeak ? 0 : parameters.vLeak) - level
    guard let leastSlope, abs(slope) < leastSlope else { return slope }
    return leastSlope
  }

  /// What an arrival passes back for each unit of weight: λ_V − λ_I where the rule is exact.
  package func pulled(_ state: AdjointState) -> Double {
    pullsExactly
      ? state.lambdaV - state.lambdaI
      : pull.lambdaV * state.lambdaV + pull.lambdaI * state.lambdaI
  }

  /// What the gradient of a weight collects at an arrival: λ_I where the rule is exact.
  package func collected(_ state: AdjointState) -> Double {
    collectsPotential ? state.lambdaV : state.lambdaI
  }

  /// Whether a row of a matrix is left out on the way back.
  package func skips(row: Int, ofInputs isFromInputs: Bool) -> Bool {
    isFromInputs && missingChannel == row
  }

  /// Whether λ between events depends on where the walk pauses: at every event that touches the
  /// neuron.
  package var dependsOnPauses: Bool { decaysWithTauMem || eulerStep != nil }
}

extension Alteration {
  fileprivate init(reading text: String) throws(AdjointRule.Fault) {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let kind = parts.first.map(String.init) ?? ""
    guard let usual = Self.all.first(where: { $0.kind == kind }) else { throw .unknown(text) }
    guard parts.count > 1 else {
      self = usual
      return
    }
    let text = String(parts[1])
    let number = Double(text).flatMap { $0 > 0 && $0.isFinite ? $0 : nil }
    let count = Int(text).flatMap { $0 >= 0 ? $0 : nil }
    let value: Alteration.Value? =
      switch usual.value {
      case .none: nil
      case .number: number.map { .number($0) }
      case .time: Self.time(text).map { .time($0) }
      case .count: count.map { .count($0) }
      }
    guard let value, let alteration = usual.with(value) else { throw .badValue(text, of: kind) }
    self = alteration
  }

  /// A time greater than 0, in seconds.
  private static func time(_ text: String) -> Double? {
    let (unit, scale) =
      [("ms", 1e-3), ("us", 1e-6), ("s", 1)].first { text.hasSuffix($0.0) } ?? ("", 1)
    guard let number = Double(text.dropLast(unit.count)) else { return nil }
    let seconds = number * scale
    return seconds > 0 && seconds.isFinite ? seconds : nil
  }
}
