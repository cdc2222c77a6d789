import RealModule

/// The value of a loss on a trajectory, and what it gives the backward pass to start from.
package struct LossEvaluation: Equatable, Sendable {
  /// L.
  package let value: Double
  /// Explicit ∂L/∂t of each event, in loss per second; 0 for events that the loss does not name.
  package internal(set) var spikeTimeGradients: [Double]
  /// The coefficient c of a running loss ∫ c V dt, per neuron, in loss per (V s).
  package internal(set) var drives: [Double]
  /// ∂L/∂V_max of a maximum over time, per neuron that has one, and where the maximum lies.
  package internal(set) var impulses: [Int: Impulse]

  package init(
    value: Double, spikeTimeGradients: [Double], drives: [Double], impulses: [Int: Impulse]
  ) {
    self.value = value
    self.spikeTimeGradients = spikeTimeGradients
    self.drives = drives
    self.impulses = impulses
  }

  /// An instant at which the loss reads a potential.
  package struct Impulse: Equatable, Sendable {
    /// Where on a neuron's time line the maximum lies.
    package enum Place: Equatable, Sendable {
      /// At t = 0.
      case start
      /// Inside a stretch, where dV/dt = 0; `afterEvent` is the event that starts the stretch, nil for t = 0.
      case interior(afterEvent: Int?)
      /// A kink: V stops rising because of what this event does to the neuron.
      case kink(event: Int)
      /// At the horizon.
      case horizon
    }

    /// The time of the maximum, in seconds.
    package let time: Double
    /// The maximum of V.
    package let potential: Double
    /// ∂L/∂V_max.
    package let gradient: Double
    /// Where it lies.
    package let place: Place
  }

  /// The first event from which on nothing starts the adjoint: a way back from the horizon may pass over it and those after it.
  ///
  /// `isZero` says whether λ is zero at the horizon; where it is not, no event is passed over.
  func silence(on trajectory: Trajectory, isZero: Bool) -> Int {
    guard isZero, drives.allSatisfy({ $0 == 0 }) else { return trajectory.events.count }
    var last = spikeTimeGradients.lastIndex { $0 != 0 } ?? -1
    for impulse in impulses.values {
      switch impulse.place {
      case .start, .interior(nil): break
      case .interior(let event?), .kink(let event): last = max(last, event)
      case .horizon: return trajectory.events.count
      }
    }
    return last + 1
  }
}

extension Loss {
  /// Evaluates the loss on a trajectory.
  ///
  /// Throws `SimulationError.missingSpike` when a linear term names a spike that did not happen.
  package func evaluate(on trajectory: Trajectory) throws(SimulationError) -> LossEvaluation {
    let circuit = trajectory.circuit
    let offset = circuit.offsets[layer]
    var gradients = [Double](filledWith: 0, count: trajectory.events.count)
    var drives = [Double](filledWith: 0, count: circuit.neuronCount)
    var impulses: [Int: LossEvaluation.Impulse] = [:]
    var value = 0.0

    switch rule {
    case .voltageIntegral(let coefficients):
      for (index, coefficient) in coefficients.enumerated() {
        drives[offset + index] = coefficient
        for stretch in trajectory.stretches(of: offset + index) {
          let flow = circuit.flows[offset + index]
          let length = stretch.end - stretch.start
          let end = flow.advanced(stretch.state, by: length)
          value += coefficient * flow.integral(from: stretch.state, to: end, over: length)
        }
      }

    case .maxOverTimeCrossEntropy(let neurons, let label):
      let maxima = neurons.map { trajectory.maximum(of: offset + $0) }
      let softmax = Softmax(maxima.map { max(0, $0.potential) })
      value = -softmax.logProbability(of: label)
      for (position, neuron) in neurons.enumerated() where maxima[position].potential > 0 {
        let share = softmax.probabilities[position] - (position == label ? 1 : 0)
        impulses[offset + neuron] = LossEvaluation.Impulse(
          time: maxima[position].time, potential: maxima[position].potential, gradient: share,
          place: maxima[position].place)
      }

    case .linearSpikeTimes, .allSpikesMSE, .firstSpikeMSE, .ttfsCrossEntropy, .targetTime:
      let spikes = RecordedSpikes(trajectory: trajectory, offset: offset)
      value = try self.value(on: spikes, offset: offset) { neuron, spike, gradient in
        gradients[spikes.event(ofSpike: spike, of: neuron)] += gradient
      }
    }
    return LossEvaluation(
      value: value, spikeTimeGradients: gradients, drives: drives, impulses: impulses)
  }
}

/// The spikes of a layer as a loss on spike times reads them: neurons counted in the layer, spikes of each from 0.
protocol LayerSpikes {
  func spikeCount(of neuron: Int) -> Int
  func time(ofSpike spike: Int, of neuron: Int) -> Double
}

/// The spikes of a trajectory's layer.
private struct RecordedSpikes: LayerSpikes {
  let trajectory: Trajectory
  /// The number of the layer's first neuron.
  let offset: Int

  func spikeCount(of neuron: Int) -> Int { trajectory.spikeCounts[offset + neuron] }

  func event(ofSpike spike: Int, of neuron: Int) -> Int {
    let spikes = trajectory.spikes(of: offset + neuron)
    return spikes[spikes.startIndex + spike]
  }

  func time(ofSpike spike: Int, of neuron: Int) -> Double {
    trajectory.events[event(ofSpike: spike, of: neuron)].time
  }
}

extension Loss {
  /// L of a loss on spike times, and its explicit ∂L/∂t by neuron and spike, given to `add`.
  ///
  /// `offset` is the number of the layer's first neuron, for the complaint about a spike that did not happen.
  func value(
    on spikes: some LayerSpikes, offset: Int,
    add: (_ neuron: Int, _ spike: Int, _ gradient: Double) -> Void
  ) throws(SimulationError) -> Double {
    var value = 0.0
    func first(_ neuron: Int) -> Double? {
      spikes.spikeCount(of: neuron) > 0 ? spikes.time(ofSpike: 0, of: neuron) : nil
    }
    switch rule {
    case .linearSpikeTimes(let terms):
      for (number, term) in terms.enumerated() {
        guard term.spike < spikes.spikeCount(of: term.neuron) else {
          throw .missingSpike(
            term: number, neuron: offset + term.neuron, spike: term.spike,
            found: spikes.spikeCount(of: term.neuron))
        }
        value += term.coefficient * spikes.time(ofSpike: term.spike, of: term.neuron)
        add(term.neuron, term.spike, term.coefficient)
      }

    case .allSpikesMSE(let neurons, let targets, let tau):
      for (neuron, wanted) in zip(neurons, targets) {
        for (spike, target) in wanted.prefix(spikes.spikeCount(of: neuron)).enumerated() {
          let error = (spikes.time(ofSpike: spike, of: neuron) - target) / tau
          value += error * error
          add(neuron, spike, 2 * error / tau)
        }
      }

    case .firstSpikeMSE(let neurons, let targets, let tau, let clip):
      for (neuron, target) in zip(neurons, targets) {
        let time = first(neuron) ?? clip
        let error = (min(time, clip) - target) / tau
        value += error * error
        if time < clip, spikes.spikeCount(of: neuron) > 0 { add(neuron, 0, 2 * error / tau) }
      }

    case .ttfsCrossEntropy(let neurons, let label, let tau, let clip):
      let softmax = Softmax(neurons.map { -min(first($0) ?? clip, clip) / tau })
      value = -softmax.logProbability(of: label)
      for (position, probability) in softmax.probabilities.enumerated() {
        guard let time = first(neurons[position]), time < clip else { continue }
        add(neurons[position], 0, ((position == label ? 1 : 0) - probability) / tau)
      }

    case .targetTime(let neurons, let targets, let tau):
      for (neuron, target) in zip(neurons, targets) {
        guard let time = first(neuron) else { continue }
        let distance = (time - target) / tau
        let closeness = Double.exp(-abs(distance))
        value -= .log(onePlus: closeness)
        // On the target itself the loss has a cusp; 0 is the middle of its slopes.
        let sign: Double = distance > 0 ? 1 : distance < 0 ? -1 : 0
        add(neuron, 0, sign * closeness / (1 + closeness) / tau)
      }

    case .voltageIntegral, .maxOverTimeCrossEntropy:
      preconditionFailure("a loss on potentials does not read spikes")
    }
    return value
  }
}

/// Probabilities from scores, without overflow.
package struct Softmax {
  private let scores: [Double]
  private let largest: Double
  private let sum: Double

  package init(_ scores: [Double]) {
    self.scores = scores
    let largest = scores.max() ?? 0
    self.largest = largest
    sum = scores.reduce(0) { $0 + .exp($1 - largest) }
  }

  package var probabilities: [Double] { scores.map { .exp($0 - largest) / sum } }

  package func logProbability(of position: Int) -> Double {
    scores[position] - largest - .log(sum)
  }
}

extension Trajectory {
  /// The spikes of each neuron of a layer: when, and in which event.
  package func spikes(ofLayer layer: Int) -> [[(time: Double, event: Int)]] {
    let range = circuit.offsets[layer]..<circuit.offsets[layer + 1]
    return range.map { neuron in
      spikes(of: neuron).map { (events[$0].time, $0) }
    }
  }

  /// The maximum of V over continuous time in [0, t_max], and where it lies; the earliest of equal ones.
  package func maximum(
    of neuron: Int
  ) -> (potential: Double, time: Double, place: LossEvaluation.Impulse.Place) {
    let flow = circuit.flows[neuron]
    let stretches = stretches(of: neuron)
    var best = (
      potential: stretches[0].state.potential, time: 0.0,
      place: LossEvaluation.Impulse.Place.start
    )
    for stretch in stretches {
      let length = stretch.end - stretch.start
      if stretch.state.current > 0, let peak = flow.turningPoint(from: stretch.state),
        peak < length
      {
        // At the peak V − v_leak = I.
        let potential =
          flow.parameters.vLeak + flow.advanced(stretch.state, by: peak).current
        if potential > best.potential {
          best = (potential, stretch.start + peak, .interior(afterEvent: stretch.event))
        }
      }
      let end = flow.advanced(stretch.state, by: length).potential
      if end > best.potential {
        best = (end, stretch.end, stretch.endEvent.map { .kink(event: $0) } ?? .horizon)
      }
    }
    return best
  }
}
