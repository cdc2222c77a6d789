/// The forward state of one neuron.
///
/// jaxsnn: LIFState.
public struct LIFState: Equatable, BitwiseCopyable, Sendable {
  /// The membrane potential V.
  public var potential: Double
  /// The synaptic current I, on the scale of V.
  public var current: Double

  /// Creates a state; by default V = 0 and I = 0.
  public init(potential: Double = 0, current: Double = 0) {
    self.potential = potential
    self.current = current
  }
}

/// The adjoint state of one neuron: how the loss depends on V and I.
///
/// It has a type of its own, so that a potential cannot be added to its adjoint. The true adjoints
/// are `∂L/∂V(t) = −tau_mem λ_V` and `∂L/∂I(t) = −tau_syn λ_I`; λ has the unit [loss]/([V] s).
public struct AdjointState: Hashable, Sendable {
  /// The adjoint λ_V of the membrane potential.
  public var lambdaV: Double
  /// The adjoint λ_I of the synaptic current.
  public var lambdaI: Double

  /// Creates an adjoint state; by default it is zero, as at the horizon.
  package init(lambdaV: Double = 0, lambdaI: Double = 0) {
    self.lambdaV = lambdaV
    self.lambdaI = lambdaI
  }
}
