import EventProp
import ReferenceCases
import Testing

@Suite("The passes") struct PassTests {
  @Test(arguments: 1...5) func `a copy of a forward pass is a state to return to, bit for bit`(
    seed: UInt64
  ) throws {
    var pass = ForwardPass(try Circuit(Experiment.random(seed: seed)))
    var states: [ForwardPass] = [pass]
    while try pass.next() != nil { states.append(pass) }
    let events = pass.events
    #expect(events.count > 10)
    for (number, state) in states.enumerated() {
      var again = state
      while try again.next() != nil {}
      #expect(again.events == events, "from event \(number)")
    }
  }

  @Test(arguments: 1...5) func `stepping the adjoint gives bit for bit what one engine gives`(
    seed: UInt64
  ) throws {
    let experiment = Experiment.random(seed: seed)
    let trajectory = try Trajectory(of: experiment)
    let engine = try AdjointTrajectory(of: trajectory)
    var pass = BackwardPass(trajectory, try trajectory.evaluateLoss())
    var copies: [BackwardPass] = []
    while let event = try pass.next() {
      #expect(event == trajectory.events.count - 1 - copies.count)
      #expect(pass.transitions[event] == engine.transitions[event])
      copies.append(pass)
    }
    #expect(pass.isComplete)
    #expect(pass.gradient == engine.gradient)
    #expect(pass.timeGradients == engine.timeGradients)
    for var copy in copies {
      while try copy.next() != nil {}
      #expect(copy.gradient == engine.gradient)
    }
  }

  @Test(arguments: 1...5) func `the terms of every jump add up to it`(seed: UInt64) throws {
    let experiment = Experiment.random(seed: seed)
    let trajectory = try Trajectory(of: experiment)
    let adjoint = try AdjointTrajectory(of: trajectory)
    var spikes = 0
    for (event, transition) in adjoint.transitions.enumerated() {
      guard let transition, let neuron = trajectory.events[event].spikingNeuron else { continue }
      spikes += 1
      let after = adjoint.state(of: neuron, atEvent: event, side: .after)
      let before = adjoint.state(of: neuron, atEvent: event, side: .before)
      #expect(abs(after.lambdaV - transition.lambdaVAfter) <= 1e-12 * abs(after.lambdaV))
      #expect(before.lambdaV == transition.lambdaVBefore)
      #expect(abs(before.lambdaI - after.lambdaI) <= 1e-12 * abs(after.lambdaI))
      #expect(transition.denominator == trajectory.slopeAtThreshold(of: event))
      var transmitted = 0.0
      for delivery in trajectory.deliveries(of: event) {
        let weights = trajectory.circuit.projections[delivery.projection].synapses.weights
        for synapse in trajectory.circuit.synapses(of: delivery) {
          let state = adjoint.state(of: synapse.neuron, atEvent: event, side: .after)
          transmitted += weights[synapse.entry] * (state.lambdaV - state.lambdaI)
        }
      }
      #expect(
        abs(transmitted - transition.transmitted) <= 1e-10 * max(1, abs(transition.transmitted)))
    }
    #expect(spikes == trajectory.spikeCounts.reduce(0, +))
  }

  @Test func `a trajectory has two sides at a spike and one between events`() throws {
    let trajectory = try Trajectory(of: Experiment.random(seed: 1))
    let event = try #require(trajectory.events.firstIndex { $0.spikingNeuron != nil })
    let neuron = try #require(trajectory.events[event].spikingNeuron)
    let parameters = trajectory.experiment.network.layers[0].parameters[neuron]
    let time = trajectory.events[event].time
    let before = trajectory.state(of: neuron, at: time, side: .before)
    let after = trajectory.state(of: neuron, at: time, side: .after)
    #expect(abs(before.potential - parameters.vThreshold) < 1e-14)
    #expect(after.potential == parameters.vReset)
    let left = trajectory.state(of: neuron, at: time - 1e-9)
    #expect(abs(left.potential - before.potential) < 1e-5)
    for time in [0.0, 1e-3, 39e-3] {
      #expect(
        trajectory.state(of: neuron, at: time + 1e-12, side: .before)
          == trajectory.state(of: neuron, at: time + 1e-12, side: .after))
    }
  }

  @Test func `the limit of the whole run cuts it and says what is missing`() throws {
    let whole = try Trajectory(of: Experiment.random(seed: 2))
    let cut = try Trajectory(of: Experiment.random(seed: 2, maxEvents: 5))
    #expect(whole.isComplete && !cut.isComplete && cut.isCutShort)
    #expect(cut.events == Array(whole.events.prefix(5)))
    #expect(cut.truncations.count == 1)
    #expect(cut.truncations[0].limit == 5 && cut.truncations[0].layer == nil)
    #expect(cut.truncations[0].missing > 0)
    let exact = try Trajectory(of: Experiment.random(seed: 2, maxEvents: whole.events.count))
    #expect(exact.isComplete)
  }

  @Test func `a layer's own limit stops that layer and leaves the rest of the run`() throws {
    let cut = try Trajectory(of: Experiment.random(seed: 3, layerLimit: 6))
    #expect(cut.truncations.contains { $0.layer == 0 && $0.limit == 6 })
    #expect(!cut.isCutShort)
    // Inputs that the closed layer no longer takes stay among the events.
    let inputs = cut.events.filter { if case .input = $0.kind { true } else { false } }
    #expect(inputs.count == 6)
    var counted = 0
    for event in cut.events {
      if case .input = event.kind { counted += 1 }
      if let neuron = event.spikingNeuron, neuron < 4 {
        counted += 1
        #expect(counted <= 6)
      }
    }
    #expect(counted > 6, "the limit left something out")
  }

  @Test func `a state that leaves the range of numbers is an error that names it`() throws {
    var experiment = Experiment.random(seed: 1)
    experiment.network.layers[0].weights.weights[0] = 1e308
    experiment.network.layers[0].weights.weights[4] = 1e308
    experiment.inputSpikes = [
      InputSpike(time: 1e-3, channel: 0), InputSpike(time: 1e-3, channel: 1),
    ]
    #expect(throws: SimulationError.nonFiniteState(neuron: 0, time: 1e-3)) {
      try Trajectory(of: experiment)
    }
  }

  @Test func `a loss that names a spike that did not happen says which`() throws {
    var experiment = Experiment.random(seed: 1)
    experiment.inputSpikes = []
    experiment.network.layers[1].parameters = experiment.network.layers[1].parameters.map {
      var parameters = $0
      parameters.vLeak = 0
      return parameters
    }
    experiment.network.layers[0].parameters = experiment.network.layers[0].parameters.map {
      var parameters = $0
      parameters.vLeak = 0
      return parameters
    }
    experiment.loss = Loss(
      layer: 1,
      rule: .linearSpikeTimes([Loss.SpikeTerm(neuron: 1, spike: 0, coefficient: 1)]))
    let trajectory = try Trajectory(of: experiment)
    #expect(
      throws: SimulationError.missingSpike(term: 0, neuron: 5, spike: 0, found: 0)
    ) { try trajectory.evaluateLoss() }
  }
}

struct OverflowTests {
  /// A chain of three neurons whose last spike counts so much that λ of an earlier one is no finite number.
  static func chain() throws -> Trajectory {
    func layer(_ name: String) -> Layer {
      Layer(
        name: name, parameters: [LIFParameters()],
        weights: Synapses(rows: 1, columns: 1, weights: [2.5]))
    }
    let spike = Loss.SpikeTerm(neuron: 0, spike: 0, coefficient: 1e308)
    return try Trajectory(
      of: Experiment(
        title: "chain",
        network: Network(inputs: 1, layers: ["a", "b", "c"].map { layer($0) }),
        inputSpikes: [InputSpike(time: 1e-3, channel: 0)], horizon: 40e-3,
        loss: Loss(layer: 2, rule: .linearSpikeTimes([spike]))))
  }

  @Test func `a way back that leaves the range of numbers is known up to there`() throws {
    let trajectory = try Self.chain()
    #expect(trajectory.spikeCounts == [1, 1, 1])
    let error = #expect(throws: SimulationError.self) {
      try AdjointTrajectory(of: trajectory)
    }
    let adjoint = try AdjointTrajectory(asFarAsFinite: trajectory)
    let overflow = try #require(adjoint.overflow)
    #expect(error == .nonFiniteAdjoint(neuron: overflow.neuron, time: overflow.time))
    #expect(trajectory.events[overflow.event].time == overflow.time)
    #expect(!adjoint.isWalked(overflow.event))
    for event in trajectory.events.indices where event > overflow.event {
      #expect(adjoint.isWalked(event))
      for neuron in 0..<3 {
        let state = adjoint.state(of: neuron, atEvent: event, side: .before)
        #expect(state.lambdaV.isFinite && state.lambdaI.isFinite)
      }
    }
  }

  @Test func `a way back that stays finite is the same either way`() throws {
    var experiment = try Self.chain().experiment
    experiment.loss?.rule = .linearSpikeTimes([
      Loss.SpikeTerm(neuron: 0, spike: 0, coefficient: 1)
    ])
    let trajectory = try Trajectory(of: experiment)
    let whole = try AdjointTrajectory(of: trajectory)
    let same = try AdjointTrajectory(asFarAsFinite: trajectory)
    #expect(same.overflow == nil && same.gradient == whole.gradient)
  }
}
