package import EventProp

/// Steps of gradient descent on all weights, one run after each.
package struct Descent: Sendable {
  /// What a step has led to.
  package struct Step: Equatable, Sendable {
    /// L before it.
    package let previousLoss: Double
    /// L after it.
    package let loss: Double
    /// The number of spikes after it.
    package let spikes: Int
  }

  /// Why there is no further step.
  package enum Ending: Equatable, Sendable {
    /// The gradient of all weights is 0.
    case flat
    /// The event limit cuts the run after the next step.
    case cutShort
    /// The loss after the next step is no finite number.
    case lossNotFinite
    /// The experiment after the next step cannot be run.
    case cannotRun(SimulationError)
    /// The last step has led to a tie, where the gradient has two sides.
    case tie(Warning)
  }

  /// How many steps are to be made.
  package let total: Int
  /// How far a step goes: w -= rate dL/dw.
  package let rate: Double
  /// The experiment reached.
  package private(set) var experiment: Experiment
  /// The steps made.
  package private(set) var steps: [Step] = []
  /// Why it has ended before all steps were made; nil where it has not.
  package private(set) var ending: Ending?
  private let rule: AdjointRule
  private var adjoint: AdjointTrajectory

  /// How much the first step changes the weights, as a part of their length, where no rate is given.
  package static let usualPart = 0.01

  /// Prepares steps from a run; `rate` is nil where the first step chooses it.
  package init(_ adjoint: AdjointTrajectory, steps: Int, rate: Double?) {
    experiment = adjoint.trajectory.experiment
    rule = adjoint.rule
    total = steps
    self.adjoint = adjoint
    let gradient = Self.squares(
      adjoint.gradient.layers.flatMap { [$0.weights.weights, $0.recurrent?.weights ?? []] })
    let weights = Self.squares(
      experiment.network.layers.flatMap { [$0.weights.weights, $0.recurrent?.weights ?? []] })
    if gradient == 0 {
      self.rate = 0
      ending = .flat
    } else {
      self.rate = rate ?? Self.usualPart * (weights / gradient).squareRoot()
    }
  }

  private static func squares(_ lists: [[Double]]) -> Double {
    lists.joined().reduce(0) { $0 + $1 * $1 }
  }

  /// Whether there is no further step.
  package var isFinished: Bool { ending != nil || steps.count == total }

  /// Makes one step, if the run after it has a loss and a gradient.
  ///
  /// Throws `SimulationError.stopped` where one of the two paces stops it; the step is then still to be made.
  package mutating func advance(
    running: Pace, walkingBack: Pace
  ) throws(SimulationError) {
    guard !isFinished else { return }
    let next = stepped()
    do throws(SimulationError) {
      let trajectory = try Trajectory(of: next, pace: running)
      guard !trajectory.isCutShort else { return ending = .cutShort }
      let after = try AdjointTrajectory(
        of: trajectory, rule: rule, pace: walkingBack)
      guard after.evaluation.value.isFinite else { return ending = .lossNotFinite }
      steps.append(
        Step(
          previousLoss: adjoint.evaluation.value, loss: after.evaluation.value,
          spikes: trajectory.spikeCount))
      adjoint = after
      experiment = next
    } catch {
      if case .stopped = error { throw error }
      return ending = .cannotRun(error)
    }
    ending = Warning.firstTie(in: adjoint.trajectory).map { .tie($0) }
  }

  /// The experiment after w -= rate dL/dw.
  private func stepped() -> Experiment {
    var next = experiment
    for (number, layer) in adjoint.gradient.layers.enumerated() {
      for (entry, slope) in layer.weights.weights.enumerated() {
        next.network.layers[number].weights.weights[entry] -= rate * slope
      }
      for (entry, slope) in (layer.recurrent?.weights ?? []).enumerated() {
        next.network.layers[number].recurrent?.weights[entry] -= rate * slope
      }
    }
    return next
  }
}
