import RealModule

/// The cross-entropy of a softmax, L = log Σ_j exp(z_j − z_label), and its slopes.
///
/// A certain answer has a tiny L and tiny slopes. Both keep all their digits: nothing is subtracted from 1.
struct CrossEntropy {
  /// L.
  let value: Double
  /// The share of each position in the softmax.
  let probabilities: [Double]
  /// ∂L/∂z_j: the share, less 1 at the label.
  let slopes: [Double]

  /// `advantages` are z_j − z_label, 0 at the label.
  init(_ advantages: [Double], label: Int) {
    let largest = advantages.max() ?? 0
    let shares = advantages.map { Double.exp($0 - largest) }
    let others = shares.indices.reduce(0) { $1 == label ? $0 : $0 + shares[$1] }
    let sum = others + shares[label]
    value = largest == 0 ? .log(onePlus: others) : largest + .log(sum)
    probabilities = shares.map { $0 / sum }
    var slopes = probabilities
    slopes[label] = -others / sum
    self.slopes = slopes
  }

  /// The terms of L: it is split in proportion to the shares.
  var terms: [(value: Double, probability: Double)] {
    probabilities.map { ($0 * value, $0) }
  }
}
