import EventProp

/// One row of the command table: everything there is to know of a command.
///
/// Parsing, help, completion and abbreviations come from here and nowhere else.
package struct CommandRow: Sendable {
  /// The verb.
  package let name: String
  /// Abbreviations that win over any ambiguity.
  package let abbreviations: [String]
  /// The arguments as help shows them.
  package let arguments: String
  /// What it does, in one line.
  package let summary: String
  /// More, for `help NAME`.
  package let details: String
  /// A line that shows its use; it parses.
  package let example: String
  /// Whether Enter on an empty line does it again.
  package let repeats: Bool
  /// Whether a count may stand before the verb.
  package let takesCount: Bool
  /// What Tab offers for the argument.
  package let completes: Completes

  /// The kinds of name that Tab completes.
  package enum Completes: Equatable, Sendable {
    case nothing, parameters, derivatives, neurons, presets, commands, quantities, stops,
      breakpoints, marks, synapses, runs
    /// Names of files; after `load` presets too, after `export` a form first and a table last.
    case files, exports
    case words([String])
  }

  let parse: @Sendable (inout Arguments) throws(Diagnostic) -> Command

  init(
    _ name: String, _ abbreviations: [String] = [], arguments: String = "", summary: String,
    details: String = "", example: String? = nil, repeats: Bool = false,
    takesCount: Bool = false, completes: Completes = .nothing,
    parse: @escaping @Sendable (inout Arguments) throws(Diagnostic) -> Command
  ) {
    self.name = name
    self.abbreviations = abbreviations
    self.arguments = arguments
    self.summary = summary
    self.details = details
    self.example = example ?? name
    self.repeats = repeats
    self.takesCount = takesCount
    self.completes = completes
    self.parse = parse
  }

  /// `name arguments`, as a usage line.
  package var usage: String { arguments.isEmpty ? name : name + " " + arguments }
}

/// The table of all commands, in the order in which help lists them.
package enum CommandTable {
  /// The rows.
  package static let rows = benchRows + viewRows + settingRows + scriptRows

  private static let benchRows: [CommandRow] = [
    CommandRow(
      "step", ["s"], arguments: "[N]", summary: "N events further in the order of computation",
      details: "Forwards this is later in time; backwards it is earlier: the header says which.",
      example: "3 step", repeats: true, takesCount: true
    ) { (line) throws(Diagnostic) in .step(try line.count()) },
    CommandRow(
      "unstep", ["us", "rs"], arguments: "[N]", summary: "N events back the way we came",
      example: "unstep 2", repeats: true, takesCount: true
    ) { (line) throws(Diagnostic) in .unstep(try line.count()) },
    CommandRow(
      "next", ["n"], arguments: "[N]",
      summary: "to the next event that touches the selected neuron",
      repeats: true, takesCount: true
    ) { (line) throws(Diagnostic) in .next(try line.count()) },
    CommandRow(
      "prev", ["rn"], arguments: "[N]",
      summary: "to the previous event that touches the selected neuron", repeats: true,
      takesCount: true
    ) { (line) throws(Diagnostic) in .previous(try line.count()) },
    CommandRow(
      "continue", ["c"], arguments: "[N]",
      summary: "to the next breakpoint, or the end of the phase",
      details: "continue 3 stops at the third hit. The turn between the phases always stops.",
      example: "continue 2", repeats: true, takesCount: true
    ) { (line) throws(Diagnostic) in .continue(try line.count()) },
    CommandRow(
      "rcontinue", ["rc"], arguments: "[N]",
      summary: "back to the breakpoint before, or the start of the phase", repeats: true,
      takesCount: true
    ) { (line) throws(Diagnostic) in .rcontinue(try line.count()) },
    CommandRow(
      "until", ["u"], arguments: "TIME | EVENT | COND",
      summary: "continue to a place named this once",
      details: """
        until 12ms, until e7, until spike n0, until lV n0 > 1. Breakpoints on the way stop it too.
        """, example: "until 12ms", repeats: true, completes: .stops
    ) { (line) throws(Diagnostic) in
      .until(try StopPhrase(until: line.all(), after: line.verb))
    },
    CommandRow("finish", ["fin"], summary: "to the end of the current phase") { _ in .finish },
    CommandRow("fwd", summary: "to the start of the forward phase") { _ in .forward },
    CommandRow(
      "bwd", summary: "to the turn: the loss is known, the adjoint starts from the right"
    ) { _ in .backward },
    CommandRow(
      "goto", ["g"], arguments: "TIME | EVENT | spike NEURON [K] | mark A | start | turn | end",
      summary: "to a place in the current phase",
      details: "goto 12.4ms, goto e7, goto spike out.0, goto spike n0 2, goto end",
      example: "goto spike n0 2", completes: .words(["spike", "mark", "start", "turn", "end"])
    ) { (line) throws(Diagnostic) in
      .goto(try line.some("a time, an event such as e7, or 'spike n0'"))
    },
    CommandRow(
      "break", ["b"], arguments: "spike|input|jump|phase|time … [if COND]",
      summary: "stop at a place from now on",
      details: """
        break spike n0, break spike hidden, break input in2, break jump lV n2 if abs > 4, break phase bwd,
        break time 12ms, break e7. A condition compares V, I, lV, lI of a neuron, t, L, w SYN, grad SYN or a parameter
        with a value (< <= > >= == !=), joined by and, or: break spike n0 if t > 10ms and lV n0 > 1.
        jump and abs are the jump of a jump. A breakpoint stops step, continue and until, whichever way they go.
        """, example: "break spike n0 if t > 10ms", completes: .stops
    ) { (line) throws(Diagnostic) in
      .break(try StopPhrase(breakingAt: line.all(), after: line.verb))
    },
    CommandRow(
      "tbreak", arguments: "spike|input|jump|phase|time … [if COND]",
      summary: "stop at a place once", example: "tbreak input in2", completes: .stops
    ) { (line) throws(Diagnostic) in
      .temporaryBreak(try StopPhrase(breakingAt: line.all(), after: line.verb))
    },
    CommandRow(
      "watch", arguments: "COND | V NEURON peaks FROM..TO",
      summary: "stop where a condition becomes true, or after a peak of V",
      details: """
        watch lV n0 > 1, watch V n1 peaks 0.95..1. A condition is looked at after each event, in the order of
        computation; a peak may lie between two events, and the stop is at the second.
        """, example: "watch lV n0 > 1", completes: .quantities
    ) { (line) throws(Diagnostic) in
      .watch(try StopPhrase(watching: line.all(), after: line.verb))
    },
    CommandRow(
      "delete", arguments: "N … | all", summary: "forget breakpoints", example: "delete 1",
      completes: .breakpoints
    ) { (line) throws(Diagnostic) in .delete(try line.some("a breakpoint's number, or all")) },
    CommandRow(
      "enable", arguments: "N … | all", summary: "let breakpoints stop again",
      example: "enable all", completes: .breakpoints
    ) { (line) throws(Diagnostic) in .enable(try line.some("a breakpoint's number, or all")) },
    CommandRow(
      "disable", arguments: "N … | all", summary: "keep breakpoints without stopping at them",
      example: "disable 1 2", completes: .breakpoints
    ) { (line) throws(Diagnostic) in .disable(try line.some("a breakpoint's number, or all")) },
    CommandRow(
      "ignore", arguments: "N COUNT", summary: "pass a breakpoint so many times",
      details: "A hit that is passed counts, whichever way it is met. ignore 1 0 stops passing it.",
      example: "ignore 1 3", completes: .breakpoints
    ) { (line) throws(Diagnostic) in
      let number = try line.one("a breakpoint's number")
      return .ignore(number, try line.number("how many hits to pass"))
    },
    CommandRow(
      "back", summary: "to where the cursor was before the last jump",
      details: "Jumps are goto, continue, until, finish, fwd, bwd, last and the ways back to them.",
      repeats: true
    ) { _ in .back },
    CommandRow(
      "half", summary: "to the other side of the jump at this event", repeats: true
    ) { _ in .half },
    CommandRow(
      "last", arguments: "QUANTITY", summary: "back to its latest jump before the cursor",
      details: """
        last V n0 is the reset before, last I n0 the arrival; backwards last lV n0 is the spike walked before, and
        last grad n0<-in2 the arrival that added to the gradient.
        """, example: "last V n0", repeats: true, completes: .quantities
    ) { (line) throws(Diagnostic) in .last(try line.some("a quantity, such as V n0")) },
    CommandRow(
      "mark", arguments: "A", summary: "name this place; goto mark a comes back",
      details: "An edit keeps marks: they mean the same spike in the new run.", example: "mark a"
    ) { (line) throws(Diagnostic) in .mark(try line.one("a name, such as a")) },
    CommandRow("marks", summary: "the places that have names") { _ in .marks },
    CommandRow(
      "delta", arguments: "A B", summary: "times and values at two marks or events, compared",
      example: "delta e3 e5", completes: .marks
    ) { (line) throws(Diagnostic) in
      .delta(try line.one("two marks or events"), try line.one("a second mark or event"))
    },
    CommandRow(
      "display", arguments: "QUANTITY [@ PLACE]", summary: "print a quantity at every stop",
      example: "display V n0", completes: .quantities
    ) { (line) throws(Diagnostic) in .display(try line.some("a quantity, such as V n0")) },
    CommandRow(
      "undisplay", arguments: "N … | all", summary: "print it no longer", example: "undisplay 1"
    ) { (line) throws(Diagnostic) in .undisplay(try line.some("a display's number, or all")) },
    CommandRow("run", ["r"], summary: "recompute and go to the start") { _ in .run },
    CommandRow(
      "set", arguments: "NAME VALUE",
      summary: "change a parameter, weight, delay, input time or target",
      details: """
        set tau_mem 20ms, set out.v_th 0.8, set n0.v_leak 0.1, set n0<-in2 1.5, set delay n0<-in2 1ms, set t_max 50ms,
        set n0.initial_v 0.2, set in.0 3ms (the first spike of a channel; in.0.1 is its second), set target.0 12ms,
        set max_events 1000 or none (of a run, or of a layer: out.max_events); +10% and *0.5 change what is there.
        NAME = VALUE says the same. info params and info loss show what there is.
        """, example: "set tau_mem 20ms", completes: .parameters
    ) { (line) throws(Diagnostic) in
      let name = try line.name()
      _ = line.take("=")
      return .set(name, try line.rest("a value, such as 20ms"))
    },
    CommandRow(
      "nudge", arguments: "NAME PERCENT", summary: "change it by a part of what it is",
      details: "Like set NAME +5%, and Enter does it again; *1.1 is a part too.",
      example: "nudge tau_mem +5%", repeats: true, completes: .parameters
    ) { (line) throws(Diagnostic) in
      let name = try line.name()
      return .nudge(name, try line.one("a part, such as +5%"))
    },
    CommandRow(
      "descend", arguments: "[N [LR]]",
      summary: "N steps of gradient descent on all weights; one undo takes them back",
      details: """
        w -= LR dL/dw, one run after each step. Without LR the first step changes the weights by 1 % of their length, and
        the others use the same rate. It stops where the loss is no finite number or two events tie.
        """, example: "descend 5", repeats: true
    ) { (line) in .descend(line.optional(), line.optional()) },
    CommandRow(
      "sweep", arguments: "NAME FROM..TO [NAME FROM..TO] [N]",
      summary: "the loss over a range of values, and where spikes come and go in it",
      details: """
        sweep tau_mem 10ms..30ms, sweep n0<-in2 1..3 61, sweep in.0 1ms..4ms, and every other name that set takes. Between
        two borders the slope of the loss is the gradient; at a border the spikes change, the loss may jump, and the gradient
        cannot know. On the screen ← → choose a value and Enter sets it. Two names draw a map. N is how many values a
        name takes: 41 of one, 15 of each of two, if not given. Ctrl-C stops it and keeps what was computed.
        """, example: "sweep tau_mem 10ms..30ms", completes: .parameters
    ) { (line) throws(Diagnostic) in
      .sweep(try SweepPhrase(line.all(), after: line.verb))
    },
    CommandRow(
      "reset", arguments: "NAME | all", summary: "restore the value of the preset",
      example: "reset all", completes: .parameters
    ) { (line) throws(Diagnostic) in .reset(try line.name()) },
    CommandRow("undo", summary: "take back the last edit") { _ in .undo },
    CommandRow("redo", summary: "make the edit again") { _ in .redo },
    CommandRow(
      "ghost", arguments: "[RUN | off | pin]", summary: "which earlier run is drawn dim",
      details:
        "An edit makes the run before it the ghost; ghost pin keeps this one through edits, ghost off ends that.",
      example: "ghost 1", completes: .words(["off", "pin"])
    ) { (line) in .ghost(line.optional()) },
    CommandRow(
      "info", ["i"], arguments: "SUBJECT",
      summary: "a table about a subject: spikes, weights, grad, breaks, …",
      details: Command.Subject.allCases.map(\.rawValue).joined(separator: ", "),
      example: "info grad", completes: .words(Command.Subject.allCases.map(\.rawValue))
    ) { (line) throws(Diagnostic) in
      .info(try line.choice(Command.Subject.self, "a subject"))
    },
    CommandRow(
      "print", ["p"], arguments: "QUANTITY [@ PLACE]",
      summary: "the value of a quantity at the cursor",
      details: """
        V n0, I n0, lV n0, lI n0, t, L, w n0<-in2, grad n0<-in2, tau_mem n0, and every name that set takes.
        At another place: V n0 @ e5- (before the jump), V n0 @ 12ms.
        """, example: "print V n0", repeats: true, completes: .quantities
    ) { (line) throws(Diagnostic) in .print(try line.some("a quantity, such as V n0")) },
    CommandRow(
      "equation", ["eq"], arguments: "[EVENT]",
      summary: "the rule of an event: in symbols, with numbers, with the result",
      example: "equation e5"
    ) { (line) in .equation(line.optional()) },
    CommandRow(
      "why", ["w"], arguments: "[QUANTITY [@ PLACE] | spike NEURON [K] | EVENT | N]",
      summary: "where it comes from: terms that add up, largest first",
      details: """
        why lV n0, why V n0 @ e5-, why spike n0 1, why grad n0<-in2, why L. why 2 asks where the second term of the last
        answer comes from, why alone or Enter the first; the ways end at the loss, an input or the start.
        A spike shows how its time moves with each weight, a gradient through which spikes it reaches the loss.
        why grad tau_mem, why hidden.0.v_th, why in.0 and why input_time 3 take the other gradients apart, spike by spike or
        stretch by stretch.
        """, example: "why lV n0", repeats: true, completes: .quantities
    ) { (line) in .why(line.all()) },
    CommandRow(
      "contrib", arguments: "SYNAPSE",
      summary: "the terms of a weight's gradient, arrival by arrival, with their sum",
      details:
        "-tau_syn λI at each arrival, in the order of the backward pass, as far as it has come.",
      example: "contrib n0<-in2", completes: .synapses
    ) { (line) throws(Diagnostic) in .contributions(try line.one("a synapse, such as n0<-in2")) },
    CommandRow(
      "near", arguments: "[PERCENT]",
      summary: "near misses and grazing spikes, and the smallest change that tips them",
      details: """
        Within 5 % of the way from v_leak to v_th, unless another number is given; the smallest margin first. The
        change is that of the one weight that matters most, to first order; the distance is that of all weights
        together. A spike's margin ignores what arrives after it.
        """, example: "near 2"
    ) { (line) in .near(line.optional()) },
    CommandRow(
      "diff", arguments: "[RUN] [RUN]",
      summary: "what differs between two runs: parameters, spikes, loss, gradient",
      details:
        "diff alone compares the ghost with this run, diff 1 run 1 with this one, diff 1 2 those two.",
      example: "diff 1", completes: .runs
    ) { (line) in .diff(line.optional(), line.optional()) },
    CommandRow(
      "list", ["l"], arguments: "[EVENT]", summary: "the events around the cursor",
      example: "list e5", repeats: true
    ) { (line) in .list(line.optional()) },
    CommandRow(
      "check", arguments: "[NAME | all]",
      summary: "verify the gradient: forward mode, differences, identities",
      details: """
        check n0<-in2, check delay n0<-in2, check tau_mem (of every neuron, and their sum), check out.tau_mem,
        check hidden.0.v_th, check n0.initial_v, check in.0 (the first spike of a channel), check time of input 3,
        check all. The verdict is agrees, differs, or not-comparable with the reason: which spike appears, vanishes or
        changes places. A long check shows how far it is; Ctrl-C stops it and keeps what was found.
        """, example: "check n0<-in2", completes: .derivatives
    ) { (line) in .check(line.all()) },
    CommandRow(
      "compare", arguments: "FILE",
      summary: "where another implementation's gradient differs, and by which mistake",
      details: """
        FILE is JSON with the keys of a report, or arrays named after them (hidden.weights, input_times) in a .npz or
        .npy file; any part of the gradient will do. Every wrong rule, every pair of them, and common factors are tried:
        tau_syn or tau_mem missing, sign, transposed, averaged over samples, milliseconds.
        """, example: "compare theirs.npz", completes: .files
    ) { (line) throws(Diagnostic) in .compare(try line.file("a file with a gradient")) },
    CommandRow(
      "ties", summary: "the two one-sided gradients where events coincide",
      details: """
        Where an event reaches a neuron at the very instant of its spike the gradient does not exist: each order of the
        two events has its own, the limit when the first of them comes ever so slightly earlier. The table has the
        derivatives that differ.
        """
    ) { _ in .ties },
    CommandRow(
      "rule", arguments: "[NAME[+NAME] | exact]",
      summary: "compute the adjoint by a named wrong rule, to compare",
      details: """
        Without a name, the list: each rule is a mistake that real implementations have had. Wherever its numbers
        appear they are labelled WRONG. clamped-slope:0.1 and truncated:5 take a value; no-leak+no-self makes two
        mistakes at once.
        """, example: "rule no-reset-term",
      completes: .words(["exact"] + AdjointRule.wrong.map(\.name))
    ) { (line) in .rule(line.optional()) },
    CommandRow(
      "select", arguments: "NEURON | SYNAPSE | PARAMETER",
      summary: "the neuron whose traces are drawn, a synapse or a parameter",
      details: """
        select n1, select n0<-in2 (the cell of the gradient pane, and its target), select tau_mem (what < and > nudge).
        """, example: "select n1", completes: .neurons
    ) { (line) throws(Diagnostic) in .select(try line.one("a neuron, such as n1 or out.0")) },
    CommandRow(
      "zoom", arguments: "[in | out | fit | event | FROM..TO]", summary: "magnify the time axis",
      details: "zoom event magnifies until the neighbours of the event at the cursor stand apart.",
      example: "zoom 12ms..18ms", completes: .words(["in", "out", "fit", "event"])
    ) { (line) throws(Diagnostic) in .zoom(line.isAtEnd ? nil : try line.rest("a range")) },
    CommandRow(
      "load", arguments: "PRESET | FILE | last", summary: "open another preset or file",
      details: """
        load last brings back edits that an earlier sitting ended without saving, however it ended; where several have left
        some, each time the newest of those that are left. ./last is a file.
        """, example: "load xor", completes: .presets
    ) { (line) throws(Diagnostic) in .load(try line.file("a preset or a file")) },
    CommandRow(
      "save", arguments: "FILE", summary: "write the experiment as a preset; save! overwrites",
      details:
        "A name with blanks, or with one of ; # = in it, stands in quotes, here and wherever a file is named.",
      example: "save mine.yaml", completes: .files
    ) { (line) throws(Diagnostic) in
      .save(try line.file(), overwriting: line.isForced)
    },
    CommandRow("presets", summary: "list what is compiled in") { _ in .presets },
    CommandRow(
      "help", ["h", "?"], arguments: "[COMMAND | TOPIC]",
      summary: "this list, or more on one command",
      details: "Topics: display, keys, mouse.", example: "help step", completes: .commands
    ) { (line) in .help(line.optional()) },
    CommandRow(
      "apropos", arguments: "WORD", summary: "the commands that have to do with a word",
      example: "apropos gradient"
    ) { (line) throws(Diagnostic) in .apropos(try line.rest("a word, such as gradient")) },
    CommandRow("history", summary: "the lines typed so far; ! marks those that failed") { _ in
      .history
    },
    CommandRow("tour", summary: "a walk over the screen in two minutes; Esc leaves it") { _ in
      .tour
    },
    CommandRow("version", summary: "which program this is") { _ in .version },
    CommandRow("quit", ["q"], summary: "leave") { _ in .quit },
  ]

  /// The row that has a name or a pinned abbreviation, in small letters.
  package static func row(called text: String) -> CommandRow? {
    rows.first { $0.name == text || $0.abbreviations.contains(text) }
  }

  /// The row of a verb: by its name, a pinned abbreviation, or a prefix that only it has.
  package static func row(for verb: Word) throws(Diagnostic) -> CommandRow {
    let text = verb.text.lowercased()
    if let row = row(called: text) { return row }
    let matches = rows.filter { $0.name.hasPrefix(text) }
    if matches.count == 1 { return matches[0] }
    if matches.isEmpty {
      if !text.isEmpty, text.allSatisfy({ $0.isASCII && $0.isNumber }) {
        throw verb.complaint(
          "the count \(verb.text) is too large", remedy: "finish goes to the end of the phase")
      }
      if LIFParameters.Field(named: text) != nil {
        throw verb.complaint(
          "'\(verb.text)' is a parameter, no command",
          remedy: "set \(verb.text) VALUE changes it, print \(verb.text) shows it")
      }
      throw verb.complaint(
        "unknown command '\(verb.text)'",
        remedy: Suggestion.nearest(to: text, among: rows.map(\.name)).map {
          "did you mean '\($0)'?"
        } ?? "type help for the list")
    }
    throw verb.complaint(
      "'\(verb.text)' could be \(matches.map(\.name).joined(separator: ", "))",
      remedy: "type one more letter")
  }
}
