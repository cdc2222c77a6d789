import RealModule

/// The value of a loss on a trajectory, and its derivatives, from which the backward pass starts.
package struct LossEvaluation: Equatable, Sendable {
  /// L.
  package let value: Double
  /// Explicit ∂L/∂t of each event, in loss per second; 0 for events that the loss does not read.
  package internal(set) var spikeTimeGradients: [Double]
  /// The coefficient c of a running loss ∫ c V dt, per neuron, in loss per (V s).
  package internal(set) var drives: [Double]
  /// ∂L/∂V_max of a maximum over time and the place of the maximum, for each neuron that has one.
  package internal(set) var impulses: [Int: Impulse]
  /// ∂L/∂target of each target of the loss, in loss per second; empty where the loss has none.
  let targetGradients: [[Double]]

  /// Takes the results of a loss; without spikes, drives or impulses no adjoint starts.
  package init(
    value: Double, spikeTimeGradients: [Double], drives: [Double], impulses: [Int: Impulse],
    targetGradients: [[Double]] = []
  ) {
    self.value = value
    self.spikeTimeGradients = spikeTimeGradients
    self.drives = drives
    self.impulses = impulses
    self.targetGradients = targetGradients
  }

  /// An instant at which the loss reads a potential.
  package struct Impulse: Equatable, Sendable {
    /// The place of a maximum on the time line of a neuron.
    package enum Place: Equatable, Sendable {
      /// At t = 0.
      case start
      /// Inside a stretch, where dV/dt = 0; `afterEvent` is the event at the start of the stretch,
      /// nil for t = 0.
      case interior(afterEvent: Int?)
      /// At a kink: this event ends the rise of V.
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
    /// The place of the maximum.
    package let place: Place

    /// The derivative of a loss by a maximum of V.
    init(_ maximum: Trajectory.Maximum, gradient: Double) {
      time = maximum.time
      potential = maximum.potential
      place = maximum.place
      self.gradient = gradient
    }
  }

  /// The number of the first event from which λ stays zero up to the horizon.
  ///
  /// `isZero` says whether λ is zero at the horizon. If it is not, the result is the number of
  /// events.
  func firstQuietEvent(on trajectory: Trajectory, isZero: Bool) -> Int {
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

extension Trajectory {
  /// Evaluates the loss of the experiment.
  ///
  /// Throws `SimulationError.noLoss` where there is none, `SimulationError.missingSpike` where a term
  /// names a spike that did not happen, and `SimulationError.nonFiniteLoss` where L is no finite number.
  package func evaluateLoss() throws(SimulationError) -> LossEvaluation {
    guard let loss = experiment.loss else { throw .noLoss }
    let evaluation = try loss.rule.kind.evaluation(loss.rule.values, of: loss.layer, on: self)
    guard evaluation.value.isFinite else { throw nonFinite(loss) }
    return evaluation
  }

  /// The term that makes a loss no finite number, or the largest one of a sum that overflows.
  private func nonFinite(_ loss: Loss) -> SimulationError {
    let terms = loss.terms(on: self)
    let worst =
      terms.first { !$0.value.isFinite } ?? terms.max { abs($0.value) < abs($1.value) }
    guard let worst else { return .nonFiniteLoss(neuron: circuit.offsets[loss.layer], time: nil) }
    return .nonFiniteLoss(
      neuron: circuit.offsets[loss.layer] + worst.neuron,
      time: worst.reading.event.map { events[$0].time })
  }
}

extension Loss {
  /// The terms of L.
  package func terms(on trajectory: Trajectory) -> [LossTerm] {
    rule.kind.terms(rule.values, of: layer, on: trajectory)
  }
}

extension Trajectory {
  /// The time and the event of each spike, for each neuron of a layer.
  package func spikes(ofLayer layer: Int) -> [[(time: Double, event: Int)]] {
    let range = circuit.offsets[layer]..<circuit.offsets[layer + 1]
    return range.map { neuron in
      spikes(of: neuron).map { (events[$0].time, $0) }
    }
  }

  /// A maximum of V over a run.
  package struct Maximum: Equatable, Sendable {
    /// V.
    package var potential: Double
    /// The time, in seconds.
    package var time: Double
    /// The place on the time line of the neuron.
    package var place: LossEvaluation.Impulse.Place
  }

  /// The maximum of V over continuous time in [0, t_max]; the earliest of equal maxima.
  package func maximum(of neuron: Int) -> Maximum {
    let flow = circuit.flows[neuron]
    let stretches = stretches(of: neuron)
    var best = Maximum(potential: stretches[0].state.potential, time: 0, place: .start)
    for stretch in stretches {
      let length = stretch.end - stretch.start
      if stretch.state.current > 0, let peak = flow.turningPoint(from: stretch.state),
        peak < length
      {
        // At the peak V − v_leak = I.
        let potential =
          flow.parameters.vLeak + flow.advanced(stretch.state, by: peak).current
        if potential > best.potential {
          best = Maximum(
            potential: potential, time: stretch.start + peak,
            place: .interior(afterEvent: stretch.event))
        }
      }
      let end = flow.advanced(stretch.state, by: length).potential
      if end > best.potential {
        best = Maximum(
          potential: end, time: stretch.end,
          place: stretch.endEvent.map { .kink(event: $0) } ?? .horizon)
      }
    }
    return best
  }
  /// The times at which V reaches a maximum up to rounding, with a dip of V between two of them.
  func timesOfMaximum(of neuron: Int, _ maximum: Maximum) -> [Double] {
    let flow = circuit.flows[neuron]
    let size = abs(maximum.potential) + abs(flow.parameters.vLeak)
    var times: [Double] = []
    var lowest = -Double.infinity
    func look(at potential: Double, _ time: Double) {
      lowest = min(lowest, potential)
      guard potential >= maximum.potential - 8 * .ulpOfOne * size else { return }
      // Beside one maximum V is as high up to rounding.
      if lowest < maximum.potential - 1e-9 * size { times.append(time) }
      lowest = .infinity
    }
    for stretch in stretches(of: neuron) {
      look(at: stretch.state.potential, stretch.start)
      let length = stretch.end - stretch.start
      if let turn = flow.turningPoint(from: stretch.state), turn < length {
        look(
          at: flow.parameters.vLeak + flow.advanced(stretch.state, by: turn).current,
          stretch.start + turn)
      }
      look(at: flow.advanced(stretch.state, by: length).potential, stretch.end)
    }
    return times
  }
}
