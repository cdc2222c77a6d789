/// Why there is no full screen.
package enum TerminalFailure: Error, Hashable, Sendable {
  /// The standard input or output is a file, a pipe, or nothing.
  case notATerminal(Stream)

  /// The variable TERM is unset or names a terminal that is not described on this computer.
  case unknownTerminal(name: String?)

  /// The terminal cannot place its cursor, as that of TERM=dumb.
  case noCursorAddressing(name: String?)

  /// The screen is taken already, by an earlier value in this process.
  case alreadyOpen

  /// There was no memory or no descriptor left.
  case noResources

  /// One of the streams that must be a terminal.
  package enum Stream: Hashable, Sendable {
    /// Where keys come from.
    case input

    /// Where the picture goes.
    case output
  }
}
