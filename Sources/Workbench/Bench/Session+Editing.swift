package import EventProp
import Files
import Language
import Study

extension Session {
  mutating func set(_ name: Word, to value: Word, _ reply: inout Reply) throws(Diagnostic) {
    var edited = edited
    let echo = try Edit.apply(name, value, to: &edited)
    try edit(to: edited, because: name, saying: echo, &reply)
  }

  /// Makes an edit that can be taken back.
  private mutating func edit(
    to edited: Experiment, because word: Word, saying echo: String, _ reply: inout Reply
  ) throws(Diagnostic) {
    let before = self.edited
    if edited == before { return reply.say("\(echo): nothing changed") }
    try take(edited, because: word, saying: echo, &reply)
    done.append(before)
    undone = []
  }

  /// Runs an edited experiment, or keeps it until it is run where edits wait.
  private mutating func take(
    _ edited: Experiment, because word: Word, saying echo: String, _ reply: inout Reply
  ) throws(Diagnostic) {
    guard !settings.isAutomatic else {
      return try rerun(edited, because: word, saying: echo, &reply)
    }
    pending = edited == experiment ? nil : edited
    reply.say(echo + (isPending ? "; edited, not run: run" : "; as in run \(run.number)"))
  }

  /// Runs the edits that have waited.
  mutating func runPending(_ reply: inout Reply) throws(Diagnostic) {
    guard let pending else { return }
    try rerun(pending, because: Word("run"), saying: "edits are run", &reply)
  }

  mutating func reset(_ name: Word, _ reply: inout Reply) throws(Diagnostic) {
    var edited = edited
    let echo: String
    if name.text.lowercased() == "all" {
      edited = original
      echo = "everything is as in the preset"
    } else {
      echo = try Edit.restore(name, from: original, in: &edited)
    }
    try edit(to: edited, because: name, saying: echo, &reply)
  }

  mutating func undo(_ reply: inout Reply) throws(Diagnostic) {
    guard let before = done.last else {
      throw Word("undo").complaint(
        "there is no edit to take back",
        remedy: undone.isEmpty ? "set makes one" : "redo makes the last one again")
    }
    let now = edited
    try take(before, because: Word("undo"), saying: "undone", &reply)
    done.removeLast()
    undone.append(now)
  }

  mutating func redo(_ reply: inout Reply) throws(Diagnostic) {
    guard let after = undone.last else {
      throw Word("redo").complaint("there is no edit to make again", remedy: "undo takes one back")
    }
    let now = edited
    try take(after, because: Word("redo"), saying: "redone", &reply)
    undone.removeLast()
    done.append(now)
  }

  /// Runs an edited experiment, keeps the old run as the ghost, and stays at the same spike if it still exists.
  mutating func rerun(
    _ edited: Experiment, because word: Word, saying echo: String, _ reply: inout Reply
  ) throws(Diagnostic) {
    let old = run
    let oldPoint = point
    let new: Run
    do throws(SimulationError) {
      new = try Run(edited, number: old.number + 1, rule: old.rule, goesOn: goesOn)
    } catch {
      throw word.complaint(names.sentence(for: error), remedy: names.remedy(for: error))
    }
    adopt(new)
    if !isGhostPinned { ghostNumber = old.number }
    if window.upperBound > edited.horizon || window == 0...old.experiment.horizon {
      window = 0...edited.horizon
    }
    reply.say(echo)
    reply.say(changes(from: old, to: new))
    place(like: oldPoint, of: old, &reply)
    sayDisplays(&reply)
  }

  /// Computes the adjoint by another rule; the run and the place stay what they are.
  mutating func choose(rule word: Word?, _ reply: inout Reply) throws(Diagnostic) {
    guard let word else {
      return reply.say(
        (["now: \(run.rule.name)"]
          + AdjointRule.wrong.map { "\($0.name.padded(to: 15))WRONG: \($0.story)" })
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
        try Run(experiment, number: old.number + 1, rule: rule, of: old.trajectory, goesOn: goesOn))
    } catch {
      throw word.complaint(names.sentence(for: error), remedy: names.remedy(for: error))
    }
    if !isGhostPinned { ghostNumber = old.number }
    reply.say(rule == .exact ? "exact: \(rule.story)" : "WRONG (\(rule.name)): \(rule.story)")
  }

  private func changes(from old: Run, to new: Run) -> String {
    var text = "run \(new.number):"
    if let was = old.loss, let now = new.loss {
      text += " L = \(Quantity.display(now, digits: 6))"
      text += " (was \(Quantity.display(was, digits: 6)), \(signed(now - was)))"
    }
    let was = old.trajectory.spikeCount
    let now = new.trajectory.spikeCount
    text += "  \(now) spike\(now == 1 ? "" : "s")"
    if was != now { text += " (was \(was))" }
    if let grave = Warning.firstGrave(in: new.trajectory) {
      text += "  \(grave.kind.rawValue) (info warnings)"
    }
    return text
  }

  private func signed(_ value: Double) -> String {
    (value >= 0 ? "+" : "") + Quantity.display(value)
  }

  /// Finds the place of the old run in the new one: the same event if it still exists, else the nearest earlier one.
  private mutating func place(like old: Timeline.Point, of run: Run, _ reply: inout Reply) {
    let timeline = self.run.timeline
    let found = Anchor(old, in: run).find(in: self.run)
    cursor = found.number
    isOtherHalf = false
    guard let event = old.event else { return }
    guard let target = timeline[cursor].event else {
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

  mutating func chooseGhost(_ word: Word?, _ reply: inout Reply) throws(Diagnostic) {
    guard let word else {
      return reply.say(
        ghost.map { "the ghost is run \($0.number)" + (isGhostPinned ? ", pinned" : "") }
          ?? "there is no ghost; an edit makes one")
    }
    if word.text.lowercased() == "off" {
      ghostNumber = nil
      isGhostPinned = false
      return reply.say("no ghost")
    }
    if word.text.lowercased() == "pin" {
      guard let ghost else {
        throw word.complaint("there is no ghost to pin", remedy: "an edit makes one")
      }
      isGhostPinned = true
      return reply.say("the ghost stays run \(ghost.number)")
    }
    let digits = word.text.lowercased().drop { !$0.isNumber }
    guard let number = Int(digits), earlierRuns.contains(where: { $0.number == number })
    else {
      throw word.complaint(
        "no earlier run '\(word.text)'",
        remedy: !earlierRuns.isEmpty
          ? "\(numbers(of: earlierRuns)), or off" : "an edit makes the first one")
    }
    ghostNumber = number
    reply.say("the ghost is run \(number)")
  }
}

extension Names {
  /// Why an experiment cannot be run, in a sentence.
  package func sentence(for error: SimulationError) -> String {
    switch error {
    case .nonFiniteState(let neuron, let time):
      "the state of \(full(neuron)) is no finite number at \(Quantity.displayTime(time))"
    case .nonFiniteAdjoint(let neuron, let time):
      "the adjoint of \(full(neuron)) is no finite number at \(Quantity.displayTime(time))"
    case .missingSpike(_, let neuron, let spike, let found):
      "the loss names spike \(spike) of \(full(neuron)), which has \(found)"
    case .stopped(let time): "stopped at \(Quantity.displayTime(time))"
    case .endless(let layer, let events):
      "layer \(network.layers[layer].name) was still active after \(events) events"
    }
  }

  /// What to do about an experiment that cannot be run; at the prompt it leaves everything as it was.
  func remedy(for error: SimulationError) -> String {
    switch error {
    case .nonFiniteState, .nonFiniteAdjoint:
      "nothing was changed: smaller weights or a shorter t_max keep it finite"
    case .missingSpike: "nothing was changed: larger weights or a lower v_th make it spike"
    case .endless: "nothing was changed: smaller weights calm it, set max_events N cuts it"
    case .stopped: "nothing was changed"
    }
  }
}
