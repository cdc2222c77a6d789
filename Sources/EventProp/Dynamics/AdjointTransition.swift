/// The jump of λ_V at a spike, with every term of its equation.
///
///     λ_V⁻ = λ_V⁺ + [ (v_th − v_reset) λ_V⁺ + Σ_m w_nm (λ_V,m⁺ − λ_I,m⁺) + A + g + c (v_th − v_reset) ]
///                   / (tau_mem dV/dt⁻),        tau_mem dV/dt⁻ = I⁻ + v_leak − v_th
///
/// All λ on the right are taken just after the spike; λ_I does not jump. One rule serves networks with and without
/// recurrence: recurrence is data.
///
/// Source: Wunderlich & Pehle (2021), https://doi.org/10.1038/s41598-021-91786-z, extended to any reset and leak.
///
/// jaxsnn: adjoint_transition_with_recurrence, adjoint_transition_without_recurrence.
public struct AdjointTransition: Equatable, Sendable {
  /// λ_V of the spiking neuron just after the spike.
  public let lambdaVAfter: Double
  /// v_th − v_reset, by which V jumps down.
  public let resetHeight: Double
  /// Σ w (λ_V − λ_I) over all synapses that deliver at once, the neuron's own included.
  public let transmitted: Double
  /// The same for what arrives later: ∂L/∂t collected at this spike's delayed arrivals.
  public let delayed: Double
  /// The explicit ∂L/∂t of this spike.
  public let lossTerm: Double
  /// c (v_th − v_reset), for a running loss c ∫ V dt.
  public let runningLossTerm: Double
  /// I⁻ + v_leak − v_th = tau_mem dV/dt just before the spike.
  public let denominator: Double

  /// (v_th − v_reset) λ_V⁺.
  public var resetTerm: Double { resetHeight * lambdaVAfter }
  /// The sum in the bracket.
  public var bracket: Double {
    resetTerm + transmitted + delayed + lossTerm + runningLossTerm
  }
  /// λ_V just before the spike.
  public var lambdaVBefore: Double { lambdaVAfter + bracket / denominator }
  /// The whole ∂L/∂t of the spike, all later effects included: denominator · λ_V⁻.
  public var timeGradient: Double { denominator * lambdaVBefore }
}
