/// The adjoint of a whole run: λ of every neuron at any time, the jumps, and the gradient.
///
/// jaxsnn: construct_adjoint_apply_fn.
public struct AdjointTrajectory: Sendable {
  /// The run.
  public let trajectory: Trajectory
  /// The loss of the run.
  public let evaluation: LossEvaluation
  /// How it was computed: exactly, or wrong on purpose.
  public let rule: AdjointRule
  /// The gradient.
  public let gradient: Gradient
  /// ∂L/∂t of each event, all later effects included, in loss per second.
  public let timeGradients: [Double]
  /// The jump of each spike; nil for other events.
  public let transitions: [AdjointTransition?]
  /// λ of every neuron at t = 0.
  public let atZero: [AdjointState]
  private let lambdas: [AdjointState]
  private let flows: [AdjointFlow]

  /// Walks a run back in one sweep.
  ///
  /// Throws a `SimulationError` when the loss names a missing spike or λ leaves the range of numbers.
  public init(
    of trajectory: Trajectory, loss: Loss, rule: AdjointRule = .exact
  ) throws(SimulationError) {
    var pass = BackwardPass(trajectory, try loss.evaluate(on: trajectory), rule: rule)
    while try pass.next() != nil {}
    self.init(pass)
  }

  /// Takes the record of a complete backward pass.
  public init(_ pass: BackwardPass) {
    precondition(pass.isComplete, "an adjoint trajectory needs a backward pass that reached t = 0")
    trajectory = pass.trajectory
    evaluation = pass.evaluation
    rule = pass.rule
    gradient = pass.gradient
    timeGradients = pass.timeGradients
    transitions = pass.transitions
    atZero = pass.statesAtZero
    lambdas = pass.lambdas
    flows = pass.adjointFlows
  }

  /// λ of a neuron at a time in [0, t_max], on a side of all that happens at that time.
  ///
  /// - Complexity: O(log k) in the touches of the neuron.
  public func state(of neuron: Int, at time: Double, side: Side = .after) -> AdjointState {
    let place = trajectory.firstTouch(of: neuron) {
      let touched = trajectory.events[Int(trajectory.touches[$0].event)].time
      return side == .before ? touched >= time : touched > time
    }
    return state(of: neuron, before: trajectory.touch(at: place, of: neuron), at: time)
  }

  /// λ of a neuron on a side of an event.
  public func state(of neuron: Int, at event: Int, side: Side) -> AdjointState {
    let place = trajectory.firstTouch(of: neuron) {
      let touched = Int(trajectory.touches[$0].event)
      return side == .before ? touched >= event : touched > event
    }
    let later = trajectory.touch(at: place, of: neuron)
    // At t⁻ of an event that touches the neuron, λ is what the event's backward step left.
    if let later, Int(trajectory.touches[later].event) == event { return lambdas[later] }
    return state(of: neuron, before: later, at: trajectory.events[event].time)
  }

  /// Flows back to `time` from the touch that ends the stretch, or from the horizon.
  private func state(of neuron: Int, before later: Int?, at time: Double) -> AdjointState {
    var state = later.map { lambdas[$0] } ?? AdjointState()
    var from =
      later.map { trajectory.events[Int(trajectory.touches[$0].event)].time }
      ?? trajectory.experiment.horizon
    if let impulse = evaluation.impulses[neuron] {
      let pull = impulse.gradient / trajectory.circuit.flows[neuron].parameters.tauMem
      switch impulse.place {
      case .horizon where later == nil: state.lambdaV -= pull
      case .kink(later): state.lambdaV -= pull
      case .interior where impulse.time >= time && impulse.time < from:
        state = flows[neuron].advanced(state, by: from - impulse.time)
        state.lambdaV -= pull
        from = impulse.time
      default: break
      }
    }
    return flows[neuron].advanced(state, by: from - time)
  }
}
