import RealModule

/// Exact evolution of a neuron between events, forwards in time.
///
///     V(x) = V + U expm1(−a x) + I a phi(x),   U = V − v_leak        I(x) = I e^(−b x)
///
/// The formulas hold for every ratio of time constants, equal ones included. The error of V(x) is
/// at most 4 u times the sum of the magnitudes of its terms. Lengths x are in seconds and ≥ 0.
///
/// jaxsnn: lif_exponential_flow.
package struct LIFFlow: Equatable, Sendable {
  /// The parameters that the flow obeys.
  package let parameters: LIFParameters
  /// The kernels of its time constants.
  package let kernel: SynapticKernel

  /// Creates the flow of a neuron.
  package init(_ parameters: LIFParameters) {
    self.parameters = parameters
    kernel = SynapticKernel(tauMem: parameters.tauMem, tauSyn: parameters.tauSyn)
  }

  /// The state a length x later.
  package func advanced(_ state: LIFState, by x: Double) -> LIFState {
    advanced(state, over: kernel.decay(over: x))
  }

  /// The state after a length with known `decays`; a length of 0 leaves every bit as it is.
  ///
  /// After a long length V is v_leak + U e^(−a x): V at the start would hide the digits of a small U.
  @inline(__always)
  func advanced(_ state: LIFState, over decay: SynapticKernel.Decay) -> LIFState {
    advanced(state, over: (mem: decay.mem, syn: decay.syn, phi: decay.phi))
  }

  /// The state after a length with these decays.
  @inline(__always)
  func advanced(
    _ state: LIFState, over decay: (mem: Double, syn: Double, phi: Double)
  ) -> LIFState {
    let excess = state.potential - parameters.vLeak
    let flowed =
      decay.mem > 0.5
      ? state.potential + excess * (decay.mem - 1) : parameters.vLeak + excess * decay.mem
    return LIFState(
      potential: flowed + state.current * kernel.a * decay.phi,
      current: state.current * decay.syn)
  }

  /// V(x) − V, without the rounding of adding V.
  func rise(of state: LIFState, over x: Double) -> Double {
    (state.potential - parameters.vLeak) * .expMinusOne(-kernel.a * x)
      + state.current * kernel.a * kernel.phi(x)
  }

  /// dV/dt in a state, per second.
  package func slope(_ state: LIFState) -> Double {
    kernel.a * (state.current - (state.potential - parameters.vLeak))
  }

  /// dV/dt a length x after a state, per second.
  package func slope(_ state: LIFState, after x: Double) -> Double {
    slope(state) * .exp(-kernel.a * x) - kernel.a * kernel.b * state.current * kernel.phi(x)
  }

  /// The length after which dV/dt is zero, or nil; there is at most one.
  ///
  /// It is a maximum of V if the current is positive and a minimum if it is negative.
  package func turningPoint(from state: LIFState) -> Double? {
    guard state.current != 0 else { return nil }
    let excess = state.potential - parameters.vLeak
    let rho = parameters.tauSyn * (state.current - excess) / state.current
    let spread = kernel.b - kernel.a
    let z = spread * rho
    guard rho > 0, z < 1 else { return nil }
    return z == 0 ? rho : -Double.log(onePlus: -z) / spread
  }

  /// Whether V may turn within a length; false only where ``turningPoint(from:)`` is not within it.
  ///
  /// With ρ = tau_syn (I − U)/I the turn comes at ρ or later where b > a, and at ρ/(1 + (a − b) ρ) or
  /// later elsewhere, because x/(1 + x) ≤ ln(1 + x) ≤ x. This spares the logarithm.
  @inline(__always)
  package func mayTurn(from state: LIFState, within length: Double) -> Bool {
    let excess = state.potential - parameters.vLeak
    let rho = parameters.tauSyn * (state.current - excess) / state.current
    // The factor leaves 10⁻⁹ for rounding. A comparison with no number says that it may.
    return !(rho > length * (1 + max(0, kernel.a - kernel.b) * rho) * (1 + 1e-9))
  }

  /// ∫ V dt over a length x that starts in `state`, in volt-scale seconds.
  ///
  /// V, v_leak and I have a positive share each, so that nothing cancels but what they are themselves.
  package func integral(from state: LIFState, over x: Double) -> Double {
    let stepped = SteppedKernel(kernel, over: x)
    return state.potential * stepped.a + parameters.vLeak * kernel.a * stepped.stepA
      + state.current * kernel.a * stepped.ab
  }
}

/// Exact evolution of λ against time, over a length without an event of its neuron.
///
///     λ_V(s+x) = λ_V e^(−a x) − c a (0)∗(a)
///     λ_I(s+x) = λ_I e^(−b x) + b λ_V phi(x) − c a b (0)∗(a)∗(b)
///
/// c is the coefficient of V in a running loss ∫ c V dt; it is 0 for losses on spikes. Its kernels
/// are those of ``SteppedKernel``. The leak does not appear.
///
/// jaxsnn: adjoint_lif_exponential_flow, adjoint_lif_dynamic (whose λ_I decays with tau_mem by mistake).
package struct AdjointFlow: Equatable, Sendable {
  /// The kernels of the neuron's time constants.
  package let kernel: SynapticKernel
  /// The coefficient c of the running loss, loss per (V s).
  package let drive: Double

  /// Whether λ_I decays with tau_mem, as in the wrong rule `tau-mem-kernel`.
  private let decaysWithTauMem: Bool
  /// The length of explicit Euler steps, as in the wrong rule `euler`; nil for the exact flow.
  private let eulerStep: Double?

  /// Creates the flow of the adjoint of a neuron under a rule; by default it is the exact one.
  package init(_ kernel: SynapticKernel, drive: Double = 0, rule: AdjointRule = .exact) {
    self.kernel = kernel
    self.drive = drive
    decaysWithTauMem = rule.decaysWithTauMem
    eulerStep = rule.eulerStep
  }

  /// The adjoint a length x earlier.
  package func advanced(_ state: AdjointState, by x: Double) -> AdjointState {
    advanced(state, by: x, over: kernel.decay(over: x))
  }

  /// The adjoint before a length x with known `decays`.
  @inline(__always)
  func advanced(
    _ state: AdjointState, by x: Double, over decay: SynapticKernel.Decay
  ) -> AdjointState {
    if let eulerStep {
      return EulerFlow(a: kernel.a, b: kernel.b, step: eulerStep).back(state, drive: drive, over: x)
    }
    var earlier = AdjointState(
      lambdaV: state.lambdaV * decay.mem,
      lambdaI: state.lambdaI * (decaysWithTauMem ? decay.mem : decay.syn)
        + kernel.b * state.lambdaV * decay.phi)
    if drive != 0 { feed(&earlier, by: x, over: decay) }
    return earlier
  }

  /// Adds what the running loss gives over a length x.
  private func feed(
    _ state: inout AdjointState, by x: Double, over decay: SynapticKernel.Decay
  ) {
    let stepped = SteppedKernel(kernel, over: x)
    state.lambdaV -= drive * kernel.a * stepped.a
    state.lambdaI +=
      decaysWithTauMem
      ? drive * (decay.mem + kernel.b * decay.phi - 1)
      : -drive * kernel.a * kernel.b * stepped.ab
  }
}
