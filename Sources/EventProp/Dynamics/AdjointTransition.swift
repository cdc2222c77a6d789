/// The jump of λ_V at a spike, with every term of its equation.
///
///     λ_V⁻ = λ_V⁺ + [ (v_th − v_reset) λ_V⁺ + Σ_m w_nm (λ_V,m⁺ − λ_I,m⁺) + A + g + c (v_th − v_reset) ]
///                   / (tau_mem dV/dt⁻),        tau_mem dV/dt⁻ = I⁻ + v_leak − v_th
///
/// All λ on the right are values just after the spike. λ_I does not jump. The rule is the same with
/// and without recurrence: only the synapses in the sum differ.
///
/// Source: Wunderlich & Pehle (2021), https://doi.org/10.1038/s41598-021-91786-z, extended to any reset and leak.
///
/// jaxsnn: adjoint_transition_with_recurrence, adjoint_transition_without_recurrence.
package struct AdjointTransition: Equatable, Sendable {
  /// λ_V of the spiking neuron just after the spike.
  package let lambdaVAfter: Double
  /// v_th − v_reset, the height by which V drops.
  package let resetHeight: Double
  /// Σ w (λ_V − λ_I) over all synapses that deliver at once, including the synapse of the neuron to
  /// itself.
  package let transmitted: Double
  /// ∂L/∂t collected at the delayed arrivals of this spike.
  package let delayed: Double
  /// The explicit ∂L/∂t of this spike.
  package let lossTerm: Double
  /// c (v_th − v_reset), for a running loss c ∫ V dt.
  package let runningLossTerm: Double
  /// I⁻ + v_leak − v_th = tau_mem dV/dt just before the spike.
  package let denominator: Double
  /// Whether the jump replaces λ_V, as in the wrong rule `overwritten`.
  package let overwrites: Bool

  package init(
    lambdaVAfter: Double, resetHeight: Double, transmitted: Double, delayed: Double,
    lossTerm: Double, runningLossTerm: Double, denominator: Double, overwrites: Bool = false
  ) {
    self.overwrites = overwrites
    self.lambdaVAfter = lambdaVAfter
    self.resetHeight = resetHeight
    self.transmitted = transmitted
    self.delayed = delayed
    self.lossTerm = lossTerm
    self.runningLossTerm = runningLossTerm
    self.denominator = denominator
  }

  /// (v_th − v_reset) λ_V⁺.
  package var resetTerm: Double { resetHeight * lambdaVAfter }
  /// The sum in the bracket.
  package var bracket: Double {
    resetTerm + transmitted + delayed + lossTerm + runningLossTerm
  }
  /// λ_V just before the spike.
  package var lambdaVBefore: Double {
    (overwrites ? 0 : lambdaVAfter) + bracket / denominator
  }
  /// The whole ∂L/∂t of the spike with all later effects: denominator · λ_V⁻.
  package var timeGradient: Double { denominator * lambdaVBefore }

  /// The same jump with a changed term of the loss and a changed denominator.
  func changing(lossTerm: Double? = nil, denominator: Double? = nil) -> Self {
    Self(
      lambdaVAfter: lambdaVAfter, resetHeight: resetHeight, transmitted: transmitted,
      delayed: delayed, lossTerm: lossTerm ?? self.lossTerm, runningLossTerm: runningLossTerm,
      denominator: denominator ?? self.denominator, overwrites: overwrites)
  }
}
