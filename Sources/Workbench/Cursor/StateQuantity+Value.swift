import EventProp
import Language

extension StateQuantity {
  /// The quantity in the states of a neuron, or nil where there is no adjoint.
  func value(
    _ state: @autoclosure () -> LIFState, _ adjoint: @autoclosure () -> AdjointState?
  ) -> Double? {
    switch self {
    case .potential: state().potential
    case .current: state().current
    case .lambdaV: adjoint()?.lambdaV
    case .lambdaI: adjoint()?.lambdaI
    }
  }

  /// The quantity on a side of an event, or nil where there is no adjoint.
  func value(of neuron: Int, at event: Int, side: Side, in run: Run) -> Double? {
    value(
      run.trajectory.state(of: neuron, atEvent: event, side: side),
      run.wayBack.flatMap {
        // λ is unknown where it is no finite number.
        $0.overflow == nil || $0.isWalked(event)
          ? $0.state(of: neuron, atEvent: event, side: side) : nil
      })
  }

  /// The quantity at a point, or nil where it is not computed yet.
  func value(of neuron: Int, at point: Timeline.Point, in run: Run) -> Double? {
    value(run.state(of: neuron, at: point), run.adjoint(of: neuron, at: point))
  }

  /// The jump of the quantity at a point, in the order of computation; 0 without a jump.
  func jump(of neuron: Int, at point: Timeline.Point, in run: Run) -> Double {
    guard let event = point.event, !isAdjoint || point.isBackward,
      let before = value(of: neuron, at: event, side: .before, in: run),
      let after = value(of: neuron, at: event, side: .after, in: run)
    else { return 0 }
    return isAdjoint ? before - after : after - before
  }
}
