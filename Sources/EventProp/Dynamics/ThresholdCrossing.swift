import RealModule

/// Finds the first time at which V reaches the threshold from below; it misses none.
///
/// dV/dt has at most one zero after any state, at a known time. This zero splits every case into
/// stretches in which V is monotone, each with at most one root. A bracketed Newton iteration cannot
/// miss such a root. Most states are rejected without a root solve. A peak counts only when it is
/// strictly above the threshold.
///
/// The error is below 1.62 u · cond, cond = (|U expm1| + |I| a phi + |V − v_th|)/|dV/dt| + x. This is
/// a few units in the last place, except for a grazing spike, where the problem itself is
/// ill-conditioned.
///
/// jaxsnn: ttfs_solver (exact for tau_mem = 2 tau_syn only).
package struct ThresholdCrossing: Equatable, Sendable {
  private let flow: LIFFlow
  private let vThreshold: Double
  /// v_th − v_leak.
  private let theta: Double
  /// An upper bound of the part of a unit current that reaches V; it rejects weak currents.
  let largestGain: Double

  /// Prepares the search for a neuron.
  package init(_ flow: LIFFlow) {
    self.flow = flow
    let parameters = flow.parameters
    vThreshold = parameters.vThreshold
    theta = parameters.vThreshold - parameters.vLeak
    // (tau_syn/tau_mem)^(tau_mem/(tau_mem − tau_syn)) = e^(log(r)/(1 − r)), r = tau_syn/tau_mem; 1/e when equal.
    let ratio = parameters.tauSyn / parameters.tauMem
    largestGain =
      ratio == 1 ? .exp(-1) : .exp(.log(onePlus: ratio - 1) / (1 - ratio))
  }

  /// The length after which a neuron in `state` spikes if nothing reaches it, or nil if it does not within `horizon`.
  ///
  /// A state can be at or above the threshold when an arrival falls on the instant of the crossing.
  /// Such a neuron spikes at once if V rises. Otherwise V must first fall below the threshold.
  package func first(from state: LIFState, within horizon: Double) -> Double? {
    let excess = state.potential - flow.parameters.vLeak
    if state.potential >= vThreshold, state.current > excess { return 0 }
    if theta > 0 { return crossingAboveLeak(state, excess, horizon) }
    if theta < 0 { return crossingBelowLeak(state, excess, horizon) }
    return crossingAtLeak(state, excess, horizon)
  }

  /// A length within which a neuron in `state` does not spike, or nil if it never does.
  ///
  /// This bound costs far less than ``first(from:within:)``.
  ///
  /// On its way up V rises no faster than at the start, because I only decays. The bound is 0 where
  /// this says nothing.
  @inline(__always)
  func bound(from state: LIFState) -> Double? {
    let excess = state.potential - flow.parameters.vLeak
    if state.potential >= vThreshold { return state.current > excess || theta <= 0 ? 0 : nil }
    guard theta > 0 else { return 0 }
    guard mayCross(excess, state.current) else { return nil }
    // Rounding must not make it longer than it is.
    return flow.parameters.tauMem * (vThreshold - state.potential) / (state.current - excess)
      * (1 - 0x1p-48)
  }

  /// Whether a current is strong enough to lift V to the threshold, where v_leak < v_th.
  @inline(__always)
  private func mayCross(_ excess: Double, _ current: Double) -> Bool {
    // The factor leaves 10⁻¹² for the rounding of the bound; the peak decides about closer states.
    current > theta && current > excess
      && max(excess, 0) + current * largestGain >= theta * (1 - 1e-12)
  }

  /// The crossing for v_leak < v_th: only a current lifts V, and V rises concavely to its one
  /// maximum.
  private func crossingAboveLeak(
    _ state: LIFState, _ excess: Double, _ horizon: Double
  ) -> Double? {
    let current = state.current
    guard mayCross(excess, current) else { return nil }
    guard let peak = flow.turningPoint(from: state) else { return nil }
    // At the peak U = I, which avoids a cancellation.
    let height = current * .exp(-flow.kernel.b * peak)
    guard height > theta else { return nil }
    if peak > horizon, residual(state, horizon) < 0 { return nil }
    let margin = (height - theta) / height
    let start =
      peak - .sqrt(2 * margin * flow.parameters.tauMem * flow.parameters.tauSyn)
    return root(state, from: max(0, start), low: 0, high: min(peak, horizon))
  }

  /// The crossing for v_leak > v_th: V tends to a value above the threshold and crosses it exactly
  /// once.
  private func crossingBelowLeak(
    _ state: LIFState, _ excess: Double, _ horizon: Double
  ) -> Double? {
    if state.potential >= vThreshold, state.current >= 0 { return nil }
    guard residual(state, horizon) >= 0 else { return nil }
    if state.current < 0 {
      let low = flow.turningPoint(from: state) ?? 0
      guard low < horizon else { return nil }
      return root(state, from: low, low: low, high: horizon)
    }
    let withoutCurrent =
      flow.parameters.tauMem * .log(onePlus: (state.potential - vThreshold) / theta)
    if state.current == 0 { return withoutCurrent }
    return root(state, from: 0, low: 0, high: min(withoutCurrent * (1 + 0x1p-48), horizon))
  }

  /// The crossing for v_leak = v_th: a closed form for every ratio of time constants.
  private func crossingAtLeak(
    _ state: LIFState, _ excess: Double, _ horizon: Double
  ) -> Double? {
    guard state.current > 0, excess < 0 else { return nil }
    let need = -flow.parameters.tauMem * excess / state.current
    let spread = flow.kernel.b - flow.kernel.a
    guard spread * need < 1 else { return nil }
    let x = spread == 0 ? need : -Double.log(onePlus: -spread * need) / spread
    return x <= horizon ? x : nil
  }

  /// V(x) − v_th; the small difference is added first, so that no digits are lost just below the
  /// threshold.
  private func residual(_ state: LIFState, _ x: Double) -> Double {
    (state.potential - vThreshold) + flow.rise(of: state, over: x)
  }

  /// Newton's iteration inside a bracket; on a concave rise every step goes towards the root.
  private func root(
    _ state: LIFState, from start: Double, low: Double, high: Double
  ) -> Double {
    var low = low
    var high = high
    var x = start
    // Halving alone needs at most 64 rounds near the root; 200 rounds are enough for any bracket.
    for _ in 0..<200 {
      let value = residual(state, x)
      if value == 0 { return x }
      if value < 0 { low = x } else { high = x }
      var next = x - value / flow.slope(state, after: x)
      if abs(next - x) <= .ulpOfOne * x { return min(next, high) }
      if !(next > low && next < high) {
        next = low + (high - low) / 2
        if next <= low || next >= high { return high }
      }
      x = next
    }
    return x
  }
}
