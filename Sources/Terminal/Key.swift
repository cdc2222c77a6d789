/// An action of the user, or an event of the terminal.
package enum Key: Hashable, Sendable {
  /// A typed character.
  case character(Unicode.Scalar)

  /// A lowercase letter with Control; Ctrl-C is ``interrupt``, and Ctrl-H, -I, -M have names.
  case control(Character)

  /// A character with Alt, or after Escape.
  case alt(Character)

  /// Return or Enter.
  case enter

  /// Tab.
  case tab

  /// Shift-Tab.
  case backTab

  /// Escape by itself.
  case escape

  /// The key that deletes to the left.
  case backspace

  /// The key that deletes to the right.
  case delete

  /// The arrow up.
  case up

  /// The arrow down.
  case down

  /// The arrow to the left.
  case left

  /// The arrow to the right.
  case right

  /// The arrow to the left with Control.
  case controlLeft

  /// The arrow to the right with Control.
  case controlRight

  /// Home.
  case home

  /// End.
  case end

  /// Page up.
  case pageUp

  /// Page down.
  case pageDown

  /// A function key from 1; with Shift, 12 more: Shift-F11 is 23.
  case function(Int)

  /// A mouse button or wheel.
  case mouse(MouseEvent)

  /// A text pasted in one piece, with its newlines as `\n`.
  case paste(String)

  /// The size of the terminal has changed.
  case resize

  /// Ctrl-C, or SIGINT from elsewhere.
  case interrupt

  /// A signal asks the program to end.
  case terminate(signal: Int32)

  /// The input has ended.
  case endOfInput
}

/// An action of the mouse and its place.
package struct MouseEvent: Hashable, Sendable {
  /// The actions of a mouse.
  package enum Action: Hashable, Sendable {
    /// A button went down; 1 is the left one.
    case press(button: Int)

    /// A button went up.
    case release(button: Int)

    /// The wheel turned away from the user.
    case wheelUp

    /// The wheel turned towards the user.
    case wheelDown
  }

  /// The action.
  package let action: Action

  /// The column under the pointer.
  package let x: Int

  /// The row under the pointer.
  package let y: Int

  /// Whether Shift was held.
  package let isShifted: Bool

  /// A mouse event.
  package init(_ action: Action, x: Int, y: Int, isShifted: Bool = false) {
    self.action = action
    self.x = x
    self.y = y
    self.isShifted = isShifted
  }
}
