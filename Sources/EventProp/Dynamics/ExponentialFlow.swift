import RealModule

/// The flow x(t) = exp(K t) x(0) of any real 2×2 kernel K: distinct, equal and complex eigenvalues alike.
///
/// With m half the trace and d = ((k₀₀ − k₁₁)/2)² + k₀₁ k₁₀, K − m is a matrix whose square is d, so that
/// `exp(K t) = e^(m t) (C + S (K − m))` with C = cosh(√d t), S = sinh(√d t)/√d, or cos and sin where d is negative.
/// Both are formed without a difference of large numbers, and S tends to t as d tends to 0.
///
/// ``LIFFlow`` and `AdjointFlow` are the flows of the neurons, and each of their terms is accurate.
/// This type is for comparison and for kernels of other models.
///
/// jaxsnn: exponential_flow.
package struct ExponentialFlow: Equatable, Sendable {
  /// The kernel by rows, per second.
  package let kernel: [[Double]]

  /// Creates the flow of a 2×2 kernel.
  package init(_ kernel: [[Double]]) {
    precondition(kernel.count == 2 && kernel.allSatisfy { $0.count == 2 }, "a kernel is 2×2")
    self.kernel = kernel
  }

  /// exp(K t), by rows.
  package func propagator(after t: Double) -> [[Double]] {
    let middle = (kernel[0][0] + kernel[1][1]) / 2
    let half = (kernel[0][0] - kernel[1][1]) / 2
    let square = half * half + kernel[0][1] * kernel[1][0]
    let root = Double.sqrt(abs(square))
    let even: Double
    let odd: Double
    if square < 0 {
      let decay = Double.exp(middle * t)
      even = decay * .cos(root * t)
      odd = decay * .sin(root * t) / root
    } else {
      let growth = Double.exp(middle * t + root * abs(t))
      let fall = Double.expMinusOne(-2 * root * abs(t))
      even = growth * (1 + fall / 2)
      odd = root * t == 0 ? growth * t : growth * (t < 0 ? fall : -fall) / (2 * root)
    }
    return [
      [even + odd * half, odd * kernel[0][1]],
      [odd * kernel[1][0], even - odd * half],
    ]
  }

  /// The state a time t after `state`.
  package func advanced(_ state: (Double, Double), by t: Double) -> (Double, Double) {
    let matrix = propagator(after: t)
    return (
      matrix[0][0] * state.0 + matrix[0][1] * state.1,
      matrix[1][0] * state.0 + matrix[1][1] * state.1
    )
  }
}
