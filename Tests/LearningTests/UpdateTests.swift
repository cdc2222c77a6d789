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
}
