import RealModule

/// Two time constants as a clock, which gives the factors of an instant to all neurons that share
/// them.
///
/// Between its events the state of a neuron is two constants A and B,
///
///     U(t) = V − v_leak = ym A + c B        I(t) = ys B        ym = e^(−a t), ys = e^(−b t)
///
/// Nothing decays while nothing happens, and an event needs two exponentials, whatever the number
/// of neurons. c is one solution for the response of V to the current. Where the time constants
/// differ, c is κ ys with κ = a/(a − b). Where they are equal or nearly so, c is the kernel a phi(t),
/// which stays finite. Time counts from the start of an *epoch*, an interval of a fixed grid, so that
/// no exponential loses its precision.
///
/// The adjoint has constants P and Q in the same way: λ_V = P/ym, λ_I = (Q + H P)/ys with H = −(b/a) c/ym.
struct TimeScale: Equatable, Sendable {
  let kernel: SynapticKernel
  let tauMem: Double
  let tauSyn: Double
  /// The length of an epoch in seconds.
  let epochLength: Double
  /// κ, or nil where the time constants are too close for it.
  let kappa: Double?
  let ratio: Ratio
  /// b/a = tau_mem/tau_syn: H = −(b/a) c/ym.
  let adjointRatio: Double

  /// Ratios that replace an exponential.
  enum Ratio: Sendable {
    case twoToOne, equal, any
  }

  /// An instant, seen from the start of its epoch.
  struct Instant: Equatable, Sendable {
    var time: Double
    var ym: Double
    var ys: Double
    var c: Double
    var epoch: Int
  }

  init(tauMem: Double, tauSyn: Double) {
    self.tauMem = tauMem
    self.tauSyn = tauSyn
    kernel = SynapticKernel(tauMem: tauMem, tauSyn: tauSyn)
    epochLength = 8 * min(tauMem, tauSyn)
    let spread = kernel.a - kernel.b
    // Closer time constants would cost κ more digits than the kernel loses inside one epoch.
    kappa = abs(spread) >= 0.12 * max(kernel.a, kernel.b) ? kernel.a / spread : nil
    adjointRatio = tauMem / tauSyn
    ratio = tauMem == 2 * tauSyn ? .twoToOne : tauMem == tauSyn ? .equal : .any
  }

  /// The instant `x` after the start of an epoch, from two exponentials.
  @inline(__always)
  private func response(_ x: Double, _ ym: Double, _ ys: Double) -> Double {
    if let kappa { return kappa * ys }
    return ratio == .equal ? kernel.a * x * ym : kernel.a * kernel.phi(x)
  }

  @inline(__always)
  func instant(at time: Double) -> Instant {
    let epoch = (time / epochLength).rounded(.down)
    let x = time - epoch * epochLength
    let ym = Double.exp(-kernel.a * x)
    let ys =
      switch ratio {
      case .twoToOne: ym * ym
      case .equal: ym
      case .any: Double.exp(-kernel.b * x)
      }
    return Instant(time: time, ym: ym, ys: ys, c: response(x, ym, ys), epoch: Int(epoch))
  }

  /// How much a unit of current has added to V after x: a phi(x), from the decays over x.
  @inline(__always)
  func gain(_ x: Double, _ mem: Double, _ syn: Double) -> Double {
    if let kappa { return kappa * (syn - mem) }
    return ratio == .equal ? kernel.a * x * mem : kernel.a * kernel.phi(x)
  }

  /// The instant after another one, counted in its own epoch, from the decays between them.
  @inline(__always)
  func instant(at time: Double, from now: Instant, decays: (mem: Double, syn: Double)) -> Instant {
    if time >= Double(now.epoch + 1) * epochLength { return instant(at: time) }
    return seen(at: time, from: now, decays: decays)
  }

  /// The instant after another one, counted from the epoch of the other, from the decays between
  /// them.
  @inline(__always)
  func seen(at time: Double, from now: Instant, decays: (mem: Double, syn: Double)) -> Instant {
    let ym = now.ym * decays.mem
    let ys = now.ys * decays.syn
    let x = time - Double(now.epoch) * epochLength
    return Instant(time: time, ym: ym, ys: ys, c: response(x, ym, ys), epoch: now.epoch)
  }

  /// A later instant, counted from the start of an earlier epoch.
  @inline(__always)
  func seen(_ later: Instant, from epoch: Int) -> Instant {
    later.epoch == epoch ? later : seenFarther(later, from: epoch)
  }

  /// The instant `x` after the start of an epoch, which need not end before it.
  func instant(_ x: Double, after epoch: Int) -> Instant {
    let (ym, ys) = (Double.exp(-kernel.a * x), Double.exp(-kernel.b * x))
    return Instant(
      time: Double(epoch) * epochLength + x, ym: ym, ys: ys, c: response(x, ym, ys), epoch: epoch)
  }

  /// The longest time that is computed: 600 of the slower time constant.
  ///
  /// Nothing remains of a state after that time. Beyond it both exponentials would be 0 and hide
  /// whether V or I was larger.
  @inline(never)
  private func seenFarther(_ later: Instant, from epoch: Int) -> Instant {
    let x = min(later.time - Double(epoch) * epochLength, 600 * max(tauMem, tauSyn))
    let ym = Double.exp(-kernel.a * x)
    let ys = Double.exp(-kernel.b * x)
    return Instant(time: later.time, ym: ym, ys: ys, c: response(x, ym, ys), epoch: epoch)
  }

  /// The decays over whole epochs, and the parts that move between the two constants.
  struct Rebase: Sendable {
    var mem: Double
    var syn: Double
    /// The part of B that is added to A.
    var toA: Double
    /// The part of P that is added to Q.
    var toQ: Double
  }

  func rebase(over epochs: Int) -> Rebase {
    let length = Double(epochs) * epochLength
    let phi = kappa == nil ? kernel.phi(length) : 0
    return Rebase(
      mem: .exp(-kernel.a * length), syn: .exp(-kernel.b * length), toA: kernel.a * phi,
      toQ: kernel.b * phi)
  }

  /// Antiderivatives at an instant, from which the derivatives by the time constants are computed.
  ///
  /// While A, B, P and Q are constant,
  ///
  ///     ∫ λ_V dV/dt dt = P (A mem + B gain)        ∫ λ_I dI/dt dt = B (Q syn + P cross)
  ///
  /// Each integral is the value at the later end minus the value at the earlier end.
  struct Antiderivatives: Sendable {
    var mem: Double
    var gain: Double
    var syn: Double
    var cross: Double
  }

  /// The antiderivatives `x` after the start of an epoch, for P at the start of a later epoch; gain
  /// and cross are multiplied by the decay of V over x.
  ///
  /// That decay also multiplies P of the later epoch. It can be tiny although the product is not.
  func faded(_ x: Double, _ change: Rebase) -> Antiderivatives {
    let a = kernel.a
    let b = kernel.b
    guard let kappa else {
      let decay = kernel.decay(over: x)
      return Antiderivatives(
        mem: -a * x, gain: a * decay.phi - a * a * decay.phiAAB, syn: -b * x,
        cross: b * b * decay.phiAAB)
    }
    let share = kappa / (b - a) * change.syn
    return Antiderivatives(
      mem: -a * x, gain: b * share, syn: -b * x, cross: -b * adjointRatio * share)
  }

  /// The antiderivatives `x` after the start of an epoch; `ratio` is ys/ym there.
  @inline(__always)
  func antiderivatives(_ x: Double, ratio: Double) -> Antiderivatives {
    let a = kernel.a
    let b = kernel.b
    guard let kappa else {
      // ∫ F = a x² psi2(−(b − a) x), and x² psi2 = e^(a x) phi_aab.
      let decay = kernel.decay(over: x)
      let area = decay.phiAAB / decay.mem
      return Antiderivatives(
        mem: -a * x, gain: a * decay.phi / decay.mem - a * a * area, syn: -b * x,
        cross: b * b * area)
    }
    let share = kappa / (b - a) * ratio
    return Antiderivatives(
      mem: -a * x, gain: b * share, syn: -b * x, cross: -b * adjointRatio * share)
  }
}
