import ArgumentParser
import EventProp
import NcursesTerminal

/// The exit codes for other programs, named as in sysexits.
enum Exit {
  /// A command failed in batch.
  static let failed = ExitCode(1)
  /// The command line cannot be used as written.
  static let usage = ExitCode(64)
  /// A preset or data file cannot be used as written.
  static let data = ExitCode(65)
  /// A file cannot be read.
  static let noInput = ExitCode(66)
  /// There is no terminal to draw on.
  static let unavailable = ExitCode(69)
  /// A value of a run is no finite number.
  static let software = ExitCode(70)
  /// A file cannot be written.
  static let cannotWrite = ExitCode(73)
  /// The standard output cannot be written.
  static let cannotPrint = ExitCode(74)
}

/// Why the program cannot continue: the message and the exit code.
struct Failure: Error, CustomStringConvertible {
  var message: String
  var code: ExitCode

  var description: String { message }
}

/// Runs a body; an error ends the process with its message and code.
func endingOnFailure(_ body: () throws -> Void) throws {
  do {
    try body()
  } catch let failure as Failure {
    complain(failure.message)
    throw failure.code
  } catch let EncodingError.invalidValue(value, context) {
    // JSON has no NaN and no infinity.
    let path = context.codingPath.map(\.stringValue).joined(separator: ".")
    complain("\(path) is \(value), not a finite number")
    throw Exit.software
  }
}

extension TerminalFailure {
  /// What may bring the full screen; nil where nothing is known.
  var remedy: String? {
    if case .unknownTerminal = self {
      "for the full screen type: TERM=xterm-256color backspike"
    } else {
      nil
    }
  }

  /// Why there is no full screen, in a sentence.
  var sentence: String {
    switch self {
    case .notATerminal: "not a terminal"
    case .unknownTerminal(let name?):
      "no full screen: TERM=\(name) is unknown"
    case .unknownTerminal(nil): "no full screen: TERM is not set"
    case .noCursorAddressing(let name):
      "no full screen: TERM=\(name ?? "") cannot place its cursor"
    case .alreadyOpen: "no full screen: it is open already"
    case .noResources: "no full screen: no memory or descriptor left"
    }
  }
}
