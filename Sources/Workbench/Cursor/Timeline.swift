import EventProp

/// The line of points along which a computation is stepped: start, the events forwards, the turn, the events
/// backwards, end.
///
/// A point is a number on this line, so stepping on and back is counting, and events at one instant stay
/// distinct. Without a gradient the line ends at the turn.
package struct Timeline: Equatable, Sendable {
  /// The number of events of the run.
  package let events: Int
  /// Whether there is a way back.
  package let hasBackward: Bool
  /// The earliest event that the way back reaches; 0 where it reaches t = 0 behind it.
  package var firstWalked = 0

  /// A place of the computation.
  package enum Point: Equatable, Sendable {
    /// t = 0, nothing has happened.
    case start
    /// Just after an event, on the way forwards.
    case forward(Int)
    /// The horizon: the loss is known, the adjoint is zero.
    case turn
    /// Just before an event, on the way backwards: its backward step is done.
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
  /// Whether the computation is on its way back, the turn included.
  package var isBackward: Bool {
    switch self {
    case .start, .forward: false
    case .turn, .backward, .end: true
    }
  }

  /// The event whose step was last done here, or nil.
  package var event: Int? {
    switch self {
    case .forward(let event), .backward(let event): event
    case .start, .turn, .end: nil
    }
  }
}
