import EventProp
import RealModule
import ReferenceCases
import Testing

/// Values near those of jaxsnn, relative to the largest.
private func isClose(_ values: [Double], _ references: [Double], within tolerance: Double) -> Bool {
  let scale = references.map { abs($0) }.max() ?? 0
  return values.count == references.count
    && zip(values, references).allSatisfy { abs($0 - $1) <= tolerance * scale }
}

/// One layer of four neurons, and the loss Σ coef · t / tau_mem over its spikes.
private func experiment(
  _ params: JaxsnnCase.Parameters, _ weights: JaxsnnCase.Weights, _ spikes: JaxsnnFunctions.Spikes,
  horizon: Double, maxEvents: Int? = nil, given: [[Double]]? = nil
) -> Experiment {
  let size = weights.input[0].count
  var layer = Layer(
    name: "all", parameters: Array(repeating: params.parameters, count: size),
    weights: Synapses(rows: weights.input),
    recurrent: weights.recurrent.map { Synapses(rows: $0) }, maxEvents: maxEvents)
  layer.imposedSpikes = given
  return Experiment(
    title: "jaxsnn", network: Network(inputs: weights.input.count, layers: [layer]),
    inputSpikes: zip(spikes.time, spikes.idx).compactMap { time, channel in
      time.map { InputSpike(time: $0, channel: channel) }
    }, horizon: horizon)
}

private func loss(
  _ coefficients: [Double], _ trajectory: Trajectory, _ params: JaxsnnCase.Parameters
) -> Loss {
  Loss(
    layer: 0,
    rule: .linearSpikeTimes(
      trajectory.spikeCounts.enumerated().flatMap { neuron, count in
        (0..<count).map {
          Loss.SpikeTerm(
            neuron: neuron, spike: $0, coefficient: coefficients[neuron] / params.tauMem)
        }
      }))
}

/// Time, index and current of each event; inputs come first in jaxsnn's numbers.
private func expectEvents(
  _ trajectory: Trajectory, are spikes: JaxsnnFunctions.Spikes, tau: Double,
  sourceLocation: SourceLocation = #_sourceLocation
) throws {
  let inputs = trajectory.experiment.network.inputs
  let currents = try #require(spikes.current)
  let expected = zip(zip(spikes.time, spikes.idx), currents).filter { $0.0.1 >= 0 }
  #expect(trajectory.events.count == expected.count, sourceLocation: sourceLocation)
  for (event, ((time, index), current)) in zip(trajectory.events, expected) {
    #expect(
      abs(event.time - (time ?? .infinity)) <= 1e-13 * tau, sourceLocation: sourceLocation)
    switch event.kind {
    case .input(let channel, _): #expect(channel == index, sourceLocation: sourceLocation)
    case .spike(let neuron, _, let own):
      #expect(neuron + inputs == index, sourceLocation: sourceLocation)
      #expect(
        abs(own - current) <= 1e-13 * max(1, abs(current)), sourceLocation: sourceLocation)
    case .arrival: Issue.record("an arrival without delays", sourceLocation: sourceLocation)
    }
  }
}

@Suite("Apply functions of jaxsnn") struct JaxsnnRunTests {
  @Test func `trajectory and construct_adjoint_apply_fn, at once and step by step`() throws {
    let calls = try JaxsnnFunctions.all().trajectory
    #expect(calls.count == 4)
    for call in calls {
      let experiment = experiment(
        call.params, call.weights, call.input, horizon: call.tMax, maxEvents: call.steps)
      // At once.
      let first = try Trajectory(of: experiment)
      let trajectory = try first.read(by: loss(call.coef, first, call.params))
      let whole = try AdjointTrajectory(of: trajectory)
      // Step by step.
      var forward = ForwardPass(trajectory.circuit)
      while try forward.next() != nil {}
      #expect(forward.events == trajectory.events)
      var backward = BackwardPass(Trajectory(forward), whole.evaluation)
      while try backward.next() != nil {}
      #expect(backward.gradient == whole.gradient)

      for (name, result) in call.results {
        try expectEvents(trajectory, are: result.spikes, tau: call.params.tauMem)
        #expect(abs(whole.evaluation.value - result.loss) <= 1e-13 * max(1, abs(result.loss)))
        let layer = whole.gradient.layers[0]
        #expect(
          isClose(
            layer.weights.weights, result.grads.weights.input.flatMap { $0 }, within: 2e-14),
          "\(name)")
        #expect(
          isClose(
            layer.recurrent?.weights ?? [], (result.grads.weights.recurrent ?? []).flatMap { $0 },
            within: 2e-14), "\(name)")
        let times = Array(result.grads.inputTime.prefix(whole.gradient.inputTimes.count))
        if name == "adjoint_wrap_only_step_True" {
          // Step by step jaxsnn writes the first of the time gradients and loses the others.
          #expect(isClose([whole.gradient.inputTimes[0]], [times[0]], within: 2e-14), "\(name)")
          #expect(times.dropFirst().allSatisfy { $0 == 0 })
          #expect(whole.gradient.inputTimes.dropFirst().contains { $0 != 0 })
        } else {
          #expect(isClose(whole.gradient.inputTimes, times, within: 2e-14), "\(name)")
        }
      }
    }
  }

  @Test func `hardware_lif_known_spikes: events, loss and gradient on given spikes`() throws {
    let calls = try JaxsnnFunctions.all().knownSpikes
    #expect(calls.count == 2)
    for call in calls {
      let given = (0..<4).map { neuron in
        zip(call.known.time, call.known.idx).filter { $0.1 == neuron + 3 }.compactMap(\.0)
      }
      let experiment = experiment(
        call.params, call.weights, call.input, horizon: call.tMax, given: given)
      let trajectory = try Trajectory(of: experiment)
      try expectEvents(trajectory, are: call.out.spikes, tau: call.params.tauMem)
      let adjoint = try AdjointTrajectory(
        of: trajectory.read(by: loss(call.coef, trajectory, call.params)))
      #expect(abs(adjoint.evaluation.value - call.out.loss) <= 1e-13)
      let layer = adjoint.gradient.layers[0]
      #expect(
        isClose(layer.weights.weights, call.out.grads.input.flatMap { $0 }, within: 2e-14))
      #expect(
        isClose(
          layer.recurrent?.weights ?? [], (call.out.grads.recurrent ?? []).flatMap { $0 },
          within: 2e-14))
    }
  }

  /// V before each given spike from jaxsnn's currents alone: V restarts at 0 with the recorded current, and arrivals add to it.
  @Test func `V at given times is reported by its distance from the threshold`() throws {
    let calls = try JaxsnnFunctions.all().knownSpikes
    #expect(calls.count == 2)
    for call in calls {
      let given = (0..<4).map { neuron in
        zip(call.known.time, call.known.idx).filter { $0.1 == neuron + 3 }.compactMap(\.0)
      }
      let trajectory = try Trajectory(
        of: experiment(call.params, call.weights, call.input, horizon: call.tMax, given: given))
      let rows = call.out.spikes
      let currents = try #require(rows.current)
      var distances: [Double] = []
      for event in trajectory.events.indices {
        let neuron = rows.idx[event] - 3
        guard neuron >= 0, let time = rows.time[event] else { continue }
        let last = (0..<event).last { rows.idx[$0] == rows.idx[event] }
        var potential = 0.0
        func add(_ current: Double, at start: Double) {
          // tau_mem = 2 tau_syn: a current I adds I (e^(−x/tau_mem) − e^(−x/tau_syn)) to V.
          let decay = Double.exp(-(time - start) / call.params.tauMem)
          potential += current * (decay - decay * decay)
        }
        for earlier in (last ?? 0)..<event {
          let start = try #require(rows.time[earlier])
          if earlier == last { add(currents[earlier], at: start) }
          let source = rows.idx[earlier]
          add(
            source < 3
              ? call.weights.input[source][neuron]
              : call.weights.recurrent?[source - 3][neuron] ?? 0, at: start)
        }
        let distance = try #require(trajectory.distanceFromThreshold(of: event))
        #expect(abs(distance - (potential - call.params.parameters.vThreshold)) <= 1e-14)
        distances.append(distance)
      }
      #expect(distances.count == 5)
      #expect(distances.contains { abs($0) > 0.1 }, "these spikes are no crossings")
    }
  }

  /// jaxsnn takes the maximum of a leaky integrator on a grid; over continuous time it lies higher, and its gradient elsewhere.
  @Test func `leaky_integrator: V and I on jaxsnn's grid, and the maximum between its points`()
    throws
  {
    let calls = try JaxsnnFunctions.all().leakyIntegrator
    #expect(calls.count == 2)
    for call in calls {
      var readout = experiment(
        call.params, JaxsnnCase.Weights(input: call.weights), call.spikes, horizon: call.tMax)
      readout.network.layers[0].kinds = [.li, .li]
      let trajectory = try Trajectory(of: readout)
      let steps = call.out.potential.count
      for (row, (potentials, currents)) in zip(call.out.potential, call.out.current).enumerated() {
        let time = call.tMax * Double(row) / Double(steps - 1)
        for neuron in 0..<2 {
          let state = trajectory.state(of: neuron, at: time, side: .before)
          #expect(abs(state.potential - potentials[neuron]) <= 1e-15)
          #expect(abs(state.current - currents[neuron]) <= 2e-15)
        }
      }
      let onGrid = (0..<2).map { neuron in call.out.potential.map { $0[neuron] }.max() ?? 0 }
      // The label is where the target [1, 0] is least.
      let sum = Double.exp(onGrid[0]) + .exp(onGrid[1])
      #expect(abs(Double.log(sum) - onGrid[1] - call.loss) <= 1e-15)
      let loss = Loss(layer: 0, rule: .maxOverTimeCrossEntropy(neurons: [0, 1], label: 1))
      let adjoint = try AdjointTrajectory(of: trajectory.read(by: loss))
      for (neuron, impulse) in adjoint.evaluation.impulses {
        #expect(impulse.potential > onGrid[neuron])
        // The grid's best point is the neighbour of the true place.
        let step = call.tMax / Double(steps - 1)
        let best = call.out.potential.indices.max {
          call.out.potential[$0][neuron] < call.out.potential[$1][neuron]
        }
        #expect(abs(Double(best ?? 0) * step - impulse.time) < step)
      }
      #expect(!adjoint.evaluation.impulses.isEmpty)
      let times = Array(call.gradTime.prefix(3))
      #expect(!isClose(adjoint.gradient.inputTimes, times, within: 1e-3))
    }
  }
}

@Suite("Losses of jaxsnn") struct JaxsnnLossTests {
  /// A run whose first spikes are given, silent neurons included.
  private func run(_ firstSpikes: [Double?]) throws -> Trajectory {
    let size = firstSpikes.count
    var layer = Layer(
      name: "out", parameters: Array(repeating: LIFParameters(), count: size),
      weights: Synapses(rows: 1, columns: size, weights: Array(repeating: 0, count: size)))
    layer.imposedSpikes = firstSpikes.map { $0.map { [$0] } ?? [] }
    return try Trajectory(
      of: Experiment(
        title: "given", network: Network(inputs: 1, layers: [layer]), inputSpikes: [], horizon: 1))
  }

  private func calls(_ name: String, _ count: Int) throws -> [JaxsnnFunctions.LossCall] {
    let calls = try JaxsnnFunctions.all().losses.filter { $0.fn == name }
    #expect(calls.count == count)
    return calls
  }

  /// The loss and its derivative by the first spikes; `sign` is how jaxsnn counts it.
  private func expect(_ call: JaxsnnFunctions.LossCall, _ rule: Loss.Rule, sign: Double) throws {
    let firstSpikes = try #require(call.firstSpikes)
    let trajectory = try run(firstSpikes)
    let evaluation = try trajectory.read(by: Loss(layer: 0, rule: rule)).evaluateLoss()
    let out = try #require(call.out[0])
    #expect(abs(sign * evaluation.value - out) <= 1e-15 * max(1, abs(out)))
    let gradient = firstSpikes.indices.map { neuron in
      trajectory.event(ofSpike: 0, of: neuron)
        .map { sign * evaluation.spikeTimeGradients[$0] } ?? 0
    }
    let references = try #require(call.grad)
    #expect(gradient.count == references.count)
    for (value, reference) in zip(gradient, references) {
      #expect(abs(value - reference) <= 1e-13, "\(call.firstSpikes ?? [])")
    }
  }

  private let outputs = [0, 1, 2]

  @Test func `mse_loss`() throws {
    for call in try calls("mse_loss", 10) {
      let (targets, tau) = (try #require(call.target), try #require(call.tauMem))
      try expect(
        call, .firstSpikeMSE(neurons: outputs, targets: targets, tau: tau, clip: 2 * tau), sign: 1)
    }
  }

  /// jaxsnn counts the cross-entropy negatively; the label is where the target is earliest.
  @Test func `ttfs_loss`() throws {
    for call in try calls("ttfs_loss", 10) {
      let (targets, tau) = (try #require(call.target), try #require(call.tauMem))
      let label = try #require(targets.indices.min { targets[$0] < targets[$1] })
      try expect(
        call, .ttfsCrossEntropy(neurons: outputs, label: label, tau: tau, clip: 2 * tau),
        sign: -1)
    }
  }

  @Test func `target_time_loss`() throws {
    for call in try calls("target_time_loss", 10) {
      let (targets, tau) = (try #require(call.target), try #require(call.tauMem))
      try expect(call, .targetTime(neurons: outputs, targets: targets, tau: tau), sign: 1)
    }
  }

  @Test func `first_spike`() throws {
    for call in try calls("first_spike", 2) {
      let (spikes, size) = (try #require(call.spikes), try #require(call.size))
      let count = try #require(call.outputs)
      let outputs = Array(size - count..<size)
      var layer = Layer(
        name: "out", parameters: Array(repeating: LIFParameters(), count: size),
        weights: Synapses(rows: 1, columns: size, weights: Array(repeating: 0, count: size)))
      layer.imposedSpikes = (0..<size).map { neuron in
        zip(spikes.time, spikes.idx).filter { $0.1 == neuron }.compactMap(\.0).sorted()
      }
      let trajectory = try Trajectory(
        of: Experiment(
          title: "given", network: Network(inputs: 1, layers: [layer]), inputSpikes: [], horizon: 1)
      )
      let all = trajectory.spikes(ofLayer: 0)
      #expect(outputs.map { all[$0].first?.time } == call.out)
      let terms = outputs.filter { !all[$0].isEmpty }.map {
        Loss.SpikeTerm(neuron: $0, spike: 0, coefficient: 1)
      }
      let evaluation = try trajectory.read(
        by: Loss(layer: 0, rule: .linearSpikeTimes(terms))
      ).evaluateLoss()
      let gradient = zip(spikes.time, spikes.idx).map { time, index in
        trajectory.events.firstIndex { $0.time == time && $0.spikingNeuron == index }
          .map { evaluation.spikeTimeGradients[$0] } ?? 0
      }
      #expect(gradient == call.gradOfSum)
    }
  }

  /// Leaky integrators that start at the given potentials and only decay: each maximum is its V(0), or 0 where that is negative.
  private func decaying(from potentials: [Double]) throws -> Trajectory {
    let size = potentials.count
    let layer = Layer(
      name: "out", parameters: Array(repeating: LIFParameters(), count: size),
      weights: Synapses(rows: 1, columns: size, weights: Array(repeating: 0, count: size)),
      kinds: Array(repeating: .li, count: size),
      initial: potentials.map { LIFState(potential: $0) })
    return try Trajectory(
      of: Experiment(
        title: "decay", network: Network(inputs: 1, layers: [layer]), inputSpikes: [],
        horizon: 20e-3))
  }

  private func label(_ targets: [Double]?) throws -> Int {
    let targets = try #require(targets)
    return try #require(targets.indices.min { targets[$0] < targets[$1] })
  }

  @Test func `nll_loss`() throws {
    for call in try calls("nll_loss", 3) {
      let loss = Loss(
        layer: 0,
        rule: .maxOverTimeCrossEntropy(neurons: outputs, label: try label(call.targets)))
      let adjoint = try AdjointTrajectory(
        of: decaying(from: try #require(call.output)).read(by: loss))
      #expect(abs(adjoint.evaluation.value - (try #require(call.out[0]))) <= 4e-16)
      let gradient = adjoint.gradient.layers[0].initial.map(\.potential)
      expectClose(gradient, near: try #require(call.grad), within: 4e-16)
    }
  }

  @Test func `max_over_time_loss, of maxima that jaxsnn found on its grid`() throws {
    for call in try calls("max_over_time_loss", 1) {
      let (traces, w) = (try #require(call.traces), try #require(call.w))
      let best = try outputs.map { neuron in
        try #require(
          traces.map { $0[neuron] }.max { $0 * w[neuron] < $1 * w[neuron] })
      }
      let loss = Loss(
        layer: 0,
        rule: .maxOverTimeCrossEntropy(neurons: outputs, label: try label(call.targets)))
      let adjoint = try AdjointTrajectory(
        of: decaying(from: zip(best, w).map { $0 * $1 }).read(by: loss))
      #expect(abs(adjoint.evaluation.value - (try #require(call.out[0]))) <= 4e-16)
      let gradient = zip(adjoint.gradient.layers[0].initial, best).map { $0.potential * $1 }
      expectClose(gradient, near: try #require(call.gradW), within: 4e-16)
    }
  }
}
