package import EventProp

/// Steps of gradient descent on all weights, one run after each.
package struct Descent: Sendable {
  /// The result of a step.
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
    /// The last step has led to a tie, where the gradient is one-sided.
    case tie(Warning)
  }

  /// The number of steps to make.
  package let total: Int
  /// The step size: w -= rate dL/dw.
  package let rate: Double
  /// The experiment after the steps so far.
  package private(set) var experiment: Experiment
  /// The steps made.
  package private(set) var steps: [Step] = []
  /// Why the descent has ended early; nil where it has not.
  package private(set) var ending: Ending?
  private let rule: AdjointRule
  private var adjoint: AdjointTrajectory

  /// The change by the first step relative to the length of all weights, where no rate is given.
  package static let usualPart = 0.01

  /// Prepares steps from a run; with `rate` nil the first step chooses the rate.
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

  /// Makes one step if the run after it has a loss and a gradient.
  ///
  /// Throws `SimulationError.stopped` where one of the two paces stops it; the step is then not
  /// made.
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
      steps.append(
        Step(
          previousLoss: adjoint.evaluation.value, loss: after.evaluation.value,
          spikes: trajectory.spikeCount))
      adjoint = after
      experiment = next
    } catch {
      switch error {
      case .stopped: throw error
      case .nonFiniteLoss: return ending = .lossNotFinite
      default: return ending = .cannotRun(error)
      }
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
