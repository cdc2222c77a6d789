import EventProp
import RealModule
import ReferenceCases
import Testing

/// One population with a given state, weights and spikes: what a single call of jaxsnn works on.
///
/// Times count from the population's own.
private struct Bench {
  var params: JaxsnnCase.Parameters
  var weights: JaxsnnCase.Weights
  var states: [LIFState]
  var inputs: [InputSpike] = []
  /// Given spikes of each neuron; nil where crossings are found.
  var given: [[Double]]?
  var horizon: Double

  var size: Int { states.count }

  var experiment: Experiment {
    var layer = Layer(
      name: "population", parameters: Array(repeating: params.parameters, count: size),
      weights: Synapses(rows: weights.input),
      recurrent: weights.recurrent.map { Synapses(rows: $0) }, initial: states)
    layer.imposedSpikes = given
    return Experiment(
      title: "one call", network: Network(inputs: weights.input.count, layers: [layer]),
      inputSpikes: inputs, horizon: horizon)
  }
}

/// A queue's spikes from its head on, as inputs of the population, whose layer before has the indices from ``JaxsnnFunctions/firstBefore``.
private func inputs(
  _ queue: JaxsnnFunctions.Queue, from head: Int? = nil, since start: Double
) -> [InputSpike] {
  queue.spikes.idx.indices.dropFirst(head ?? queue.head).compactMap { place in
    let channel = queue.spikes.idx[place] - JaxsnnFunctions.firstBefore
    guard let time = queue.spikes.time[place], (0..<3).contains(channel) else { return nil }
    return InputSpike(time: time - start, channel: channel)
  }
}

func expectClose(
  _ values: [Double], near references: [Double], within tolerance: Double = 1e-15,
  _ comment: String = "", sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(values.count == references.count, "\(comment)", sourceLocation: sourceLocation)
  let scale = max(1, references.map { abs($0) }.max() ?? 0)
  for (value, reference) in zip(values, references) {
    #expect(
      abs(value - reference) <= tolerance * scale, "\(comment) \(value), jaxsnn \(reference)",
      sourceLocation: sourceLocation)
  }
}

@Suite("Flows of jaxsnn") struct JaxsnnFlowTests {
  @Test func `exponential_flow of any kernel`() throws {
    let calls = try JaxsnnFunctions.all().exponentialFlow
    #expect(calls.count == 20)
    for call in calls {
      let (potential, current) = ExponentialFlow(call.kernel)
        .advanced((call.potential, call.current), by: call.time)
      // jaxsnn's matrix exponential is itself off by 1.4e-13 in the longest of these calls.
      let isLong = call.time == 7.5 && call.kernel[1][0] == 0.2
      expectClose(
        [potential, current], near: [call.out.potential, call.out.current],
        within: isLong ? 2e-13 : 1e-15)
      // The same with 60 digits.
      if isLong {
        expectClose(
          [potential, current], near: [0.003149302443753124, 0.0011092357112370424], within: 1e-17)
      }
    }
  }

  @Test func `lif_exponential_flow`() throws {
    let calls = try JaxsnnFunctions.all().lifFlow
    #expect(calls.count == 10)
    for call in calls {
      let flow = LIFFlow(call.params.parameters)
      let states = zip(call.potential, call.current).map {
        flow.advanced(LIFState(potential: $0, current: $1), by: call.time)
      }
      expectClose(states.map(\.potential), near: call.out.potential)
      expectClose(states.map(\.current), near: call.out.current)
    }
  }

  @Test func `adjoint_lif_exponential_flow`() throws {
    let calls = try JaxsnnFunctions.all().adjointFlow
    #expect(calls.count == 10)
    for call in calls {
      let flow = AdjointFlow(LIFFlow(call.params.parameters).kernel)
      let states = zip(call.potential, call.current).map {
        flow.advanced(AdjointState(lambdaV: $0, lambdaI: $1), by: call.time)
      }
      expectClose(states.map(\.lambdaV), near: call.out.potential)
      expectClose(states.map(\.lambdaI), near: call.out.current)
    }
  }

  /// jaxsnn's λ_I decays with tau_mem; the rule `tau-mem-kernel` is that flow.
  @Test func `adjoint_lif_dynamic is right here, and the wrong rule is jaxsnn's`() throws {
    let calls = try JaxsnnFunctions.all().adjointDynamic
    for call in calls {
      let kernel = LIFFlow(call.params.parameters).kernel
      let start = AdjointState(lambdaV: call.lambda[0], lambdaI: call.lambda[1])
      let right = AdjointFlow(kernel).advanced(start, by: call.t)
      expectClose([right.lambdaV, right.lambdaI], near: call.exact)
      let wrong = AdjointFlow(kernel, rule: AdjointRule(.tauMemKernel)).advanced(start, by: call.t)
      expectClose([wrong.lambdaV, wrong.lambdaI], near: call.out)
    }
    #expect(calls.contains { abs($0.out[1] - $0.exact[1]) > 1e-2 })
  }

  @Test func `the rule tau-mem-kernel walks back by jaxsnn's adjoint_lif_dynamic`() throws {
    let calls = try JaxsnnFunctions.all().adjointDynamic.filter { $0.t > 0 }
    #expect(calls.count == 6)
    for call in calls {
      // λ at the horizon, and one arrival of weight 0 that does not make it jump, at t = 0.
      let bench = Bench(
        params: call.params, weights: JaxsnnCase.Weights(input: [[0]]), states: [LIFState()],
        inputs: [InputSpike(time: 0, channel: 0)], horizon: call.t)
      let trajectory = try Trajectory(of: bench.experiment).read(
        by: Loss(layer: 0, rule: .linearSpikeTimes([])))
      var pass = BackwardPass(
        trajectory, try trajectory.evaluateLoss(), rule: AdjointRule(.tauMemKernel),
        from: [AdjointState(lambdaV: call.lambda[0], lambdaI: call.lambda[1])])
      while try pass.next() != nil {}
      let state = AdjointTrajectory(pass).atZero[0]
      expectClose([state.lambdaV, state.lambdaI], near: call.out)
    }
  }
}

@Suite("Crossings of jaxsnn") struct JaxsnnSolverTests {
  private func first(_ call: JaxsnnFunctions.SolverCall) -> Double? {
    let parameters = LIFParameters(
      tauMem: call.tauMem, tauSyn: call.tauMem / 2, vThreshold: call.vTh)
    return ThresholdCrossing(LIFFlow(parameters))
      .first(
        from: LIFState(potential: call.potential, current: call.current), within: 1)
  }

  /// How ill-conditioned a crossing is: the magnitudes that cancel at it, over the slope.
  private func condition(_ call: JaxsnnFunctions.SolverCall, at x: Double) -> Double {
    let parameters = LIFParameters(
      tauMem: call.tauMem, tauSyn: call.tauMem / 2, vThreshold: call.vTh)
    let state = LIFState(potential: call.potential, current: call.current)
    let slope = LIFFlow(parameters).slope(state, after: x)
    return (abs(call.current) + abs(call.potential) + call.vTh) / abs(slope) + x
  }

  @Test func `ttfs_solver: every first crossing, and none where there is none`() throws {
    let calls = try JaxsnnFunctions.all().solver
    #expect(calls.count == 176)
    var crossings = 0
    for call in calls where call.deviation != "V_above_threshold" {
      let found = first(call)
      #expect((found == nil) == (call.exact == nil), "V \(call.potential), I \(call.current)")
      guard let found, let exact = call.exact else { continue }
      crossings += 1
      #expect(
        abs(found - exact) <= 2 * .ulpOfOne * condition(call, at: exact),
        "V \(call.potential), I \(call.current): \(found), exact \(exact)")
      // jaxsnn's own answer, which it does not clip to t_max.
      if call.deviation == nil, let out = call.out {
        #expect(
          abs(found - out) <= 1e-13 * call.tauMem + 4 * .ulpOfOne * condition(call, at: exact))
      }
    }
    #expect(crossings == 38)
  }

  @Test func `a grazing crossing is not found early, as by jaxsnn's clamped discriminant`() throws {
    let calls = try JaxsnnFunctions.all().solver
      .filter { $0.deviation == "discriminant_clamped_to_1e-6" }
    #expect(calls.count == 4)
    for call in calls {
      let (found, out) = (try #require(first(call)), try #require(call.out))
      #expect(found - out > 5e-8, "jaxsnn is early by \(found - out) s")
    }
  }

  /// There is no crossing from below; an arrival at the very instant of one leaves V there, and a rising V then spikes at once.
  @Test func `above the threshold V spikes at once if it rises, and else not`() throws {
    let calls = try JaxsnnFunctions.all().solver.filter { $0.deviation == "V_above_threshold" }
    #expect(calls.count == 8)
    for call in calls {
      #expect(call.exact == nil)
      #expect(first(call) == (call.current > call.potential ? 0 : nil))
    }
  }
}

@Suite("Steps of jaxsnn") struct JaxsnnStepTests {
  private func expect(
    _ trajectory: Trajectory, is out: JaxsnnFunctions.State, after event: Int,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let states = (0..<trajectory.circuit.neuronCount).map {
      trajectory.state(of: $0, atEvent: event, side: .after)
    }
    expectClose(
      states.map(\.potential), near: out.neurons.potential, within: 4e-15,
      sourceLocation: sourceLocation)
    expectClose(
      states.map(\.current), near: out.neurons.current, within: 4e-15,
      sourceLocation: sourceLocation)
  }

  @Test func `transition_with_recurrence and transition_without_recurrence`() throws {
    let functions = try JaxsnnFunctions.all()
    let calls = functions.transitionWithout + functions.transitionWith
    #expect(calls.count == 14)
    for call in calls {
      // The jump alone, at t = 0; neurons spike or not as the mask says, whatever their V.
      var bench = Bench(
        params: call.params, weights: call.weights, states: call.state.neurons.states,
        horizon: 1)
      bench.given = call.mask.map { $0 ? [0] : [] }
      if !call.isOwn {
        bench.inputs = inputs(call.state.queue, since: 0).prefix(1)
          .map { InputSpike(time: 0, channel: $0.channel) }
        // A spike of an earlier layer does not reach the population, in jaxsnn without a jump and here at all.
        if call.state.queue.spikes.idx[call.state.queue.head] < JaxsnnFunctions.firstBefore {
          bench.inputs = []
          #expect(call.out.neurons.states == call.state.neurons.states)
          continue
        }
      }
      let trajectory = try Trajectory(of: bench.experiment)
      #expect(trajectory.events.count == (call.isOwn ? call.mask.count { $0 } : 1))
      expect(trajectory, is: call.out, after: trajectory.events.count - 1)
    }
  }

  @Test func `step: the next event, its current, the state after it and the input queue`() throws {
    let calls = try JaxsnnFunctions.all().step
    #expect(calls.count == 20)
    // The second spike of a tie waits in a mask there; here it is the event after the first, and compared with that.
    for call in calls where call.note != "queued second event of a tie" {
      let bench = Bench(
        params: call.params, weights: call.weights, states: call.state.neurons.states,
        inputs: inputs(call.state.queue, since: call.state.time),
        horizon: call.tMax - call.state.time)
      var pass = ForwardPass(try Circuit(bench.experiment))
      let event = try pass.next()
      #expect(pass.queue.head == call.out.queue.head - call.state.queue.head)
      // What is left, in jaxsnn up to the padding.
      let next = call.out.queue.spikes.time[call.out.queue.head]
      #expect(pass.queue.isEmpty == (next == nil))
      #expect(pass.queue.nextTime == next.map { $0 - call.state.time })
      guard call.spike.idx >= 0 else {
        #expect(event == nil)
        let final = try Trajectory(pass).finalStates()
        expectClose(final.map(\.potential), near: call.out.neurons.potential)
        expectClose(final.map(\.current), near: call.out.neurons.current)
        continue
      }
      let found = try #require(event)
      let time = try #require(call.spike.time) - call.state.time
      #expect(abs(found.time - time) <= 1e-13 * call.params.tauMem)
      switch found.kind {
      case .input(let channel, _): #expect(channel + JaxsnnFunctions.firstBefore == call.spike.idx)
      case .spike(let neuron, _, let current):
        #expect(neuron + JaxsnnFunctions.firstOwn == call.spike.idx)
        #expect(abs(current - call.spike.current) <= 1e-13 * call.spike.current)
      case .arrival: Issue.record("an arrival without delays")
      }
      var last = 0
      if call.note == "tie of neurons 0 and 1" {
        // jaxsnn has made both jumps in this one step, and will store the current after them.
        let second = try #require(try pass.next())
        guard case .spike(1, 0, let current) = second.kind else {
          Issue.record("the second spike of the tie is missing")
          continue
        }
        #expect(abs(second.time - found.time) <= 4 * .ulpOfOne * found.time)
        let own = call.weights.recurrent?[1][1] ?? 0
        #expect(abs(current + own - call.out.neurons.current[1]) <= 1e-13)
        last = 1
      }
      expect(Trajectory(pass), is: call.out, after: last)
    }
  }

  @Test func `step_existing: the state after a given spike, whatever V is`() throws {
    let calls = try JaxsnnFunctions.all().stepExisting
    #expect(calls.count == 6)
    for call in calls {
      var bench = Bench(
        params: call.params, weights: call.weights, states: call.state.neurons.states,
        inputs: inputs(call.state.queue, since: call.state.time),
        horizon: call.tMax - call.state.time)
      bench.given = Array(repeating: [], count: bench.size)
      let neuron = call.spike.idx - JaxsnnFunctions.firstOwn
      if neuron >= 0, let time = call.spike.time {
        bench.given?[neuron] = [time - call.state.time]
      }
      let trajectory = try Trajectory(of: bench.experiment)
      guard call.spike.idx >= 0 else {
        #expect(trajectory.events.isEmpty)
        expectClose(
          try trajectory.finalStates().map(\.potential), near: call.out.neurons.potential)
        continue
      }
      #expect(trajectory.events.count == 1)
      expect(trajectory, is: call.out, after: 0)
      guard neuron >= 0 else { continue }
      guard case .spike(neuron, 0, let current) = trajectory.events[0].kind else {
        Issue.record("not the given spike")
        continue
      }
      #expect(abs(current - call.spike.current) <= 1e-15)
      // V before the reset by the closed form for tau_mem = 2 tau_syn.
      let length = call.out.time - call.state.time
      let start = call.state.neurons.states[neuron]
      let decay = Double.exp(-length / call.params.tauMem)
      let potential = start.potential * decay + start.current * (decay - decay * decay)
      let distance = try #require(trajectory.distanceFromThreshold(of: 0))
      #expect(abs(distance - (potential - call.params.parameters.vThreshold)) <= 1e-15)
    }
  }

  @Test func `filter_spikes: a layer takes the spikes of the layer before, and of no other`() throws
  {
    let calls = try JaxsnnFunctions.all().filter
    #expect(calls.count == 3)
    for call in calls {
      let spikes = zip(call.input.time, call.input.idx).filter { $0.1 >= 0 }
      let start = max(call.start, 1)
      // Where everything counts as the layer before, that is the inputs themselves.
      let before = Layer(
        name: "before", parameters: Array(repeating: LIFParameters(), count: 8),
        weights: Synapses(rows: start, columns: 8, weights: Array(repeating: 0, count: 8 * start)))
      var network = Network(inputs: start, layers: [before])
      network.layers[0].imposedSpikes = (0..<8).map { neuron in
        spikes.filter { $0.1 == call.start + neuron }.compactMap(\.0).sorted()
      }
      let last = Layer(
        name: "last", parameters: [LIFParameters()],
        weights: Synapses(rows: 8, columns: 1, weights: Array(repeating: 0.01, count: 8)))
      network.layers = call.start == 0 ? [last] : network.layers + [last]
      if call.start == 0 { network.inputs = 8 }
      let inputs = spikes.filter { call.start == 0 || $0.1 < call.start }
        .map { InputSpike(time: $0.0 ?? .infinity, channel: $0.1) }
      let trajectory = try Trajectory(
        of: Experiment(title: "filter", network: network, inputSpikes: inputs, horizon: 1))
      #expect(trajectory.events.count == spikes.count)
      let taken = trajectory.events.indices.filter { event in
        trajectory.deliveries(of: event).contains {
          trajectory.circuit.projections[$0.projection].target == network.layers.count - 1
        }
      }
      let expected = zip(call.out.time, call.out.idx).filter { $0.1 >= 0 }
      #expect(taken.map { trajectory.events[$0].time } == expected.map(\.0))
      let indices = taken.map { event -> Int in
        switch trajectory.events[event].kind {
        case .input(let channel, _): channel
        case .spike(let neuron, _, _): neuron + call.start
        case .arrival: -1
        }
      }
      #expect(indices == expected.map(\.1))
    }
  }
}

@Suite("Backward steps of jaxsnn") struct JaxsnnAdjointTests {
  /// One event walked back from a given λ.
  private struct Walk {
    var adjoints: [AdjointState]
    var gradient: Gradient
  }

  /// Walks the event of a call back over `length`; jaxsnn's adjoint knows of no reset potential.
  private func walk(
    _ call: JaxsnnFunctions.AdjointCall, over length: Double, resetting vReset: Double,
    rule: AdjointRule
  ) throws -> Walk {
    var params = call.params
    params.vReset = vReset
    let size = call.state.neurons.potential.count
    let neuron = call.spike.idx - JaxsnnFunctions.firstOwn
    let channel = call.spike.idx - JaxsnnFunctions.firstBefore
    var bench = Bench(
      params: params, weights: call.weights, states: Array(repeating: LIFState(), count: size),
      horizon: length)
    bench.given = Array(repeating: [], count: size)
    var terms: [Loss.SpikeTerm] = []
    if neuron >= 0 {
      bench.given?[neuron] = [0]
      bench.states[neuron].current = call.spike.current
      // The cotangent of the spike's time is the loss's own ∂L/∂t.
      terms = [
        Loss.SpikeTerm(
          neuron: neuron, spike: 0, coefficient: try #require(call.adjointSpike.time))
      ]
    } else {
      bench.inputs = [InputSpike(time: 0, channel: channel)]
    }
    let trajectory = try Trajectory(of: bench.experiment).read(
      by: Loss(layer: 0, rule: .linearSpikeTimes(terms)))
    var pass = BackwardPass(
      trajectory, try trajectory.evaluateLoss(), rule: rule,
      from: call.state.neurons.adjoints)
    #expect(try pass.next() == 0)
    #expect(try pass.next() == nil)
    let adjoint = AdjointTrajectory(pass)
    return Walk(adjoints: adjoint.atZero, gradient: adjoint.gradient)
  }

  private func expect(_ walk: Walk, is call: JaxsnnFunctions.AdjointCall, _ comment: String) throws
  {
    expectClose(
      walk.adjoints.map(\.lambdaV), near: call.out.neurons.potential, comment)
    expectClose(
      walk.adjoints.map(\.lambdaI), near: call.out.neurons.current, comment)
    let matrices = [
      (walk.gradient.layers[0].weights.weights, call.grads.input, call.outGrads.input),
      (
        walk.gradient.layers[0].recurrent?.weights ?? [], call.grads.recurrent ?? [],
        call.outGrads.recurrent ?? []
      ),
    ]
    for (found, before, after) in matrices {
      // jaxsnn adds to what it was given.
      expectClose(
        zip(before.flatMap { $0 }, found).map { $0 + $1 }, near: after.flatMap { $0 }, comment)
    }
    let written = zip(call.out.queue.spikes.time, call.state.queue.spikes.time)
      .filter { $0 != $1 }.compactMap(\.0)
    // The cotangent that came with a forwarded input spike is dropped there; the sum over the synapses is compared.
    if let time = written.first {
      expectClose(walk.gradient.inputTimes, near: [time], comment)
    } else {
      #expect(walk.gradient.inputTimes.isEmpty)
    }
  }

  /// Whether a call is a step without an event, or of a spike that does not reach the population: nothing happens in jaxsnn.
  private func isIdle(_ call: JaxsnnFunctions.AdjointCall) -> Bool {
    call.spike.idx < JaxsnnFunctions.firstBefore
  }

  private func expectIdle(_ call: JaxsnnFunctions.AdjointCall) {
    #expect(call.out.neurons.adjoints == call.state.neurons.adjoints)
    #expect(call.outGrads.input == call.grads.input)
    #expect(call.outGrads.recurrent == call.grads.recurrent)
  }

  private func smallest(_ call: JaxsnnFunctions.AdjointCall) -> Double {
    abs(call.spike.current - call.params.parameters.vThreshold)
  }

  @Test func `adjoint_transition_with_recurrence and adjoint_transition_without_recurrence`() throws
  {
    let functions = try JaxsnnFunctions.all()
    let calls = functions.adjointWithout + functions.adjointWith
    #expect(calls.count == 22)
    for call in calls {
      guard !isIdle(call) else {
        expectIdle(call)
        continue
      }
      // Over 10⁻³⁰⁰ s nothing flows.
      let isClamped = call.deviation != nil
      let rule = isClamped ? AdjointRule(.clampedSlope(1e-6)) : .exact
      try expect(
        walk(call, over: 1e-300, resetting: 0, rule: rule), is: call, rule.name)
      guard call.spike.idx >= JaxsnnFunctions.firstOwn else { continue }
      let vReset = call.params.parameters.vReset
      if !isClamped {
        // With its own v_reset it takes the wrong rule to give jaxsnn's answer.
        try expect(
          walk(call, over: 1e-300, resetting: vReset, rule: AdjointRule(.resetToZero)), is: call,
          "reset-to-zero"
        )
      }
      let exact = try walk(call, over: 1e-300, resetting: vReset, rule: .exact)
      let neuron = call.spike.idx - JaxsnnFunctions.firstOwn
      let before = call.state.neurons.adjoints[neuron].lambdaV
      let jump = call.out.neurons.adjoints[neuron].lambdaV - before
      let slope = call.spike.current - call.params.parameters.vThreshold
      // Exactly: the bracket over the slope itself, and with it the part of the reset that jaxsnn leaves out.
      let bracket = jump * (isClamped ? 1e-6 : slope) - vReset * before
      let expected = before + bracket / slope
      let found = exact.adjoints[neuron].lambdaV
      #expect(abs(found - expected) <= 1e-14 * abs(expected), "\(found), expected \(expected)")
      if isClamped || vReset != 0 {
        #expect(abs(found - call.out.neurons.adjoints[neuron].lambdaV) > 1e-3 * abs(found))
      }
    }
    #expect(calls.filter { $0.deviation != nil }.allSatisfy { smallest($0) < 1e-6 })
  }

  @Test func `step_bwd: flow to the event, then the jump`() throws {
    let calls = try JaxsnnFunctions.all().stepBackward
    #expect(calls.count == 20)
    for call in calls {
      guard !isIdle(call) else {
        expectIdle(call)
        continue
      }
      // Reversed time runs from the horizon: a stretch is the difference of the two.
      let length = call.out.time - call.state.time
      #expect(length > 0)
      try expect(walk(call, over: length, resetting: 0, rule: .exact), is: call, "exact")
      guard call.spike.idx >= JaxsnnFunctions.firstOwn else { continue }
      let vReset = call.params.parameters.vReset
      try expect(
        walk(call, over: length, resetting: vReset, rule: AdjointRule(.resetToZero)), is: call,
        "reset-to-zero")
      if vReset != 0 {
        let exact = try walk(call, over: length, resetting: vReset, rule: .exact)
        let neuron = call.spike.idx - JaxsnnFunctions.firstOwn
        #expect(
          abs(exact.adjoints[neuron].lambdaV - call.out.neurons.adjoints[neuron].lambdaV) > 1)
      }
    }
  }
}
