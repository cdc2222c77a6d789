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
    resetRule = alterations.first { $0 == .noResetTerm || $0 == .resetToZero }
    var mostEvents: Int?
    var leastSlope: Double?
    for alteration in alterations {
      if case .truncated(let last) = alteration { mostEvents = last }
      if case .clampedSlope(let least) = alteration { leastSlope = least }
    }
    self.mostEvents = mostEvents
    self.leastSlope = leastSlope
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
  /// Some names take a value after a colon, as in `clamped-slope:0.1` and `truncated:5`.
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
    case .noResetTerm: 0
    case .resetToZero: parameters.vThreshold
    default: parameters.vThreshold - parameters.vReset
    }
  }

  /// The denominator of the jump, I⁻ + v_leak − v_th, after the alterations.
  func denominator(current: Double, _ parameters: LIFParameters) -> Double {
    let slope = current + (forgetsLeak ? 0 : parameters.vLeak) - parameters.vThreshold
    guard let leastSlope, abs(slope) < leastSlope else { return slope }
    return leastSlope
  }
}

extension Alteration {
  fileprivate init(reading text: String) throws(AdjointRule.Fault) {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let kind = parts.first.map(String.init) ?? ""
    guard let usual = Self.all.first(where: { $0.kind == kind }) else { throw .unknown(text) }
    switch (usual, parts.count > 1 ? String(parts[1]) : nil) {
    case (_, nil): self = usual
    case (.clampedSlope, let value?):
      guard let least = Double(value), least > 0, least.isFinite else {
        throw .badValue(value, of: kind)
      }
      self = .clampedSlope(least)
    case (.truncated, let value?):
      guard let last = Int(value), last >= 0 else { throw .badValue(value, of: kind) }
      self = .truncated(last)
    case (_, let value?): throw .badValue(value, of: kind)
    }
  }
}
