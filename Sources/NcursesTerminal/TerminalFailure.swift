/// Why there is no full screen.
package enum TerminalFailure: Error, Hashable, Sendable {
  /// The standard input or output is a file, a pipe, or nothing.
  case notATerminal(Stream)

  /// The variable TERM is unset, or this computer has no description of its terminal.
  case unknownTerminal(name: String?)

  /// The terminal cannot place its cursor, as with TERM=dumb.
  case noCursorAddressing(name: String?)

  /// An earlier value in this process has taken the screen.
  case alreadyOpen

  /// There was no memory or no descriptor left.
  case noResources

  /// A stream that must be a terminal.
  package enum Stream: Hashable, Sendable {
    /// The source of keys.
    case input

    /// The destination of pictures.
    case output
  }
}
