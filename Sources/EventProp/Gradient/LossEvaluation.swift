import RealModule

/// The value of a loss on a trajectory, and what it gives the backward pass to start from.
public struct LossEvaluation: Equatable, Sendable {
  /// L.
  public let value: Double
  /// Explicit ∂L/∂t of each event, in loss per second; 0 for events that the loss does not name.
  public internal(set) var spikeTimeGradients: [Double]
  /// The coefficient c of a running loss ∫ c V dt, per neuron, in loss per (V s).
  public internal(set) var drives: [Double]
  /// ∂L/∂V_max of a maximum over time, per neuron that has one, and where the maximum lies.
  public internal(set) var impulses: [Int: Impulse]

  /// An instant at which the loss reads a potential.
  public struct Impulse: Equatable, Sendable {
    /// Where on a neuron's time line the maximum lies.
    public enum Place: Equatable, Sendable {
      /// At t = 0.
      case start
      /// Inside a stretch, where dV/dt = 0; `afterTouch` is the touch that starts the stretch, nil for t = 0.
      case interior(afterTouch: Int?)
      /// A kink: V stops rising because of what happens at this touch.
      case kink(touch: Int)
      /// At the horizon.
      case horizon
    }

    /// The time of the maximum, in seconds.
    public let time: Double
    /// The maximum of V.
    public let potential: Double
    /// ∂L/∂V_max.
    public let gradient: Double
    /// Where it lies.
    public let place: Place
  }
}

extension Loss {
  /// Evaluates the loss on a trajectory.
  ///
  /// Throws `SimulationError.missingSpike` when a linear term names a spike that did not happen.
  public func evaluate(on trajectory: Trajectory) throws(SimulationError) -> LossEvaluation {
    let circuit = trajectory.circuit
    let offset = circuit.offsets[layer]
    var gradients = [Double](repeating: 0, count: trajectory.events.count)
    var drives = [Double](repeating: 0, count: circuit.neuronCount)
    var impulses: [Int: LossEvaluation.Impulse] = [:]
    var value = 0.0
    let spikes = trajectory.spikes(ofLayer: layer)

    switch rule {
    case .linearSpikeTimes(let terms):
      for (number, term) in terms.enumerated() {
        guard term.spike < spikes[term.neuron].count else {
          throw .missingSpike(
            term: number, neuron: offset + term.neuron, spike: term.spike,
            found: spikes[term.neuron].count)
        }
        let spike = spikes[term.neuron][term.spike]
        value += term.coefficient * spike.time
        gradients[spike.event] += term.coefficient
      }

    case .allSpikesMSE(let neurons, let targets, let tau):
      for (neuron, wanted) in zip(neurons, targets) {
        for (spike, target) in zip(spikes[neuron], wanted) {
          let error = (spike.time - target) / tau
          value += error * error
          gradients[spike.event] += 2 * error / tau
        }
      }

    case .firstSpikeMSE(let neurons, let targets, let tau, let clip):
      for (neuron, target) in zip(neurons, targets) {
        let first = spikes[neuron].first
        let error = (min(first?.time ?? clip, clip) - target) / tau
        value += error * error
        if let first, first.time < clip { gradients[first.event] += 2 * error / tau }
      }

    case .ttfsCrossEntropy(let neurons, let label, let tau, let clip):
      let scores = neurons.map { -min(spikes[$0].first?.time ?? clip, clip) / tau }
      let softmax = Softmax(scores)
      value = -softmax.logProbability(of: label)
      for (position, neuron) in neurons.enumerated() {
        guard let first = spikes[neuron].first, first.time < clip else { continue }
        gradients[first.event] +=
          ((position == label ? 1 : 0) - softmax.probabilities[position]) / tau
      }

    case .targetTime(let neurons, let targets, let tau):
      for (neuron, target) in zip(neurons, targets) {
        guard let first = spikes[neuron].first else { continue }
        let distance = (first.time - target) / tau
        let closeness = Double.exp(-abs(distance))
        value -= .log(onePlus: closeness)
        // On the target itself the loss has a cusp; 0 is the middle of its slopes.
        let sign: Double = distance > 0 ? 1 : distance < 0 ? -1 : 0
        gradients[first.event] += sign * closeness / (1 + closeness) / tau
      }

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
    }
    return LossEvaluation(
      value: value, spikeTimeGradients: gradients, drives: drives, impulses: impulses)
  }
}

/// Probabilities from scores, without overflow.
private struct Softmax {
  private let scores: [Double]
  private let largest: Double
  private let sum: Double

  init(_ scores: [Double]) {
    self.scores = scores
    let largest = scores.max() ?? 0
    self.largest = largest
    sum = scores.reduce(0) { $0 + .exp($1 - largest) }
  }

  var probabilities: [Double] { scores.map { .exp($0 - largest) / sum } }

  func logProbability(of position: Int) -> Double {
    scores[position] - largest - .log(sum)
  }
}

extension Trajectory {
  /// The spikes of each neuron of a layer: when, and in which event.
  public func spikes(ofLayer layer: Int) -> [[(time: Double, event: Int)]] {
    let range = circuit.offsets[layer]..<circuit.offsets[layer + 1]
    var spikes = [[(time: Double, event: Int)]](repeating: [], count: range.count)
    for (number, event) in events.enumerated() {
      if let neuron = event.spikingNeuron, range.contains(neuron) {
        spikes[neuron - range.lowerBound].append((event.time, number))
      }
    }
    return spikes
  }

  /// The maximum of V over continuous time in [0, t_max], and where it lies; the earliest of equal ones.
  func maximum(
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
          best = (potential, stretch.start + peak, .interior(afterTouch: stretch.touch))
        }
      }
      let end = flow.advanced(stretch.state, by: length).potential
      if end > best.potential {
        best = (end, stretch.end, stretch.endTouch.map { .kink(touch: $0) } ?? .horizon)
      }
    }
    return best
  }
}
