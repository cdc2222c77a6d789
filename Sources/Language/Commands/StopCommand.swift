/// A command about the breakpoints and the displayed quantities.
package enum StopCommand: Equatable, Sendable {
  /// Stop at a place from now on.
  case `break`(StopPhrase)
  /// Stop at a place once.
  case temporaryBreak(StopPhrase)
  /// Stop where a condition becomes true.
  case watch(StopPhrase)
  /// Delete breakpoints, by number or all.
  case delete([Word])
  /// Enable breakpoints.
  case enable([Word])
  /// Disable breakpoints, but keep them.
  case disable([Word])
  /// Ignore the next hits of a breakpoint; the second value is their number.
  case ignore(Word, Int)
  /// Show a quantity at every stop.
  case display([Word])
  /// Remove displayed quantities, by number or all.
  case undisplay([Word])
}

extension CommandTable {
  static let stopRows: [CommandRow] = [
    CommandRow(
      "break", ["b"], arguments: "spike|input|jump|phase|time … [if COND]",
      summary: "stop at a place from now on",
      details: """
        break spike n0, break spike hidden, break input in2, break jump lV n2 if abs > 4, break phase bwd,
        break time 12ms, break e7. A condition compares V, I, lV, lI of a neuron, t, L, w SYN, grad SYN or a parameter
        with a value (< <= > >= == !=), joined by and, or: break spike n0 if t > 10ms and lV n0 > 1.
        jump and abs are the jump of a jump. A breakpoint stops step, continue and until, whichever way they go. In a training: break loss > 2, help stops.
        """, example: "break spike n0 if t > 10ms", completes: .stops
    ) { (line) throws(Diagnostic) in
      .stop(.break(try StopPhrase(breakingAt: line.all(), after: line.verb)))
    },
    CommandRow(
      "tbreak", arguments: "spike|input|jump|phase|time … [if COND]",
      summary: "stop at a place once", example: "tbreak input in2", completes: .stops
    ) { (line) throws(Diagnostic) in
      .stop(.temporaryBreak(try StopPhrase(breakingAt: line.all(), after: line.verb)))
    },
    CommandRow(
      "watch", arguments: "COND | V NEURON peaks FROM..TO",
      summary: "stop where a condition becomes true, or after a peak of V",
      details: """
        watch lV n0 > 1, watch V n1 peaks 0.95..1. A condition is looked at after each event, in the order of
        computation; a peak may lie between two events, and the stop is at the second.
        """, example: "watch lV n0 > 1", completes: .quantities
    ) { (line) throws(Diagnostic) in
      .stop(.watch(try StopPhrase(watching: line.all(), after: line.verb)))
    },
    CommandRow(
      "delete", arguments: "N … | all", summary: "forget breakpoints", example: "delete 1",
      completes: .breakpoints
    ) { (line) throws(Diagnostic) in .stop(.delete(try line.some("a breakpoint's number, or all")))
    },
    CommandRow(
      "enable", arguments: "N … | all", summary: "let breakpoints stop again",
      example: "enable all", completes: .breakpoints
    ) { (line) throws(Diagnostic) in .stop(.enable(try line.some("a breakpoint's number, or all")))
    },
    CommandRow(
      "disable", arguments: "N … | all", summary: "keep breakpoints without stopping at them",
      example: "disable 1 2", completes: .breakpoints
    ) { (line) throws(Diagnostic) in .stop(.disable(try line.some("a breakpoint's number, or all")))
    },
    CommandRow(
      "ignore", arguments: "N COUNT", summary: "pass a breakpoint COUNT times",
      details: "A hit that is passed counts, whichever way it is met. ignore 1 0 stops passing it.",
      example: "ignore 1 3", completes: .breakpoints
    ) { (line) throws(Diagnostic) in
      let number = try line.one("a breakpoint's number")
      return .stop(.ignore(number, try line.number("how many hits to pass")))
    },
  ]

  static let displayRows: [CommandRow] = [
    CommandRow(
      "display", arguments: "QUANTITY [@ PLACE]", summary: "print a quantity at every stop",
      example: "display V n0", completes: .quantities
    ) { (line) throws(Diagnostic) in .stop(.display(try line.some("a quantity, such as V n0"))) },
    CommandRow(
      "undisplay", arguments: "N … | all", summary: "print a quantity no longer",
      example: "undisplay 1"
    ) { (line) throws(Diagnostic) in .stop(.undisplay(try line.some("a display's number, or all")))
    },
  ]
}
