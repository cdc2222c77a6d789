import EventProp
import Language

extension StateQuantity {
  /// The quantity on a side of an event, or nil where there is no adjoint.
  func value(of neuron: Int, at event: Int, side: Side, in run: Run) -> Double? {
    switch self {
    case .potential: run.trajectory.state(of: neuron, at: event, side: side).potential
    case .current: run.trajectory.state(of: neuron, at: event, side: side).current
    case .lambdaV: run.adjoint?.state(of: neuron, at: event, side: side).lambdaV
    case .lambdaI: run.adjoint?.state(of: neuron, at: event, side: side).lambdaI
    }
  }

  /// The quantity at a point, or nil where it is not computed yet.
  func value(of neuron: Int, at point: Timeline.Point, in run: Run) -> Double? {
    switch self {
    case .potential: run.state(of: neuron, at: point).potential
    case .current: run.state(of: neuron, at: point).current
    case .lambdaV: run.adjoint(of: neuron, at: point)?.lambdaV
    case .lambdaI: run.adjoint(of: neuron, at: point)?.lambdaI
    }
  }

  /// By how much the quantity jumps at a point in the order of computation; 0 where it does not.
  func jump(of neuron: Int, at point: Timeline.Point, in run: Run) -> Double {
    guard let event = point.event, !isAdjoint || point.isBackward,
      let before = value(of: neuron, at: event, side: .before, in: run),
      let after = value(of: neuron, at: event, side: .after, in: run)
    else { return 0 }
    return isAdjoint ? before - after : after - before
  }
}
