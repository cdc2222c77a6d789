import RealModule

/// What λ at the end of a stretch adds to the derivatives by the parameters of its neuron.
///
/// Over a stretch without an event the derivatives are −∫ λ_V dt by v_leak, ∫ λ_V dV/dt dt by tau_mem and ∫ λ_I dI/dt dt by tau_syn.
/// Each is linear in λ_V and λ_I at the end and in the coefficient c of a running loss. With U = V − v_leak and I at the start, and f the
/// faster and s the slower of the rates a and b, the factors are
///
///     v_leak    λ_V: −(0)∗(a)      c: a (0)∗(0)∗(a)
///     tau_mem   λ_V: a [I ((a)∗(f) − s (a)∗(a)∗(b)) − U (a)∗(a)]
///               c: −a² [I ((0)∗(a)∗(f) − s (0)∗(a)∗(a)∗(b)) − U (0)∗(a)∗(a)]
///     tau_syn   λ_V: −b² I (a)∗(b)∗(b)    λ_I: −b I (b)∗(b)    c: a b² I (0)∗(a)∗(b)∗(b)
///
/// They follow from dV/dt = a (I phi′ − U e^(−a t)) with phi′ = e^(−f t) − s phi, and cancel at no ratio of the time constants to each
/// other or to the length.
package struct StretchDerivatives: Equatable, Sendable {
  /// What 1 of λ_V, of λ_I and of c is worth, in seconds times the unit of the derivative.
  package struct Worth: Equatable, Sendable {
    package var lambdaV = 0.0
    package var lambdaI = 0.0
    package var drive = 0.0

    /// The derivative of a λ at the end of the stretch and a running loss.
    func value(_ lambda: AdjointState, drive c: Double) -> Double {
      let value = lambdaV * lambda.lambdaV + lambdaI * lambda.lambdaI
      return c == 0 ? value : value + drive * c
    }
  }

  package let vLeak: Worth
  package let tauMem: Worth
  package let tauSyn: Worth

  /// The factors over a length x that starts in `state`; those of a running loss only where it has one.
  package init(_ flow: LIFFlow, from state: LIFState, over x: Double, isDriven: Bool) {
    self.init(flow, from: state, over: x, flow.kernel.decay(over: x), isDriven: isDriven)
  }

  /// The same where the decays of the length are known.
  @inline(__always)
  init(
    _ flow: LIFFlow, from state: LIFState, over x: Double, _ decay: SynapticKernel.Decay,
    isDriven: Bool
  ) {
    let (a, b) = (flow.kernel.a, flow.kernel.b)
    let current = state.current
    let excess = state.potential - flow.parameters.vLeak
    let isSynapseFaster = b >= a
    let slow = isSynapseFaster ? a : b
    let aa = x * decay.mem
    var leak = Worth(lambdaV: flow.parameters.tauMem * .expMinusOne(-a * x))
    var mem = Worth(
      lambdaV: a
        * (current * ((isSynapseFaster ? decay.phi : aa) - slow * decay.phiAAB) - excess * aa))
    var syn = Worth(
      lambdaV: -b * b * current * decay.phiABB, lambdaI: -b * current * x * decay.syn)
    if isDriven {
      let stepped = SteppedKernel(flow.kernel, over: x)
      leak.drive = a * stepped.stepA
      mem.drive =
        -a * a
        * (current * ((isSynapseFaster ? stepped.ab : stepped.aa) - slow * stepped.aab)
          - excess * stepped.aa)
      syn.drive = a * b * b * current * stepped.abb
    }
    vLeak = leak
    tauMem = mem
    tauSyn = syn
  }
}
