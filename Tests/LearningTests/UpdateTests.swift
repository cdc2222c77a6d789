import EventProp
import Learning
import Testing

/// The change of a learnt number by a step, taken apart.
@Suite struct UpdateTests {
  private static let everything = Parameter.Quantity.allCases
    .filter { ![.inputTimes, .targets].contains($0) }.map { LearnedPart($0) }

  @Test(
    arguments: [Optimizer.sgd, .momentum(factor: 0.9), .adam],
    [nil, Clipping.norm(1e-2), .value(1e-3)])
  func `the terms of every number add up to its change`(
    optimizer: Optimizer, clipping: Clipping?
  ) throws {
    var training = try TrainingTests.training(
      threads: 2, optimizer: optimizer, learn: Self.everything, hasDelays: true)
    training.change { $0.clipping = clipping }
    for step in [0, 1, 23] {
      try training.go(to: step)
      let before = training.state
      var after = training
      try after.forward()
      var causes: Set<String> = []
      for entry in stride(from: 0, to: training.learned.count, by: 3) {
        let update = try training.update(of: entry)
        let change = after.state.numbers[entry] - before.numbers[entry]
        let largest = update.terms.reduce(0) { max($0, abs($1.value)) }
        // The number itself is rounded when the change is added to it.
        let rounding =
          before.numbers[entry].magnitude.ulp + after.state.numbers[entry].magnitude.ulp
        #expect(abs(update.change - change) <= 1e-12 * largest + rounding)
        #expect(update.after == after.state.numbers[entry])
        for term in update.terms {
          if case .sample = term.cause {
            causes.insert("sample")
          } else {
            causes.insert("\(term.cause)")
          }
        }
      }
      #expect(causes.contains("sample"))
      if case .value? = clipping { #expect(causes.contains("limit")) }
      if optimizer != .sgd, step > 0 { #expect(causes.contains("memory")) }
      #expect(training.state == before)
    }
  }

  @Test func `a delay that is kept at 0 has a term for it`() throws {
    var training = try TrainingTests.training(
      learn: [LearnedPart(.delays)], hasDelays: true)
    var found = false
    for step in 0..<10 where !found {
      try training.go(to: step)
      try training.look()
      guard training.facts[step]?.projected ?? 0 > 0 else { continue }
      for entry in 0..<training.learned.count {
        let update = try training.update(of: entry)
        let rest = update.terms.filter { $0.cause == .projection }
        guard let term = rest.first else { continue }
        found = true
        #expect(term.value > 0)
        #expect(abs(update.change - (update.after - update.before)) <= 1e-15)
      }
    }
    #expect(found)
  }

  @Test func `the shares of the samples add up to the gradient of the step`() throws {
    var training = try TrainingTests.training(learn: Self.everything, hasDelays: true)
    try training.go(to: 16)
    let shares = try training.shares { $0 }
    try training.look()
    let facts = try #require(training.facts[16])
    #expect(shares.map(\.sample) == training.samples(ofStep: 16))
    #expect(abs(shares.reduce(0) { $0 + $1.outcome.loss } / 8 - facts.loss) < 1e-12)
    for (part, norm) in zip(training.learned.parts, facts.norms) {
      let sum = part.places.map { place in shares.reduce(0) { $0 + $1.gradient[place] } }
      let length = sum.reduce(0) { $0 + $1 * $1 }.squareRoot()
      #expect(abs(length - norm) <= 1e-12 * max(norm, shares.map(\.norm).max() ?? 0))
    }
  }

  @Test func `looking ahead changes nothing, and the step is the same`() throws {
    var looking = try TrainingTests.training()
    var straight = try TrainingTests.training()
    for _ in 0..<9 {
      try looking.look()
      #expect(looking.state == straight.state)
      try looking.forward()
      try straight.forward()
    }
    #expect(looking.state == straight.state && looking.facts == straight.facts)
  }

  // MARK: - Silent neurons

  /// A training whose output neurons are silent in some samples.
  private static func quiet(_ change: (inout TrainingSettings) -> Void) throws -> Training {
    var training = try TrainingTests.training(optimizer: .sgd, rate: 0.05)
    var network = training.network
    for entry in network.layers[1].weights.weights.indices {
      network.layers[1].weights.weights[entry] *= entry % 2 == 0 ? 0.02 : 1
    }
    for row in 0..<3 { network.layers[0].weights.weights[17 * row + 4] = -1 }
    var settings = training.settings
    change(&settings)
    training = try Training(network, horizon: 30e-3, training.data, settings)
    return training
  }

  @Test func `without the options nothing is bumped or lifted, and nothing else changes`() throws {
    var plain = try Self.quiet { _ in }
    try plain.go(to: 6)
    #expect(plain.facts.allSatisfy { $0?.bumped == 0 && $0?.lifted == 0 })
    #expect(plain.facts.contains { $0?.silent[1] ?? 0 > 0 })
  }

  @Test func `a bump adds to the weights into a neuron that is silent in all samples`() throws {
    var plain = try Self.quiet { _ in }
    var bumped = try Self.quiet { $0.bump = 0.25 }
    let before = bumped.network
    let entries = (0..<3).map { 17 * $0 + 4 }
    let update = try bumped.update(of: entries[0])
    #expect(update.terms.contains { $0.cause == .bump && $0.value == 0.25 })
    try plain.forward()
    try bumped.forward()
    #expect(bumped.facts[0]?.bumped ?? 0 >= 1)
    for entry in entries {
      let was = before.layers[0].weights.weights[entry]
      #expect(plain.network.layers[0].weights.weights[entry] == was)
      #expect(bumped.network.layers[0].weights.weights[entry] == was + 0.25)
    }
    #expect(abs(update.change - (update.after - update.before)) < 1e-15)
  }

  @Test func `the existence gradient is that of the greatest V of silent labels`() throws {
    var plain = try Self.quiet { _ in }
    var lifted = try Self.quiet { $0.existence = 0.5 }
    let places = plain.samples(ofStep: 0)
    let silent = try plain.shares { ($0.sample, $0.outcome.isLabelSilent) }.filter(\.1).map(\.0)
    try #require(!silent.isEmpty && silent.count < places.count)
    var wanted = [Double](repeating: 0, count: plain.learned.count)
    for place in silent {
      let sample = plain.data.samples[place]
      let values = sample.loss.rule.values
      let adjoint = try AdjointTrajectory(
        of: Trajectory(
          of: Experiment(
            title: "one", network: plain.network,
            inputSpikes: sample.inputs.spikes.map {
              InputSpike(time: $0.time, channel: $0.channel)
            },
            horizon: 30e-3,
            loss: Loss(
              layer: 1,
              rule: .maxOverTimeCrossEntropy(neurons: values.neurons, label: values.label)))))
      let own = plain.learned.gradient(
        adjoint.gradient.layers, dividedBy: Double(places.count), at: plain.state.numbers)
      for entry in own.indices { wanted[entry] += 0.5 * own[entry] }
    }
    let start = plain.state.numbers
    try plain.forward()
    try lifted.forward()
    #expect(lifted.facts[0]?.lifted == silent.count)
    #expect(wanted.contains { $0 != 0 })
    for entry in start.indices {
      let change = (lifted.state.numbers[entry] - plain.state.numbers[entry]) / -0.05
      #expect(abs(change - wanted[entry]) < 1e-12)
    }
  }
}
