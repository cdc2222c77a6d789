/// Parameters of one leaky integrate-and-fire neuron.
///
/// Between events the neuron obeys `tau_mem dV/dt = (v_leak − V) + I` and `tau_syn dI/dt = −I`; it spikes when V
/// reaches `v_th` from below, and V then restarts at `v_reset`. Times are in seconds, potentials and
/// currents are dimensionless and share one scale.
///
/// jaxsnn: LIFParameters.
public struct LIFParameters: Hashable, Sendable {
  /// The membrane time constant τ_mem, in seconds.
  public var tauMem: Double
  /// The synaptic time constant τ_syn, in seconds.
  public var tauSyn: Double
  /// The threshold v_th.
  public var vThreshold: Double
  /// The leak potential v_leak, towards which V decays; above the threshold the neuron fires without input.
  public var vLeak: Double
  /// The potential v_reset at which V restarts after a spike.
  public var vReset: Double

  /// Creates parameters; the default values are the ones of jaxsnn.
  public init(
    tauMem: Double = 10e-3, tauSyn: Double = 5e-3, vThreshold: Double = 0.6, vLeak: Double = 0,
    vReset: Double = 0
  ) {
    self.tauMem = tauMem
    self.tauSyn = tauSyn
    self.vThreshold = vThreshold
    self.vLeak = vLeak
    self.vReset = vReset
  }
}

extension LIFParameters {
  /// One of the five parameters, by its name in the field.
  public enum Field: String, CaseIterable, Sendable {
    /// The membrane time constant, in seconds.
    case tauMem = "tau_mem"
    /// The synaptic time constant, in seconds.
    case tauSyn = "tau_syn"
    /// The threshold.
    case vThreshold = "v_th"
    /// The leak potential.
    case vLeak = "v_leak"
    /// The reset potential.
    case vReset = "v_reset"

    /// Whether the parameter is a time, in seconds.
    package var isTime: Bool { self == .tauMem || self == .tauSyn }
  }
}
