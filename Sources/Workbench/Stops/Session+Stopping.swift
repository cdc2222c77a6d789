import EventProp
import Language

extension Session {
  /// Sets a breakpoint and says so.
  mutating func stop(
    at phrase: StopPhrase, isTemporary: Bool = false, _ reply: inout Reply
  ) throws(Diagnostic) {
    let breakpoint = try Breakpoint(
      phrase, number: nextBreakpoint, isTemporary: isTemporary, in: self)
    nextBreakpoint += 1
    breakpoints.append(breakpoint)
    reply.say(
      "\(isTemporary ? "temporary breakpoint" : "breakpoint") \(breakpoint.number): "
        + breakpoint.text)
  }

  mutating func delete(_ words: [Word], _ reply: inout Reply) throws(Diagnostic) {
    let numbers = try breakpointNumbers(words)
    breakpoints.removeAll { numbers.contains($0.number) }
    reply.say("deleted " + Self.phrase(numbers))
  }

  mutating func enable(
    _ isEnabled: Bool, _ words: [Word], _ reply: inout Reply
  ) throws(Diagnostic) {
    let numbers = try breakpointNumbers(words)
    for place in breakpoints.indices where numbers.contains(breakpoints[place].number) {
      breakpoints[place].isEnabled = isEnabled
    }
    reply.say((isEnabled ? "enabled " : "disabled ") + Self.phrase(numbers))
  }

  mutating func ignore(
    _ word: Word, _ count: Int, _ reply: inout Reply
  ) throws(Diagnostic) {
    guard let number = try breakpointNumbers([word]).first,
      let place = breakpoints.firstIndex(where: { $0.number == number })
    else { return }
    breakpoints[place].ignored = count
    reply.say(
      count == 0
        ? "breakpoint \(number) stops at its next hit"
        : "breakpoint \(number) passes its next \(count == 1 ? "hit" : "\(count) hits")")
  }

  private func breakpointNumbers(_ words: [Word]) throws(Diagnostic) -> [Int] {
    let known = breakpoints.map(\.number)
    var numbers: [Int] = []
    for word in words {
      if word.text.lowercased() == "all" { return known }
      guard let number = Int(word.text), known.contains(number) else {
        throw word.complaint(
          "no breakpoint \(word.text)",
          remedy: known.isEmpty
            ? "none is set; break sets one"
            : "there \(known.count == 1 ? "is" : "are") \(known.map(String.init).joined(separator: ", "))"
        )
      }
      numbers.append(number)
    }
    return numbers
  }

  private static func phrase(_ numbers: [Int]) -> String {
    let list = numbers.map(String.init)
    guard let last = list.last else { return "no breakpoint" }
    return list.count == 1
      ? "breakpoint \(last)"
      : "breakpoints \(list.dropLast().joined(separator: ", ")) and \(last)"
  }

  /// A table of the breakpoints.
  var breakpointTable: String {
    guard !breakpoints.isEmpty else { return "no breakpoints; break, tbreak and watch set them" }
    return breakpoints.map { breakpoint in
      var text = "\(breakpoint.number)  \(breakpoint.text)  "
      text += "\(breakpoint.hits) hit\(breakpoint.hits == 1 ? "" : "s")"
      if breakpoint.ignored > 0 { text += "  passes \(breakpoint.ignored) more" }
      if breakpoint.isTemporary { text += "  once" }
      if !breakpoint.isEnabled { text += "  disabled" }
      return text
    }.joined(separator: "\n")
  }

  /// The letter that marks an event where a breakpoint lies: `B` where one was hit, `b` where none was; nil elsewhere.
  package func breakpointLetter(at event: Int) -> Character? {
    let here = breakpoints.filter { $0.isEnabled && $0.marks(event, in: run) }
    guard !here.isEmpty else { return nil }
    return here.contains { $0.hits > 0 } ? "B" : "b"
  }

  /// Goes along the timeline until a breakpoint stops it; what takes long goes on in ``task``.
  mutating func travel(
    _ title: String, to goal: Int, hits: Int = 1, once: Breakpoint? = nil, _ reply: inout Reply
  ) {
    var travel = Travel(title, in: self, to: goal, hits: hits, once: once)
    if !travel.isFinished { travel.advance() }
    if travel.isFinished {
      arrive(travel, &reply)
    } else {
      task = LongTask(.travel(travel))
    }
  }

  /// Continues to the next place that a phrase names.
  mutating func goOn(until phrase: StopPhrase, _ reply: inout Reply) throws(Diagnostic) {
    let once = try Breakpoint(phrase, number: 0, isTemporary: true, in: self)
    travel("until \(once.text)", to: onwards, once: once, &reply)
  }

  /// Stands where a way has led, and says what stopped it.
  mutating func arrive(_ travel: Travel, _ reply: inout Reply) {
    breakpoints = travel.breakpoints.filter { breakpoint in
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
    let who = numbers.isEmpty ? "until" : kind + Self.phrase(numbers)
    reply.stop("stopped: \(who), \(Self.unique(what).joined(separator: ", "))\(back)")
    move(to: travel.position, &reply)
  }

  private static func unique(_ texts: [String]) -> [String] {
    texts.enumerated().filter { texts.firstIndex(of: $0.element) == $0.offset }.map(\.element)
  }

  /// What a breakpoint met at a point.
  private func description(of breakpoint: Breakpoint, at point: Timeline.Point) -> String {
    switch breakpoint.place {
    case .spike, .input, .event:
      point.event.map { run.describe($0) } ?? breakpoint.text
    case .jump, .phase, .time, .peaks, .becomes: breakpoint.text
    }
  }
}
