import Columns
import EventProp
import Files
import Language
import Study

extension Session {
  /// Runs or changes the experiment, or sweeps a range of values.
  mutating func carryOut(_ command: ExperimentCommand, _ reply: inout Reply) throws(Diagnostic) {
    switch command {
    case .run: try rerun(&reply)
    case .set(let name, let value): try set(name, to: value, &reply)
    case .nudge(let name, let part): try nudge(name, by: part, &reply)
    case .descend(let count, let rate): try descend(count, rate)
    case .sweep(let phrase): try sweep(phrase)
    case .reset(let name): try reset(name, &reply)
    case .undo: try undo(&reply)
    case .redo: try redo(&reply)
    case .ghost(let word): try chooseGhost(word, &reply)
    case .rule(let word): try choose(rule: word, &reply)
    }
  }

  /// Runs the pending edits and goes to the start.
  private mutating func rerun(_ reply: inout Reply) throws(Diagnostic) {
    if bench.isPending { try runPending(&reply) }
    cursor.number = 0
    cursor.isCompleted = false
    reply.say("run \(run.number): \(run.trajectory.events.count) events; " + summary(of: .start))
  }

  /// Sets a parameter or a limit.
  mutating func set(_ name: Word, to value: Word, _ reply: inout Reply) throws(Diagnostic) {
    var edited = bench.edited
    let echo = try Edit.apply(name, value, to: &edited)
    try edit(to: edited, because: name, saying: echo, &reply)
  }

  /// Changes a parameter by a part of its value.
  mutating func nudge(
    _ name: Word, by part: Word, _ reply: inout Reply
  ) throws(Diagnostic) {
    guard part.text.hasSuffix("%") || part.text.hasPrefix("*") else {
      throw part.complaint("expected a part, found '\(part.text)'", remedy: "nudge tau_mem +5%")
    }
    let before = bench.edited
    try set(name, to: part, &reply)
    if bench.edited == before {
      throw name.complaint(
        "\(name.text) is 0, and a part of 0 is nothing", remedy: "set \(name.text) gives it a value"
      )
    }
  }

  /// Makes an edit that `undo` can take back.
  private mutating func edit(
    to edited: Experiment, because word: Word, saying echo: String, _ reply: inout Reply
  ) throws(Diagnostic) {
    let before = bench.edited
    if edited == before { return reply.say("\(echo): nothing changed") }
    try take(edited, because: word, saying: echo, &reply)
    bench.noteEdit(of: before)
  }

  /// Runs an edited experiment, or keeps it for later where edits wait for `run`.
  mutating func take(
    _ edited: Experiment, because word: Word, saying echo: String, _ reply: inout Reply
  ) throws(Diagnostic) {
    guard !looks.settings.isAutomatic else {
      return try rerun(edited, because: word, saying: echo, &reply)
    }
    bench.pending = edited == experiment ? nil : edited
    let subject = echo.isEmpty ? bench.sampleLabel(of: edited) ?? "" : echo
    reply.say(
      subject + (bench.isPending ? "; edited, not run: run" : "; as in run \(run.number)"))
  }

  /// Runs the pending edits.
  mutating func runPending(_ reply: inout Reply) throws(Diagnostic) {
    guard let pending = bench.pending else { return }
    try rerun(pending, because: Word("run"), saying: "edits are run", &reply)
  }

  mutating func reset(_ name: Word, _ reply: inout Reply) throws(Diagnostic) {
    var edited = bench.edited
    let echo: String
    if name.text.lowercased() == "all" {
      edited = bench.original
      echo = "everything is as in the preset"
    } else {
      echo = try Edit.restore(name, from: bench.original, in: &edited)
    }
    try edit(to: edited, because: name, saying: echo, &reply)
  }

  mutating func undo(_ reply: inout Reply) throws(Diagnostic) {
    guard let before = bench.beforeLastEdit else {
      throw Word("undo").complaint(
        "there is no edit to take back",
        remedy: bench.afterLastUndo == nil ? "set makes one" : "redo makes the last one again")
    }
    let now = bench.edited
    try take(before, because: Word("undo"), saying: "undone", &reply)
    bench.noteUndo(of: now)
  }

  mutating func redo(_ reply: inout Reply) throws(Diagnostic) {
    guard let after = bench.afterLastUndo else {
      throw Word("redo").complaint("there is no edit to make again", remedy: "undo takes one back")
    }
    let now = bench.edited
    try take(after, because: Word("redo"), saying: "redone", &reply)
    bench.noteRedo(of: now)
  }

  /// Runs an edited experiment, keeps the old run as the ghost, and stays at the same spike if it still exists.
  mutating func rerun(
    _ edited: Experiment, because word: Word, saying echo: String, _ reply: inout Reply
  ) throws(Diagnostic) {
    let old = run
    let oldPoint = point
    let new: Run
    do throws(SimulationError) {
      new = try Run(edited, number: old.number + 1, rule: old.rule, pace: pace)
    } catch {
      throw word.complaint(error, names)
    }
    adopt(new)
    if !bench.isGhostPinned { bench.ghostNumber = bench.latestRunOfSample?.number }
    if looks.window.upperBound > edited.horizon || looks.window == 0...old.experiment.horizon {
      looks.window = 0...edited.horizon
    }
    if !echo.isEmpty { reply.say(echo) }
    if edited.sample == old.experiment.sample {
      reply.say(changes(from: old, to: new))
      place(like: oldPoint, of: old, &reply)
    } else {
      // The events of another sample are others, so only the phase stays.
      reply.say(sampleLine(of: new))
      cursor.isOtherHalf = false
      cursor.number =
        oldPoint == .end ? new.timeline.last : oldPoint.isBackward ? new.timeline.turn : 0
    }
    sayDisplays(&reply)
  }

  /// Computes the adjoint by another rule; the run and the place stay the same.
  mutating func choose(rule word: Word?, _ reply: inout Reply) throws(Diagnostic) {
    guard let word else {
      return reply.say(
        (["now: \(run.rule.name)"]
          + AdjointRule.wrong.map { "\($0.name.padded(to: 20))WRONG: \($0.story)" })
          .joined(separator: "\n"))
    }
    let rule: AdjointRule
    do throws(AdjointRule.Fault) {
      rule = try AdjointRule(reading: word.text)
    } catch {
      throw word.complaint(error.message, remedy: error.remedy ?? "rule lists them")
    }
    let old = run
    do throws(SimulationError) {
      adopt(
        try Run(experiment, number: old.number + 1, rule: rule, of: old.trajectory, pace: pace))
    } catch {
      throw word.complaint(error, names)
    }
    if !bench.isGhostPinned { bench.ghostNumber = old.number }
    reply.say(rule == .exact ? "exact: \(rule.story)" : "WRONG (\(rule.name)): \(rule.story)")
  }

  /// Finds the place of the old run in the new one: the same event, or else the nearest earlier
  /// event.
  private mutating func place(like old: Timeline.Point, of run: Run, _ reply: inout Reply) {
    let timeline = self.run.timeline
    let found = Anchor(old, in: run).find(in: self.run)
    cursor.number = found.number
    cursor.isOtherHalf = false
    guard let event = old.event else { return }
    guard let target = timeline[cursor.number].event else {
      return reply.say("\(run.describe(event)) is gone; at the start")
    }
    if !found.isSame {
      reply.say("\(run.describe(event)) is gone; at \(self.run.describe(target)) before it")
    } else if self.run.trajectory.events[target].spikingNeuron != nil {
      let was = run.trajectory.events[event].time
      let now = self.run.trajectory.events[target].time
      reply.say(
        "\(run.describe(event)) (was \(Quantity.displayTime(was, digits: 5)), now "
          + "\(Quantity.displayTime(now, digits: 5)), \(now >= was ? "+" : "")\(Quantity.displayTime(now - was)))"
      )
    }
  }
}
