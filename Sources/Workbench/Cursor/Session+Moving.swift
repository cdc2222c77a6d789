import EventProp
import Files
import Language
import Study

extension MoveCommand {
  /// Whether `back` can return from the destination of the command.
  fileprivate var isJump: Bool {
    switch self {
    case .continue, .rcontinue, .until, .finish, .forward, .backward, .goto, .last: true
    case .step, .unstep, .next, .previous, .back, .half, .mark: false
    }
  }
}

extension Session {
  /// Moves the cursor, or names its place.
  mutating func carryOut(_ command: MoveCommand, _ reply: inout Reply) throws(Diagnostic) {
    if command.isJump { rememberOrigin() }
    switch command {
    case .step(let count): travel("step \(count)", to: place(count), &reply)
    case .unstep(let count): travel("unstep \(count)", to: place(-count), &reply)
    case .next(let count): moveToTouch(count, forwards: true, &reply)
    case .previous(let count): moveToTouch(count, forwards: false, &reply)
    case .finish: move(to: endOfPhase, &reply)
    case .continue(let count): travel("continue", to: onwards, hits: count, &reply)
    case .rcontinue(let count): travel("rcontinue", to: backwards, hits: count, &reply)
    case .until(let phrase): try goOn(until: phrase, &reply)
    case .forward: move(to: 0, &reply)
    case .backward: try turnAround(&reply)
    case .goto(let words): try go(to: words, &reply)
    case .back: try goBack(&reply)
    case .half: try turnOver(&reply)
    case .last(let words): try goToLast(words, &reply)
    case .mark(let word): try mark(word, &reply)
    }
  }

  /// The place `steps` after the cursor, at most one point beyond either end.
  private func place(_ steps: Int) -> Int {
    min(max(steps, -1 - cursor.number), run.timeline.last + 1 - cursor.number) + cursor.number
  }

  var endOfPhase: Int { cursor.number < run.timeline.turn ? run.timeline.turn : run.timeline.last }
  var startOfPhase: Int { cursor.number > run.timeline.turn ? run.timeline.turn : 0 }

  /// The destination of `continue`: the end of the phase, or from there a point beyond the end,
  /// which gives a message.
  var onwards: Int { cursor.number == run.timeline.last ? cursor.number + 1 : endOfPhase }
  /// The destination of `rcontinue`: the start of the phase, or from there a point before the
  /// start, which gives a message.
  var backwards: Int { cursor.number == 0 ? -1 : startOfPhase }

  /// Goes to a point and describes it; at either end it stays.
  mutating func move(to number: Int, _ reply: inout Reply) {
    let target = min(max(number, 0), run.timeline.last)
    let stays = target == cursor.number
    cursor.number = target
    cursor.isOtherHalf = false
    follow()
    if stays, number < 0 { return reply.say("start of run") }
    if stays, number > target {
      return point == .end ? reply.say(placeLine) : reply.say(endOfRun)
    }
    reply.say(placeLine)
    sayDisplays(&reply)
  }

  /// Shifts a magnified window so that it contains the cursor.
  private mutating func follow() {
    let time = run.time(of: point)
    guard !looks.window.contains(time) else { return }
    let length = looks.window.upperBound - looks.window.lowerBound
    looks.window = window(of: length, from: time - length / 2)
  }

  mutating func moveToTouch(_ count: Int, forwards: Bool, _ reply: inout Reply) {
    let neuron = selected
    let touching = Set(run.trajectory.events(touching: neuron))
    var left = count
    var number = cursor.number
    var passed = 0
    /// Whether an event on the way back does nothing to the neuron, because its λ is still 0.
    func isQuiet(_ point: Timeline.Point) -> Bool {
      guard case .backward(let event) = point, let wayBack = run.wayBack else { return false }
      return [Side.before, .after].allSatisfy {
        wayBack.state(of: neuron, atEvent: event, side: $0) == AdjointState()
      }
    }
    while left > 0 {
      number += forwards ? 1 : -1
      guard (0...run.timeline.last).contains(number) else { break }
      guard let event = run.timeline[number].event, touching.contains(event) else { continue }
      if forwards, isQuiet(run.timeline[number]) {
        passed += 1
      } else {
        left -= 1
      }
    }
    if passed > 0, left == 0 {
      reply.say("\(passed) event\(passed == 1 ? "" : "s") with λ = 0 passed over")
    }
    if left > 0 {
      cursor.number = forwards ? run.timeline.last : 0
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

  mutating func go(to words: [Word], _ reply: inout Reply) throws(Diagnostic) {
    let target: Int
    switch words[0].text.lowercased() {
    case "start": target = 0
    case "turn": target = run.timeline.turn
    case "end": target = run.timeline.last
    case "spike":
      let event = try spike(words)
      target = here(event)
      if let neuron = run.trajectory.events[event].spikingNeuron, neuron != selected {
        looks.selected = neuron
        keepSource()
      }
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
    guard let ordinal = words.count > 2 ? Int(words[2].text) : 0,
      let event = run.trajectory.event(ofSpike: ordinal, of: neuron)
    else {
      throw words[words.count - 1].complaint(
        "no such spike of \(words[1].text)",
        remedy: count == 0
          ? "it stays silent"
          : count == 1 ? "its only one is spike 0" : "it has spikes 0-\(count - 1)")
    }
    return event
  }

  /// The point of an event in the present phase.
  func here(_ event: Int) -> Int {
    run.timeline.number(
      of: point.isBackward && run.wayBack?.isWalked(event) ?? false
        ? .backward(event) : .forward(event))
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
    try word.quantity(isTime: true)
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
}
