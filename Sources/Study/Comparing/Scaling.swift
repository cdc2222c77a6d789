import EventProp
import RealModule

/// A factor on a whole matrix of a gradient, as it comes from another convention or a forgotten
/// constant.
package struct Scaling: Hashable, Sendable {
  /// Rows and columns exchanged.
  package var isTransposed = false
  /// The opposite sign: the gradient of −L, or a step instead of a gradient.
  package var isNegative = false
  /// The power of the receiving neuron's tau_syn, in seconds: −1 where the formula's factor was forgotten.
  package var tauSyn = 0
  /// The power of the neuron's tau_mem, in seconds.
  package var tauMem = 0
  /// The power of 1000: milliseconds in place of seconds, in the loss or in the parameter.
  package var thousands = 0
  /// The number of samples over which the gradient was averaged.
  package var samples = 1
  /// The number of samples over which the gradient was added up where the mean is meant.
  package var summed = 1
  /// A factor without a name.
  package var constant = 1.0

  /// Creates the scaling that changes nothing.
  package init() {}

  /// Whether it changes nothing.
  package var isIdentity: Bool { self == Scaling() }

  /// The number of changes in it.
  package var count: Int {
    (isTransposed ? 1 : 0) + (isNegative ? 1 : 0) + abs(tauSyn) + abs(tauMem)
      + (thousands != 0 ? 1 : 0) + (samples > 1 ? 1 : 0) + (summed > 1 ? 1 : 0)
      + (constant != 1 ? 1 : 0)
  }

  /// The number of fitted values in it.
  var freedom: Int {
    (samples > 1 ? 1 : 0) + (constant == 1 ? 0 : isPlain ? 1 : 2)
  }

  /// Whether the factor without a name is 10⁻¹, 10⁻² or 10⁻³.
  var isPowerOfTen: Bool { [0.1, 0.01, 0.001].contains { abs(constant / $0 - 1) < 1e-9 } }

  /// Whether the factor without a name is a plain one: at most three digits, or one over such a
  /// number.
  var isPlain: Bool {
    func isShort(_ value: Double) -> Bool {
      (-3...3).contains { power in
        let scaled = value * .pow(10, power)
        return abs(scaled - scaled.rounded()) <= 1e-9 * scaled && scaled < 1000.5
          && scaled >= 0.5
      }
    }
    return constant != 1 && (isShort(constant) || isShort(1 / constant))
  }

  /// The part of the factor that is the same for every entry.
  var uniform: Double {
    (isNegative ? -1 : 1) * .pow(1000, thousands) / Double(samples) * Double(summed) * constant
  }

  /// Each change in a few words: `sign`, `tau_syn missing`, `averaged over 32 samples`.
  package var names: [String] {
    var names: [String] = []
    if isTransposed { names.append("transposed") }
    if isNegative { names.append("sign") }
    for (power, tau) in [(tauSyn, "tau_syn"), (tauMem, "tau_mem")] where power != 0 {
      names.append(power < 0 ? "\(tau) missing" : "times \(tau)")
    }
    switch thousands {
    case 0: break
    case 1: names.append("loss in ms (times 1000)")
    case 2: names.append("loss in ms^2 (times 1e6)")
    case -1: names.append("derived by time in ms (times 0.001)")
    default: names.append("times 1e\(3 * thousands)")
    }
    if samples > 1 { names.append("averaged over \(samples) samples") }
    if summed > 1 { names.append("summed over \(summed) samples") }
    if constant != 1 {
      names.append("times \(Int(exactly: constant).map(String.init) ?? "\(constant)")")
    }
    return names
  }
}
