package import EventProp

/// What one sample adds to the gradient of a step.
package struct SampleShare: Sendable {
  /// The place of the sample in the data.
  package let sample: Int
  /// What the network does on it.
  package let outcome: Outcome
  /// Its part of the gradient, for each learnt number, before the gradient was limited.
  package let gradient: [Double]

  /// The length of its part.
  package var norm: Double { gradient.reduce(0) { $0 + $1 * $1 }.squareRoot() }
}

extension Training {
  /// What `body` makes of the share of each sample of the next step, in the order of the step.
  ///
  /// The shares add up to the gradient of the step, to rounding.
  ///
  /// Throws a ``Failure`` where a sample has no gradient.
  ///
  /// - Complexity: that of a step, and O(samples · parameters).
  package mutating func shares<Made>(
    _ body: (SampleShare) -> Made
  ) throws(Failure) -> [Made] {
    let places = samples(ofStep: step)
    let divisor = data.together == .mean ? Double(places.count) : 1
    var made: [Made] = []
    for place in places {
      do throws(Batch.Failure) {
        let result = try batch.gradient(
          of: [data.samples[place]], withParameters: learned.needsParameters,
          skippingSilentLabels: settings.skipsSilentLabels)
        var gradient = learned.gradient(result.layers, dividedBy: divisor, at: state.numbers)
        if let lift = try existence([place], result.outcomes, dividedBy: divisor) {
          for entry in gradient.indices { gradient[entry] += lift.gradient[entry] }
        }
        made.append(
          body(SampleShare(sample: place, outcome: result.outcomes[0], gradient: gradient)))
      } catch {
        throw .sample(place, error.reason)
      }
    }
    return made
  }

  /// The change of a learnt number by the next step, taken apart.
  ///
  /// Throws a ``Failure`` where a sample has no gradient.
  ///
  /// - Complexity: that of a step, and O(samples · parameters).
  package mutating func update(of entry: Int) throws(Failure) -> Update {
    let shares = try shares { (sample: $0.sample, gradient: $0.gradient, outcome: $0.outcome) }
    let isBumped = weights(into: bumped(shares.map(\.outcome))).contains(entry)
    try look()
    var gradient = [Double](repeating: 0, count: learned.count)
    for share in shares {
      for place in gradient.indices { gradient[place] += share.gradient[place] }
    }
    var limited = gradient
    _ = settings.clipping?.limit(&limited)
    return Update(
      entry, from: state, to: ahead ?? state, settings.optimizer,
      rate: settings.rate(atStep: step, ofEpochsWith: order.steps), gradient: gradient[entry],
      limited: limited[entry], clipping: settings.clipping,
      samples: shares.map { ($0.sample, $0.gradient[entry]) },
      bump: isBumped ? settings.bump : nil,
      least: learned.parameter(at: entry)?.part.least(at: entry))
  }
}

/// The change of a learnt number by one step, as a sum of terms.
package struct Update: Sendable {
  /// The number before the step, as it is learnt.
  package let before: Double
  /// The number after it.
  package let after: Double
  /// The rate of the step.
  package let rate: Double
  /// The derivative before the gradient was limited.
  package let gradient: Double
  /// The derivative after it was limited.
  package let limited: Double
  /// The numbers of the rule.
  package let rule: Rule
  /// The terms of the change.
  package let terms: [Term]

  /// The numbers of the rule that makes a step of a derivative.
  package enum Rule: Sendable {
    /// −rate · g.
    case sgd
    /// −rate · m, with m before and after the step.
    case momentum(factor: Double, before: Double, after: Double)
    /// −rate · m̂ / (√v̂ + ε), with m and v before and after the step, and both corrected.
    case adam(
      beta1: Double, beta2: Double, epsilon: Double, m: (Double, Double), v: (Double, Double),
      corrected: (m: Double, v: Double))
  }

  /// A term of the change.
  package struct Term: Sendable {
    /// What causes the term.
    package enum Cause: Equatable, Sendable {
      /// A sample, by its place in the data, with its part of the derivative.
      case sample(Int, gradient: Double)
      /// What the optimizer remembers of earlier steps.
      case memory
      /// The limit of each derivative.
      case limit
      /// The neuron is silent in all samples of the step, and its weights are lifted.
      case bump
      /// A delay that would be below 0 is brought back to 0.
      case projection
    }
    /// The cause.
    package let cause: Cause
    /// The value; all values add up to the change.
    package let value: Double
  }

  /// The change.
  package var change: Double { terms.reduce(0) { $0 + $1.value } }

  init(
    _ entry: Int, from state: Training.State, to next: Training.State, _ optimizer: Optimizer,
    rate: Double, gradient: Double, limited: Double, clipping: Clipping?,
    samples: [(place: Int, gradient: Double)], bump: Double?, least: Double?
  ) {
    before = state.numbers[entry]
    after = next.numbers[entry]
    self.rate = rate
    self.gradient = gradient
    self.limited = limited
    func number(_ list: [Double]) -> Double { list.isEmpty ? 0 : list[entry] }
    let (m, mAfter) = (number(state.memory.m), number(next.memory.m))
    let (v, vAfter) = (number(state.memory.v), number(next.memory.v))
    /// The factor of a derivative in the change, and the term of the memory.
    let factor, memory: Double
    switch optimizer {
    case .sgd:
      (factor, memory) = (-rate, 0)
      rule = .sgd
    case .momentum(let part):
      (factor, memory) = (-rate, -rate * part * m)
      rule = .momentum(factor: part, before: m, after: mAfter)
    case .adam(let beta1, let beta2, let epsilon):
      let mean = 1 - TrainingSettings.power(beta1, next.memory.steps)
      let square = 1 - TrainingSettings.power(beta2, next.memory.steps)
      let divisor = mean * ((vAfter / square).squareRoot() + epsilon)
      (factor, memory) = (-rate * (1 - beta1) / divisor, -rate * beta1 * m / divisor)
      rule = .adam(
        beta1: beta1, beta2: beta2, epsilon: epsilon, m: (m, mAfter), v: (v, vAfter),
        corrected: (mAfter / mean, vAfter / square))
    }
    /// A limit of the length makes all shares shorter alike; a limit of each derivative cuts the sum.
    let isShortened = if case .norm? = clipping { true } else { false }
    let scale = isShortened && gradient != 0 ? limited / gradient : 1
    var terms = samples.map { sample in
      Term(
        cause: .sample(sample.place, gradient: sample.gradient),
        value: factor * scale * sample.gradient)
    }
    if memory != 0 { terms.append(Term(cause: .memory, value: memory)) }
    if !isShortened, limited != gradient {
      terms.append(Term(cause: .limit, value: factor * (limited - gradient)))
    }
    if let bump { terms.append(Term(cause: .bump, value: bump)) }
    let whole = terms.reduce(0) { $0 + $1.value }
    if let least, after == least, before + whole < least {
      terms.append(Term(cause: .projection, value: after - before - whole))
    }
    self.terms = terms
  }
}
