import EventProp
import Foundation
import Learning
import Study
import Testing

@Suite("Training") struct TrainingTests {
  /// Points on a line, told apart by the time of one spike.
  static func training(
    threads: Int = 1, epochs: Int = 20, optimizer: Optimizer = .adam, rate: Double = 0.02,
    learn: [LearnedPart] = [LearnedPart(.weights)], hasDelays: Bool = false
  ) throws -> Training {
    let parameters = LIFParameters(vThreshold: 1, vReset: -1)
    func layer(_ name: String, _ before: Int, _ size: Int, _ mean: Double) -> Layer {
      let weights = (0..<before * size).map { entry -> Double in
        let spread = Double((entry * 37) % 29 - 14) / 14
        return mean * (1 + 0.9 * spread)
      }
      return Layer(
        name: name, parameters: Array(repeating: parameters, count: size),
        weights: Synapses(
          rows: before, columns: size, weights: weights,
          delays: hasDelays ? weights.indices.map { Double($0 % 3) * 1e-4 } : nil))
    }
    let count = 41
    let samples = Samples(
      numbers: Array(0..<count), countInFile: count, starts: (0...count).map { 3 * $0 },
      times: (0..<count).flatMap { number in
        let place = Double(number) / Double(count)
        return [8e-3 * place, 8e-3 * (1 - place), 0]
      }, channels: (0..<count).flatMap { _ in [0, 1, 2] },
      labels: (0..<count).map { $0 * 2 / count })
    let loss = Loss(
      layer: 1, rule: .ttfsCrossEntropy(neurons: [0, 1], label: 0, tau: 1e-3, clip: 30e-3))
    return try Training(
      Network(inputs: 3, layers: [layer("hidden", 3, 17, 3), layer("out", 17, 2, 0.5)]),
      horizon: 30e-3, TrainingData(samples, loss),
      TrainingSettings(
        epochs: epochs, batch: 8, optimizer: optimizer, rate: rate, seed: 5, learn: learn),
      threads: threads)
  }

  @Test func `the line separates what it is shown`() throws {
    var training = try Self.training()
    let before = try training.evaluate(training.data)
    try training.go(to: training.stepCount)
    let after = try training.evaluate(training.data)
    #expect(training.step == 120)
    #expect(after.loss < 0.3 * before.loss)
    #expect(try #require(after.accuracy) > 0.9)
    #expect(training.facts.count == 120)
    #expect(training.facts.allSatisfy { $0?.slope != nil && $0?.isClipped == false })
  }

  @Test(arguments: [2, 3])
  func `threads do not change a bit of the parameters`(threads: Int) throws {
    var one = try Self.training()
    var many = try Self.training(threads: threads)
    try one.go(to: one.stepCount)
    try many.go(to: many.stepCount)
    #expect(one.state == many.state)
    #expect(one.facts == many.facts)
    #expect(one.network == many.network)
  }

  @Test(
    arguments: [
      Optimizer.sgd, .momentum(factor: 0.9), .adam,
    ])
  func `500 moves in any order lead to the states of the straight way`(optimizer: Optimizer) throws
  {
    var straight = try Self.training(optimizer: optimizer, rate: 1e-3)
    var states = [straight.state]
    for _ in 0..<straight.stepCount {
      try straight.forward()
      states.append(straight.state)
    }
    var training = try Self.training(threads: 2, optimizer: optimizer, rate: 1e-3)
    let random = SplitMix64(seed: 9)
    for move in 0..<500 {
      let step =
        move % 3 == 0
        ? Int(random[move] % UInt64(states.count))
        : min(max(0, training.step + (move % 3 == 1 ? 1 : -1)), states.count - 1)
      try training.go(to: step)
      #expect(training.state == states[step])
    }
    try training.go(to: states.count - 1)
    #expect(training.facts == straight.facts)
    #expect(training.network == straight.network)
  }

  @Test func `everything that can be learnt moves, and stays what it must be`() throws {
    let parts = Parameter.Quantity.allCases.filter { ![.inputTimes, .targets].contains($0) }
    var training = try Self.training(learn: parts.map { LearnedPart($0) }, hasDelays: true)
    let start = training.network
    try training.go(to: 40)
    for (before, after) in zip(start.layers, training.network.layers) {
      #expect(before.weights.weights != after.weights.weights)
      #expect(before.weights.delays != after.weights.delays)
      #expect(after.weights.delays?.allSatisfy { $0 >= 0 } == true)
      for (one, other) in zip(before.parameters, after.parameters) {
        #expect(other.tauMem > 0 && other.tauSyn > 0)
        #expect(one != other)
      }
      #expect(before.initial != after.initial)
    }
    #expect(training.facts.contains { $0?.projected ?? 0 > 0 })
    try training.go(to: 0)
    #expect(training.network == start)
  }

  @Test func `a shared value stays common to its layer`() throws {
    var training = try Self.training(
      learn: [LearnedPart(.tauMem, layer: 0, isShared: true), LearnedPart(.weights, layer: 1)])
    let start = training.network
    try training.go(to: 30)
    let (hidden, out) = (training.network.layers[0], training.network.layers[1])
    #expect(Set(hidden.parameters.map(\.tauMem)).count == 1)
    #expect(hidden.parameters[0].tauMem != start.layers[0].parameters[0].tauMem)
    #expect(hidden.weights == start.layers[0].weights)
    #expect(out.parameters == start.layers[1].parameters)
    #expect(out.weights != start.layers[1].weights)
  }

  @Test func `settings change from a step on, and what came after it is forgotten`() throws {
    var training = try Self.training()
    try training.go(to: 60)
    let old = training.state
    try training.go(to: 20)
    training.change { $0.rate = 0.5 }
    #expect(training.facts.count == 20)
    try training.go(to: 60)
    #expect(training.state != old)
    #expect(training.facts[20]?.rate == 0.5 && training.facts[19]?.rate == 0.02)
    let new = training.state
    try training.go(to: 3)
    try training.go(to: 60)
    #expect(training.state == new)
    try training.go(to: 20)
    training.change { $0.rate = 0.02 }
    try training.go(to: 60)
    #expect(training.state == old)
  }

  @Test func `a sample that cannot be simulated stops the training before its step`() throws {
    var training = try Self.training()
    try training.go(to: 7)
    let before = training.state
    training.change { $0.rate = .infinity }
    #expect(throws: Training.Failure.self) { try training.forward() }
    #expect(training.state == before)
  }

  @Test func `a limit acts on the gradient and is counted`() throws {
    for clipping in [Clipping.norm(1e-3), .value(1e-4)] {
      var training = try Self.training(optimizer: .sgd)
      training.change { $0.clipping = clipping }
      let before = training.state.numbers
      try training.forward()
      #expect(training.facts[0]?.isClipped == true)
      let changes = zip(training.state.numbers, before).map { ($0 - $1) / 0.02 }
      switch clipping {
      case .norm(let most):
        #expect(abs(changes.reduce(0) { $0 + $1 * $1 }.squareRoot() - most) < 1e-9 * most + 1e-13)
      case .value(let most):
        #expect(abs(changes.reduce(0) { max($0, abs($1)) } - most) < 1e-9 * most + 1e-13)
      }
    }
  }

  /// The gradient of a step is the mean of the gradients of its samples, each of which the check confirms.
  @Test(arguments: [0, 13, 37, 61, 90], [false, true])
  func `at any step the gradient of each sample is confirmed by the check`(
    step: Int, learnsAll: Bool
  ) throws {
    let parts = Parameter.Quantity.allCases.filter { ![.inputTimes, .targets].contains($0) }
    var training = try Self.training(
      threads: 2, learn: learnsAll ? parts.map { LearnedPart($0) } : [LearnedPart(.weights)],
      hasDelays: learnsAll)
    try training.go(to: step)
    let places = training.samples(ofStep: step)
    var sum = [Double](repeating: 0, count: training.learned.count)
    for (number, place) in places.enumerated() {
      let sample = training.data.samples[place]
      let trajectory = try Trajectory(
        of: Experiment(
          title: "one", network: training.network,
          inputSpikes: sample.inputs.spikes.map { InputSpike(time: $0.time, channel: $0.channel) },
          horizon: 30e-3, loss: sample.loss))
      let adjoint = try AdjointTrajectory(of: trajectory)
      if number < 2 {
        var check = try DirectionCheck(of: adjoint.gradient, on: trajectory, adjoint: adjoint)
        while !check.isFinished { try check.advance() }
        #expect(check.verdict == .agrees, "sample \(place)")
      }
      let own = training.learned.gradient(
        adjoint.gradient.layers, dividedBy: Double(places.count), at: training.state.numbers)
      for entry in own.indices { sum[entry] += own[entry] }
    }
    try training.forward()
    let norms = try #require(training.facts[step]).norms
    for (part, norm) in zip(training.learned.parts, norms) {
      let wanted = sum[part.places].reduce(0) { $0 + $1 * $1 }.squareRoot()
      #expect(abs(norm - wanted) <= 1e-9 * wanted, "\(part.part)")
    }
  }

  /// Three steps of jaxsnn 0e1b607, which divides gradients by tau_syn and cuts them at 0.01.
  @Test func `three steps of Adam are those of jaxsnn`() throws {
    let url = try #require(
      Bundle.module.url(forResource: "Reference/training_update", withExtension: "json"))
    let reference = try JSONDecoder().decode(Reference.self, from: Data(contentsOf: url))
    let tauSyn = reference.params["tau_syn"] ?? 0
    let parameters = LIFParameters(
      tauMem: reference.params["tau_mem"] ?? 0, tauSyn: tauSyn,
      vThreshold: reference.params["v_th"] ?? 0, vLeak: reference.params["v_leak"] ?? 0,
      vReset: reference.params["v_reset"] ?? 0)
    let layers = reference.weights.enumerated().map { number, rows in
      Layer(
        name: "l\(number)",
        parameters: Array(repeating: parameters, count: rows[0].count),
        weights: Synapses(rows: rows.count, columns: rows[0].count, weights: rows.flatMap { $0 }))
    }
    let spikes = zip(reference.input.time, reference.input.idx).map { times, channels in
      zip(times, channels).filter { $1 >= 0 }
    }
    let samples = Samples(
      numbers: Array(spikes.indices), countInFile: spikes.count,
      starts: spikes.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.count) },
      times: spikes.flatMap { $0.map { $0.0 ?? .infinity } },
      channels: spikes.flatMap { $0.map { Int32($0.1) } },
      targets: Samples.Targets(values: reference.targets.flatMap { $0 }, neurons: 3, longest: 1))
    let loss = Loss(
      layer: 1,
      rule: .firstSpikeMSE(
        neurons: [0, 1, 2], targets: [0, 0, 0], tau: parameters.tauMem,
        clip: 2 * parameters.tauMem))
    var training = try Training(
      Network(inputs: 5, layers: layers), horizon: reference.t_max, TrainingData(samples, loss),
      TrainingSettings(
        epochs: 3, batch: 8,
        optimizer: .adam(beta1: 0.9, beta2: 0.999, epsilon: 1e-8 * tauSyn), rate: 5e-3,
        decay: .perStep(pow(0.99, 1.0 / 78)), clipping: .value(0.01 * tauSyn), shuffles: false))
    for (number, step) in reference.steps.enumerated() {
      try training.forward()
      let facts = try #require(training.facts[number])
      #expect(abs(facts.loss - step.loss) < 1e-9)
      #expect(facts.isClipped)
      for (layer, rows) in step.weights_after.enumerated() {
        let found = training.network.layers[layer].weights.weights
        for (one, other) in zip(found, rows.flatMap { $0 }) {
          #expect(abs(one - other) < 1e-9)
        }
      }
    }
  }

  private struct Reference: Decodable {
    var params: [String: Double]
    var t_max: Double
    var input: Rows
    var targets: [[Double]]
    var weights: [[[Double]]]
    var steps: [Step]

    struct Rows: Decodable {
      var time: [[Double?]]
      var idx: [[Int]]
    }
    struct Step: Decodable {
      var loss: Double
      var weights_after: [[[Double]]]
    }
  }
}
