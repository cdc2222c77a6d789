import EventProp

/// The line of points along which a user steps: start, the events forwards, the turn, the events
/// backwards, end.
///
/// A point is a number on this line, so a step adds or subtracts 1. Events at one instant stay
/// distinct. Without a gradient the line ends at the turn.
package struct Timeline: Equatable, Sendable {
  /// The number of events of the run.
  package let events: Int
  /// Whether there is a backward phase.
  package let hasBackward: Bool
  /// The earliest event that the backward pass reaches; 0 where the pass reaches t = 0.
  package var firstWalked = 0

  /// A place of the computation.
  package enum Point: Equatable, Sendable {
    /// t = 0, before all events.
    case start
    /// Just after an event, in the forward phase.
    case forward(Int)
    /// The horizon: the loss is known, the adjoint is zero.
    case turn
    /// Just before an event, in the backward phase: its backward step is done.
    case backward(Int)
    /// t = 0 again: the gradient is complete.
    case end
  }

  /// The last point's number.
  package var last: Int {
    guard hasBackward else { return turn }
    return firstWalked == 0 ? 2 * events + 2 : 2 * events + 1 - firstWalked
  }
  /// The turn's number.
  package var turn: Int { events + 1 }

  /// The point with a number.
  package subscript(number: Int) -> Point {
    switch number {
    case ...0: .start
    case ...events: .forward(number - 1)
    case events + 1: .turn
    case ..<(2 * events + 2): .backward(2 * events + 1 - number)
    default: .end
    }
  }

  /// The number of a point.
  package func number(of point: Point) -> Int {
    switch point {
    case .start: 0
    case .forward(let event): event + 1
    case .turn: turn
    case .backward(let event): 2 * events + 1 - event
    case .end: last
    }
  }
}

extension Timeline.Point {
  /// Whether the computation is in the backward phase, the turn included.
  package var isBackward: Bool {
    switch self {
    case .start, .forward: false
    case .turn, .backward, .end: true
    }
  }

  /// The event of the latest step, or nil.
  package var event: Int? {
    switch self {
    case .forward(let event), .backward(let event): event
    case .start, .turn, .end: nil
    }
  }
}
