import EventProp

/// A command about the experiment on the bench: run it, change it, or sweep a range of values.
package enum ExperimentCommand: Equatable, Sendable {
  /// Run again and go to the start.
  case run
  /// Change a parameter, a weight, an input time, a target or the horizon.
  case set(Word, Word)
  /// Change a parameter by a part of its value.
  case nudge(Word, Word)
  /// Make steps of gradient descent on the weights, with a number of steps and a rate.
  case descend(Word?, Word?)
  /// Compute the loss over a range of values, and the places where spikes appear or vanish.
  case sweep(SweepPhrase)
  /// Restore one value of the preset, or all.
  case reset(Word)
  /// Take back the last edit.
  case undo
  /// Make an undone edit again.
  case redo
  /// Choose the earlier run that is drawn dim.
  case ghost(Word?)
  /// Compute the adjoint by an altered rule, or exactly again.
  case rule(Word?)
}

extension CommandTable {
  static let benchRows: [CommandRow] = [
    CommandRow("run", ["r"], summary: "recompute and go to the start") { _ in .experiment(.run) },
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
      return .experiment(.set(name, try line.rest("a value, such as 20ms")))
    },
    CommandRow(
      "nudge", arguments: "NAME PERCENT", summary: "change a parameter by a part of its value",
      details: "Like set NAME +5%, and Enter does it again; *1.1 is a part too.",
      example: "nudge tau_mem +5%", repeats: true, completes: .parameters
    ) { (line) throws(Diagnostic) in
      let name = try line.name()
      return .experiment(.nudge(name, try line.one("a part, such as +5%")))
    },
    CommandRow(
      "descend", arguments: "[N [LR]]",
      summary: "N steps of gradient descent on all weights; one undo takes them back",
      details: """
        w -= LR dL/dw, one run after each step. Without LR the first step changes the weights by 1 % of their length, and
        the others use the same rate. It stops where the loss is no finite number or two events tie.
        """, example: "descend 5", repeats: true
    ) { (line) in .experiment(.descend(line.optional(), line.optional())) },
    CommandRow(
      "sweep", arguments: "NAME FROM..TO [NAME FROM..TO] [N]",
      summary: "the loss over a range of values, and where spikes come and go in it",
      details: """
        sweep tau_mem 10ms..30ms, sweep n0<-in2 1..3 61, sweep in.0 1ms..4ms, and every other name that set takes. Between
        two borders the slope of the loss is the gradient; at a border the spikes change, the loss may jump, and the gradient
        cannot know. On the screen ← → choose a value and Enter sets it. Two names draw a map. N is how many values a
        name takes: 41 of one, 15 of each of two, if not given. sweep LR 0..0.01 goes down the gradient of all weights, as
        descend does. export csv FILE and export svg FILE right after it write it. Ctrl-C stops it and keeps what was computed.
        """, example: "sweep tau_mem 10ms..30ms", completes: .parameters
    ) { (line) throws(Diagnostic) in
      .experiment(.sweep(try SweepPhrase(line.all(), after: line.verb)))
    },
    CommandRow(
      "reset", arguments: "NAME | all", summary: "restore the value of the preset",
      example: "reset all", completes: .parameters
    ) { (line) throws(Diagnostic) in .experiment(.reset(try line.name())) },
    CommandRow("undo", summary: "take back the last edit") { _ in .experiment(.undo) },
    CommandRow("redo", summary: "make an undone edit again") { _ in .experiment(.redo) },
    CommandRow(
      "ghost", arguments: "[RUN | off | pin]", summary: "which earlier run is drawn dim",
      details:
        "An edit makes the run before it the ghost; ghost pin keeps this one through edits, ghost off ends that.",
      example: "ghost 1", completes: .words(["off", "pin"])
    ) { (line) in .experiment(.ghost(line.optional())) },
    CommandRow(
      "diff", arguments: "[RUN] [RUN]",
      summary: "what differs between two runs: parameters, spikes, loss, gradient",
      details:
        "diff alone compares the ghost with this run, diff 1 run 1 with this one, diff 1 2 those two.",
      example: "diff 1", completes: .runs
    ) { (line) in .ask(.diff(line.optional(), line.optional())) },
    CommandRow(
      "rule", arguments: "[NAME[+NAME] | exact]",
      summary: "compute the adjoint by a named wrong rule, to compare",
      details: """
        Without a name, the list: each rule is a mistake that real implementations have had. Wherever its numbers
        appear they are labelled WRONG. clamped-slope:0.1, truncated:5, euler:0.1ms and missing-channel:2 take a value;
        no-leak+no-self makes two mistakes at once.
        """, example: "rule no-reset-term",
      completes: .words(["exact"] + AdjointRule.wrong.map(\.name))
    ) { (line) in .experiment(.rule(line.optional())) },
  ]
}
