import EventProp
import Files
import Language
import Study

extension Session {
  var endOfPhase: Int { cursor < run.timeline.turn ? run.timeline.turn : run.timeline.last }
  var startOfPhase: Int { cursor > run.timeline.turn ? run.timeline.turn : 0 }

  /// Where continue leads: the end of the phase, and at the end of the run beyond it, which says so.
  var onwards: Int { cursor == run.timeline.last ? cursor + 1 : endOfPhase }
  /// Where rcontinue leads: the start of the phase, and at the start of the run before it.
  var backwards: Int { cursor == 0 ? -1 : startOfPhase }

  /// Goes to a point and says what is there; at either end it stays.
  mutating func move(to number: Int, _ reply: inout Reply) {
    let target = min(max(number, 0), run.timeline.last)
    let stays = target == cursor
    cursor = target
    isOtherHalf = false
    follow()
    if stays, number < 0 { return reply.say("start of run") }
    if stays, number > target { return reply.say(endOfRun) }
    reply.say(summary(of: point))
    sayDisplays(&reply)
  }

  /// Shifts a magnified window so that the cursor stays in it.
  private mutating func follow() {
    let time = run.time(of: point)
    guard !window.contains(time) else { return }
    let length = window.upperBound - window.lowerBound
    let start = min(max(time - length / 2, 0), experiment.horizon - length)
    window = start...(start + length)
  }

  private var endOfRun: String {
    run.adjoint == nil
      ? "end of run: there is no gradient here" : "end of run: gradients complete"
  }

  /// The point in one line: what happened, when, and what it changed.
  package func summary(of point: Timeline.Point) -> String {
    switch point {
    case .start: return "start of run, t = 0; step goes to the first event"
    case .turn:
      guard let loss = run.loss else {
        return run.trajectory.isCutShort
          ? "the event limit cut the run at \(run.trajectory.events.count) events: no gradient"
          : "end of the forward phase; this experiment has no loss, so there is no way back"
      }
      let grave = Warning.graveCount(in: run.trajectory)
      return
        "turn at t_max: L = \(Quantity.display(loss, digits: 6)), λ = 0; step goes back in time"
        + (grave == 0 ? "" : "; \(grave) warning\(grave == 1 ? "" : "s"): info warnings")
        + (Warning.leavesOut(run.trajectory) ? "; near looks for near misses" : "")
    case .end: return endOfRun
    case .forward(let event): return "e\(event) " + forwardSummary(of: event)
    case .backward(let event): return "e\(event) " + backwardSummary(of: event)
    }
  }

  private func forwardSummary(of event: Int) -> String {
    let happened = run.trajectory.events[event]
    var text = run.describe(event) + " t=" + Quantity.displayTime(happened.time, digits: 5)
    if case .spike(_, _, let current) = happened.kind,
      let slope = run.trajectory.slopeAtThreshold(of: event)
    {
      text += "  I-=" + Quantity.display(current)
      text += "  tau_mem V'-=" + Quantity.display(slope)
    }
    return text
  }

  private func backwardSummary(of event: Int) -> String {
    guard let adjoint = run.adjoint else { return "" }
    let happened = run.trajectory.events[event]
    var text = run.describe(event) + " t=" + Quantity.displayTime(happened.time, digits: 5)
    if let transition = adjoint.transitions[event] {
      text += "  λV n\(happened.spikingNeuron ?? 0) " + Quantity.display(transition.lambdaVAfter)
      text += " → " + Quantity.display(transition.lambdaVBefore)
    }
    return wrongLabel + text + "  dL/dt=" + Quantity.display(adjoint.timeGradients[event])
  }

  mutating func moveToTouch(_ count: Int, forwards: Bool, _ reply: inout Reply) {
    let touching = Set(run.trajectory.events(touching: selected))
    var left = count
    var number = cursor
    while left > 0 {
      number += forwards ? 1 : -1
      guard (0...run.timeline.last).contains(number) else { break }
      if let event = run.timeline[number].event, touching.contains(event) { left -= 1 }
    }
    if left > 0 {
      cursor = forwards ? run.timeline.last : 0
      reply.say("no further event touches n\(selected)")
    }
    move(to: min(max(number, 0), run.timeline.last), &reply)
  }

  mutating func turnAround(_ reply: inout Reply) throws(Diagnostic) {
    guard run.timeline.hasBackward else {
      throw Word("bwd").complaint(noWayBack.reason, remedy: noWayBack.remedy)
    }
    move(to: run.timeline.turn, &reply)
  }

  mutating func rerun(_ reply: inout Reply) throws(Diagnostic) {
    if isPending { try runPending(&reply) }
    cursor = 0
    isCompleted = false
    reply.say("run \(run.number): \(run.trajectory.events.count) events; " + summary(of: .start))
  }

  mutating func go(to words: [Word], _ reply: inout Reply) throws(Diagnostic) {
    let target: Int
    switch words[0].text.lowercased() {
    case "start": target = 0
    case "turn": target = run.timeline.turn
    case "end": target = run.timeline.last
    case "spike": target = here(try spike(words))
    case "mark":
      guard words.count > 1 else { throw words[0].complaint("which mark?", remedy: "goto mark a") }
      target = try mark(named: words[1])
    default:
      if words.count == 1, words[0].text.lowercased().hasPrefix("e") || Int(words[0].text) != nil {
        target = here(try event(words[0]))
      } else {
        target = try lastPoint(upTo: words)
      }
    }
    move(to: target, &reply)
  }

  /// An event from `e7`, `#7` or `7`.
  func event(_ word: Word) throws(Diagnostic) -> Int {
    let digits = word.text.lowercased().drop { $0 == "e" || $0 == "#" }
    let events = run.trajectory.events.count
    guard let number = Int(digits) else {
      throw word.complaint("'\(word.text)' is no event", remedy: "write it e7")
    }
    guard (0..<events).contains(number) else {
      throw word.complaint(
        "no event e\(number)",
        remedy: events == 0 ? "this run has no events" : "this run has e0-e\(events - 1)")
    }
    return number
  }

  func spike(_ words: [Word]) throws(Diagnostic) -> Int {
    guard words.count >= 2 else {
      throw words[0].complaint("which neuron's spike?", remedy: "goto spike n0 2")
    }
    let neuron = try names.neuron(words[1])
    let count = run.trajectory.spikeCounts[neuron]
    guard let ordinal = words.count > 2 ? Int(words[2].text) : 0, ordinal >= 0, ordinal < count,
      let event = Optional(run.index.spikes(of: neuron)).map({ $0[$0.startIndex + ordinal] })
    else {
      throw words[words.count - 1].complaint(
        "no such spike of \(words[1].text)",
        remedy: count == 0
          ? "it stays silent"
          : count == 1 ? "its only one is spike 0" : "it has spikes 0-\(count - 1)")
    }
    return event
  }

  /// The point of an event in the phase where the user stands.
  func here(_ event: Int) -> Int {
    run.timeline.number(
      of: point.isBackward && run.adjoint != nil ? .backward(event) : .forward(event))
  }

  /// The last point of the phase whose event lies at or before a time.
  private func lastPoint(upTo words: [Word]) throws(Diagnostic) -> Int {
    let word = Word(words.map(\.text).joined(separator: " "), column: words[0].span.start.column)
    let time = try timeInRun(word)
    let later = run.trajectory.events.firstPlace { $0.time > time }
    guard later > 0 else { return point.isBackward ? run.timeline.last : 0 }
    return here(later - 1)
  }

  /// A time in the run, in seconds.
  func time(_ word: Word) throws(Diagnostic) -> Double {
    do throws(Quantity.Failure) {
      return try Quantity.time(word.text)
    } catch {
      throw word.complaint(error.message, remedy: error.remedy)
    }
  }

  /// A time from the start of the run to its end, in seconds.
  func timeInRun(_ word: Word) throws(Diagnostic) -> Double {
    let time = try time(word)
    guard (0...experiment.horizon).contains(time) else {
      throw word.complaint(
        "a time of this run lies in 0..\(Quantity.displayTime(experiment.horizon))",
        remedy: "set t_max makes it longer")
    }
    return time
  }

  mutating func zoom(_ word: Word?, _ reply: inout Reply) throws(Diagnostic) {
    let horizon = experiment.horizon
    let middle = min(max(run.time(of: point), window.lowerBound), window.upperBound)
    func scaled(by factor: Double) -> ClosedRange<Double> {
      let length = min((window.upperBound - window.lowerBound) * factor, horizon)
      let start = min(max(middle - length / 2, 0), horizon - length)
      return start...(start + length)
    }
    switch word?.text.lowercased() {
    case nil, "fit", "0": window = 0...horizon
    case "in", "+": window = scaled(by: 0.5)
    case "out", "-": window = scaled(by: 2)
    case "event": window = windowOfEvent
    case let text?:
      guard let word, let ends = word.ends else {
        throw (word ?? Word(text)).complaint(
          "expected in, out, fit, event or FROM..TO", remedy: "zoom 12ms..18ms")
      }
      guard !ends.from.text.isEmpty, !ends.to.text.isEmpty else {
        throw word.complaint("a range has two ends", remedy: "zoom 12ms..18ms")
      }
      let from = try time(ends.from)
      let to = try time(ends.to)
      guard from >= 0, from < to, to <= horizon else {
        throw word.complaint(
          "a range lies in 0..\(Quantity.displayTime(horizon)) and grows",
          remedy: "zoom 12ms..18ms")
      }
      window = from...to
    }
    reply.say(
      "showing \(Quantity.displayTime(window.lowerBound)) to \(Quantity.displayTime(window.upperBound))"
    )
  }
}
