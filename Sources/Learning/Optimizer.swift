/// A rule that turns gradients into steps.
package enum Optimizer: Equatable, Sendable {
  /// x ← x − rate · g.
  case sgd
  /// m ← factor · m + g, x ← x − rate · m.
  case momentum(factor: Double)
  /// Adam (Kingma & Ba 2015, https://arxiv.org/abs/1412.6980): `epsilon` stands outside the root.
  case adam(beta1: Double, beta2: Double, epsilon: Double)

  /// Adam with its published constants.
  package static let adam = adam(beta1: 0.9, beta2: 0.999, epsilon: 1e-8)

  /// What the rule remembers from step to step; empty lists where it remembers nothing.
  package struct State: Equatable, Sendable {
    /// The running mean of the gradient, for each parameter.
    package var m: [Double] = []
    /// The running mean of its square, for each parameter.
    package var v: [Double] = []
    /// The number of steps so far.
    package var steps = 0

    /// A state before the first step.
    package init() {}
  }

  /// The change of each parameter by a gradient.
  ///
  /// - Complexity: O(parameters).
  package func changes(by gradient: [Double], rate: Double, _ state: inout State) -> [Double] {
    state.steps += 1
    switch self {
    case .sgd: return gradient.map { -rate * $0 }
    case .momentum(let factor):
      if state.m.isEmpty { state.m = Array(repeating: 0, count: gradient.count) }
      for place in gradient.indices { state.m[place] = factor * state.m[place] + gradient[place] }
      return state.m.map { -rate * $0 }
    case .adam(let beta1, let beta2, let epsilon):
      if state.m.isEmpty {
        state.m = Array(repeating: 0, count: gradient.count)
        state.v = state.m
      }
      let mean = 1 - TrainingSettings.power(beta1, state.steps)
      let square = 1 - TrainingSettings.power(beta2, state.steps)
      var changes = gradient
      for (place, g) in gradient.enumerated() {
        let m = beta1 * state.m[place] + (1 - beta1) * g
        let v = beta2 * state.v[place] + (1 - beta2) * (g * g)
        (state.m[place], state.v[place]) = (m, v)
        changes[place] = -rate * (m / mean) / ((v / square).squareRoot() + epsilon)
      }
      return changes
    }
  }
}
