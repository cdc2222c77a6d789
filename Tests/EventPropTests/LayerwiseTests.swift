import EventProp
import RealModule
import ReferenceCases
import Testing

/// A random network of layers whose neurons share their parameters; the seed tells it all.
struct SweptNetwork: Sendable {
  let experiment: Experiment

  static let ratios = [2, 1, 1 + 1e-9, 1.05, 0.01, 0.1, 0.5, 3.7, 10, 100]

  /// With `variant` neurons differ in their thresholds, some integrate, and some layers spike once.
  init(seed: UInt64, variant: Bool = false) throws {
    var random = SeededGenerator(seed: seed)
    // A second generator, so that the plain networks stay what they are.
    var other = SeededGenerator(seed: seed &+ 1000)
    func number(_ range: ClosedRange<Double>) -> Double { .random(in: range, using: &random) }
    func coin(_ chance: Double) -> Bool { number(0...1) < chance }
    let ratio = Self.ratios[Int(seed) % Self.ratios.count]
    let gain = ratio == 1 ? Double.exp(-1) : .pow(1 / ratio, 1 / (1 - 1 / ratio))
    let sharesTimes = coin(0.7)
    let base = number(2e-3...10e-3)
    func parameters() -> LIFParameters {
      let mean = sharesTimes ? base : number(2e-3...10e-3)
      return LIFParameters(
        tauMem: ratio == 2 ? 2 * mean : mean * .sqrt(ratio),
        tauSyn: ratio == 2 ? mean : mean / .sqrt(ratio),
        vThreshold: number(0.5...1), vLeak: coin(0.5) ? 0 : coin(0.2) ? 1.1 : number(-0.2...0.3),
        vReset: coin(0.3) ? -20 : number(-0.3...0.2))
    }
    func matrix(_ rows: Int, _ columns: Int, _ range: ClosedRange<Double>) -> Synapses {
      let weights = (0..<rows * columns).map { _ in coin(0.1) ? 0 : number(range) }
      guard coin(0.3) else { return Synapses(rows: rows, columns: columns, weights: weights) }
      return Synapses(
        rows: rows, columns: columns,
        sparse: weights.enumerated().filter { _ in coin(0.7) }.map {
          (row: $0.offset / columns, column: $0.offset % columns, weight: $0.element)
        })
    }
    let sizes =
      [4]
      + (0..<Int.random(in: 1...3, using: &random)).map { _ in
        Int.random(in: 1...19, using: &random)
      }
    let layers = zip(sizes, sizes.dropFirst()).enumerated().map { number, pair in
      let reach = 3 / gain / Double(pair.0)
      let parameters = parameters()
      // Neurons that start alike and fire without input would all spike at one instant: a tie, with no one gradient.
      let startsApart = coin(0.3) || parameters.vLeak >= parameters.vThreshold
      var layer = Layer(
        name: "l\(number)", parameters: Array(repeating: parameters, count: pair.1),
        weights: matrix(pair.0, pair.1, -0.3 * reach...reach),
        recurrent: coin(0.5)
          ? matrix(pair.1, pair.1, -0.15 * reach...0.1 * reach) : nil,
        initial: startsApart
          ? (0..<pair.1).map { _ in
            LIFState(potential: Double.random(in: -0.3...0.4, using: &random), current: 0.7)
          } : nil,
        maxEvents: coin(0.1) ? 12 : nil)
      if variant {
        for neuron in 0..<pair.1 {
          layer.parameters[neuron].vThreshold += .random(in: 0...0.2, using: &other)
          layer.parameters[neuron].vLeak += .random(in: -0.1...0.1, using: &other)
          layer.parameters[neuron].vReset -= .random(in: 0...0.2, using: &other)
          if Int.random(in: 0...5, using: &other) == 0 { layer.kinds[neuron] = .li }
        }
        layer.spikesOnce = Bool.random(using: &other)
      }
      return layer
    }
    var experiment = Experiment(
      title: "swept \(seed)", network: Network(inputs: 4, layers: layers),
      inputSpikes: (0..<Int.random(in: 0...40, using: &random)).map {
        InputSpike(
          time: $0 % 5 == 0 ? [0, 7e-3, 1][$0 % 3] : number(0...60e-3), channel: $0 % 4)
      },
      horizon: coin(0.2) ? 0.4 : 70e-3, maxEvents: 3000)
    var trajectory = try Trajectory(of: experiment)
    while trajectory.isCutShort {
      // Neurons that their input alone keeps firing stop with the run only.
      experiment.horizon /= 2
      for layer in layers.indices {
        let weights = experiment.network.layers[layer].recurrent?.weights ?? []
        experiment.network.layers[layer].recurrent?.weights = weights.map { $0 / 2 }
      }
      trajectory = try Trajectory(of: experiment)
    }
    experiment.loss = Self.loss(on: trajectory, &random)
    self.experiment = experiment
  }

  /// A loss on the spike times of one layer.
  private static func loss(on trajectory: Trajectory, _ random: inout SeededGenerator) -> Loss {
    let network = trajectory.experiment.network
    let layer = Int.random(in: 0..<network.layers.count, using: &random)
    let counts = trajectory.spikeCounts[network.offsets[layer]..<network.offsets[layer + 1]]
    guard Double.random(in: 0...1, using: &random) < 0.5 else {
      return Loss(
        layer: layer,
        rule: .ttfsCrossEntropy(
          neurons: Array(counts.indices.map { $0 - counts.startIndex }), label: 0, tau: 3e-3,
          clip: 0.05, early: Loss.Early(tau: 8e-3, alpha: 0.2)))
    }
    return Loss(
      layer: layer,
      rule: .linearSpikeTimes(
        counts.enumerated().flatMap { neuron, count in
          (0..<min(count, 5)).map {
            Loss.SpikeTerm(
              neuron: neuron, spike: $0, coefficient: .random(in: -2...2, using: &random))
          }
        }))
  }

  /// The same networks without recurrence and limits; most layers get time constants for each neuron,
  /// delays, or given spikes.
  static func withOwnTimes(seed: UInt64) throws -> Experiment {
    var experiment = try SweptNetwork(seed: seed, variant: true).experiment
    var random = SeededGenerator(seed: seed &+ 2000)
    for number in experiment.network.layers.indices {
      var layer = experiment.network.layers[number]
      layer.recurrent = nil
      layer.maxEvents = nil
      let size = layer.parameters.count
      for neuron in 0..<size where layer.parameters[neuron].vLeak > 0.45 {
        layer.parameters[neuron].vLeak = 0.1
      }
      func coin(_ chance: Double) -> Bool { Double.random(in: 0...1, using: &random) < chance }
      if coin(0.5) {
        for neuron in 0..<size {
          layer.parameters[neuron].tauMem *= .random(in: 0.5...1.5, using: &random)
          if coin(0.7) { layer.parameters[neuron].tauSyn *= .random(in: 0.5...1.5, using: &random) }
          // Equal and almost equal ones too.
          if coin(0.2) { layer.parameters[neuron].tauSyn = layer.parameters[neuron].tauMem }
          if coin(0.1) {
            layer.parameters[neuron].tauSyn = layer.parameters[neuron].tauMem * (1 + 1e-9)
          }
        }
      }
      if coin(0.5) {
        // Few delays are shared by many synapses, many are all different, and some arrivals are too late.
        let isCoarse = coin(0.3)
        layer.weights.delays = layer.weights.weights.map { _ in
          isCoarse
            ? Double(Int.random(in: 0...3, using: &random)) * 1e-3
            : coin(0.1) ? 0 : .random(in: 0...30e-3, using: &random)
        }
      }
      if coin(0.2) {
        layer.imposedSpikes = layer.kinds.map { kind in
          kind == .li
            ? []
            : (0..<Int.random(in: 0...6, using: &random)).map { _ in
              Double.random(in: 1e-3...80e-3, using: &random)
            }.sorted()
        }
      }
      experiment.network.layers[number] = layer
    }
    (experiment.loss, experiment.maxEvents) = (nil, nil)
    let trajectory = try Trajectory(of: experiment)
    experiment.loss = loss(on: trajectory, &random)
    return experiment
  }
}

@Suite("Sweeps") struct LayerwiseTests {
  @Test(arguments: 1...300, [false, true])
  func `a engine finds the events and the gradient of the trajectory`(
    seed: UInt64, variant: Bool
  ) throws {
    try compare(SweptNetwork(seed: seed, variant: variant).experiment)
  }

  /// Layers of neurons with their own time constants, delays and given spikes, and layers with none of
  /// them before or after.
  @Test(arguments: 1...120)
  func `neurons with times of their own have the gradient of the trajectory`(seed: UInt64) throws {
    let experiment = try SweptNetwork.withOwnTimes(seed: seed)
    #expect(LayerwiseEngine.obstacle(for: try Circuit(experiment)) == nil)
    try compare(experiment)
  }

  /// Times that lie close together but for a single one are put in order in another way.
  @Test(arguments: [false, true])
  func `one late arrival among many early ones changes nothing`(hasDelays: Bool) throws {
    var random = SeededGenerator(seed: 5)
    let inputs = 300
    let parameters = LIFParameters(tauMem: 9e-3, tauSyn: 5e-3, vThreshold: 1, vReset: 0)
    var weights = Synapses(
      rows: inputs, columns: 30,
      weights: (0..<inputs * 30).map { _ in .random(in: -0.02...0.2, using: &random) })
    if hasDelays {
      weights.delays = weights.weights.map { _ in .random(in: 0...2e-3, using: &random) }
    }
    var experiment = Experiment(
      title: "late",
      network: Network(
        inputs: inputs,
        layers: [
          Layer(name: "a", parameters: Array(repeating: parameters, count: 30), weights: weights),
          Layer(
            name: "b", parameters: [parameters],
            weights: Synapses(
              rows: 30, columns: 1, weights: Array(repeating: 0.1, count: 30),
              delays: (0..<30).map { Double($0) * 1e-4 })),
        ]),
      inputSpikes: (0..<inputs).map {
        InputSpike(time: $0 == 7 ? 3 : .random(in: 0...1e-3, using: &random), channel: $0)
      }, horizon: 4)
    let trajectory = try Trajectory(of: experiment)
    #expect(trajectory.spikeCounts[0] > 2 && trajectory.spikeCounts[30] > 0)
    experiment.loss = Loss(
      layer: 1,
      rule: .linearSpikeTimes([Loss.SpikeTerm(neuron: 0, spike: 0, coefficient: 1)]))
    try compare(experiment)
  }

  private func compare(_ experiment: Experiment) throws {
    let loss = try #require(experiment.loss)
    let trajectory = try Engine.stepped.trajectory(of: experiment)
    let adjoint = try Engine.stepped.adjoint(of: trajectory, loss: loss)
    let engine = try #require(LayerwiseEngine(try Circuit(experiment)))
    let queue = InputQueue(experiment.inputSpikes, before: experiment.horizon)
    // Twice, so that nothing is left over from the sweep before.
    _ = try engine.forward(queue, loss)
    try engine.backward(everything: true)
    engine.clearGradients(everything: true)
    let value = try #require(try engine.forward(queue, loss))
    try engine.backward(everything: true)

    #expect(engine.eventCount == trajectory.events.count)
    for layer in experiment.network.layers.indices {
      let found = engine.spikes(ofLayer: layer)
      let offset = trajectory.circuit.offsets[layer]
      let wanted = trajectory.events.filter { event in
        event.spikingNeuron.map { trajectory.circuit.layerOf[$0] == layer } ?? false
      }
      try #require(found.count == wanted.count, "layer \(layer)")
      #expect(
        zip(found, wanted).allSatisfy { spike, event in
          spike.neuron + offset == event.spikingNeuron
            && abs(spike.time - event.time) <= 1e-12 * experiment.horizon
        }, "layer \(layer)")
    }
    let exact = adjoint.evaluation.value
    #expect(abs(value - exact) <= 1e-11 * max(1, abs(exact)))

    func agree(_ found: [Double], _ wanted: [Double], _ name: String) {
      let largest = wanted.reduce(0) { max($0, abs($1)) }
      let error = zip(found, wanted).reduce(0) { max($0, abs($1.0 - $1.1)) }
      #expect(
        found.count == wanted.count && error <= 1e-9 * largest, "\(name): \(error) of \(largest)")
    }
    for (layer, gradient) in adjoint.gradient.layers.enumerated() {
      let found = engine.gradient(ofLayer: layer)
      agree(found.weights.weights, gradient.weights.weights, "weights of layer \(layer)")
      agree(found.weights.delays ?? [], gradient.weights.delays ?? [], "delays of layer \(layer)")
      agree(
        found.recurrent?.weights ?? [], gradient.recurrent?.weights ?? [],
        "recurrent weights of layer \(layer)")
      for field in LIFParameters.Field.allCases {
        agree(
          found.parameters.map { $0[field] }, gradient.parameters.map { $0[field] },
          "\(field.rawValue) of layer \(layer)")
      }
      agree(
        found.initial.flatMap { [$0.potential, $0.current] },
        gradient.initial.flatMap { [$0.potential, $0.current] }, "start of layer \(layer)")
    }
    agree(
      engine.inputTimeGradients, queue.spikes.map { adjoint.gradient.inputTimes[$0.position] },
      "input times")
  }
  @Test(arguments: 1...60)
  func `a swept run shows at every event what a stepped one does`(seed: UInt64) throws {
    let experiment = try SweptNetwork(seed: seed).experiment
    let loss = try #require(experiment.loss)
    let swept = try Engine.best.trajectory(of: experiment)
    let stepped = try Engine.stepped.trajectory(of: experiment)
    let adjoints = (
      try Engine.best.adjoint(of: swept, loss: loss),
      try Engine.stepped.adjoint(of: stepped, loss: loss)
    )
    try #require(swept.events.count == stepped.events.count)
    #expect(swept.spikeCounts == stepped.spikeCounts)
    // λ of the largest size that the neuron has anywhere: differences of large numbers round as those do.
    let neurons = 0..<swept.circuit.neuronCount
    func size(_ neuron: Int) -> Double {
      stepped.events.indices.reduce(0) { largest, event in
        let lambda = adjoints.1.state(of: neuron, atEvent: event, side: .after)
        return max(largest, abs(lambda.lambdaV), abs(lambda.lambdaI))
      }
    }
    let sizes = neurons.map(size)
    let times = adjoints.1.timeGradients.reduce(0) { max($0, abs($1)) }
    for event in swept.events.indices {
      #expect(swept.events[event].spikingNeuron == stepped.events[event].spikingNeuron)
      #expect(
        abs(adjoints.0.timeGradients[event] - adjoints.1.timeGradients[event]) <= 1e-9 * times)
      #expect((adjoints.0.transitions[event] == nil) == (adjoints.1.transitions[event] == nil))
      // An expectation costs more than what it compares, so one stands for a whole event; a NaN fails it.
      let strangers = neurons.filter { neuron in
        ![Side.before, .after].allSatisfy { side in
          let states = (
            swept.state(of: neuron, atEvent: event, side: side),
            stepped.state(of: neuron, atEvent: event, side: side)
          )
          let scale = 1e-9 * (1 + abs(states.1.potential) + abs(states.1.current))
          let lambdas = (
            adjoints.0.state(of: neuron, atEvent: event, side: side),
            adjoints.1.state(of: neuron, atEvent: event, side: side)
          )
          return abs(states.0.potential - states.1.potential) <= scale
            && abs(states.0.current - states.1.current) <= scale
            && abs(lambdas.0.lambdaV - lambdas.1.lambdaV) <= 1e-9 * sizes[neuron]
            && abs(lambdas.0.lambdaI - lambdas.1.lambdaI) <= 1e-9 * sizes[neuron]
        }
      }
      #expect(strangers.isEmpty, "at event \(event)")
    }
    for (one, other) in zip(adjoints.0.atZero, adjoints.1.atZero) {
      #expect(abs(one.lambdaV - other.lambdaV) <= 1e-9 * max(1e-9, sizes.max() ?? 0))
    }
  }

  /// Each kind of layer, without ties and grazing spikes.
  @Test(arguments: [1, 5, 19, 130], [false, true])
  func `a run without ties is simulated layer by layer`(size: Int, isRecurrent: Bool) throws {
    for seed in 1...20 {
      for ratio in [2, 1, 3.7] {
        var random = SeededGenerator(seed: UInt64(seed))
        func matrix(_ rows: Int, _ mean: Double) -> Synapses {
          Synapses(
            rows: rows, columns: size,
            weights: (0..<rows * size).map { _ in
              mean + .random(in: -0.2 / Double(rows)...0.2 / Double(rows), using: &random)
            })
        }
        let parameters = LIFParameters(
          tauMem: 5e-3 * ratio, tauSyn: 5e-3, vThreshold: 1, vReset: 0)
        let experiment = Experiment(
          title: "no ties",
          network: Network(
            inputs: 4,
            layers: [
              Layer(
                name: "a", parameters: Array(repeating: parameters, count: size),
                weights: matrix(4, 0.6), recurrent: isRecurrent ? matrix(size, 0) : nil)
            ]),
          inputSpikes: (0..<40).map {
            InputSpike(time: .random(in: 0...90e-3, using: &random), channel: $0 % 4)
          }, horizon: 0.1)
        let trajectory = try Trajectory(of: experiment)
        #expect(trajectory.spikeCount > 0)
        #expect(trajectory.cache.isLayerwise, "seed \(seed), ratio \(ratio)")
      }
    }
  }

  /// Losses on the potentials of the last layer, with neurons that spike or integrate.
  @Test(arguments: 1...150, ["integral", "maximum", "spikes"])
  func `a readout by its potentials has the gradient of the trajectory`(
    seed: UInt64, kind: String
  ) throws {
    var random = SeededGenerator(seed: seed)
    let ratio = SweptNetwork.ratios[Int(seed) % SweptNetwork.ratios.count]
    let gain = ratio == 1 ? Double.exp(-1) : .pow(1 / ratio, 1 / (1 - 1 / ratio))
    func layer(_ before: Int, _ size: Int, isSilent: Bool) -> Layer {
      // Currents of slow synapses add up; without this share a readout would spike a hundred thousand times.
      let share = min(1, ratio * (kind == "spikes" && before == 7 ? 3 : 30))
      let reach = 3 * share / gain / Double(before)
      return Layer(
        name: isSilent ? "out" : "hidden",
        parameters: (0..<size).map { _ in
          LIFParameters(
            tauMem: ratio == 2 ? 10e-3 : 5e-3 * .sqrt(ratio),
            tauSyn: ratio == 2 ? 5e-3 : 5e-3 / .sqrt(ratio), vThreshold: 1,
            vLeak: .random(in: -0.2...0.2, using: &random), vReset: -0.1)
        },
        weights: Synapses(
          rows: before, columns: size,
          weights: (0..<before * size).map { _ in
            .random(in: -0.6 * reach...reach, using: &random)
          }),
        kinds: isSilent ? Array(repeating: .li, count: size) : nil,
        initial: (0..<size).map { _ in
          LIFState(potential: .random(in: -0.3...0.4, using: &random), current: 0.2)
        })
    }
    let size = Int.random(in: 1...19, using: &random)
    var experiment = Experiment(
      title: "readout",
      network: Network(
        inputs: 4,
        layers: [
          layer(4, 7, isSilent: false), layer(7, size, isSilent: kind != "spikes"),
        ]),
      inputSpikes: (0..<30).map {
        InputSpike(time: .random(in: 0...60e-3, using: &random), channel: $0 % 4)
      }, horizon: [61e-3, 70e-3, 0.4][Int(seed) % 3])
    experiment.loss = Loss(
      layer: 1,
      rule: kind == "maximum"
        ? .maxOverTimeCrossEntropy(neurons: Array(0..<size), label: 0)
        : .voltageIntegral((0..<size).map { _ in .random(in: -50...50, using: &random) }))
    let loss = try #require(experiment.loss)
    let trajectory = try Engine.stepped.trajectory(of: experiment)
    let adjoint = try Engine.stepped.adjoint(of: trajectory, loss: loss)
    let engine = try #require(LayerwiseEngine(try Circuit(experiment)))
    let queue = InputQueue(experiment.inputSpikes, before: experiment.horizon)
    _ = try engine.forward(queue, loss)
    try engine.backward()
    engine.clearGradients()
    guard let value = try engine.forward(queue, loss) else {
      // Almost equal time constants have no maxima here.
      #expect(kind == "maximum" && abs(ratio - 1) < 0.1 && ratio != 1)
      return
    }
    try engine.backward()
    let exact = adjoint.evaluation.value
    #expect(abs(value - exact) <= 1e-10 * max(1, abs(exact)))
    for (number, gradient) in adjoint.gradient.layers.enumerated() {
      let found = engine.gradient(ofLayer: number).weights.weights
      let largest = gradient.weights.weights.reduce(0) { max($0, abs($1)) }
      let rounding = 1e-14 * loss.rule.values.coefficients.reduce(0) { $0 + abs($1) }
      #expect(
        zip(found, gradient.weights.weights).allSatisfy {
          abs($0 - $1) <= 1e-8 * largest + rounding
        }, "layer \(number)")
    }
    let times = queue.spikes.map { adjoint.gradient.inputTimes[$0.position] }
    let largest = times.reduce(0) { max($0, abs($1)) }
    // Long before the horizon the integral hardly depends on when a spike comes: the trajectory then has
    // the difference of two λ of the size of the coefficients, and only their rounding remains.
    let rounding = 1e-14 * loss.rule.values.coefficients.reduce(0) { $0 + abs($1) }
    for (one, other) in zip(engine.inputTimeGradients, times) {
      #expect(abs(one - other) <= 1e-8 * largest + rounding)
    }
  }

  @Test(arguments: [100, 1e4, 0.01, 1], [true, false])
  func `a silence over which one decay leaves nothing and the other much costs no digit`(
    ratio: Double, isSparse: Bool
  ) throws {
    let slow = 0.1
    let parameters = LIFParameters(
      tauMem: ratio >= 1 ? slow : slow * ratio, tauSyn: ratio >= 1 ? slow / ratio : slow,
      vThreshold: 0.3, vLeak: 0.05, vReset: -0.1)
    // What of a unit of charge reaches V is about the smaller time constant's share.
    let weight = 0.4 * max(1, parameters.tauMem / parameters.tauSyn)
    let values = [0.5, 0.7, 0.9, 1.1].map { $0 * weight }
    let weights =
      isSparse
      ? Synapses(
        rows: 2, columns: 2,
        sparse: values.enumerated().map { ($0.offset / 2, $0.offset % 2, $0.element) })
      : Synapses(rows: 2, columns: 2, weights: values)
    let recurrent = Synapses(rows: 2, columns: 2, weights: [0, 0.1, -0.1, 0].map { $0 * weight })
    let experiment = Experiment(
      title: "gap",
      network: Network(
        inputs: 2,
        layers: [
          Layer(
            name: "a", parameters: [parameters, parameters], weights: weights,
            recurrent: recurrent)
        ]),
      inputSpikes: [0, 0.01, 0.02, 1.1, 1.13, 1.2, 2.9, 2.93].enumerated().map {
        InputSpike(time: $0.element, channel: $0.offset % 2)
      }, horizon: 4)
    let stepped = try Engine.stepped.trajectory(of: experiment)
    #expect(stepped.spikeCount > 1)
    let loss = Loss(
      layer: 0,
      rule: .linearSpikeTimes(
        (0..<2).flatMap { neuron in
          (0..<stepped.spikeCounts[neuron]).map {
            Loss.SpikeTerm(neuron: neuron, spike: $0, coefficient: 1 + Double($0))
          }
        }))
    let expected = try Engine.stepped.adjoint(of: stepped, loss: loss).gradient.layers[0]
    let found = try Engine.best.adjoint(
      of: Engine.best.trajectory(of: experiment), loss: loss
    ).gradient.layers[0]
    for field in LIFParameters.Field.allCases {
      for neuron in 0..<2 {
        let (one, other) = (found.parameters[neuron][field], expected.parameters[neuron][field])
        #expect(abs(one - other) <= 1e-10 * abs(other), "\(field) of \(neuron)")
      }
    }
  }

  @Test(arguments: [0.04, 0.4, 4, 7, 8, 20, 1e3, 1e6, 1e300], [2, 1, 1.2, 0.5, 20])
  func `a spike does not depend on how long nothing happens after it`(
    horizon: Double, ratio: Double
  ) throws {
    let parameters = LIFParameters(
      tauMem: 5e-3 * ratio, tauSyn: 5e-3, vThreshold: 1, vLeak: 0, vReset: 0)
    for recurrent in [nil, Synapses(rows: 1, columns: 1, weights: [0.1])] {
      for weights in [
        Synapses(rows: 1, columns: 1, weights: [12 * max(1, ratio)]),
        Synapses(rows: 1, columns: 1, sparse: [(0, 0, 12 * max(1, ratio))]),
      ] {
        let experiment = Experiment(
          title: "long",
          network: Network(
            inputs: 1,
            layers: [
              Layer(
                name: "a", parameters: [parameters], weights: weights, recurrent: recurrent)
            ]),
          inputSpikes: [InputSpike(time: 1e-3, channel: 0)], horizon: horizon)
        let best = try Engine.best.trajectory(of: experiment)
        let stepped = try Engine.stepped.trajectory(of: experiment)
        #expect(best.events.count == stepped.events.count)
        #expect(stepped.spikeCount >= 2)
        for (one, other) in zip(best.events, stepped.events) {
          #expect(abs(one.time - other.time) <= 1e-14)
        }
      }
    }
  }

  @Test(arguments: [0.5, 3, 8], [2, 1, 1.2, 0.5, 20])
  func `neurons that fire by themselves do so alone, however long nothing else happens`(
    horizon: Double, ratio: Double
  ) throws {
    let parameters = LIFParameters(
      tauMem: 5e-3 * ratio, tauSyn: 5e-3, vThreshold: 0.6, vLeak: 1, vReset: 0)
    for (size, recurrent) in [
      (1, nil), (3, nil),
      (3, Synapses(rows: 3, columns: 3, weights: Array(repeating: 0, count: 9))),
    ] {
      let experiment = Experiment(
        title: "clocks",
        network: Network(
          inputs: 1,
          layers: [
            Layer(
              name: "clocks", parameters: Array(repeating: parameters, count: size),
              weights: Synapses(
                rows: 1, columns: size, weights: Array(repeating: 0, count: size)),
              recurrent: recurrent,
              initial: (0..<size).map { LIFState(potential: 0.2 * Double($0), current: 0) })
          ]), inputSpikes: [], horizon: horizon)
      let best = try Engine.best.trajectory(of: experiment)
      let stepped = try Engine.stepped.trajectory(of: experiment)
      try #require(stepped.spikeCounts[0] > 3)
      try #require(best.spikeCounts == stepped.spikeCounts)
      for (one, other) in zip(best.events, stepped.events) {
        #expect(one.spikingNeuron == other.spikingNeuron)
        #expect(abs(one.time - other.time) <= 1e-12 * horizon)
      }
    }
  }
}
