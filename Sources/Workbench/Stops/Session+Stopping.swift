import EventProp
import Language

extension Session {
  /// Changes the breakpoints or the displayed quantities.
  mutating func carryOut(_ command: StopCommand, _ reply: inout Reply) throws(Diagnostic) {
    switch command {
    case .break(let phrase), .watch(let phrase): try stop(at: phrase, &reply)
    case .temporaryBreak(let phrase): try stop(at: phrase, isTemporary: true, &reply)
    case .delete(let words): reply.say(try stops.delete(words))
    case .enable(let words): reply.say(try stops.enable(true, words))
    case .disable(let words): reply.say(try stops.enable(false, words))
    case .ignore(let word, let count): reply.say(try stops.ignore(word, count))
    case .display(let words): try display(words, &reply)
    case .undisplay(let words):
      try stops.undisplay(words)
      reply.say(stops.displays.isEmpty ? "nothing is displayed" : displayTable)
    }
  }

  /// Sets a breakpoint and confirms it.
  private mutating func stop(
    at phrase: StopPhrase, isTemporary: Bool = false, _ reply: inout Reply
  ) throws(Diagnostic) {
    let session = self
    let breakpoint = try stops.add { number throws(Diagnostic) in
      try Breakpoint(phrase, number: number, isTemporary: isTemporary, in: session)
    }
    reply.say(
      "\(isTemporary ? "temporary breakpoint" : "breakpoint") \(breakpoint.number): "
        + breakpoint.text)
  }

  /// The mark of an event at a breakpoint: `B` after a hit, `b` before, nil for other events.
  package func breakpointLetter(at event: Int) -> Character? {
    let here = stops.breakpoints.filter { $0.isEnabled && $0.marks(event, in: run) }
    guard !here.isEmpty else { return nil }
    return here.contains { $0.hits > 0 } ? "B" : "b"
  }

  /// Goes along the timeline to the next stop; long work continues in ``task``.
  mutating func travel(
    _ title: String, to goal: Int, hits: Int = 1, once: Breakpoint? = nil, _ reply: inout Reply
  ) {
    var travel = Travel(title, in: self, to: goal, hits: hits, once: once)
    if !travel.isFinished { travel.advance() }
    if travel.isFinished {
      arrive(travel, &reply)
    } else {
      task = LongTask(travel)
    }
  }

  /// Continues to the next place that a phrase names.
  mutating func goOn(until phrase: StopPhrase, _ reply: inout Reply) throws(Diagnostic) {
    let once = try Breakpoint(phrase, number: 0, isTemporary: true, in: self)
    travel("until \(once.text)", to: onwards, once: once, &reply)
  }

  /// Goes to the end of a travel, and tells what stopped it.
  mutating func arrive(_ travel: Travel, _ reply: inout Reply) {
    stops.breakpoints = travel.breakpoints.filter { breakpoint in
      breakpoint.number != 0
        && !(breakpoint.isTemporary && travel.stoppedBy.contains(breakpoint.number))
    }
    guard !travel.stoppedBy.isEmpty else {
      if travel.isFinished { return move(to: travel.goal, &reply) }
      reply.stop("interrupted")
      return move(to: travel.position, &reply)
    }
    let numbers = travel.stoppedBy.filter { $0 != 0 }
    let stopping = travel.breakpoints.filter { travel.stoppedBy.contains($0.number) }
    let back = run.timeline[travel.position].isBackward ? " (back)" : ""
    let what = stopping.map { breakpoint in
      description(of: breakpoint, at: run.timeline[travel.position])
    }
    let kind = stopping.count == 1 && stopping[0].isTemporary ? "temporary " : ""
    let cause = numbers.isEmpty ? "until" : kind + Stops.phrase(numbers)
    reply.stop("stopped: \(cause), \(Self.unique(what).joined(separator: ", "))\(back)")
    move(to: travel.position, &reply)
  }

  static func unique(_ texts: [String]) -> [String] {
    texts.enumerated().filter { texts.firstIndex(of: $0.element) == $0.offset }.map(\.element)
  }

  /// The reason for a stop of a breakpoint at a point.
  private func description(of breakpoint: Breakpoint, at point: Timeline.Point) -> String {
    switch breakpoint.place {
    case .spike, .input, .event:
      point.event.map { run.describe($0) } ?? breakpoint.text
    case .jump, .phase, .time, .peaks, .becomes, .step: breakpoint.text
    }
  }

  /// The number of the unconditional breakpoint at the spikes of a neuron, or nil.
  package func spikeBreakpoint(of neuron: Int) -> Int? {
    stops.breakpoints.first { $0.place == .spike([neuron]) && $0.condition == nil }?.number
  }
}
