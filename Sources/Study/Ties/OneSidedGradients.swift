package import EventProp

/// The two gradients at a tie: each is the derivative on the side where its order of events holds.
///
/// The gradient of an order is a limit: the event that comes first in this order moves earlier by
/// an amount that tends to 0.
///
/// - Complexity: one more run, forwards and back.
package struct OneSidedGradients: Sendable {
  /// The loss and its gradient in one order.
  package struct Order: Equatable, Sendable {
    /// L.
    package let loss: Double
    /// The gradient.
    package let gradient: Gradient
  }

  /// One derivative that differs between the orders.
  package struct Difference: Equatable, Sendable {
    /// The parameter.
    package let parameter: Parameter
    /// The derivative in the order of the run.
    package let processed: Double
    /// The derivative in the other order.
    package let exchanged: Double
  }

  /// The tie.
  package let tie: Tie
  /// The events in the order of the run.
  package let processed: Order
  /// The result for the other order; nil where the loss then names a spike that does not happen.
  package let exchanged: Order?
  /// The derivatives that differ, in the order of the parameters.
  package let differences: [Difference]

  /// A difference below this, relative to the largest derivative of the kind, is rounding.
  private static let rounding = 1e-9

  /// Computes both gradients at a tie of a run.
  ///
  /// Throws a `SimulationError` where a state is no finite number, or where the loss names a spike
  /// that is missing in the run itself. Throws `SimulationError.stopped` where `pace` stops it.
  package init(
    at tie: Tie, of trajectory: Trajectory, pace: Pace = .free
  ) throws(SimulationError) {
    self.tie = tie
    let processed = try Self.order(trajectory, pace)
    self.processed = processed
    var exchanged: Order?
    do throws(SimulationError) {
      exchanged = try Self.order(try trajectory.exchanging(tie, pace: pace), pace)
    } catch .missingSpike {
      exchanged = nil
    }
    self.exchanged = exchanged
    guard let other = exchanged else {
      differences = []
      return
    }
    let parameters = Parameter.all(of: trajectory.experiment)
    var scales: [GradientPart: Double] = [:]
    for parameter in parameters {
      scales[parameter.kind] = max(
        scales[parameter.kind] ?? 0, abs(processed.gradient[parameter]),
        abs(other.gradient[parameter]))
    }
    differences = parameters.compactMap { parameter in
      let (one, two) = (processed.gradient[parameter], other.gradient[parameter])
      guard abs(one - two) > Self.rounding * (scales[parameter.kind] ?? 0) else { return nil }
      return Difference(parameter: parameter, processed: one, exchanged: two)
    }
  }

  /// Whether the loss itself differs between the orders, so that it jumps at the tie.
  package var jumps: Bool {
    guard let exchanged else { return true }
    return abs(processed.loss - exchanged.loss)
      > Self.rounding * max(abs(processed.loss), abs(exchanged.loss))
  }

  private static func order(
    _ trajectory: Trajectory, _ pace: Pace
  ) throws(SimulationError) -> Order {
    let adjoint = try AdjointTrajectory(of: trajectory, pace: pace)
    return Order(loss: adjoint.evaluation.value, gradient: adjoint.gradient)
  }

  /// Both gradients at every tie of a run; two events that reach each other are one tie.
  ///
  /// Throws as `init(at:of:pace:)` does.
  package static func all(
    of trajectory: Trajectory, pace: Pace = .free
  ) throws(SimulationError) -> [OneSidedGradients] {
    var seen: Set<[Int?]> = []
    var all: [OneSidedGradients] = []
    for tie in trajectory.ties {
      let pair = [tie.first, tie.second, tie.second == nil ? tie.neuron : nil]
      guard seen.insert(pair).inserted else { continue }
      all.append(try OneSidedGradients(at: tie, of: trajectory, pace: pace))
    }
    return all
  }
}
