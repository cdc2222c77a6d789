import EventProp

/// The terms of the adjoint in symbols, as the rule has them.
extension AdjointRule {
  /// What an arrival passes back for each unit of weight: `λV - λI` where the rule is exact.
  var pullSymbol: String {
    if pull.lambdaV == 0 { return "-λI" }
    if pull.lambdaI == 0 { return "λV" }
    return pull.lambdaI > 0 ? "λV + λI" : "λV - λI"
  }

  /// What the gradient of a weight collects: `-tau_syn λI` where the rule is exact.
  var collectedSymbol: String {
    "-" + (isScaled ? "tau_syn " : "") + (collectsPotential ? "λV" : "λI")
  }

  /// The flow of λI on its way back.
  var currentFlowSymbol: String {
    if decaysWithTauMem { return "λI decays with tau_mem (exact: tau_syn)" }
    if eulerStep != nil { return "by Euler steps: tau_syn ΔλI = (λV - λI) Δs" }
    return "tau_syn dλI/ds = λV - λI"
  }
}
