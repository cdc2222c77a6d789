import CNcurses
import Terminal

extension Key {
  /// The key of an event, or nil if nothing happened.
  init?(_ event: CNEvent) {
    switch event.kind {
    case .nothing, .answer: return nil
    case .character:
      guard let key = Key(typed: event.code) else { return nil }
      self = key
    case .alt:
      guard let scalar = Unicode.Scalar(event.code) else { return nil }
      self = .alt(Character(scalar))
    case .escape: self = .escape
    case .enter: self = .enter
    case .backspace: self = .backspace
    case .delete: self = .delete
    case .backTab: self = .backTab
    case .up: self = .up
    case .down: self = .down
    case .left: self = .left
    case .right: self = .right
    case .controlLeft: self = .controlLeft
    case .controlRight: self = .controlRight
    case .home: self = .home
    case .end: self = .end
    case .pageUp: self = .pageUp
    case .pageDown: self = .pageDown
    case .function: self = .function(Int(event.code))
    case .press: self = .mouse(MouseEvent(.press(button: Int(event.code)), at: event))
    case .release: self = .mouse(MouseEvent(.release(button: Int(event.code)), at: event))
    case .wheelUp: self = .mouse(MouseEvent(.wheelUp, at: event))
    case .wheelDown: self = .mouse(MouseEvent(.wheelDown, at: event))
    case .paste: self = .paste(pastedText(count: Int(event.code)))
    case .resize: self = .resize
    case .interrupt: self = .interrupt
    case .terminate: self = .terminate(signal: Int32(event.code))
    case .endOfInput: self = .endOfInput
    }
  }

  /// The key of a character; the control characters 1 to 26 are letters.
  private init?(typed code: UInt32) {
    guard let scalar = Unicode.Scalar(code) else { return nil }
    switch code {
    case 9: self = .tab
    case 1...26: self = .control(Character(Unicode.Scalar(UInt8(code) + 0x60)))
    case 0, 28...31: return nil
    default: self = .character(scalar)
    }
  }
}

extension MouseEvent {
  fileprivate init(_ action: Action, at event: CNEvent) {
    self.init(action, x: Int(event.x), y: Int(event.y), isShifted: event.isShifted)
  }
}

/// The text of the latest paste, copied so that it outlives the next event.
private func pastedText(count: Int) -> String {
  let scalars = UnsafeBufferPointer(start: cn_pasted(), count: count)
  return String(String.UnicodeScalarView(scalars.compactMap { Unicode.Scalar($0) }))
}
