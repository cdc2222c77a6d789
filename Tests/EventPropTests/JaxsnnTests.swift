import EventProp
import ReferenceCases
import Testing

/// An array of a network's gradient by its name, as a list.
private struct NamedArray {
  var name: String
  var values: [Double]
}

/// What Backspike makes of a case: the mean over its samples.
private struct Computed {
  var trajectories: [Trajectory] = []
  var losses: [Double] = []
  var gradient: [NamedArray] = []

  init(_ golden: JaxsnnCase, rule: AdjointRule = .exact) throws {
    let count = Double(golden.samples.count)
    var weights: [[Double]] = []
    var times: [[Double]] = []
    for sample in golden.samples {
      let first = try Trajectory(of: golden.experiment(sample))
      let (loss, sign) = try golden.loss(sample, on: first)
      let trajectory = try first.read(by: loss)
      let adjoint = try AdjointTrajectory(of: trajectory, rule: rule)
      trajectories.append(trajectory)
      losses.append(sign * adjoint.evaluation.value)
      let matrices = adjoint.gradient.layers.flatMap {
        [$0.weights.weights, $0.recurrent?.weights ?? []]
      }
      if weights.isEmpty { weights = matrices.map { $0.map { _ in 0 } } }
      for (matrix, values) in matrices.enumerated() {
        for (entry, value) in values.enumerated() {
          weights[matrix][entry] += sign * value / count
        }
      }
      var row = [Double](repeating: 0, count: golden.input.time[sample].count)
      for (position, place) in golden.places(of: sample).enumerated() {
        row[place] = sign * adjoint.gradient.inputTimes[position] / count
      }
      times.append(row)
    }
    gradient = weights.enumerated().map { number, values in
      NamedArray(
        name: "layer \(number / 2) " + (number % 2 == 0 ? "input" : "recurrent"), values: values)
    }
    gradient.append(NamedArray(name: "input times", values: times.flatMap { $0 }))
  }

  var loss: Double { losses.reduce(0, +) / Double(losses.count) }
}

extension JaxsnnCase.Gradients {
  fileprivate var arrays: [NamedArray] {
    weights.enumerated().flatMap { number, layer in
      [
        NamedArray(name: "layer \(number) input", values: layer.input.flatMap { $0 }),
        NamedArray(
          name: "layer \(number) recurrent", values: (layer.recurrent ?? []).flatMap { $0 }),
      ]
    } + [NamedArray(name: "input times", values: inputTime.flatMap { $0 })]
  }
}

/// How far two gradients are apart, relative to the largest entry of each array of the second.
private func distance(_ one: [NamedArray], from other: [NamedArray]) -> (Double, String) {
  var worst = (0.0, "")
  for (array, reference) in zip(one, other) {
    guard array.name == reference.name, array.values.count == reference.values.count else {
      return (.infinity, "\(reference.name) has another shape")
    }
    let scale = reference.values.map { abs($0) }.max() ?? 0
    for (value, expected) in zip(array.values, reference.values) where value != expected {
      let difference = abs(value - expected) / scale
      if !(difference <= worst.0) { worst = (difference, reference.name) }
    }
  }
  return one.count == other.count ? worst : (.infinity, "another number of arrays")
}

/// A row of a layer: an input that it took, or a spike of its own.
private struct Row {
  var time: Double
  var index: Int
  var current: Double
}

extension JaxsnnCase {
  /// The rows of a layer as jaxsnn lists them.
  fileprivate func rows(of trajectory: Trajectory, layer: Int) -> [Row] {
    let starts = starts
    return trajectory.events.indices.compactMap { number in
      let event = trajectory.events[number]
      let isTaken = trajectory.deliveries(of: number).contains {
        let projection = trajectory.circuit.projections[$0.projection]
        return projection.target == layer && !projection.isRecurrent
      }
      switch event.kind {
      case .input(let channel, _):
        return isTaken ? Row(time: event.time, index: channel, current: 0) : nil
      case .spike(let neuron, _, let current):
        let index = neuron + starts[0]
        if trajectory.circuit.layerOf[neuron] == layer {
          return Row(time: event.time, index: index, current: current)
        }
        return isTaken ? Row(time: event.time, index: index, current: 0) : nil
      case .arrival: return nil
      }
    }
  }

  /// The rows of a layer in the reference, without steps that found no event.
  fileprivate func rows(ofSample sample: Int, layer: Int) throws -> [Row] {
    let rows = try #require(eventprop.layers?[layer])
    let currents = try #require(rows.current)
    return zip(zip(rows.time[sample], rows.idx[sample]), currents[sample])
      .filter { $0.0.1 >= 0 }
      .map { Row(time: $0.0.0 ?? .infinity, index: $0.0.1, current: $0.1) }
  }
}

@Suite("Runs of jaxsnn") struct JaxsnnTests {
  @Test func `there are 23 cases, and four are marked`() throws {
    #expect(try JaxsnnCase.all().count == 23)
    #expect(try JaxsnnCase.undisputed().count == 19)
  }

  @Test(arguments: try JaxsnnCase.undisputed())
  func `events, first spikes, loss and every gradient are those of jaxsnn`(
    golden: JaxsnnCase
  ) throws {
    let computed = try Computed(golden)
    let tau = golden.params.tauMem
    for (sample, trajectory) in computed.trajectories.enumerated() {
      for layer in golden.layers.indices {
        let found = golden.rows(of: trajectory, layer: layer)
        let expected = try golden.rows(ofSample: sample, layer: layer)
        #expect(found.map(\.index) == expected.map(\.index), "layer \(layer)")
        #expect(!expected.isEmpty)
        for (row, reference) in zip(found, expected) {
          #expect(abs(row.time - reference.time) <= 1e-13 * tau)
          #expect(abs(row.current - reference.current) <= 1e-13 * max(1, abs(reference.current)))
        }
      }
      let expected = try #require(golden.eventprop.firstSpike?[sample])
      let first = trajectory.spikes(ofLayer: golden.layers.count - 1).suffix(expected.count)
        .map(\.first?.time)
      #expect(first.map { $0 == nil } == expected.map { $0 == nil })
      for case (let time?, let reference?) in zip(first, expected) {
        #expect(abs(time - reference) <= 1e-13 * tau)
      }
      let loss = try #require(golden.eventprop.lossPerSample?[sample])
      #expect(abs(computed.losses[sample] - loss) <= 1e-13 * max(1, abs(loss)))
    }
    #expect(
      abs(computed.loss - golden.eventprop.loss) <= 1e-13 * max(1, abs(golden.eventprop.loss)))
    let (difference, place) = distance(computed.gradient, from: golden.eventprop.grads.arrays)
    #expect(difference <= 2e-14, "\(place)")
    #expect(golden.eventprop.grads.arrays[0].values.contains { $0 != 0 })
  }

  @Test func `only the layers that jaxsnn truncates are cut, and they say so`() throws {
    for golden in try JaxsnnCase.undisputed() {
      for (sample, trajectory) in try Computed(golden).trajectories.enumerated() {
        for (layer, members) in golden.layers.enumerated() {
          let isFull = try golden.rows(ofSample: sample, layer: layer).count == members.steps
          let isCut = trajectory.truncations.contains { $0.layer == layer }
          #expect(!isCut || isFull, "\(golden.id)")
        }
      }
    }
    let cut = try JaxsnnCase.undisputed()
      .filter { try Computed($0).trajectories.contains { !$0.isComplete } }.map(\.id)
    #expect(cut.map { $0.prefix(3) } == ["k13", "k14", "k16"])
  }

  /// Layer by layer the order is that of jaxsnn, whose layers each run to their end.
  @Test(arguments: try JaxsnnCase.undisputed())
  func `a engine finds jaxsnn's spikes, loss and gradient too`(golden: JaxsnnCase) throws {
    let count = Double(golden.samples.count)
    let matrices = golden.layers.flatMap { [$0.weights.input, $0.weights.recurrent ?? []] }
    var weights = matrices.map { $0.flatMap { $0 }.map { _ in 0.0 } }
    var times: [Double] = []
    for sample in golden.samples {
      let experiment = golden.experiment(sample)
      let (loss, sign) = try golden.loss(sample, on: Trajectory(of: experiment))
      let engine = try #require(LayerwiseEngine(try Circuit(experiment)))
      let queue = InputQueue(experiment.inputSpikes, before: experiment.horizon)
      let value = try #require(try engine.forward(queue, loss))
      try engine.backward()
      let expected = try #require(golden.eventprop.lossPerSample?[sample])
      #expect(abs(sign * value - expected) <= 1e-12 * max(1, abs(expected)))
      for layer in golden.layers.indices {
        let own = try golden.rows(ofSample: sample, layer: layer)
          .filter { $0.index >= golden.starts[layer] }
        let found = engine.spikes(ofLayer: layer)
        #expect(found.map { $0.neuron + golden.starts[layer] } == own.map(\.index))
        for (spike, row) in zip(found, own) {
          #expect(abs(spike.time - row.time) <= 1e-13 * golden.params.tauMem)
        }
        let gradients = engine.gradient(ofLayer: layer)
        for (part, values) in [gradients.weights.weights, gradients.recurrent?.weights ?? []]
          .enumerated()
        {
          for (entry, value) in values.enumerated() {
            weights[2 * layer + part][entry] += sign * value / count
          }
        }
      }
      var row = [Double](repeating: 0, count: golden.input.time[sample].count)
      let places = golden.places(of: sample)
      for (spike, gradient) in zip(queue.spikes, engine.inputTimeGradients) {
        row[places[spike.position]] = sign * gradient / count
      }
      times += row
    }
    let reference = golden.eventprop.grads.arrays
    let found = zip(reference, weights + [times]).map {
      NamedArray(name: $0.name, values: $1)
    }
    let (difference, place) = distance(found, from: reference)
    #expect(difference <= 1e-13, "\(place)")
  }

  /// The comparison must be able to fail: the other rules are further away than the tolerance.
  @Test func `a wrong rule is told from jaxsnn's gradient`() throws {
    let golden = try #require(try JaxsnnCase.all().first { $0.id.hasPrefix("k11") })
    for name in ["no-reset-term", "no-recurrence", "tau-mem-kernel", "unscaled", "no-self"] {
      let rule = try #require(AdjointRule(name))
      let wrong = try Computed(golden, rule: rule)
      #expect(
        distance(wrong.gradient, from: golden.eventprop.grads.arrays).0 > 1e-6, "\(name)")
    }
  }

  /// Spikes, loss and gradient are those of the exact simulator.
  private func expectExact(_ golden: JaxsnnCase, _ computed: Computed) throws {
    let exact = try #require(golden.exact)
    #expect(abs(computed.loss - exact.loss) <= 1e-13 * max(1, abs(exact.loss)))
    let (difference, place) = distance(computed.gradient, from: exact.grads.arrays)
    #expect(difference <= 2e-14, "\(place)")
    let spikes = try #require(exact.spikes)
    for layer in golden.layers.indices {
      for (sample, trajectory) in computed.trajectories.enumerated() {
        let start = golden.starts[layer]
        let own = golden.rows(of: trajectory, layer: layer).filter { $0.index >= start }
        let reference = spikes[layer][sample]
        #expect(own.map(\.index) == reference.idx)
        for (row, (time, current)) in zip(own, zip(reference.time, reference.current)) {
          #expect(abs(row.time - time) <= 1e-13 * golden.params.tauMem)
          #expect(abs(row.current - current) <= 1e-13 * max(1, abs(current)))
        }
      }
    }
  }

  /// jaxsnn writes time gradients beyond the end of its input queue and loses the earliest.
  ///
  /// It does so where steps without an event and inputs together are more than the queue holds; the layer before then
  /// learns from what is left. No altered term reproduces that.
  @Test func `k17: time gradients that jaxsnn writes past its queue are here`() throws {
    let golden = try JaxsnnCase.deviating("adjoint_input_queue_overrun")
    let computed = try Computed(golden)
    try expectExact(golden, computed)
    let jaxsnn = golden.eventprop.grads.arrays
    #expect(distance(jaxsnn, from: computed.gradient).0 > 0.1)
    // The last layer's weights do not depend on time gradients, and are right in jaxsnn too.
    #expect(jaxsnn[2].name == "layer 1 input")
    #expect(distance([computed.gradient[2]], from: [jaxsnn[2]]).0 <= 2e-14)
  }

  @Test func `k18: jaxsnn's gradient at v_reset -0.3 is the rule reset-to-zero`() throws {
    let golden = try JaxsnnCase.deviating("adjoint_uses_v_th_not_v_th_minus_v_reset")
    let computed = try Computed(golden)
    try expectExact(golden, computed)
    let jaxsnn = golden.eventprop.grads.arrays
    #expect(distance(computed.gradient, from: jaxsnn).0 > 0.1)
    let wrong = try Computed(golden, rule: AdjointRule(.resetToZero))
    #expect(distance(wrong.gradient, from: jaxsnn).0 <= 2e-14)
  }

  /// Any spike makes jaxsnn reset every neuron whose V is at least 1, whatever v_th.
  ///
  /// The forward pass itself is another one, so that no rule of the adjoint reproduces its gradient.
  @Test func `k21: neurons between 1 and v_th 1.4 do not spike along`() throws {
    let golden = try JaxsnnCase.deviating("spike_mask_hardcoded_V_ge_1")
    let computed = try Computed(golden)
    try expectExact(golden, computed)
    #expect(distance(golden.eventprop.grads.arrays, from: computed.gradient).0 > 0.1)
    let rows = golden.rows(of: computed.trajectories[0], layer: 0)
    let reference = try golden.rows(ofSample: 0, layer: 0)
    let parting = zip(rows, reference).first { abs($0.current - $1.current) > 1e-6 }
    // Up to the first spike both agree; the neuron that jaxsnn resets along has another current at its own.
    #expect(parting?.0.index == 11 && parting?.1.index == 11)
  }

  /// jaxsnn stores the current of the second of two spikes at one instant after the jump of both.
  ///
  /// Here it is the current before the second neuron's own reset. The two reach each other, so that the gradient is one-sided
  /// in any case and there is nothing exact to compare with.
  @Test func `k23: of two spikes at once the second has its current before its own jump`() throws {
    let golden = try JaxsnnCase.deviating("simultaneous_recurrent_current")
    let computed = try Computed(golden)
    let rows = golden.rows(of: computed.trajectories[0], layer: 0)
    let reference = try golden.rows(ofSample: 0, layer: 0)
    #expect(rows.map(\.index) == reference.map(\.index))
    let recurrent = try #require(golden.layers[0].weights.recurrent)
    var differing: [Int] = []
    for (row, expected) in zip(rows, reference) {
      #expect(abs(row.time - expected.time) <= 1e-13 * golden.params.tauMem)
      guard abs(row.current - expected.current) > 1e-13 else { continue }
      differing.append(row.index)
      let own = recurrent[row.index - golden.starts[0]][row.index - golden.starts[0]]
      #expect(abs(row.current + own - expected.current) <= 1e-13)
    }
    #expect(differing == [13])
    #expect(abs(computed.loss - golden.eventprop.loss) <= 1e-13)
    let (difference, _) = distance(computed.gradient, from: golden.eventprop.grads.arrays)
    #expect(difference > 1e-6 && difference < 0.1)
  }
}
