/// A command about the place of the user: move, or name the place.
package enum MoveCommand: Equatable, Sendable {
  /// Steps forward in the order of computation.
  case step(Int)
  /// Steps back.
  case unstep(Int)
  /// The next event that touches the selected neuron.
  case next(Int)
  /// The previous event that touches the selected neuron.
  case previous(Int)
  /// To the N-th stop at a breakpoint, or to the end of the phase.
  case `continue`(Int)
  /// Back to the N-th stop at a breakpoint, or to the start of the phase.
  case rcontinue(Int)
  /// To a place given here, or to a breakpoint before it.
  case until(StopPhrase)
  /// To the end of the current phase.
  case finish
  /// To the start of the forward phase.
  case forward
  /// To the start of the backward phase.
  case backward
  /// To a place: a time, an event, a spike, start, turn or end.
  case goto([Word])
  /// To the place before the last jump.
  case back
  /// To the other side of the jump at this event.
  case half
  /// Back to the latest jump of a quantity.
  case last([Word])
  /// Name this place.
  case mark(Word)
}

extension CommandTable {
  static let moveRows: [CommandRow] = [
    CommandRow(
      "step", ["s"], arguments: "[N]", summary: "N events further in the order of computation",
      details: "Forwards this is later in time; backwards it is earlier: the header says which.",
      example: "3 step", repeats: true, takesCount: true
    ) { (line) throws(Diagnostic) in .move(.step(try line.count())) },
    CommandRow(
      "unstep", ["us", "rs"], arguments: "[N]",
      summary: "N events back in the order of computation",
      example: "unstep 2", repeats: true, takesCount: true
    ) { (line) throws(Diagnostic) in .move(.unstep(try line.count())) },
    CommandRow(
      "next", ["n"], arguments: "[N]",
      summary: "to the next event that touches the selected neuron",
      repeats: true, takesCount: true
    ) { (line) throws(Diagnostic) in .move(.next(try line.count())) },
    CommandRow(
      "prev", ["rn"], arguments: "[N]",
      summary: "to the previous event that touches the selected neuron", repeats: true,
      takesCount: true
    ) { (line) throws(Diagnostic) in .move(.previous(try line.count())) },
    CommandRow(
      "continue", ["c"], arguments: "[N]",
      summary: "to the next breakpoint, or the end of the phase",
      details: "continue 3 stops at the third hit. The turn between the phases always stops.",
      example: "continue 2", repeats: true, takesCount: true
    ) { (line) throws(Diagnostic) in .move(.continue(try line.count())) },
    CommandRow(
      "rcontinue", ["rc"], arguments: "[N]",
      summary: "back to the breakpoint before, or the start of the phase", repeats: true,
      takesCount: true
    ) { (line) throws(Diagnostic) in .move(.rcontinue(try line.count())) },
    CommandRow(
      "until", ["u"], arguments: "TIME | EVENT | COND",
      summary: "continue to a place, without a breakpoint",
      details: """
        until 12ms, until e7, until spike n0, until lV n0 > 1. Breakpoints on the way stop it too.
        """, example: "until 12ms", repeats: true, completes: .stops
    ) { (line) throws(Diagnostic) in
      .move(.until(try StopPhrase(until: line.all(), after: line.verb)))
    },
    CommandRow("finish", ["fin"], summary: "to the end of the current phase") { _ in .move(.finish)
    },
    CommandRow("fwd", summary: "to the start of the forward phase") { _ in .move(.forward) },
    CommandRow(
      "bwd", summary: "to the turn: the loss is known, the adjoint starts from the right"
    ) { _ in .move(.backward) },
    CommandRow(
      "goto", ["g"], arguments: "TIME | EVENT | spike NEURON [K] | mark A | start | turn | end",
      summary: "to a place in the current phase",
      details: "goto 12.4ms, goto e7, goto spike out.0, goto spike n0 2, goto end",
      example: "goto spike n0 2", completes: .words(["spike", "mark", "start", "turn", "end"])
    ) { (line) throws(Diagnostic) in
      .move(.goto(try line.some("a time, an event such as e7, or 'spike n0'")))
    },
  ]

  /// Commands that return, and commands that name places.
  static let placeRows: [CommandRow] = [
    CommandRow(
      "back", summary: "to where the cursor was before the last jump",
      details: "Jumps are goto, continue, until, finish, fwd, bwd, last and the ways back to them.",
      repeats: true
    ) { _ in .move(.back) },
    CommandRow(
      "half", summary: "to the other side of the jump at this event", repeats: true
    ) { _ in .move(.half) },
    CommandRow(
      "last", arguments: "QUANTITY", summary: "back to the latest jump of a quantity",
      details: """
        last V n0 is the reset before, last I n0 the arrival; backwards last lV n0 is the spike walked before, and
        last grad n0<-in2 the arrival that added to the gradient.
        """, example: "last V n0", repeats: true, completes: .quantities
    ) { (line) throws(Diagnostic) in .move(.last(try line.some("a quantity, such as V n0"))) },
    CommandRow(
      "mark", arguments: "A", summary: "name this place; goto mark a comes back",
      details: "An edit keeps marks: they mean the same spike in the new run.", example: "mark a"
    ) { (line) throws(Diagnostic) in .move(.mark(try line.one("a name, such as a"))) },
    CommandRow("marks", summary: "the places that have names") { _ in .ask(.marks) },
    CommandRow(
      "delta", arguments: "A B", summary: "times and values at two marks or events, compared",
      example: "delta e3 e5", completes: .marks
    ) { (line) throws(Diagnostic) in
      .ask(.delta(try line.one("two marks or events"), try line.one("a second mark or event")))
    },
  ]
}
