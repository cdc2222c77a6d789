import EventProp

/// The rules by which a training moves the parameters of a network.
package struct TrainingSettings: Equatable, Sendable {
  /// The number of passes through all samples.
  package var epochs: Int
  /// The number of samples of a step; the last step of an epoch may have fewer.
  package var batch: Int
  /// The rule that turns a gradient into a step.
  package var optimizer: Optimizer
  /// The size of a step: for weights in their own unit, for other parameters see ``Learned``.
  package var rate: Double
  /// The course of the rate.
  package var decay: Decay
  /// The limit of the gradient; nil for none.
  package var clipping: Clipping?
  /// Whether a sample whose label neuron is silent takes no part in the step.
  ///
  /// The loss counts such a neuron at `clip`, which moves only the other neurons: they become later,
  /// until all are silent. Wunderlich & Pehle leave such samples out.
  package var skipsSilentLabels: Bool
  /// What a step adds to the weights into each neuron that is silent in all its samples.
  ///
  /// Nil adds nothing. No gradient leads there.
  package var bump: Double?
  /// The factor of a second loss on samples whose label neuron is silent; nil for none.
  ///
  /// The loss is ``MaxOverTimeCrossEntropy`` of the same neurons: it lifts the greatest V of the label,
  /// which exists without a spike.
  package var existence: Double?
  /// The seed of the order of the samples.
  package var seed: UInt64
  /// Whether each epoch has an order of its own; otherwise samples come as they are in the data.
  package var shuffles: Bool
  /// What is learnt.
  package var learn: [LearnedPart]

  /// Settings; the defaults are those of Adam on weights.
  package init(
    epochs: Int = 10, batch: Int = 32, optimizer: Optimizer = .adam, rate: Double = 5e-3,
    decay: Decay = .none, clipping: Clipping? = nil, skipsSilentLabels: Bool = false,
    bump: Double? = nil, existence: Double? = nil, seed: UInt64 = 0, shuffles: Bool = true,
    learn: [LearnedPart] = [LearnedPart(.weights)]
  ) {
    self.epochs = epochs
    self.batch = batch
    self.optimizer = optimizer
    self.rate = rate
    self.decay = decay
    self.clipping = clipping
    self.skipsSilentLabels = skipsSilentLabels
    self.bump = bump
    self.existence = existence
    self.seed = seed
    self.shuffles = shuffles
    self.learn = learn
  }

  /// The course of the rate: what each epoch or each step multiplies it with.
  package enum Decay: Equatable, Sendable {
    case none
    case perEpoch(Double)
    case perStep(Double)
  }

  /// The rate of a step, counted from 0; an epoch has `steps` steps.
  package func rate(atStep step: Int, ofEpochsWith steps: Int) -> Double {
    switch decay {
    case .none: rate
    case .perEpoch(let factor): rate * Self.power(factor, step / steps)
    case .perStep(let factor): rate * Self.power(factor, step)
    }
  }

  /// A power by squaring: the same bits on every machine.
  static func power(_ base: Double, _ exponent: Int) -> Double {
    var (result, square, rest) = (1.0, base, exponent)
    while rest > 0 {
      if rest & 1 == 1 { result *= square }
      square *= square
      rest >>= 1
    }
    return result
  }
}

/// A limit of the gradient of a step, by the mean of its samples.
package enum Clipping: Equatable, Sendable {
  /// A longer gradient is shortened to this length; the parts of all parameters count together.
  case norm(Double)
  /// Each derivative is cut at this size.
  case value(Double)

  /// Limits a gradient; returns whether that changed it.
  func limit(_ gradient: inout [Double]) -> Bool {
    switch self {
    case .norm(let most):
      let length = gradient.reduce(0) { $0 + $1 * $1 }.squareRoot()
      guard length > most else { return false }
      for place in gradient.indices { gradient[place] *= most / length }
      return true
    case .value(let most):
      var isChanged = false
      for place in gradient.indices where abs(gradient[place]) > most {
        gradient[place] = gradient[place] < 0 ? -most : most
        isChanged = true
      }
      return isChanged
    }
  }
}
