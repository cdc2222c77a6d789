package import EventProp

/// Derivatives from differences of whole runs: each with an uncertainty, or with the reason why
/// there is none.
///
/// The step is scale · 10⁻³/4^k for k = 0, 1, …. A step is used only if it leaves the
/// ``CausalSignature`` as it is on both sides. Two differences D at steps h and h/4 give (16 D(h/4)
/// − D(h))/15, free of the error in h². The answer is the pair of consecutive values with the
/// smallest change; this change is the uncertainty. A time cannot fall below 0, so the difference
/// at 0 is one-sided. The runs share only the forward simulation with the gradient under test.
///
/// - Complexity: up to 2 · `levels` runs per derivative.
package struct CentralDifferences: Sendable {
  /// The unchanged run.
  package let trajectory: Trajectory
  /// The loss.
  package let loss: Loss
  private let carriers: Carriers
  private let signature: CausalSignature
  private let value: Double
  /// The error of L by rounding.
  private let noise: Double

  /// The most steps that are tried; the smallest is scale · 10⁻³/4⁹, where rounding already
  /// dominates.
  package static let levels = 10

  /// The result of differences for a parameter.
  package enum Outcome: Equatable, Sendable {
    /// A derivative and its uncertainty.
    case derivative(Double, uncertainty: Double)
    /// Every step changes the order of events.
    case notComparable(Incomparability)
  }

  /// Prepares the comparison runs.
  ///
  /// Throws `SimulationError.missingSpike` when the loss names a spike that did not happen, and
  /// `SimulationError.stopped` where `pace` stops it.
  package init(
    of trajectory: Trajectory, pace: Pace = .free
  ) throws(SimulationError) {
    guard let loss = trajectory.experiment.loss else { throw .noLoss }
    let evaluation = try trajectory.evaluateLoss()
    self.trajectory = trajectory
    self.loss = loss
    value = evaluation.value
    carriers = Carriers(trajectory.circuit)
    signature = try CausalSignature(
      trajectory, through: carriers, loss: loss, evaluation: evaluation, pace: pace)
    noise = try RoundedRuns(of: trajectory, pace: pace).noise(ofLoss: evaluation.value)
  }

  /// The derivative with respect to a parameter.
  ///
  /// Smaller steps are not tried once the uncertainty is no larger than `sufficient`, which saves two
  /// runs in three. A *thorough* answer tries all steps: an uncertainty may be small by chance, and is
  /// then larger at the steps beside it.
  ///
  /// Throws `SimulationError.stopped` where `pace` stops it, and nothing else.
  package func derivative(
    _ parameter: Parameter, sufficient: Double = 0, isThorough: Bool = false,
    pace: Pace = .free
  ) throws(SimulationError) -> Outcome {
    let scale = trajectory.experiment.change(of: parameter)
    return try derivative(
      along: [Move(parameter, speed: 1)], from: scale * 1e-3, sufficient: sufficient,
      isThorough: isThorough, pace: pace)
  }

  /// A parameter of a line, and its change for each unit of length.
  struct Move: Sendable {
    let parameter: Parameter
    let speed: Double

    init(_ parameter: Parameter, speed: Double) {
      self.parameter = parameter
      self.speed = speed
    }

    /// Whether the value is so near 0, below which it cannot fall, that some of the smallest steps have no room below.
    func isOneSided(in experiment: Experiment, from first: Double) -> Bool {
      parameter.cannotBeNegative
        && experiment[parameter] < 256 * abs(speed) * first / CentralDifferences.finest
    }
  }

  /// The largest step over the smallest.
  static let finest = Double(1 << (2 * (levels - 1)))

  /// The derivative by the length of a line along which parameters move together.
  ///
  /// `first` is the largest step. The smallest step is tried first where many parameters move: if it changes the order of
  /// events, so do the others.
  func derivative(
    along line: [Move], from first: Double, sufficient: Double = 0, isThorough: Bool = false,
    pace: Pace = .free
  ) throws(SimulationError) -> Outcome {
    let layers = trajectory.experiment.network.layers
    if let layer = layers.firstIndex(where: { $0.imposedSpikes != nil }) {
      return .notComparable(.imposed(layer: layer))
    }
    let isOneSided = line.contains { $0.isOneSided(in: trajectory.experiment, from: first) }
    func probe(_ h: Double) throws(SimulationError) -> Result<Difference, Obstacle> {
      try isOneSided ? oneSided(line, h, pace) : central(line, h, pace)
    }
    if line.count > 1, case .failure(let found) = try probe(first / Self.finest) {
      return .notComparable(found.reason)
    }
    var finer: Double?
    /// Answers at consecutive steps, each with its change from the one before.
    var answers: [(value: Double, change: Double, rounding: Double)] = []
    var best: (value: Double, uncertainty: Double)?
    var obstacle: Incomparability = .cannotRun
    for level in 0..<Self.levels {
      let h = first / Double(1 << (2 * level))
      if !isOneSided, line.contains(where: { $0.hasNoRoom(for: h, in: trajectory.experiment) }) {
        continue
      }
      let probe = try probe(h)
      guard case .success(let fine) = probe else {
        if case .failure(let found) = probe { obstacle = found.reason }
        finer = nil
        answers = []
        continue
      }
      defer { finer = fine.value }
      guard let coarse = finer else { continue }
      let romberg = (16 * fine.value - coarse) / 15
      let change = abs(romberg - (answers.last?.value ?? fine.value))
      answers.append((romberg, change, fine.rounding))
      if isThorough { continue }
      let uncertainty = max(change, fine.rounding)
      if best.map({ uncertainty < $0.uncertainty }) ?? true { best = (romberg, uncertainty) }
      // Where only rounding remains or already grows, a smaller step makes it larger.
      guard answers.count >= 2, let best else { continue }
      if change <= max(sufficient, fine.rounding) || change > 8 * best.uncertainty { break }
    }
    if isThorough {
      best = answers.indices.map { (answers[$0].value, uncertainty(of: $0, in: answers)) }
        .min { $0.1 < $1.1 }
    }
    if let best { return .derivative(best.value, uncertainty: best.uncertainty) }
    return .notComparable(finer == nil ? obstacle : .tooCloseToChange)
  }

  /// How far an answer may be off, from its change and those at other steps where they are known.
  ///
  /// A step of a quarter divides the error of the formula by 256 and multiplies rounding by 4.
  private func uncertainty(
    of place: Int, in answers: [(value: Double, change: Double, rounding: Double)]
  ) -> Double {
    var uncertainty = max(answers[place].change, answers[place].rounding)
    guard place + 1 < answers.count else { return uncertainty }
    if place > 0 { uncertainty = max(uncertainty, answers[place - 1].change / 256) }
    var share = 1.0
    for finer in answers[(place + 1)...] {
      share /= 4
      uncertainty = max(uncertainty, share * finer.change)
    }
    return uncertainty
  }

  private struct Difference {
    var value: Double
    /// The effect of the rounding of L on the result.
    var rounding: Double
  }

  /// An obstacle as an error, so that a result can hold it.
  private struct Obstacle: Error {
    var reason: Incomparability
  }

  private func central(
    _ line: [Move], _ h: Double, _ pace: Pace
  ) throws(SimulationError) -> Result<Difference, Obstacle> {
    switch try value(line, changedBy: h, pace) {
    case .failure(let obstacle): return .failure(obstacle)
    case .success(let above):
      return try value(line, changedBy: -h, pace).map { below in
        Difference(
          value: (above.value - below.value) / (above.change - below.change),
          rounding: noise / h)
      }
    }
  }

  /// The derivative of the parabola through the values at 0, h and 2 h, which also has an error in
  /// h².
  private func oneSided(
    _ line: [Move], _ h: Double, _ pace: Pace
  ) throws(SimulationError) -> Result<Difference, Obstacle> {
    switch try value(line, changedBy: h, pace) {
    case .failure(let obstacle): return .failure(obstacle)
    case .success(let near):
      return try value(line, changedBy: 2 * h, pace).map { far in
        Difference(
          value: (4 * near.value - far.value - 3 * value) / (2 * h),
          rounding: 4 * noise / h)
      }
    }
  }

  /// L with the parameters of a line changed, and the change: that of a single parameter after rounding.
  private func value(
    _ line: [Move], changedBy change: Double, _ pace: Pace
  ) throws(SimulationError) -> Result<(value: Double, change: Double), Obstacle> {
    var experiment = trajectory.experiment
    for move in line { experiment[move.parameter] += move.speed * change }
    // One changed delay splits a group of synapses that was one event; the split must not reach the
    // event limit.
    if !trajectory.isCutShort { experiment.maxEvents = nil }
    guard line.allSatisfy({ experiment.canRun(after: $0.parameter) }) else {
      return .failure(Obstacle(reason: .cannotRun))
    }
    guard let moved = try Trajectory.ifRuns(experiment, pace) else {
      return .failure(Obstacle(reason: .cannotRun))
    }
    // The change may remove a spike that the loss names; the comparison of runs names it.
    let evaluation = try? moved.evaluateLoss()
    let now = try CausalSignature(
      moved, through: carriers, loss: loss,
      evaluation: evaluation
        ?? LossEvaluation(value: 0, spikeTimeGradients: [], drives: [], impulses: [:]),
      pace: pace)
    guard let evaluation, now == signature else {
      return .failure(Obstacle(reason: reason(for: moved, now, change)))
    }
    guard line.count == 1, let parameter = line.first?.parameter else {
      return .success((evaluation.value, change))
    }
    return .success((evaluation.value, experiment[parameter] - trajectory.experiment[parameter]))
  }

  /// What happened to the first spike that differs between a changed run and the unchanged one.
  private func reason(
    for moved: Trajectory, _ now: CausalSignature, _ change: Double
  ) -> Incomparability {
    guard let (neuron, spike) = signature.firstDifference(from: now) else { return .lossKink }
    let count = trajectory.spikeCounts[neuron]
    let movedCount = moved.spikeCounts[neuron]
    let arrivals = trajectory.arrivals(at: neuron, beforeSpike: spike, through: carriers)
    let movedArrivals = moved.arrivals(at: neuron, beforeSpike: spike, through: carriers)
    if spike < count, spike < movedCount,
      let source = Set(arrivals.keys).symmetricDifference(movedArrivals.keys).first,
      let event = trajectory.event(ofSpike: spike, of: neuron)
    {
      let time = trajectory.events[event].time
      let all = trajectory.arrivals(at: neuron, beforeSpike: .max, through: carriers)
      // Times that rounding may exchange count as equal.
      if let arrival = all[source], abs(arrival - time) <= trajectory.rounding(ofSpike: event) {
        return .tie(source, neuron: neuron, spike: spike, time: time)
      }
      return .swap(source, neuron: neuron, spike: spike, change: change)
    }
    let longer = count > movedCount ? trajectory : moved
    let last = min(count, movedCount)
    guard count != movedCount, let event = longer.event(ofSpike: last, of: neuron) else {
      return .swap(
        .spike(neuron: neuron, ordinal: spike), neuron: neuron, spike: spike, change: change)
    }
    // A spike that appears or vanishes at the very end crosses the horizon.
    if trajectory.experiment.horizon - longer.events[event].time
      <= 1e-6 * trajectory.experiment.horizon
    {
      return .horizon(neuron: neuron, spike: last)
    }
    if count > movedCount {
      if let slope = trajectory.flatSlope(ofSpike: event) {
        return .grazing(neuron: neuron, spike: last, slope: slope.slope)
      }
      return .vanishes(neuron: neuron, spike: last, change: change)
    }
    return .appears(neuron: neuron, spike: last, change: change)
  }
}

extension CentralDifferences.Move {
  /// Whether a step down would make a value negative that cannot be.
  fileprivate func hasNoRoom(for h: Double, in experiment: Experiment) -> Bool {
    parameter.cannotBeNegative && abs(speed) * h > experiment[parameter]
  }
}

extension Parameter {
  /// Whether values below 0 are impossible: times of input spikes, and delays.
  fileprivate var cannotBeNegative: Bool {
    switch self {
    case .delay, .inputTime: true
    case .weight, .field, .initialPotential, .initialCurrent, .target: false
    }
  }
}

extension Experiment {
  /// The size of a change of 1: 1 for weights, |tau|, |v_th| (1 if it is 0), 10 ms for times.
  func change(of parameter: Parameter) -> Double {
    func threshold(_ layer: Int, _ neuron: Int) -> Double {
      let value = abs(network.layers[layer].parameters[neuron].vThreshold)
      return value > 0 ? value : 1
    }
    return switch parameter {
    case .weight: 1
    case .delay, .inputTime, .target: 1e-2
    case .field(let field, let layer, let neuron):
      field.isTime ? self[parameter] : threshold(layer, neuron)
    case .initialPotential(let layer, let neuron), .initialCurrent(let layer, let neuron):
      threshold(layer, neuron)
    }
  }

  /// Whether a changed value is possible for a neuron: v_reset and V(0) must be below v_th.
  fileprivate func canRun(after parameter: Parameter) -> Bool {
    switch parameter {
    case .field(_, let layer, let neuron), .initialPotential(let layer, let neuron):
      return network.faults(ofNeuron: neuron, inLayer: layer).isEmpty
    default: return true
    }
  }
}
